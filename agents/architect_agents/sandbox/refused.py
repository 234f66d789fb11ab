"""The sandbox says no: one sentence that says why and what would help."""

from __future__ import annotations

from architect_agents.errors import ArchitectError


class RefusedError(ArchitectError):
    """Nothing was run. The text is for a person and, as a tool's answer, for a model."""

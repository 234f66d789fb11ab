"""Which workspaces' code may be sent to which provider, as the user said once for each.

Kept in the user's own state folder, so that a repository can't approve itself.
"""

from __future__ import annotations

import contextlib
import json
import logging
import os
import tempfile
from pathlib import Path

logger = logging.getLogger(__name__)


def default_place() -> Path:
    """The file in the platform's state folder."""
    from platformdirs import user_state_path

    return user_state_path("architect-lsp") / "consents.json"


def is_allowed(place: Path, workspace: str, provider: str) -> bool:
    """Whether the user has allowed to send ``workspace``'s code to ``provider``."""
    return provider in _read(place).get(workspace, [])


def allow(place: Path, workspace: str, provider: str) -> None:
    """Remember the user's word. Where it can't be written, the user is asked again next time."""
    known = _read(place)
    known[workspace] = sorted({*known.get(workspace, []), provider})
    try:
        place.parent.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(dir=place.parent)  # readable by the user only
        with os.fdopen(handle, "w", encoding="utf-8") as stream:
            json.dump(known, stream, indent=2)
        Path(name).replace(place)
    except OSError as error:
        logger.warning("The consent could not be kept in %s: %s", place, error)
        with contextlib.suppress(OSError, UnboundLocalError):
            Path(name).unlink()


def _read(place: Path) -> dict[str, list[str]]:
    """What is kept; a file that can't be read counts as no consent at all."""
    try:
        known = json.loads(place.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    if not isinstance(known, dict):
        return {}
    return {
        workspace: [provider for provider in providers if isinstance(provider, str)]
        for workspace, providers in known.items()
        if isinstance(providers, list)
    }

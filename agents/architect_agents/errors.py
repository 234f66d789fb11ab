"""The few ways in which asking an architect fails, each with one sentence for a person."""

from __future__ import annotations


class ArchitectError(Exception):
    """Base of all. ``str(error)`` is one sentence that says what to do next."""


class NoCredentials(ArchitectError):
    """No key for the model could be found."""


class ModelRefused(ArchitectError):
    """The provider turned the request down for good (bad key, bad request, refusal)."""


class ModelUnavailable(ArchitectError):
    """The provider did not answer, or not to the end, after our retries."""


class LimitReached(ArchitectError):
    """Turns, seconds, tokens or money ran out before a result stood."""


class AgentFileError(ArchitectError):
    """An agent file can't be used at all."""

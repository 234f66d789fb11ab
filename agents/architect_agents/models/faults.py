"""Every way in which the SDK fails, as one of our errors, and whether asking again may help."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from types import ModuleType

from architect_agents.errors import ArchitectError, ModelRefused, ModelUnavailable, NoCredentials
from architect_agents.models.credentials import HOW_TO_GET_A_KEY


class IncompleteError(Exception):
    """The stream ended in order, but before the message did."""


@dataclass(frozen=True, slots=True)
class Fault:
    """``error`` for the person, ``retry`` for the loop; ``wait`` in seconds if the server says."""

    error: ArchitectError
    retry: bool = False
    wait: float | None = None


@dataclass(frozen=True, slots=True)
class Sdk:
    """The two modules whose exceptions are told apart here, imported by models/claude.py."""

    anthropic: ModuleType
    httpx2: ModuleType


#: Error types that come inside a stream, with status 200, and pass by themselves.
PASSING = {"overloaded_error", "api_error", "rate_limit_error", "timeout_error"}
REFUSALS = {
    401: f"The provider did not accept the key (401). {HOW_TO_GET_A_KEY}",
    402: "The provider wants to be paid first (402): look at the billing page of your account.",
    403: "The key may not use this model (403): choose another model, or ask the key's owner.",
    413: "The request is too large for the provider (413): ask about a smaller function.",
}


def explain(sdk: Sdk, error: Exception, model: str) -> Fault:
    """What ``error`` means. ``model`` is the id that was asked for."""
    if isinstance(error, sdk.anthropic.APIStatusError):
        return _explain_status(error, model)
    if isinstance(error, sdk.anthropic.APITimeoutError | sdk.httpx2.TimeoutException):
        return Fault(
            ModelUnavailable("The provider fell silent. Ask again in a while, or use --offline."),
            retry=True,
        )
    if isinstance(error, sdk.anthropic.APIConnectionError):
        return Fault(
            ModelUnavailable(
                "The provider could not be reached: look at the network, at the proxy and at "
                "ANTHROPIC_BASE_URL."
            ),
            retry=True,
        )
    if isinstance(error, sdk.httpx2.TransportError | IncompleteError):
        return Fault(
            ModelUnavailable("The connection broke off in mid-answer. Ask again in a while."),
            retry=True,
        )
    # Without credentials the SDK raises a bare TypeError with the first request.
    keyless = isinstance(error, TypeError) and "auth" in str(error).lower()
    if keyless or isinstance(error, sdk.anthropic.CredentialsError):
        return Fault(NoCredentials(f"There is no usable key for Claude. {HOW_TO_GET_A_KEY}"))
    if isinstance(error, ImportError) or type(error).__name__ == "MissingDependencyError":
        missing = " ".join(str(error).split())
        return Fault(NoCredentials(f"A package for this provider is missing: {missing}"))
    return _explain_broken_answer(error)


def _explain_broken_answer(error: Exception) -> Fault:
    if isinstance(error, json.JSONDecodeError | UnicodeDecodeError):
        what = "The provider sent an answer that is not in order."
    elif isinstance(error, ValueError) and "tool parameter JSON" in str(error):
        what = "The model called a tool with input that can't be read."
    else:
        name = type(error).__name__
        return Fault(ModelUnavailable(f"The model could not be asked: unexpected {name}."))
    return Fault(ModelUnavailable(f"{what} Ask again, or choose another model."), retry=True)


def _explain_status(error: Exception, model: str) -> Fault:
    status: int = getattr(error, "status_code", 0)
    kind: str = getattr(error, "type", None) or ""
    said: str = getattr(error, "api_message", None) or ""
    if status == 429 or kind == "rate_limit_error":
        wait = _retry_after(getattr(getattr(error, "response", None), "headers", {}))
        later = f"in {wait:.0f} seconds" if wait else "in a while"
        sentence = f"The provider's rate limit is reached. Ask again {later}."
        return Fault(ModelUnavailable(sentence), retry=True, wait=wait)
    if status >= 500 or status == 408 or kind in PASSING:
        sentence = f"The provider is overloaded or down ({kind or status}). Ask again in a while."
        return Fault(ModelUnavailable(sentence), retry=True)
    if status in REFUSALS:
        return Fault(ModelRefused(REFUSALS[status]))
    if status == 404:
        sentence = f"The provider knows no model {model} (404): name another in the settings."
        return Fault(ModelRefused(sentence))
    return Fault(ModelRefused(f"The provider turned the request down ({kind or status}): {said}"))


def _retry_after(headers: Mapping[str, str]) -> float | None:
    """Seconds to wait; a date instead of a number is not understood and counts as silence."""
    try:
        if (milliseconds := headers.get("retry-after-ms")) is not None:
            return max(0.0, float(milliseconds) / 1000)
        return max(0.0, float(headers["retry-after"]))
    except (KeyError, ValueError):
        return None

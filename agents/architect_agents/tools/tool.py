"""What a tool is: a description for the model, and a coroutine that answers in text."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from architect_agents.model import ToolSpec

#: ``read`` and ``net`` calls change nothing, so that several may run at once. ``stage`` writes to
#: the shadow copy, ``exec`` runs something in the jail, ``memory`` writes to the knowledge graph.
Effect = Literal["read", "net", "stage", "exec", "memory"]
Arguments = Mapping[str, Any]


class ToolFailure(Exception):
    """The call did not work, in words that the model may see."""


@dataclass(frozen=True, slots=True)
class Tool:
    """One tool, bound to the run that it serves.

    ``run(arguments)`` returns what the model gets to see, and raises ToolFailure otherwise.
    """

    spec: ToolSpec
    run: Callable[[Arguments], Awaitable[str]]
    effect: Effect = "read"

    @property
    def name(self) -> str:
        return self.spec.name


def schema(
    required: Mapping[str, Any], optional: Mapping[str, Any] | None = None
) -> Mapping[str, Any]:
    """A JSON schema for an object with these properties and no other."""
    return {
        "type": "object",
        "properties": {**required, **(optional or {})},
        "required": list(required),
        "additionalProperties": False,
    }


def text(arguments: Arguments, key: str, default: str | None = None) -> str:
    """The string ``key``.

    Raises:
        ToolFailure: it is missing without default, or no string.
    """
    value = arguments.get(key, default)
    if not isinstance(value, str):
        raise ToolFailure(f"`{key}` must be a string.")
    return value


def number(arguments: Arguments, key: str, default: int) -> int:
    """The whole number ``key``, also if it comes as 3.0 or "3"."""
    value = arguments.get(key)
    if value is None:
        return default
    try:
        return int(value)
    except (TypeError, ValueError):
        raise ToolFailure(f"`{key}` must be a whole number.") from None


def flag(arguments: Arguments, key: str) -> bool:
    """Whether ``key`` is true, also if it comes as a word."""
    return arguments.get(key) in (True, "true", "True", 1)


def entries(arguments: Arguments, key: str) -> list[Mapping[str, Any]]:
    """The list of objects ``key``."""
    value = arguments.get(key)
    if not isinstance(value, list) or not all(isinstance(item, Mapping) for item in value):
        raise ToolFailure(f"`{key}` must be a list of objects.")
    return value


def strings(arguments: Arguments, key: str) -> list[str]:
    """The list of strings ``key``; absent is empty."""
    value = arguments.get(key) or []
    if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
        raise ToolFailure(f"`{key}` must be a list of strings.")
    return value


def shortened(words: str, limit: int) -> str:
    """``words``, cut in the middle with a note if they are longer than ``limit`` characters."""
    if len(words) <= limit:
        return words
    head, tail = limit * 2 // 3, limit // 3
    left_out = len(words) - head - tail
    return f"{words[:head]}\n… {left_out} characters left out …\n{words[-tail:]}"

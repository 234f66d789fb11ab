"""Replacing one piece of text by another: exactly once, or everywhere if that is wanted."""

from __future__ import annotations

import re

from architect_agents.tools.tool import ToolFailure

_END = re.compile(r"\r\n|\r|\n")


def newline_of(text: str) -> str:
    """The line end that ``text`` uses throughout, or "" if it mixes them."""
    kinds = set(_END.findall(text))
    return "\n" if not kinds else kinds.pop() if len(kinds) == 1 else ""


def replaced(text: str, old: str, new: str, what: str, everywhere: bool = False) -> str:
    """``text`` with ``old`` replaced by ``new``. ``what`` names the edit in a failure.

    Raises:
        ToolFailure: ``old`` is empty, absent, or not unique while ``everywhere`` is not set.
    """
    if not old:
        raise ToolFailure(f"The old_string of {what} is empty.")
    found = text.count(old)
    if not found or (found > 1 and not everywhere):
        raise ToolFailure(
            f"The old_string of {what} occurs {found} times; it must occur exactly once, with "
            "its white space. Nothing was changed."
        )
    return text.replace(old, new)

"""TypeScript: takes out type parameters of functions, at which lizard loses the functions."""

from __future__ import annotations

import re

_DECLARATION = re.compile(r"\bfunction\b\s*\*?\s*\w*\s*(?=<)")
_STEP = re.compile(r"=>|[<>]")
_PARENTHESIS = re.compile(r"\s*\(")

# No list of type parameters is longer.
_LONGEST = 4_000


def take_out(source: str) -> str:
    """``source`` without the ``<T extends …>`` behind ``function name``.

    Line ends in it move behind the parenthesis that follows, so that every other line stays
    and the function begins where its name is.
    """
    parts = []
    done = 0
    for match in _DECLARATION.finditer(source):
        closing = _closing(source, match.end())
        opening = closing and _PARENTHESIS.match(source, closing)
        if opening:
            line_ends = "\n" * source.count("\n", match.end(), opening.end())
            parts += [source[done : match.end()], "(", line_ends]
            done = opening.end()
    parts.append(source[done:])
    return "".join(parts)


def _closing(source: str, start: int) -> int | None:
    """The offset behind the ``>`` that closes the ``<`` at ``start``, or None."""
    depth = 0
    for match in _STEP.finditer(source, start, start + _LONGEST):
        depth += {"<": 1, ">": -1}.get(match[0], 0)
        if depth == 0:
            return match.end()
    return None

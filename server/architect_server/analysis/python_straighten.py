"""Rewrites Python so that lizard cannot misread its layout; figures stay countable by its rules.

lizard follows indentation line by line, also inside brackets, and finds a function's body only
on a line of its own. Here every physical line gets the indentation of its logical line, and a
body behind its header's colon gets its own line. Tokens, comments and their order stay.
"""

from __future__ import annotations

import io
import tokenize
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from architect_server.analysis.python_outline import PythonFunction

_LAYOUT = frozenset(
    (
        tokenize.NL,
        tokenize.NEWLINE,
        tokenize.COMMENT,
        tokenize.INDENT,
        tokenize.DEDENT,
        tokenize.ENDMARKER,
    )
)
_STRING_OPENS = frozenset(("FSTRING_START", "TSTRING_START"))
_STRING_CLOSES = frozenset(("FSTRING_END", "TSTRING_END"))


@dataclass(frozen=True, slots=True)
class Straightened:
    """The rewritten text; ``origin[n]`` is the 1-based line of the original that line n+1 shows."""

    text: str
    origin: tuple[int, ...]


def straighten(source: str, functions: Iterable[PythonFunction]) -> Straightened:
    """``source`` (LF line ends, parsable) in lizard's layout.

    Raises:
        tokenize.TokenError, SyntaxError: the tokenizer and ``ast`` do not agree about the text.
    """
    levels = dict(_levels(source))
    breaks = {function.body[0]: function for function in functions if function.one_line}
    for function in breaks.values():
        # What continues the body on further lines must stay as deep as the body.
        for number in range(function.body[0] + 1, function.end_line + 1):
            if number in levels:
                levels[number] += 1
    lines: list[str] = []
    origin: list[int] = []
    for number, line in enumerate(source.split("\n"), start=1):
        parts = [line]
        if number in breaks:
            column = breaks[number].body[1]
            parts = [line[:column].rstrip(), line[column:]]
        for deeper, part in enumerate(parts):
            lines.append(_indented(part, levels.get(number), deeper))
            origin.append(number)
    return Straightened("\n".join(lines), tuple(origin))


def _indented(line: str, level: int | None, deeper: int) -> str:
    if level is None:
        return line
    return " " * (level + deeper) + line.lstrip(" \t\f")


def _levels(source: str) -> Iterator[tuple[int, int]]:
    """``(line, level)`` for each physical line that begins with a token of code.

    Lines inside a string, blank lines and comments are not among them.
    """
    level = 0
    open_strings = 0
    last_line = 0
    for token in tokenize.generate_tokens(io.StringIO(source).readline):
        if token.type == tokenize.INDENT:
            level += 1
        elif token.type == tokenize.DEDENT:
            level -= 1
        elif token.type not in _LAYOUT:
            if token.start[0] > last_line and not open_strings:
                yield token.start[0], level
            name = tokenize.tok_name[token.type]
            open_strings += (name in _STRING_OPENS) - (name in _STRING_CLOSES)
            last_line = token.end[0]

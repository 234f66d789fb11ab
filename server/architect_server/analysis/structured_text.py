"""Structured Text in a form in which lizard reads it right.

lizard ends a function at ``END_VAR``, looks for functions in comments of more than one line, takes
the beginning of ``ORDER`` for an ``OR`` and the ``IF`` behind an ``ELSE`` for no ``IF``, and skips
the rest of a line behind ``T#5s``. In the rewritten text ``END_VAR`` is a plain word, comments are
blank, such names begin with an underscore, an empty statement (one token more) parts ``ELSE`` from
``IF``, and literals have no ``#``; lines stay.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

_TEXT = re.compile(
    r"(?P<string>'(?:[^'$\n]|\$.|'')*+'|\"(?:[^\"$\n]|\$.)*+\")"
    r"|(?P<comment>\(\*(?:[^*]|\*(?!\)))*+\*\)|//[^\n]*+|/\*(?:[^*]|\*(?!/))*+\*/|\{[^{}\n]*+\})"
    r"|(?P<literal>(?<=\w)#(?=[\w+-]))"
    r"|\b(?P<end>END_(?:VAR|STRUCT|TYPE|UNION))\b"
    r"|(?<![\w.])(?P<name>(?:OR|AND|XOR|NOT)_?(?=\w)\w+)",
    re.I | re.S,
)
_ELSE_IF = re.compile(r"\b(ELSE\s+)(?=IF\b)", re.I)
_OPERATORS = frozenset(("or_else", "and_then"))
_DECLARED = re.compile(
    r"^[ \t]*(?:@\w+[ \t]+)?(?P<kind>FUNCTION_BLOCK|FUNCTION|ACTION|PROGRAM|METHOD|PROPERTY)\b"
    r"(?:[ \t]+(?:PUBLIC|PRIVATE|PROTECTED|INTERNAL|FINAL|ABSTRACT|OVERRIDE))*[ \t]+(?P<name>\w+)",
    re.I | re.M,
)


def legible(source: str) -> str:
    """``source`` as lizard shall read it."""
    return _ELSE_IF.sub(r"\1;", _TEXT.sub(_rewritten, source))


def _rewritten(match: re.Match[str]) -> str:
    word = match[0]
    if match["comment"] is not None:
        return "\n".join(" " * len(line) for line in word.split("\n"))
    if match["literal"] is not None:
        return "_"
    if match["end"] is not None:
        return word.replace("_", "X", 1)
    if match["name"] is not None and word.lower() not in _OPERATORS:
        return "_" + word[1:]
    return word


def name_on(line: str) -> str:
    """The name of the function that a line of Structured Text declares, or ""."""
    match = _DECLARED.match(line)
    return match["name"] if match else ""


def declared(source: str) -> Iterator[tuple[int, str, int | None]]:
    """Everything in ``source`` that holds code: its 1-based line, its name, the line of its end."""
    code = legible(source)
    for match in _DECLARED.finditer(code):
        line = code.count("\n", 0, match.start("name")) + 1
        closing = re.compile(rf"\bEND_{match['kind']}\b", re.I).search(code, match.end())
        end = line + code.count("\n", match.end(), closing.start()) if closing else None
        yield line, match["name"], end

"""Lizard's tokens of a Python text, without its blanks, and what they may mean."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from functools import cache

from architect_server.analysis import lizard_adapter

#: Tokens that assign.
ASSIGNMENTS = ("=", "+=", "-=", "*=", "/=", "%=", "&=", "|=", "^=", "<<=", ">>=")
#: A definition begins with one of these.
BEGINS_DEFINITION = frozenset(("def", "class", "@", "async"))

# Before one of these match and case are names.
_BEHIND_NAME = frozenset((*ASSIGNMENTS, "//=", "**=", ".", ":", ",", ":="))

# The most frequent tokens, tried first: as lizard cuts them, with less to try on the way. Nothing
# longer in lizard's pattern begins like one; a string that is not closed is left to it.
_FREQUENT = "|".join(
    (
        r"[^\W\d]\w*+",
        r"[()\[\]{},]",
        r"\n[^\S\n]*+",
        r"=(?![=>])",
        r"\.(?!\.\.)",
        r":(?![:=])",
        r'"(?!"")(?:[^"\\]++|\\.)*+"',
        r"'(?!'')(?:[^'\\]++|\\.)*+'",
        r'"""(?:[^"\\]++|\\.|"(?!""))*+"""',
        r"'''(?:[^'\\]++|\\.|'(?!''))*+'''",
        r"\#[^\n]*+",
        r"[-+](?![-+=>])",
        r"\*(?![*=/])",
    )
)


@cache
def _pattern(flags: re.RegexFlag) -> Callable[[str], list[str]] | None:
    pattern = lizard_adapter.python_pattern()
    body = pattern.replace(r"|\n|[^\S\n]+|.", r"|\n[^\S\n]*|.")
    if body == pattern:
        return None
    return re.compile(rf"[^\S\n]*+({_FREQUENT}|{body})", re.M | re.S | flags).findall


def tokens(source: str) -> list[str]:
    """The tokens of ``source`` as lizard cuts them; a line end carries the next indentation.

    What stands inside an f-string is not among them. Empty with a lizard whose pattern is not
    the one known here.
    """
    # Letters are found faster among fewer; U+001F is white space to lizard, but not in ASCII.
    narrow = source.isascii() and "\x1f" not in source
    tokenize = _pattern(re.A if narrow else re.U)
    return tokenize(source) if tokenize else []


def is_soft_keyword(tokens: Sequence[str], index: int) -> bool:
    """Whether lizard may take the ``match`` or ``case`` at ``index`` for a keyword."""
    if index and tokens[index - 1][0] != "\n":
        return False
    return index + 1 >= len(tokens) or tokens[index + 1] not in _BEHIND_NAME


def opens_block(tokens: Sequence[str], index: int) -> bool | None:
    """Whether the ``match`` or ``case`` at ``index`` is a keyword for lizard.

    None where that hangs on another ``match`` or ``case``: lizard passes them while it looks.
    """
    if not is_soft_keyword(tokens, index):
        return False
    following = tokens[index + 1]
    if following not in ("(", "["):
        return None if following in ("match", "case") or following[0] in "\n#" else True
    depth = 0
    for position in range(index + 1, len(tokens)):
        token = tokens[position]
        if token in ("match", "case"):
            return None
        depth += (token in ("(", "[", "{")) - (token in (")", "]", "}"))
        if depth == 0 and token == ":":
            return True
        if depth == 0 and token[0] == "\n":
            return None if tokens[position + 1] in ("match", "case") else False
    return None

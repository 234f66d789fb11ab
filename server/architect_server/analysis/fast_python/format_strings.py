"""The expressions in f-strings as tokens of their own, as lizard has them."""

from __future__ import annotations

import re

from architect_server.analysis import lizard_adapter
from architect_server.analysis.fast_python.tokens import tokens

# An expression without quotes, braces, comments and line ends, in which nothing can hide a brace.
_PLAIN_EXPRESSION = re.compile(r"\{([^{}\"'\\#\n]*+)\}")
_TRIPLE = ('"""', "'''")


def expanded(found: list[str]) -> list[str]:
    """``found`` with the tokens inside the braces of f-strings.

    ``found`` holds no blanks, so neither does the result.
    """
    if lizard_adapter.FORMAT_PREFIXES.isdisjoint(found):
        return found
    # A byte for each token, 1 for a prefix, is searched faster than the tokens.
    marks = bytes(map(lizard_adapter.FORMAT_PREFIXES.__contains__, found))
    result: list[str] = []
    copied = 0
    index = marks.find(1)
    while 0 <= index < len(found) - 1:
        body = found[index + 1]
        if body[0] in "\"'" and "{" in body:
            result += found[copied : index + 1]
            result += _plain(body) or lizard_adapter.format_string_tokens(body)
            copied = index + 2
        index = marks.find(1, index + 1)
    return result + found[copied:]


def _plain(body: str) -> list[str]:
    """The tokens of a string with plain expressions only; none where it has others."""
    quotes = body[:3] if body[:3] in _TRIPLE else body[0]
    parts = _PLAIN_EXPRESSION.split(body[len(quotes) : -len(quotes)])
    result: list[str] = []
    for literal, expression in zip(parts[::2], (*parts[1::2], None), strict=True):
        if "{" in literal or "}" in literal:
            return []
        if literal:
            result.append(f"{quotes}{literal}{quotes}")
        if expression is not None:
            inner = _in_expression(expression)
            if not inner:
                return []
            result += inner
    return result


def _in_expression(expression: str) -> list[str]:
    if expression.isascii() and expression.isidentifier():
        return [expression]
    return tokens(expression)

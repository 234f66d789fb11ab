"""The header of a Python function, from its name to its colon, by lizard's rules."""

from __future__ import annotations

import re
from dataclasses import dataclass

# lizard's own pattern for the name of a parameter, and the parts that follow it.
_PARAMETER = re.compile(r"(\w+)(\s=.*)?(\s:.*)?$")

_FORMAT_PREFIXES = ("f", "rf", "fr", "bf", "fb")
_KEYWORDS = ("if", "for", "and", "or", "def", "class")

_MAX_TOKENS = 4_000


def _declines(token: str) -> bool:
    return token in _KEYWORDS or token in ("\\\n", ";") or token.lower() in _FORMAT_PREFIXES


class Declined(Exception):
    """The fast pass leaves this text to lizard."""


@dataclass(frozen=True, slots=True)
class Header:
    """``end`` is the index behind its last token; ``tokens`` are counted from the parenthesis on.

    ``lines`` are lines of code after the first.
    """

    name: str
    parameters: int
    end: int
    tokens: int
    lines: int


class _Parameters:
    """lizard's state machine from ``(`` to ``)``."""

    def __init__(self) -> None:
        self.texts: list[str] = []
        self.brackets = self.lambdas = 0
        self.read = self._plain

    def _plain(self, token: str) -> bool:
        if token == ")":
            return True
        if token == "[":
            self.brackets = 1
            self.read = self._annotation
        elif token in ("(", "{", "lambda"):
            self.brackets = self.lambdas = 0
            self.read = self._default
            return self._default(token)
        else:
            self._add(token)
        return False

    def _annotation(self, token: str) -> bool:
        self.brackets += {"[": 1, "]": -1}.get(token, 0)
        if self.brackets == 0:
            self.read = self._plain
        return False

    def _default(self, token: str) -> bool:
        if token == ",":
            self.texts[-1] += " ,"
        else:
            self._add(token)
        if token in ("(", "[", "{"):
            self.brackets += 1
        elif token in (")", "]", "}"):
            self.brackets -= 1
        elif self.brackets == 0:
            self.lambdas += {"lambda": 1, ":": -1 if self.lambdas else 0}.get(token, 0)
        if self.brackets < 0 or (self.brackets == 0 and self.lambdas == 0):
            self.read = self._plain
        return False

    def _add(self, token: str) -> None:
        if not self.texts:
            self.texts.append(token)
        elif token == ",":
            self.texts.append("")
        else:
            self.texts[-1] += " " + token

    def count(self) -> int:
        return sum(_PARAMETER.search(text) is not None for text in self.texts)


def read_header(tokens: list[str], start: int) -> Header:
    """Read from the name at ``start``.

    Raises:
        Declined: lizard's view of this header is not certain to be Python's.
    """
    name = tokens[start]
    if not name.isidentifier() or tokens[start + 1] != "(":
        raise Declined
    parameters = _Parameters()
    end, lines, count = _to_parenthesis(tokens, start + 2, parameters)
    stop = _to_colon(tokens, end)
    if tokens[stop : stop + 1] == [] or tokens[stop][0] not in "\n#":
        raise Declined  # the body stands on the header's line
    return Header(name, parameters.count(), stop, count + 1 + stop - end, lines)


def _to_parenthesis(tokens: list[str], start: int, parameters: _Parameters) -> tuple[int, int, int]:
    """Index behind the closing one, lines of code after the first, tokens on the way."""
    lines = count = 0
    fresh = False
    previous = "("
    for index in range(start, min(len(tokens), start + _MAX_TOKENS)):
        token = tokens[index]
        first = token[0]
        if first == "\n":
            fresh = True
            continue
        if first == "#":
            continue
        if _declines(token) or "\n" in token or (fresh and previous[-1] == ")"):
            raise Declined
        lines += fresh
        fresh = False
        count += 1
        previous = token
        if parameters.read(token):
            return index + 1, lines, count
    raise Declined


def _to_colon(tokens: list[str], start: int) -> int:
    """Index behind the header's colon."""
    depth = 0
    for index in range(start, min(len(tokens), start + _MAX_TOKENS)):
        token = tokens[index]
        if token == ":" and depth == 0:
            return index + 1
        if _declines(token) or "\n" in token or token[0] == "#" or token == "lambda":
            raise Declined
        depth += (token in ("(", "[", "{")) - (token in (")", "]", "}"))
    raise Declined

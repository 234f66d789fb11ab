"""The header of a Python function by lizard's rules, and a body that stands on its line."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from architect_server.analysis import lizard_adapter

# lizard's own pattern for the name of a parameter, and the parts that follow it.
_PARAMETER = re.compile(r"(\w+)(\s=.*)?(\s:.*)?$")

_FORMAT_PREFIXES = lizard_adapter.FORMAT_PREFIXES
_DECLINED = frozenset(("if", "for", "and", "or", "def", "class", "\\\n", ";"))
_QUOTES = ('"', "'")
_TRIPLE = ('"""', "'''")
# Before one of these a name like a prefix of strings is a name.
_BEHIND_NAME = (",", ")", "=", ":")

# In a body on its header's line these count, or lead to another line.
_NO_SIMPLE_BODY = _DECLINED | {"else", "lambda", "match", "case", "async"}

# What makes more of parameters than names with plain annotations and values.
_UNUSUAL = re.compile(r"[\n#\"'(\[{;\\]|\b(?:lambda|if|for|and|or|def|class|[rRbB]?[fF][rRbB]?)\b")

_MAX_TOKENS = 4_000


class Declined(Exception):
    """The fast pass leaves this text to lizard."""


@dataclass(frozen=True, slots=True)
class Header:
    """``end`` is the index behind its last token.

    ``lines`` are lines of code after the first, ``line_ends`` all that it holds, ``no_code``
    its line ends and comments.
    """

    name: str
    parameters: int
    end: int
    lines: int
    line_ends: int
    no_code: int


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
    plain = _plain_parameters(tokens, start + 2)
    if plain is not None:
        end, count = plain
        stop = _to_colon(tokens, end)
        _decline(tokens, range(end, stop))
        return Header(name, count, stop, 0, 0, 0)
    parameters = _Parameters()
    end, lines = _to_parenthesis(tokens, start + 2, parameters)
    stop = _to_colon(tokens, end)
    _decline(tokens, range(end, stop))
    own = tokens[start + 2 : end]
    if not _DECLINED.isdisjoint(own) or not _FORMAT_PREFIXES.isdisjoint(own):
        _decline(tokens, range(start + 2, end))
    line_ends = comments = 0
    if lines or tokens[start + 2][0] in "\n#":
        for token in own:
            line_ends += token[0] == "\n"
            comments += token[0] == "#"
    return Header(name, parameters.count(), stop, lines, line_ends, line_ends + comments)


def _plain_parameters(tokens: list[str], start: int) -> tuple[int, int] | None:
    """Index behind the closing parenthesis, and how many parameters there are.

    None where they must be read one by one; most are on one line and hold no brackets or strings.
    """
    try:
        end = tokens.index(")", start, start + _MAX_TOKENS)
    except ValueError:
        return None
    written = " ".join(tokens[start:end])
    if _UNUSUAL.search(written):
        return None
    return end + 1, sum(part.strip() not in ("", "*", "/") for part in written.split(","))


def end_of_body(tokens: list[str], start: int, name: str) -> int:
    """Index behind a body that stands on the line of its header, from ``start`` on.

    Raises:
        Declined: it holds more than one simple statement without decisions, or is no such body.
    """
    depth = 0
    for index in range(start, min(len(tokens), start + _MAX_TOKENS)):
        token = tokens[index]
        if token[0] in "\n#":
            if depth or token == lizard_adapter.LINE_IN_BRACES:
                raise Declined
            return index
        if token in _NO_SIMPLE_BODY or token == name or token in _QUOTES or token[:3] in _TRIPLE:
            raise Declined
        depth += (token in ("(", "[", "{")) - (token in (")", "]", "}"))
    raise Declined


def _decline(tokens: list[str], places: Iterable[int]) -> None:
    """Decline on account of a token that may change how lizard reads on."""
    for index in places:
        token = tokens[index]
        if token in _DECLINED:
            raise Declined
        if token in _FORMAT_PREFIXES and tokens[index + 1] not in _BEHIND_NAME:
            raise Declined


def _to_parenthesis(tokens: list[str], start: int, parameters: _Parameters) -> tuple[int, int]:
    """Index behind the closing one, and lines of code after the first."""
    lines = 0
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
        if fresh:
            if previous[-1] == ")":
                raise Declined
            lines += 1
            fresh = False
        if first in "\"'" and ("\n" in token or token[:3] in _TRIPLE):
            raise Declined  # lizard may take its lines for a comment's
        previous = token
        if parameters.read(token):
            return index + 1, lines
    raise Declined


def _to_colon(tokens: list[str], start: int) -> int:
    """Index behind the header's colon."""
    depth = 0
    for index in range(start, min(len(tokens), start + _MAX_TOKENS)):
        token = tokens[index]
        if token == ":" and depth == 0:
            return index + 1
        if "\n" in token or token[0] == "#" or token == "lambda" or token[:3] in _TRIPLE:
            raise Declined
        depth += (token in ("(", "[", "{")) - (token in (")", "]", "}"))
    raise Declined

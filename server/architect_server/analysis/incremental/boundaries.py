"""Where a Python text may be cut: at definitions of the top level, of a class, and at statements.

Nothing here parses. A cut found by its line alone may lie inside a string or a bracket; whoever
cuts there finds out, since what stands before it does not parse, and asks ``true_ends``.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import chain, dropwhile
from keyword import iskeyword
from typing import Literal

Kind = Literal["decorator", "def", "class", "statement"]


@dataclass(frozen=True, slots=True)
class OpenClass:
    """The class of the top level that a piece stands in, and its body's indentation."""

    name: str
    indent: str


@dataclass(frozen=True, slots=True)
class Cut:
    """A place to cut at, what begins there, and the class that is open there, if any."""

    offset: int
    kind: Kind
    inside: OpenClass | None


@dataclass(frozen=True, slots=True)
class _Line:
    """A line that begins a definition at any depth, or any statement in the first column."""

    offset: int
    indent: str
    kind: Kind


_BEGINS = r"(?:([ \t]*+)(?:(@)|((?:async[ \t]++)?def\b)|(class\b))|(?=[^\s#)\]}\\]))"
_LINE = re.compile(_BEGINS)
_NEXT_LINE = re.compile(r"\n" + _BEGINS)
# A class whose header cannot hide a string or a comment, up to its body's first line.
_CLASS = re.compile(
    r"class[ \t]++(\w++)[ \t]*+(?:\([^()\"'#]*+\))?[ \t]*+:[ \t]*+(?:#[^\r\n]*+)?\r?\n"
    r"(?:[ \t]*+(?:#[^\r\n]*+)?\r?\n)*+([ \t]++)(?=[^\s#\\])(@|(?:async[ \t]++)?def\b|class\b)?"
)
_MOST_PASSED = 40
_CONTINUES = re.compile(r"(?:else|elif|except|finally|case|match)\b")
_BLANK_BEFORE = ("\n\n", "\n\r\n")
# Atomic groups, since `*+` round a look-ahead goes wrong in Python before 3.11.5 (gh-106052).
_QUOTED_OR_BRACKET = re.compile(
    r"#[^\n]*+"
    r'|"""(?>(?:[^"\\]|\\.|"(?!""))*)(?:"""|\Z|\\\Z|"*+\Z)'
    r"|'''(?>(?:[^'\\]|\\.|'(?!''))*)(?:'''|\Z|\\\Z|'*+\Z)"
    r'|"(?:[^"\\\n]|\\.)*+"?'
    r"|'(?:[^'\\\n]|\\.)*+'?"
    r"|[()\[\]{}]"
    r"|\\\r?\n",
    re.S,
)


def _lines(text: str, start: int) -> Iterator[_Line]:
    if match := _LINE.match(text, start):
        yield _line(match, start)
    for match in _NEXT_LINE.finditer(text, start):
        yield _line(match, match.start() + 1)


def _line(match: re.Match[str], offset: int) -> _Line:
    indent, decorator, function, klass = match.groups()
    kind: Kind = "statement"
    if decorator:
        kind = "decorator"
    elif function:
        kind = "def"
    elif klass:
        kind = "class"
    return _Line(offset, indent or "", kind)


def cuts(text: str, start: int, inside: OpenClass | None) -> Iterator[Cut]:
    """The places behind ``start`` where the piece that begins there may end, in order.

    ``start`` is itself a cut, with ``inside`` open. The end of the text is not among them.
    """
    lines = _lines(text, start)
    first = next(lines, None)
    if first is None:
        return
    if first.offset != start or first.indent != (inside.indent if inside else ""):
        # The text begins with a comment, a blank line or an unexpected indentation.
        yield from _outside(text, start, [first], lines)
        return
    head, left = _behind_decorators(first, lines)
    if inside is not None:
        yield from _siblings(inside, left, lines)
    elif head.kind == "class" and (opened := _opened(text, first, head)):
        yield from _members(opened, lines)
    else:
        yield from _outside(text, start, left, lines)


def _behind_decorators(first: _Line, lines: Iterator[_Line]) -> tuple[_Line, list[_Line]]:
    """The line that a stack of decorators belongs to, and what was passed on the way to it.

    Lines that are passed end the piece if they are no part of a decorator's arguments.
    """
    line = first
    passed: list[_Line] = []
    while line.kind == "decorator":
        following = next((one for one in lines if len(one.indent) <= len(first.indent)), None)
        if following is None or len(passed) > _MOST_PASSED:
            return first, passed
        if following.indent == first.indent and following.kind != "statement":
            line = following
        else:
            passed.append(following)
    return line, passed


@dataclass(frozen=True, slots=True)
class _Opened:
    """A class, where its body's first line begins, and whether that line is a definition."""

    inside: OpenClass
    body: int
    keeps_member: bool


def _opened(text: str, first: _Line, head: _Line) -> _Opened | None:
    """The class that begins at ``head``."""
    for line in text[first.offset : head.offset].splitlines():
        if not line.startswith("@") or '"""' in line or "'''" in line or line.endswith("\\"):
            return None
        if line.count("(") != line.count(")"):
            return None
    match = _CLASS.match(text, head.offset)
    if match is None or not match[1].isidentifier() or iskeyword(match[1]):
        return None
    return _Opened(OpenClass(match[1], match[2]), match.start(2), match[3] is not None)


def _members(opened: _Opened, lines: Iterator[_Line]) -> Iterator[Cut]:
    """Cuts behind a class's header; it keeps its first member if that is a definition."""
    inside = opened.inside
    lines = dropwhile(lambda line: line.offset < opened.body, lines)  # the header may be long
    left: list[_Line] = []
    if opened.keeps_member:
        for line in lines:
            if line.indent == inside.indent:
                _, left = _behind_decorators(line, lines)
                break
            if not line.indent:
                left = [line]
                break
    yield from _siblings(inside, left, lines)


def _siblings(inside: OpenClass, left: Iterable[_Line], lines: Iterator[_Line]) -> Iterator[Cut]:
    """Cuts at other members of the class, and at whatever ends it."""
    for line in chain(left, lines):
        if not line.indent:
            yield Cut(line.offset, line.kind, None)
        elif line.indent == inside.indent:
            yield Cut(line.offset, line.kind, inside)


def _outside(text: str, start: int, left: Iterable[_Line], lines: Iterator[_Line]) -> Iterator[Cut]:
    """Cuts at definitions in the first column, and at statements there behind a blank line."""
    for line in chain(left, lines):
        if line.indent or line.offset == start:
            continue
        if line.kind == "statement":
            blank = text.endswith(_BLANK_BEFORE, start, line.offset)
            word = text[line.offset].isidentifier()
            if not blank or not word or _CONTINUES.match(text, line.offset):
                continue
        yield Cut(line.offset, line.kind, None)


def true_ends(text: str, start: int, candidates: Iterable[Cut]) -> Iterator[Cut]:
    """Those of ``candidates`` that do not lie inside a string, a bracket or a continued line.

    ``def`` and ``class`` count also inside an open bracket: no bracket can hold them, so what
    stands before is broken for certain.
    """
    tokens = _QUOTED_OR_BRACKET.finditer(text, start)
    token = next(tokens, None)
    depth = 0
    stacked = False  # below a decorator that continues the line above it
    for cut in candidates:
        while token is not None and token.end() <= cut.offset:
            symbol = token[0]
            depth = max(0, depth + (symbol in "([{") - (symbol in ")]}"))
            if symbol[0] == "\\" and token.end() == cut.offset:
                break
            token = next(tokens, None)
        if token is not None and token.start() < cut.offset:
            stacked = cut.kind == "decorator" and token.end() == cut.offset
        elif stacked:
            stacked = cut.kind == "decorator"
        elif depth == 0 or cut.kind in ("def", "class"):
            yield cut

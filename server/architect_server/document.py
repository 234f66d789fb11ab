r"""A frozen snapshot of one text, and the arithmetic between offsets and protocol positions.

Lines end at ``\n``, ``\r\n`` and ``\r`` only, as the protocol says; form feeds and U+2028 are
ordinary characters. Positions count code units of the encoding that client and server agreed
on; everything of ours counts code points.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import Literal
from urllib.parse import unquote, urlparse

from architect_server.analysis.text import LineTable

Encoding = Literal["utf-8", "utf-16", "utf-32"]


@dataclass(frozen=True, slots=True)
class Place:
    """A protocol position: 0-based line, and code units of the agreed encoding within it."""

    line: int
    character: int


@dataclass(frozen=True, slots=True)
class Change:
    """One content change. Without ``start`` and ``end`` it replaces the whole text."""

    text: str
    start: Place | None = None
    end: Place | None = None


@dataclass(frozen=True, slots=True)
class Splice:
    """Replace ``text[start:end]`` by ``text``; offsets count code points."""

    start: int
    end: int
    text: str


@dataclass(frozen=True)
class Document:
    """One version of one text. Made anew for every change, never altered."""

    uri: str
    version: int | None
    language_id: str
    text: str

    @cached_property
    def lines(self) -> LineTable:
        """The line table, built at first use."""
        return LineTable(self.text)

    @property
    def name(self) -> str:
        """The last part of the URI's path, for messages to a person."""
        return unquote(urlparse(self.uri).path.rpartition("/")[2]) or self.uri

    def changed(
        self, version: int | None, changes: Iterable[Change], encoding: Encoding
    ) -> Document:
        """This document after ``changes``, each applied to the result of the one before."""
        return self.edited(version, changes, encoding)[0]

    def edited(
        self, version: int | None, changes: Iterable[Change], encoding: Encoding
    ) -> tuple[Document, list[Splice]]:
        """The same, with each change by its offsets in the text that it was applied to."""
        lines, splices = self.lines, []
        for change in changes:
            splice = _splice(lines, change, encoding)
            lines = lines.spliced(splice.start, splice.end, splice.text)
            splices.append(splice)
        document = Document(self.uri, version, self.language_id, lines.text)
        # It is known already; ``cached_property`` finds it where it would put it.
        document.__dict__["lines"] = lines
        return document, splices

    def offset(self, place: Place, encoding: Encoding) -> int:
        """Code points before ``place``. A place beyond its line's or the text's end is its end."""
        return _offset(self.lines, place, encoding)

    def place(self, offset: int, encoding: Encoding) -> Place:
        """The position of the code point at ``offset``."""
        line, column = self.lines.position(offset)
        return Place(line, code_units(self.lines.line_text(line)[:column], encoding))

    def place_in_line(self, line: int, column: int, encoding: Encoding) -> Place:
        """The position of code-point ``column`` in 0-based ``line``, kept inside the text."""
        line = min(max(line, 0), self.lines.line_count - 1)
        return Place(line, code_units(self.lines.line_text(line)[:column], encoding))


def _splice(lines: LineTable, change: Change, encoding: Encoding) -> Splice:
    if change.start is None or change.end is None:
        return Splice(0, len(lines.text), change.text)
    start = _offset(lines, change.start, encoding)
    return Splice(start, max(start, _offset(lines, change.end, encoding)), change.text)


def _offset(lines: LineTable, place: Place, encoding: Encoding) -> int:
    if place.line >= lines.line_count:
        return len(lines.text)
    start = lines.line_start(place.line)
    return start + code_points(lines.line_text(place.line), place.character, encoding)


def code_units(text: str, encoding: Encoding) -> int:
    """How many code units of ``encoding`` the ``text`` takes."""
    if encoding == "utf-32" or text.isascii():
        return len(text)
    return sum(_width(character, encoding) for character in text)


def code_points(line: str, units: int, encoding: Encoding) -> int:
    """How many code points of ``line`` lie before ``units`` code units.

    Beyond the end it is the line's length; within a character, that character is left out.
    """
    if encoding == "utf-32" or line.isascii():
        return min(units, len(line))
    used = 0
    for index, character in enumerate(line):
        used += _width(character, encoding)
        if used > units:
            return index
    return len(line)


def _width(character: str, encoding: Encoding) -> int:
    """Code units of one character; lone surrogates, which JSON can carry, count as UTF-16 does."""
    code = ord(character)
    if encoding == "utf-16":
        return 2 if code > 0xFFFF else 1
    return 1 + (code > 0x7F) + (code > 0x7FF) + (code > 0xFFFF)


def rebase(splices: Iterable[Splice], old: str, new: str) -> tuple[Splice, ...] | None:
    """Move splices made for ``old`` to ``new``, or None if ``new`` differs where they apply.

    ``old`` and ``new`` are taken to differ in one stretch, between what they share at the start
    and at the end. A splice before that stretch stays, one behind it moves with it.
    """
    if old == new:
        return tuple(splices)
    head = _shared_head(old, new)
    tail = _shared_head(old[head:][::-1], new[head:][::-1])
    changed_until = len(old) - tail
    delta = len(new) - len(old)
    # What was typed right in front of a splice leaves it be only if it ended its line.
    own_line = new[: changed_until + delta].endswith(("\n", "\r"))
    moved = []
    for splice in splices:
        if splice.end < head:
            moved.append(splice)
        elif splice.start > changed_until or (splice.start == changed_until and own_line):
            moved.append(Splice(splice.start + delta, splice.end + delta, splice.text))
        else:
            return None
    return tuple(moved)


def _shared_head(one: str, other: str) -> int:
    """How many characters both begin with, by bisection over C-speed comparisons."""
    low, high = 0, min(len(one), len(other))
    while low < high:
        middle = (low + high + 1) // 2
        if one[low:middle] == other[low:middle]:
            low = middle
        else:
            high = middle - 1
    return low

"""A Python text that is measured anew after every edit, reading only the pieces that changed."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate

from architect_server.analysis import guards, template_strings
from architect_server.analysis.incremental.boundaries import OpenClass
from architect_server.analysis.incremental.measured import (
    Measured,
    NotProvableError,
    measure_broken,
    measure_parsed,
    piece_parses,
)
from architect_server.analysis.incremental.placed import PlacedFunctions
from architect_server.analysis.incremental.plan import Piece, next_piece
from architect_server.analysis.model import Confidence, FileMetrics
from architect_server.analysis.python_measure import confidence
from architect_server.analysis.python_outline import UnparsableError
from architect_server.analysis.python_pieces import moved_block
from architect_server.analysis.raw import RawFile
from architect_server.analysis.text import BOM, stretch

_DEF = re.compile(r"(?:[ \t]*+@[^\n]*+\n)*+[ \t]*+(?:async[ \t]++)?def\b")

# How many pieces are joined before lizard must be at rest.
_MOST_JOINED = 6

# How many pieces behind an edit are looked at again, as a rule.
_RECUT = 3

# Characters around an edit that may make one of the words that are looked for.
_MARGIN = 16

# Characters of source in the memory of measured pieces: what undoing and repeating lead back to.
_REMEMBERED = 200_000


class OverBudgetError(Exception):
    """More must be read than the caller allows."""


@dataclass(frozen=True, slots=True)
class Part:
    """A piece with its figures."""

    piece: Piece
    measured: Measured


@dataclass(frozen=True, slots=True)
class Layout:
    """The pieces of one version of a text: where each begins, and how many lines are before it."""

    text: str
    language: str
    parts: tuple[Part, ...]
    starts: tuple[int, ...]

    @property
    def lines(self) -> Iterator[int]:
        """Lines before each part."""
        return accumulate((part.measured.lines for part in self.parts), initial=0)

    def metrics(self) -> FileMetrics:
        """The figures of the whole text."""
        functions = PlacedFunctions(self.text, self.parts)
        return FileMetrics(self.language, self._confidence(), functions)

    def _confidence(self) -> Confidence:
        blocks = [
            moved_block(block, line)
            for part, line in zip(self.parts, self.lines, strict=False)
            if part.measured.broken is not None
            for block in part.measured.broken.blocks
        ]
        return confidence(blocks, (), RawFile(())) if blocks else Confidence()


class Memory:
    """Pieces that were measured before, by their text; the oldest half goes when it is full."""

    def __init__(self, characters: int = _REMEMBERED) -> None:
        """``characters`` of source are remembered at most."""
        self._most = characters
        self._known: dict[tuple[str, bool], Measured | None] = {}
        self._size = 0
        #: Characters that may still be read before ``OverBudgetError``; None is without limit.
        self.budget: int | None = None

    def parses(self, text: str, indented: bool) -> bool:
        """Whether a piece parses alone."""
        return self._parsed(text, indented) is not None

    def parsed(self, text: str, indented: bool) -> Measured:
        """The figures of a piece that parses."""
        measured = self._parsed(text, indented)
        if measured is None:
            raise NotProvableError
        return measured

    def broken(self, text: str, piece: Piece) -> Measured:
        """The figures of a piece that does not parse."""
        self._spend(3 * len(text))
        return measure_broken(text, piece)

    def learn(self, text: str, part: Part) -> None:
        """``part``, whose text is ``text``, was measured elsewhere."""
        if part.piece.parses:
            self._keep((text, part.piece.inside is not None), part.measured)

    def _parsed(self, text: str, indented: bool) -> Measured | None:
        key = (text, indented)
        if key not in self._known:
            self._spend(len(text))
            parses = piece_parses(text, indented)
            self._keep(key, measure_parsed(text, indented) if parses else None)
        return self._known[key]

    def _keep(self, key: tuple[str, bool], measured: Measured | None) -> None:
        if key not in self._known:
            self._size += len(key[0])
            if self._size > self._most:
                self._forget()
        self._known[key] = measured

    def look_ahead(self, characters: int) -> None:
        """So many characters must be looked at to see where a piece ends."""
        if self.budget is not None and characters > self.budget:
            raise OverBudgetError

    def _spend(self, characters: int) -> None:
        if self.budget is not None:
            if characters > self.budget:
                raise OverBudgetError
            self.budget -= characters

    def _forget(self) -> None:
        for key in list(self._known)[: len(self._known) // 2 + 1]:
            del self._known[key]
            self._size -= len(key[0])


class IncrementalText:
    """One text in pieces. What it says equals ``measure`` of the whole, or it raises.

    Raises (from everything but the properties):
        NotProvableError: lizard's state where two pieces meet is not known to be at rest.
        OverBudgetError: the memory's budget does not suffice; the object is as before.
    """

    def __init__(
        self, text: str, language: str, memory: Memory, parts: Sequence[Part] | None = None
    ) -> None:
        """``parts`` are those of ``text`` where they are known already."""
        self._memory = memory
        self._language = language
        self.text = text if parts else ""
        self._openings = guards.openings(self.text)
        self._parts = list(parts or ())
        lengths = [part.piece.length for part in self._parts]
        self._starts = list(accumulate(lengths, initial=0))[:-1]
        #: How far behind a part's end it was looked to see where it ends, at most.
        self._overhang = _overhang(self._parts)
        if not parts:
            self.edit(0, 0, text)

    @property
    def parts(self) -> tuple[Part, ...]:
        """The text's pieces with their figures, to go on with in another process."""
        return tuple(self._parts)

    def become(self, text: str) -> None:
        """Go over to ``text``, by the one stretch in which it differs."""
        if self.text != text:
            self.edit(*stretch(self.text, text))
        self.text = text  # the same object as the caller's, so that it is held but once

    def edit(self, start: int, end: int, new: str) -> None:
        """Replace ``text[start:end]`` by ``new``; offsets count code points."""
        text = self.text[:start] + new + self.text[end:]
        openings = self._openings + self._openings_added(text, start, end, len(new))
        _refuse(text, text[max(0, start - _MARGIN) : start + len(new) + _MARGIN], openings)
        first = self._first_affected(start)
        self._learn_around(first, end)
        at = self._starts[first] if first < len(self._starts) else 0
        shift = len(text) - len(self.text)
        parts: list[Part] = []
        starts: list[int] = []
        last = len(self._parts)
        inside = self._parts[first].piece.inside if first < last else None
        while at < len(text):
            if at > start + len(new):
                rest = bisect_left(self._starts, at - shift)
                if (
                    rest < last
                    and self._starts[rest] == at - shift
                    and self._starts[rest] > end
                    and self._parts[rest].piece.inside == inside
                ):
                    last = rest
                    break
            part = self._next_part(text, at, inside)
            parts.append(part)
            starts.append(at)
            at += part.piece.length
            inside = part.piece.then_inside
        else:
            last = len(self._parts)
        self.text = text
        self._openings = openings
        self._parts[first:] = parts + self._parts[last:]
        self._starts[first:] = starts + [one + shift for one in self._starts[last:]]
        self._overhang = max(self._overhang, _overhang(parts))

    def _learn_around(self, first: int, end: int) -> None:
        """Let the memory know of the pieces that an edit up to ``end`` may cut out anew."""
        last = bisect_left(self._starts, end) + _RECUT
        for start, part in zip(self._starts[first:last], self._parts[first:last], strict=True):
            self._memory.learn(self.text[start : start + part.piece.length], part)

    def _openings_added(self, text: str, start: int, end: int, length: int) -> int:
        """How many of what ``guards.openings`` counts an edit adds."""
        before = max(0, start - _MARGIN)
        old = self.text[before : end + _MARGIN]
        return guards.openings(text[before : start + length + _MARGIN]) - guards.openings(old)

    def layout(self) -> Layout:
        """The pieces as they are now."""
        return Layout(self.text, self._language, tuple(self._parts), tuple(self._starts))

    def metrics(self) -> FileMetrics:
        """The figures of the whole text."""
        return self.layout().metrics()

    def _first_affected(self, offset: int) -> int:
        """The first part whose end was decided by looking at ``offset`` or beyond."""
        parts, starts = self._parts, self._starts
        first = max(0, bisect_left(starts, offset - self._overhang) - 1)
        while first < len(parts) - 1 and starts[first] + parts[first].piece.reach < offset:
            first += 1
        # Whether these are at rest was decided by looking at the whole piece behind them.
        while first > 0 and self._parts[first - 1].measured.rest == "before a def":
            first -= 1
        return first

    def _next_part(self, text: str, start: int, inside: OpenClass | None) -> Part:
        memory = self._memory
        piece = next_piece(text, memory.parses, start, inside, memory.look_ahead)
        try:
            part = self._part(text, start, piece)
            for _ in range(_MOST_JOINED):
                if self._at_rest(text, start, part):
                    return part
                part = self._joined(text, start, part.piece)
        except UnparsableError as error:
            raise NotProvableError from error
        raise NotProvableError

    def _at_rest(self, text: str, start: int, part: Part) -> bool:
        """Whether lizard would read what follows ``part`` as if it stood alone."""
        rest = part.measured.rest
        behind = start + part.piece.length
        if rest == "always" or behind == len(text):
            return True
        if rest == "never":
            return False
        inside = part.piece.then_inside
        if part.piece.inside is not None and inside is None:
            return True  # it leaves the class
        if _DEF.match(text, behind) is None:
            return False
        # Of a piece that is broken the def may not be left.
        memory = self._memory
        return next_piece(text, memory.parses, behind, inside, memory.look_ahead).parses

    def _part(self, text: str, start: int, piece: Piece) -> Part:
        own = text[start : start + piece.length]
        if piece.parses:
            return Part(piece, self._memory.parsed(own, piece.inside is not None))
        return Part(piece, self._memory.broken(own, piece))

    def _joined(self, text: str, start: int, piece: Piece) -> Part:
        """``piece`` and the next one as a single piece."""
        if piece.inside != piece.then_inside or not piece.parses:
            raise NotProvableError
        behind = start + piece.length
        memory = self._memory
        following = next_piece(text, memory.parses, behind, piece.inside, memory.look_ahead)
        if following.then_inside != piece.inside or not following.parses:
            raise NotProvableError
        length = piece.length + following.length
        reach = piece.length + following.reach
        joined = Piece(length, reach, piece.inside, following.then_inside, parses=True)
        return self._part(text, start, joined)


def _overhang(parts: Iterable[Part]) -> int:
    return max((part.piece.reach - part.piece.length for part in parts), default=0)


def _refuse(text: str, around: str, openings: int) -> None:
    """What is not measured in pieces at all; ``around`` is what an edit may have brought in."""
    if text.startswith(BOM) or "GENERATED CODE" in around or guards.has_false_line_ends(around):
        raise NotProvableError
    if template_strings.present(around):
        raise NotProvableError
    if guards.may_refuse(text, openings) and guards.refusal(text):
        raise NotProvableError
    if "\r" in text and text.count("\r") != text.count("\r\n"):
        raise NotProvableError

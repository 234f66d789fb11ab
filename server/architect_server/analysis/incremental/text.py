"""A Python text that is measured anew after every edit, reading only the pieces that changed."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate, islice

from architect_server.analysis import guards, template_strings
from architect_server.analysis.incremental.boundaries import OpenClass
from architect_server.analysis.incremental.marks import Marks, around
from architect_server.analysis.incremental.measured import NotProvableError, Part
from architect_server.analysis.incremental.memory import Memory
from architect_server.analysis.incremental.placed import PlacedFunctions
from architect_server.analysis.incremental.plan import Piece, next_piece
from architect_server.analysis.incremental.stretches import Stretch, between, trimmed
from architect_server.analysis.model import Confidence, FileMetrics
from architect_server.analysis.python_measure import confidence
from architect_server.analysis.python_outline import UnparsableError
from architect_server.analysis.python_pieces import moved_block
from architect_server.analysis.raw import RawFile
from architect_server.analysis.text import BOM

_DEF = re.compile(r"(?:[ \t]*+@[^\n]*+\n)*+[ \t]*+(?:async[ \t]++)?def\b")

# How many pieces are joined before lizard must be at rest.
_MOST_JOINED = 6

# How many pieces behind an edit are looked at again, as a rule.
_RECUT = 3


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

    @property
    def is_sound(self) -> bool:
        """Whether every piece parses."""
        return all(part.measured.broken is None for part in self.parts)

    def metrics(self) -> FileMetrics:
        """The figures of the whole text."""
        functions = PlacedFunctions(self.text, self.parts)
        return FileMetrics(self.language, self.confidence, functions)

    @property
    def confidence(self) -> Confidence:
        """How far the figures can be trusted: from the first broken piece on they can't."""
        blocks = []
        missing: list[int] = []
        for part, line in zip(self.parts, self.lines, strict=False):
            measured = part.measured
            if measured.broken is not None:
                blocks += [moved_block(block, line) for block in measured.broken.blocks]
            if measured.missing:
                missing += [one + line for one in measured.missing]
        return confidence(blocks, missing, RawFile(())) if blocks or missing else Confidence()


class IncrementalText:
    """One text in pieces. What it says equals ``measure`` of the whole, or it raises.

    Raises (from everything but the properties):
        NotProvableError: lizard's state where two pieces meet is not known to be at rest.
        OverBudgetError: the memory's budget does not suffice; the object is as before.
    """

    def __init__(
        self,
        text: str,
        language: str,
        memory: Memory,
        parts: Sequence[Part] | None = None,
        marks: Marks | None = None,
    ) -> None:
        """``parts`` and ``marks`` are those of ``text`` where they are known already."""
        self._memory = memory
        self._language = language
        self.text = text if parts else ""
        self.marks = marks or Marks.of(self.text)
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

    def become(self, text: str, stretches: Sequence[Stretch] | None = None) -> None:
        """Go over to ``text``, which differs in ``stretches``, where these are known."""
        if stretches is None:
            stretches = between(self.text, text)
        found = [trimmed(one, self.text, text) for one in stretches]
        differing = [one for one in found if one is not None]
        marks = self.marks.edited(self.text, text, differing)
        for one in differing:
            _refuse(text, around(text, one), marks.openings)
        self._look_for_templates(text, marks)
        if differing:
            self._cut_again(text, differing)
        self.marks = marks
        self.text = text  # the same object as the caller's, so that it is held but once

    def _look_for_templates(self, text: str, marks: Marks) -> None:
        """A t-string is measured as a whole; what only looks like one is not.

        In a piece that parses this is seen by the piece alone. Beside a broken piece, a quote
        anywhere may make a string of what was none.
        """
        # Kept also if what follows fails: it may only be true too often.
        self.marks = self.marks._replace(templates=marks.templates)
        if marks.templates and any(part.measured.broken is not None for part in self._parts):
            self._refuse_templates(text)

    def _refuse_templates(self, text: str) -> None:
        self._memory.skim(len(text))
        if template_strings.as_format_strings(text) != text:
            raise NotProvableError

    def recognised(self, parts: Sequence[Part], stretches: Sequence[Stretch]) -> tuple[Part, ...]:
        """``parts`` of a text that differs in ``stretches``; for those that are ours, our own.

        Who holds on to something about a part, holds on to it by its identity.
        """
        ours = {}
        coming = deque((*stretches, Stretch(*[len(self.text) + 1] * 4)))
        shift = 0
        for start, part in zip(self._starts, self._parts, strict=True):
            while coming[0].end < start:
                shift = coming.popleft().shift
            if start + part.piece.length <= coming[0].start:
                ours[start + shift] = part
        starts = accumulate((part.piece.length for part in parts), initial=0)
        both = [(ours.get(start), part) for start, part in zip(starts, parts, strict=False)]
        return tuple(
            own if own is not None and own.piece == part.piece else part for own, part in both
        )

    def edit(self, start: int, end: int, new: str) -> None:
        """Replace ``text[start:end]`` by ``new``; offsets count code points."""
        text = self.text[:start] + new + self.text[end:]
        self.become(text, [Stretch(start, end, start, start + len(new))])

    def _cut_again(self, text: str, stretches: Sequence[Stretch]) -> None:
        """Measure anew what the stretches touch; the parts between them stay as they are."""
        parts: list[Part] = []
        starts: list[int] = []
        coming = deque(stretches)
        kept = shift = 0  # the first of the old parts that may stay, and how far it has moved
        while coming:
            first = max(kept, self._first_affected(coming[0].start))
            parts += self._parts[kept:first]
            starts += [one + shift for one in self._starts[kept:first]]
            known = first < len(self._parts)
            at = (self._starts[first] if known else len(self.text)) + shift
            inside = self._parts[first].piece.inside if known else None
            fresh, kept, shift = self._cut_from(text, at, inside, coming)
            parts += fresh
            ends = accumulate((one.piece.length for one in fresh), initial=at)
            starts += islice(ends, len(fresh))
            self._overhang = max(self._overhang, _overhang(fresh))
        parts += self._parts[kept:]
        starts += [one + shift for one in self._starts[kept:]]
        self._parts, self._starts = parts, starts

    def _cut_from(
        self, text: str, at: int, inside: OpenClass | None, coming: deque[Stretch]
    ) -> tuple[list[Part], int, int]:
        """The parts of ``text`` from ``at`` on, behind one or more of the stretches ``coming``.

        With them: the first of the old parts that is met again, and how far it has moved.
        """
        fresh: list[Part] = []
        one = self._learn_around(coming.popleft())
        while at < len(text):
            while coming and coming[0].new_start < at:
                one = self._learn_around(coming.popleft())
            old = bisect_left(self._starts, at - one.shift)
            if (
                at > one.new_end
                and old < len(self._parts)
                and self._starts[old] == at - one.shift > one.end
                and self._parts[old].piece.inside == inside
            ):
                return fresh, old, one.shift
            part = self._next_part(text, at, inside)
            fresh.append(part)
            at += part.piece.length
            inside = part.piece.then_inside
        coming.clear()  # all of them were passed
        return fresh, len(self._parts), one.shift

    def _learn_around(self, one: Stretch) -> Stretch:
        """Let the memory know of the pieces that an edit of ``one`` may cut out anew."""
        first = self._first_affected(one.start)
        last = bisect_left(self._starts, one.end) + _RECUT
        starts, parts = self._starts[first:last], self._parts[first:last]
        texts = [
            self.text[start : start + part.piece.length]
            for start, part in zip(starts, parts, strict=True)
        ]
        self._memory.leave(texts, parts)
        return one

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
        part = self._at_rest_part(text, start, inside)
        if self.marks.templates:
            own = text[start : start + part.piece.length]
            self._refuse_templates(own if part.piece.parses else text)
        return part

    def _at_rest_part(self, text: str, start: int, inside: OpenClass | None) -> Part:
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
    if guards.may_refuse(text, openings) and guards.refusal(text):
        raise NotProvableError
    if "\r" in text and text.count("\r") != text.count("\r\n"):
        raise NotProvableError

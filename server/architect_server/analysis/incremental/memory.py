"""Pieces that were measured before, and how much may still be read."""

from __future__ import annotations

from collections.abc import Sequence

from architect_server.analysis.incremental.lines import measure_lines
from architect_server.analysis.incremental.measured import (
    Measured,
    NotProvableError,
    Part,
    measure_broken,
    measure_parsed,
    piece_parses,
)
from architect_server.analysis.incremental.plan import Piece

# How many pieces a new one is held against, to see whether but a line differs.
_MOST_LEFT = 6

# How many characters one pattern reads, and how many are looked at for strings and brackets,
# while one of them is parsed and measured. Half of that time is Python's parser.
_SKIMMED, _LOOKED_AT = 20, 2

# How many are parsed and measured while one is repaired, and while lizard reads one.
_REPAIRED, _BY_LIZARD = 3, 8

# Characters of source in the memory of measured pieces: what undoing and repeating lead back to.
# Twice as much would spare one edit in twenty the reading of a piece.
_REMEMBERED = 100_000


class OverBudgetError(Exception):
    """More must be read than the caller allows."""


class Memory:
    """Pieces that were measured before, by their text; the oldest half goes when it is full."""

    def __init__(self, characters: int = _REMEMBERED) -> None:
        """``characters`` of source are remembered at most."""
        self._most = characters
        self._known: dict[tuple[str, bool], Measured | None] = {}
        self._size = 0
        #: The pieces that the last edit was in: text, whether it is indented, figures.
        self._left: list[tuple[str, bool, Measured]] = []
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
        self._spend(_REPAIRED * len(text))
        return measure_broken(text, piece, lambda count: self._spend(_BY_LIZARD * count))

    def leave(self, texts: Sequence[str], parts: Sequence[Part]) -> None:
        """``parts``, with these ``texts``, may be measured again, as they are or nearly so."""
        self._left = []
        few = len(parts) <= _MOST_LEFT
        for text, part in zip(texts, parts, strict=True):
            if part.piece.parses:
                indented = part.piece.inside is not None
                self._keep((text, indented), part.measured)
                if few:
                    self._left.append((text, indented, part.measured))

    def _parsed(self, text: str, indented: bool) -> Measured | None:
        key = (text, indented)
        if key not in self._known:
            self._keep(key, self._by_lines(text, indented) or self._read(text, indented))
        return self._known[key]

    def _by_lines(self, text: str, indented: bool) -> Measured | None:
        """The figures of a piece that differs in a line or two from one that was just left."""
        for old, was_indented, known in self._left:
            if was_indented == indented and (found := measure_lines(old, known, text)):
                return found
        return None

    def _read(self, text: str, indented: bool) -> Measured | None:
        self._spend(len(text) // 2)
        if not piece_parses(text, indented):
            return None
        self._spend(len(text) // 2)
        return measure_parsed(text, indented)

    def _keep(self, key: tuple[str, bool], measured: Measured | None) -> None:
        if key not in self._known:
            self._size += len(key[0])
            if self._size > self._most:
                self._forget()
        self._known[key] = measured

    def skim(self, characters: int) -> None:
        """So many characters are read by one pattern."""
        self._spend(characters // _SKIMMED)

    def look_ahead(self, characters: int) -> None:
        """So many characters must be looked at to see where a piece ends."""
        if self.budget is not None and characters > _LOOKED_AT * self.budget:
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

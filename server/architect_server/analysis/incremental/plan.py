"""Cuts a Python text into pieces that can be read alone, and proves that they can.

A piece that parses alone, between two cuts, parses within the text too, and the other way
round: a cut stands at the beginning of a statement, outside brackets and strings, at the
indentation of the module or of an open class of the top level. So one piece that does not
parse is broken whatever stands around it, and the others are not touched by it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import tee

from architect_server.analysis.by_position import pickled_by_position
from architect_server.analysis.incremental.boundaries import Cut, OpenClass, cuts, true_ends

#: Stands before a piece of a class's body, so that it can be read alone.
WRAPPER = "if 1:\n"

#: Whether a piece's text parses alone; the second argument tells whether it is indented.
Parses = Callable[[str, bool], bool]


@pickled_by_position
@dataclass(frozen=True, slots=True)
class Piece:
    """``length`` characters, the class they stand in, and the class that is open behind them.

    Where the piece ends was decided by looking at ``reach`` characters from its start.
    """

    length: int
    reach: int
    inside: OpenClass | None
    then_inside: OpenClass | None
    parses: bool


def _unlimited(characters: int) -> None:
    """Look ahead as far as it takes."""


def pieces(
    text: str, parses: Parses, start: int = 0, inside: OpenClass | None = None
) -> Iterator[Piece]:
    """The pieces of ``text`` from the cut ``start`` on, where ``inside`` is open."""
    while start < len(text):
        piece = next_piece(text, parses, start, inside)
        yield piece
        start, inside = start + piece.length, piece.then_inside


def next_piece(
    text: str,
    parses: Parses,
    start: int,
    inside: OpenClass | None,
    look_ahead: Callable[[int], None] = _unlimited,
) -> Piece:
    """The piece that begins at the cut ``start``, where ``inside`` is open.

    ``look_ahead`` is told how many characters must be looked at, and may raise.
    """
    end_of_text = Cut(len(text), "statement", None)
    indented = inside is not None
    candidates, again = tee(cuts(text, start, inside))
    end = next(candidates, end_of_text)
    fits = parses(text[start : end.offset], indented)
    looked_at = end.offset
    if not fits:
        true = next(true_ends(text, start, _told(again, start, look_ahead)), end_of_text)
        look_ahead(true.offset - start)
        looked_at = true.offset
        if true.offset != end.offset and parses(text[start : true.offset], indented):
            fits, end = True, true
    reach = _line_end(text, looked_at) - start
    return Piece(end.offset - start, reach, inside, end.inside, fits)


def _told(cuts: Iterator[Cut], start: int, look_ahead: Callable[[int], None]) -> Iterator[Cut]:
    for cut in cuts:
        look_ahead(cut.offset - start)
        yield cut


def _line_end(text: str, offset: int) -> int:
    """The end of the line at ``offset``, which decides what kind of cut it is."""
    end = text.find("\n", offset)
    return len(text) if end < 0 else end + 1

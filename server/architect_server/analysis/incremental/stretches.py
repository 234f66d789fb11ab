"""Where one text differs from a later one, kept while edit follows edit."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from architect_server.analysis.text import stretch

# Stretches with fewer characters between them are taken for one.
_NEAR = 64


class Stretch(NamedTuple):
    """What was ``old[start:end]`` is ``new[new_start:new_end]``."""

    start: int
    end: int
    new_start: int
    new_end: int

    @property
    def shift(self) -> int:
        """How much further on the characters behind it stand in the new text."""
        return self.new_end - self.end


def between(old: str, new: str) -> list[Stretch]:
    """The one stretch in which two texts differ; none if they are equal."""
    if old == new:
        return []
    start, end, text = stretch(old, new)
    return [Stretch(start, end, start, start + len(text))]


def edited(stretches: Sequence[Stretch], start: int, end: int, length: int) -> list[Stretch]:
    """``stretches``, once ``new[start:end]`` has become ``length`` other characters.

    They are in the order of the text, and no two of them are near each other.
    """
    grown = length - (end - start)
    before = [one for one in stretches if one.new_end + _NEAR < start]
    behind = [one for one in stretches if one.new_start - _NEAR > end]
    near = stretches[len(before) : len(stretches) - len(behind)]
    shift = before[-1].shift if before else 0
    first = min(start, near[0].new_start) if near else start
    last = max(end, near[-1].new_end) if near else end
    merged = Stretch(first - shift, last - (near[-1].shift if near else shift), first, last + grown)
    moved = [
        Stretch(one.start, one.end, one.new_start + grown, one.new_end + grown) for one in behind
    ]
    return [*before, merged, *moved]


def trimmed(one: Stretch, old: str, new: str) -> Stretch | None:
    """``one`` without what both texts share at its ends; None if nothing else is in it."""
    if old[one.start : one.end] == new[one.new_start : one.new_end]:
        return None
    start, end, text = stretch(old[one.start : one.end], new[one.new_start : one.new_end])
    new_start = one.new_start + start
    return Stretch(one.start + start, one.start + end, new_start, new_start + len(text))

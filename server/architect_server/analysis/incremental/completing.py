"""Broken pieces, completed by what is still known of them from the version before.

While a line is half typed, functions below it seem to vanish or to change. What lies outside the
edited lines is still true, and nobody is helped by squiggles that come and go.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from architect_server.analysis.carry_over import carry_over
from architect_server.analysis.incremental.measured import Part
from architect_server.analysis.incremental.moving import moved
from architect_server.analysis.incremental.placed import Memo
from architect_server.analysis.incremental.text import Layout
from architect_server.analysis.model import Confidence, FileMetrics, FunctionMetrics


@dataclass(frozen=True, slots=True)
class Completed:
    """A version of a text: ``found`` are its parts as they were measured, and ``layout`` is it with
    its broken parts completed.
    """

    found: Sequence[Part]
    layout: Layout


def complete(new: Layout, old: Completed | None) -> Completed | None:
    """``new``, completed from the version before; None if something is broken and none is known."""
    if new.is_sound:
        return Completed(new.parts, new)
    if old is None:
        return None
    head, tail = _shared(old.found, new.parts)
    until, new_until = len(old.found) - tail, len(new.parts) - tail
    fresh = _completed(_Region(old.layout, head, until), _Region(new, head, new_until))
    known = old.layout.parts
    return Completed(new.parts, replace(new, parts=(*known[:head], *fresh, *known[until:])))


def _shared(old: Sequence[Part], new: Sequence[Part]) -> tuple[int, int]:
    """How many parts are the same at the start, and how many of the others at the end."""
    most = min(len(old), len(new))
    head = next((at for at in range(most) if old[at] is not new[at]), most)
    tail = next((at for at in range(most - head) if old[-1 - at] is not new[-1 - at]), most - head)
    return head, tail


class _Region:
    """The parts of ``layout`` from ``first`` to ``last``; lines count from the first one's."""

    def __init__(self, layout: Layout, first: int, last: int) -> None:
        self.parts = layout.parts[first:last]
        ends = (*layout.starts, len(layout.text))
        self.text = layout.text[ends[first] : ends[last]]
        self._language = layout.language

    def placed(self) -> Iterator[tuple[Part, int]]:
        """Each part with the lines before it."""
        line = 0
        for part in self.parts:
            yield part, line
            line += part.measured.lines

    def metrics(self) -> FileMetrics:
        """The figures of the region, which is not to be trusted."""
        functions: list[FunctionMetrics] = []
        for part, line in self.placed():
            inside = part.piece.inside
            functions += moved(part.measured.functions, line, f"{inside.name}." if inside else "")
        return FileMetrics(self._language, Confidence("partial", "broken"), tuple(functions))


def _completed(old: _Region, new: _Region) -> Iterator[Part]:
    """The parts of ``new``; in broken ones stands what is still known from ``old``."""
    carried = carry_over(old.text, old.metrics(), new.text, new.metrics()).functions
    for part, line in new.placed():
        if part.measured.broken is None:
            yield part
            continue
        # The last one may end without a line end.
        last = line + part.measured.lines + (part is new.parts[-1])
        own = [function for function in carried if line < function.start_line <= last]
        figures = replace(part.measured, functions=moved(own, -line), memo=Memo())
        # Their names are whole already.
        yield Part(replace(part.piece, inside=None), figures)

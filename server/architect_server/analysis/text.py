"""Lines of a text by the protocol's rule, in one place: only LF, CRLF and CR end a line.

``str.splitlines`` also breaks at form feeds, U+2028 and others, which moves every later line.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Callable
from itertools import accumulate

BOM = "\ufeff"

_LINE_END = re.compile(r"\r\n?|\n")


def unify_line_ends(text: str) -> str:
    """The same lines, each ended by LF: what lizard and ``ast`` count as we do."""
    return _LINE_END.sub("\n", text) if "\r" in text else text


def stretch(old: str, new: str) -> tuple[int, int, str]:
    """``(start, end, text)``: the one stretch of ``old`` that, replaced by ``text``, gives ``new``.

    It lies between what both share at the start and at the end. Found by bisection over
    comparisons, which run as fast as memory is read.
    """
    start = _shared(min(len(old), len(new)), lambda low, high: old[low:high] == new[low:high])
    longest = min(len(old), len(new)) - start
    tail = _shared(
        longest,
        lambda low, high: (
            old[len(old) - high : len(old) - low] == new[len(new) - high : len(new) - low]
        ),
    )
    return start, len(old) - tail, new[start : len(new) - tail]


def _shared(longest: int, same: Callable[[int, int], bool]) -> int:
    """How far ``same(low, high)`` holds from 0 on, at most ``longest``."""
    low, high = 0, longest
    while low < high:
        middle = (low + high + 1) // 2
        if same(low, middle):
            low = middle
        else:
            high = middle - 1
    return low


def line_starts(text: str) -> list[int]:
    """Where each line of ``text`` begins."""
    return [0, *_starts(text, 0, len(text))]


def _starts(text: str, start: int, end: int) -> list[int]:
    """Where the lines begin whose line ends lie in ``text[start:end]``."""
    if text.find("\r", start, end) >= 0:
        return [match.end() for match in _LINE_END.finditer(text, start, end)]
    lengths = map(len, text[start:end].split("\n")[:-1])
    return list(accumulate(map((1).__add__, lengths), initial=start))[1:]


#: Lines of one block of a table; one that grows is left alone until it has twice as many.
_BLOCK = 64

#: Where a block begins, and its lines' starts counted from there.
_Block = tuple[int, list[int]]


def _blocks(starts: list[int]) -> list[_Block]:
    size = _BLOCK if len(starts) > 2 * _BLOCK else len(starts)
    return [
        (starts[at], [one - starts[at] for one in starts[at : at + size]])
        for at in range(0, len(starts), size)
    ]


class LineTable:
    """Where the lines of ``text`` begin and end.

    Lines are 0-based here (the protocol's way), columns count code points. Offsets index
    ``text``; every position that lies outside is moved to the nearest one inside, as the
    protocol asks of servers.

    The lines are kept in blocks, each with its starts counted from its own: after an edit one
    block is made anew, the others are shared and only move as a whole.
    """

    __slots__ = ("_blocks", "_firsts", "_offsets", "line_count", "text")

    def __init__(self, text: str) -> None:
        self.text = text
        starts = line_starts(text)
        self._fill([], _blocks(starts), [], 0)

    def _fill(
        self, before: list[_Block], new: list[_Block], behind: list[_Block], shift: int
    ) -> None:
        """Set the blocks; those ``behind`` lie ``shift`` further on than they say."""
        moved = [(offset + shift, starts) for offset, starts in behind]
        blocks = [*before, *new, *moved]
        self._offsets = [offset for offset, _ in blocks]
        self._blocks = [starts for _, starts in blocks]
        *self._firsts, self.line_count = accumulate(map(len, self._blocks), initial=0)

    def spliced(self, start: int, end: int, new: str) -> LineTable:
        """The table of the text with ``text[start:end]`` replaced by ``new``.

        Only what lies around the change is read; the blocks behind it move as they are.
        """
        table = LineTable.__new__(LineTable)
        text = table.text = "".join((self.text[:start], new, self.text[end:]))
        shift = len(new) - (end - start)
        # From the line before, as a CR at its end may meet a LF now; to the line behind.
        first = self._block_at(max(0, start - 1))
        last = self._block_at(min(end + 1, len(self.text))) + 1
        known = list(zip(self._offsets, self._blocks, strict=True))
        until = self._offsets[last] + shift if last < len(known) else len(text)
        begin = self._offsets[first]
        starts = [begin, *_starts(text, begin, until)]
        if last < len(known) and starts[-1] == until:
            starts.pop()
        table._fill(known[:first], _blocks(starts), known[last:], shift)
        return table

    def _block_at(self, offset: int) -> int:
        """The block with the line that holds ``offset``."""
        return bisect_right(self._offsets, offset) - 1

    def line_start(self, line: int) -> int:
        """Offset of the first character of ``line``; the text's end for lines past it."""
        if line >= self.line_count:
            return len(self.text)
        line = max(line, 0)
        block = bisect_right(self._firsts, line) - 1
        return self._offsets[block] + self._blocks[block][line - self._firsts[block]]

    def line_end(self, line: int) -> int:
        """Offset behind the last character of ``line``, before its line end."""
        line = max(line, 0)
        if line + 1 >= self.line_count:
            return len(self.text)
        end = self.line_start(line + 1) - 1
        return end - (self.text[end] == "\n" and end > 0 and self.text[end - 1] == "\r")

    def line_text(self, line: int) -> str:
        """The characters of ``line`` without its line end; empty for lines that do not exist."""
        if not 0 <= line < self.line_count:
            return ""
        return self.text[self.line_start(line) : self.line_end(line)]

    def offset(self, line: int, column: int) -> int:
        """Offset of a position; a column past the end of its line is the line's end."""
        return min(self.line_start(line) + max(column, 0), self.line_end(line))

    def position(self, offset: int) -> tuple[int, int]:
        """``(line, column)`` of an offset; inside a CRLF it is the position before it."""
        offset = min(max(offset, 0), len(self.text))
        block = self._block_at(offset)
        begin, starts = self._offsets[block], self._blocks[block]
        within = bisect_right(starts, offset - begin) - 1
        line = self._firsts[block] + within
        return line, min(offset, self.line_end(line)) - begin - starts[within]

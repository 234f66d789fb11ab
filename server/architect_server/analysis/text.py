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


def _starts(text: str, start: int, end: int) -> list[int]:
    """Where the lines begin whose line ends lie in ``text[start:end]``."""
    if text.find("\r", start, end) >= 0:
        return [match.end() for match in _LINE_END.finditer(text, start, end)]
    lengths = map(len, text[start:end].split("\n")[:-1])
    return list(accumulate(map((1).__add__, lengths), initial=start))[1:]


class LineTable:
    """Where the lines of ``text`` begin and end.

    Lines are 0-based here (the protocol's way), columns count code points. Offsets index
    ``text``; every position that lies outside is moved to the nearest one inside, as the
    protocol asks of servers.
    """

    __slots__ = ("_starts", "text")

    def __init__(self, text: str) -> None:
        self.text = text
        self._starts = [0, *_starts(text, 0, len(text))]

    def spliced(self, start: int, end: int, new: str) -> LineTable:
        """The table of the text with ``text[start:end]`` replaced by ``new``.

        Only what lies around the change is read; the lines behind it move as numbers.
        """
        table = LineTable.__new__(LineTable)
        text = table.text = self.text[:start] + new + self.text[end:]
        shift = len(new) - (end - start)
        # From the line before, as a CR at its end may meet a LF now; to the line behind.
        first = max(0, bisect_right(self._starts, start) - 2)
        last = bisect_right(self._starts, end + 1)
        until = self._starts[last] + shift if last < len(self._starts) else len(text)
        table._starts = self._starts[: first + 1]
        table._starts += _starts(text, self._starts[first], until)
        if last < len(self._starts):
            if table._starts[-1] == until:
                table._starts.pop()
            table._starts += [one + shift for one in self._starts[last:]]
        return table

    @property
    def line_count(self) -> int:
        """At least 1; a text that ends with a line end has an empty last line."""
        return len(self._starts)

    def line_start(self, line: int) -> int:
        """Offset of the first character of ``line``; the text's end for lines past it."""
        if line >= len(self._starts):
            return len(self.text)
        return self._starts[max(line, 0)]

    def line_end(self, line: int) -> int:
        """Offset behind the last character of ``line``, before its line end."""
        line = max(line, 0)
        if line + 1 >= len(self._starts):
            return len(self.text)
        end = self._starts[line + 1] - 1
        return end - (self.text[end] == "\n" and end > 0 and self.text[end - 1] == "\r")

    def line_text(self, line: int) -> str:
        """The characters of ``line`` without its line end; empty for lines that do not exist."""
        if not 0 <= line < len(self._starts):
            return ""
        return self.text[self._starts[line] : self.line_end(line)]

    def offset(self, line: int, column: int) -> int:
        """Offset of a position; a column past the end of its line is the line's end."""
        return min(self.line_start(line) + max(column, 0), self.line_end(line))

    def position(self, offset: int) -> tuple[int, int]:
        """``(line, column)`` of an offset; inside a CRLF it is the position before it."""
        offset = min(max(offset, 0), len(self.text))
        line = bisect_right(self._starts, offset) - 1
        return line, min(offset, self.line_end(line)) - self._starts[line]

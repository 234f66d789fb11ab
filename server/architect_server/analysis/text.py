"""Lines of a text by the protocol's rule, in one place: only LF, CRLF and CR end a line.

``str.splitlines`` also breaks at form feeds, U+2028 and others, which moves every later line.
"""

from __future__ import annotations

import re
from bisect import bisect_right

BOM = "\ufeff"

_LINE_END = re.compile(r"\r\n?|\n")


def unify_line_ends(text: str) -> str:
    """The same lines, each ended by LF: what lizard and ``ast`` count as we do."""
    return _LINE_END.sub("\n", text) if "\r" in text else text


class LineTable:
    """Where the lines of ``text`` begin and end.

    Lines are 0-based here (the protocol's way), columns count code points. Offsets index
    ``text``; every position that lies outside is moved to the nearest one inside, as the
    protocol asks of servers.
    """

    __slots__ = ("_ends", "_starts", "text")

    def __init__(self, text: str) -> None:
        self.text = text
        starts = [0]
        ends = []
        for match in _LINE_END.finditer(text):
            ends.append(match.start())
            starts.append(match.end())
        ends.append(len(text))
        self._starts = starts
        self._ends = ends

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
        if line >= len(self._ends):
            return len(self.text)
        return self._ends[max(line, 0)]

    def line_text(self, line: int) -> str:
        """The characters of ``line`` without its line end; empty for lines that do not exist."""
        if not 0 <= line < len(self._starts):
            return ""
        return self.text[self._starts[line] : self._ends[line]]

    def offset(self, line: int, column: int) -> int:
        """Offset of a position; a column past the end of its line is the line's end."""
        return min(self.line_start(line) + max(column, 0), self.line_end(line))

    def position(self, offset: int) -> tuple[int, int]:
        """``(line, column)`` of an offset; inside a CRLF it is the position before it."""
        offset = min(max(offset, 0), len(self.text))
        line = bisect_right(self._starts, offset) - 1
        return line, min(offset, self._ends[line]) - self._starts[line]

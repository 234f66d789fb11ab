"""A function's own lines with nothing around them: quick to parse in a file of any size."""

from __future__ import annotations

from architect_server.analysis.model import FunctionMetrics
from architect_server.analysis.text import BOM, LineTable


def own_text(table: LineTable, function: FunctionMetrics) -> str:
    """The Python of ``function`` on the same line numbers, lines ended by LF.

    An indented one stands in an ``if`` on the line above, which adds no function.
    """
    numbers = range(function.edit_line - 1, function.end_line)
    lines = [table.line_text(number) for number in numbers]
    above = "\n" * (function.edit_line - 1)
    if above and lines[0][:1].isspace():
        above = above[1:] + "if 1:\n"
    return above + "\n".join(lines).removeprefix(BOM) + "\n"

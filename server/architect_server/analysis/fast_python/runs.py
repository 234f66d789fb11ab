"""A Python text in runs: what the pass reads, and the statements that it leaves to lizard."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from architect_server.analysis.fast_python.blocks import Function
from architect_server.analysis.fast_python.header import Declined
from architect_server.analysis.fast_python.reading import Reading
from architect_server.analysis.fast_python.tokens import BEGINS_DEFINITION


class Run(NamedTuple):
    """Whole statements of the module, from ``line`` to before ``end`` (1-based).

    ``functions`` is None where they were declined, else what was found, on the text's own lines.
    """

    line: int
    end: int
    functions: list[Function] | None


def runs(tokens: list[str], source: str) -> Iterator[Run]:
    """``source``, which has these ``tokens`` and parses, in runs without a gap.

    A run that was declined ends before the next definition that seems to begin in the first
    column: if the run parses alone, it does. lizard must be at rest there.
    """
    index, line = 0, 1
    end = source.count("\n") + 2
    while index < len(tokens):
        reading = Reading(tokens[index:] if index else tokens, source, line)
        try:
            found = reading.run()
        except Declined:
            start = index + reading.top.token
            if reading.top.token:
                before = [one for one in reading.found if one.line < reading.top.line]
                yield Run(line, reading.top.line, sorted(before, key=lambda one: one.line))
            index = _next_definition(tokens, index + reading.next_index())
            line = reading.top.line + sum(one.count("\n") for one in tokens[start:index])
            yield Run(reading.top.line, line if index < len(tokens) else end, None)
        else:
            yield Run(line, end, found)
            return


def _next_definition(tokens: list[str], start: int) -> int:
    """Index of the first token behind ``start`` that may begin a definition of the module."""
    for index in range(start, len(tokens)):
        if tokens[index] in BEGINS_DEFINITION and tokens[index - 1] == "\n":
            return index
    return len(tokens)

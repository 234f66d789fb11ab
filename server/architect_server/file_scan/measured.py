"""A text measured now, as its figures are kept."""

from __future__ import annotations

from architect_server.analysis.measure_once import measure_once
from architect_server.analysis.model import FileMetrics
from architect_server.analysis.own_parameters import own_parameters
from architect_server.analysis.text import line_starts


def measured(
    text: str, language: str, *, parses: bool = False
) -> tuple[FileMetrics, tuple[int, ...]]:
    """The figures of all functions, and the parameters of each without ``self`` and ``cls``.

    ``parses`` says of a text in Python that it is known to.
    """
    metrics = measure_once(text, language, parses=parses)
    starts = line_starts(text)
    last = len(starts)
    own = [
        own_parameters(text, starts[min(function.start_line, last) - 1], language, function)
        for function in metrics.functions
    ]
    return metrics, tuple(own)

"""The figures that proposals are judged by: the editor's own, each piece of Python read but once.

A proposal differs from the text that it is for in a few places. Measured in pieces, it costs only
these; the result is that of the whole, or the whole is measured.
"""

from __future__ import annotations

import threading
from collections.abc import Sequence
from functools import cache

from architect_agents.types import FunctionFigures
from architect_server.analysis.incremental.measured import NotProvableError
from architect_server.analysis.incremental.memory import Memory
from architect_server.analysis.incremental.text import IncrementalText
from architect_server.analysis.languages import lizard_name
from architect_server.analysis.measure import measure
from architect_server.analysis.model import FileMetrics, FunctionMetrics

#: Characters of source whose pieces are remembered: those of a few large texts.
_REMEMBERED = 1_000_000

_lock = threading.Lock()  # the gate judges on workers


def figures(source: str, language: str) -> Sequence[FunctionFigures]:
    """The analysis as the gate wants it handed in."""
    return [_as_figures(function) for function in _measured(source, language).functions]


def _measured(source: str, language: str) -> FileMetrics:
    if lizard_name(language) == lizard_name("python"):
        with _lock:
            try:
                return IncrementalText(source, language, _memory()).metrics()
            except NotProvableError:
                pass
    return measure(source, language)


@cache
def _memory() -> Memory:
    return Memory(_REMEMBERED)


def _as_figures(function: FunctionMetrics) -> FunctionFigures:
    return FunctionFigures(
        qualified_name=function.qualified_name,
        start_line=function.start_line,
        end_line=function.end_line,
        ccn=function.ccn,
        nloc=function.nloc,
        tokens=function.tokens,
        parameters=function.parameters,
        length=function.length,
        nesting=function.nesting,
    )

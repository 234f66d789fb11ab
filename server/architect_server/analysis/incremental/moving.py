"""Figures that moved: the same functions on other lines, under a class's name."""

from __future__ import annotations

from collections.abc import Iterable

from architect_server.analysis.model import Decision, FunctionMetrics, Span


def moved(
    functions: Iterable[FunctionMetrics], lines: int, prefix: str = ""
) -> tuple[FunctionMetrics, ...]:
    """``functions``, ``lines`` further down, with ``prefix`` before their qualified names."""
    if not lines and not prefix:
        return tuple(functions)
    return tuple(_moved(function, lines, prefix) for function in functions)


def _moved(function: FunctionMetrics, lines: int, prefix: str) -> FunctionMetrics:
    # By position: this is the one place where every function of a file passes at a keystroke.
    span = function.name_span
    return FunctionMetrics(
        function.name,
        prefix + function.qualified_name,
        function.start_line + lines,
        function.end_line + lines,
        function.edit_line + lines,
        Span(span.line + lines, span.start, span.end),
        function.ccn,
        function.nloc,
        function.tokens,
        function.parameters,
        function.nesting,
        function.cognitive,
        tuple([Decision(one.line + lines, one.kind) for one in function.decisions])
        if lines
        else function.decisions,
        function.corrected,
        function.raw_ccn,
        function.suppressed,
    )

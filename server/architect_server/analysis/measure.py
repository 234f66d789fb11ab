"""Text in, figures out: lizard's numbers, checked against ``ast`` for Python, never raising."""

from __future__ import annotations

from dataclasses import replace

from architect_server.analysis import guards, languages, lizard_adapter, names, python_measure
from architect_server.analysis.lizard_adapter import RawFile, RawFunction
from architect_server.analysis.model import Confidence, FileMetrics, FunctionMetrics
from architect_server.analysis.text import BOM

# Their blocks have no braces; nesting is read from the indentation.
_WITHOUT_BRACES = frozenset(
    ("erl", "f90", "f", "gd", "lua", "py", "rb", "sql", "st"),
)


def measure(text: str, language: str) -> FileMetrics:
    """The figures of every function in ``text``; ``language`` is an LSP languageId.

    Never raises for bad code: what could not be read is told by the result's confidence.
    """
    filename = languages.lizard_name(language)
    if filename is None:
        return _skipped(language, f"lizard does not read the language {language!r}.")
    source = guards.prepare(text)
    if reason := guards.refusal(source):
        return _skipped(language, reason)
    raw = lizard_adapter.count(source, filename)
    if filename.endswith(".py"):
        functions, confidence = python_measure.check(source, raw)
    else:
        functions, confidence = _as_lizard_sees(source, raw, filename)
    if text.startswith(BOM):
        functions = [_behind_bom(function) for function in functions]
    return FileMetrics(language, confidence, tuple(functions))


def _skipped(language: str, reason: str) -> FileMetrics:
    return FileMetrics(language, Confidence("skipped", reason))


def _as_lizard_sees(
    source: str, raw: RawFile, filename: str
) -> tuple[list[FunctionMetrics], Confidence]:
    lines = source.split("\n")
    braces = filename.rpartition(".")[2] not in _WITHOUT_BRACES
    functions = [_metrics(function, lines, braces=braces) for function in raw.functions]
    if not raw.stopped:
        return functions, Confidence()
    if functions:
        return functions, Confidence("partial", raw.stopped, raw.stopped_line)
    return functions, Confidence("skipped", raw.stopped)


def _metrics(function: RawFunction, lines: list[str], *, braces: bool) -> FunctionMetrics:
    metrics = python_measure.as_metrics(
        function,
        qualified_name=function.name,
        name_span=names.name_span(lines, function.start_line, function.name),
        edit_line=function.start_line,
        nesting=function.nesting,
    )
    if braces:
        return metrics
    depth = names.indentation_depth(lines, function.start_line, function.end_line)
    return replace(metrics, nesting=depth)


def _behind_bom(function: FunctionMetrics) -> FunctionMetrics:
    """Columns of the first line count the BOM, which ``prepare`` took away."""
    span = function.name_span
    if span.line != 1:
        return function
    return replace(function, name_span=replace(span, start=span.start + 1, end=span.end + 1))

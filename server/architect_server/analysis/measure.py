"""Text in, figures out: lizard's numbers, checked where they can be, never raising for bad code."""

from __future__ import annotations

import sys
from dataclasses import replace

from architect_server.analysis import (
    guards,
    languages,
    lizard_adapter,
    python_measure,
    template_strings,
)
from architect_server.analysis.model import Confidence, FileMetrics, FunctionMetrics
from architect_server.analysis.text import BOM


def measure(text: str, language: str, *, fast: bool = True) -> FileMetrics:
    """The figures of every function in ``text``; ``language`` is an LSP languageId.

    Without ``fast`` lizard itself reads every line; the figures are the same.

    Never raises for bad code: what could not be read is told by the result's confidence.
    """
    filename = languages.lizard_name(language)
    if filename is None:
        return _skipped(language, f"lizard does not read the language {language!r}.")
    source = guards.prepare(text)
    if reason := guards.refusal(source):
        return _skipped(language, reason)
    if filename.endswith(".py"):
        functions, confidence = _python(source, fast=fast)
    else:
        # Its patterns take a while to compile, and who writes Python needs none of them.
        from architect_server.analysis import other_measure

        raw = lizard_adapter.count(source, filename)
        functions, confidence = other_measure.check(source, raw, filename)
    if text.startswith(BOM):
        functions = [_behind_bom(function) for function in functions]
    return FileMetrics(language, confidence, tuple(functions))


def prepared(text: str) -> str | None:
    """``text`` in Python as the fast pass may read it; None where that must not be tried."""
    source = guards.prepare(text)
    if text.startswith(BOM) or guards.refusal(source):
        return None
    # An older Python parses no t-string.
    if sys.version_info >= (3, 14) and template_strings.present(source):
        return None
    return source


def _python(source: str, *, fast: bool) -> tuple[list[FunctionMetrics], Confidence]:
    readable = template_strings.as_format_strings(source)
    functions, confidence = python_measure.check(readable, fast=fast)
    if readable is not source and readable != source:
        functions = python_measure.set_against(functions, source)
    return functions, confidence


def _skipped(language: str, reason: str) -> FileMetrics:
    return FileMetrics(language, Confidence("skipped", reason))


def _behind_bom(function: FunctionMetrics) -> FunctionMetrics:
    """Columns of the first line count the BOM, which ``prepare`` took away."""
    span = function.name_span
    if span.line != 1:
        return function
    return replace(function, name_span=replace(span, start=span.start + 1, end=span.end + 1))

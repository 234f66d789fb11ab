"""Figures and judgements as the compact JSON in which they are kept, sent and read again."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from operator import attrgetter
from typing import Any

from architect_server.analysis.model import (
    Confidence,
    Decision,
    FileMetrics,
    Finding,
    FunctionMetrics,
    Span,
)
from architect_server.analysis.suppression import Problem, SuppressionFinding
from architect_server.analysis.text import LineTable
from architect_server.file_scan.said import NOTHING, Remark, Said, compact
from architect_server.judgement import Judgement

_SPAN = FunctionMetrics.__slots__.index("name_span")
_DECISIONS = FunctionMetrics.__slots__.index("decisions")
_values = attrgetter(*FunctionMetrics.__slots__)


def figures_of(metrics: FileMetrics, own_parameters: Sequence[int]) -> str:
    """The figures of a text; each function is followed by its parameters without ``self``."""
    functions = zip(metrics.functions, own_parameters, strict=True)
    return compact([_trust(metrics.confidence), [[*_function(one), own] for one, own in functions]])


def read_figures(
    figures: str, language: str, *, brief: bool = False
) -> tuple[FileMetrics, tuple[int, ...]]:
    """The figures, and the parameters of each function without ``self``.

    ``brief`` leaves out the decisions.

    Raises:
        ValueError, TypeError, IndexError: it was not written by ``figures_of``.
    """
    trust, values = json.loads(figures)
    functions = tuple([_read_function(one[:-1], brief) for one in values])
    metrics = FileMetrics(language, Confidence(*trust), functions)
    return metrics, tuple([one[-1] for one in values])


def said_of(text: str, confidence: Confidence, judged: Judgement) -> Said:
    """What is to be said of a file that holds ``text``."""
    if confidence.level == "complete" and not judged.findings and not judged.problems:
        return NOTHING
    remarks = [_remark(one) for one in judged.findings]
    if judged.problems:
        table = LineTable(text)
        remarks += [_remark_on_suppression(table, one) for one in judged.problems]
    level, reason, from_line, misread = _trust(confidence)
    return Said(level, reason, from_line, misread, judged.set_aside, tuple(remarks))


def details_of(judged: Judgement) -> str:
    """What is not said: the figures of the functions in question, and what a fix takes out.

    Empty where there is nothing.
    """
    if not judged.findings and not judged.problems:
        return ""
    return compact(
        [
            [_function(one.function) for one in judged.findings],
            [
                [one.rule, one.message, one.start, one.end, one.line, *one.removal]
                for one in judged.problems
            ],
        ]
    )


def read_judgement(said: Said, details: str) -> Judgement:
    """The judgement of which ``said_of`` and ``details_of`` were written.

    Raises:
        ValueError, TypeError, IndexError: they were not.
    """
    functions, problems = json.loads(details) if details else ((), ())
    of_functions = [one for one in said.remarks if one.value is not None]
    findings = zip(of_functions, functions, strict=True)
    return Judgement(
        tuple([_finding(remark, function) for remark, function in findings]),
        tuple(_read_problem(*one) for one in problems),
        said.set_aside,
    )


def _remark(finding: Finding) -> Remark:
    span = finding.function.name_span
    return Remark(
        finding.rule,
        finding.severity,
        finding.message,
        span.line,
        span.start + 1,
        span.end + 1,
        finding.function.qualified_name,
        finding.value,
        finding.limit,
        finding.suppressed,
    )


def _remark_on_suppression(table: LineTable, problem: SuppressionFinding) -> Remark:
    line, column = table.position(problem.start)
    length = min(problem.end, table.line_end(line)) - problem.start
    place = (line + 1, column + 1, column + length + 1)
    return Remark(problem.rule, "warning", problem.message, *place)


def _finding(remark: Remark, values: list[Any]) -> Finding:
    if remark.value is None or remark.limit is None:
        raise ValueError("a finding has a figure")
    return Finding(
        remark.rule,
        remark.severity,
        remark.message,
        _read_function(values, brief=False),
        remark.value,
        remark.limit,
        remark.suppressed,
    )


def _trust(confidence: Confidence) -> list[Any]:
    return [confidence.level, confidence.reason, confidence.from_line, confidence.misread]


def _function(function: FunctionMetrics) -> list[Any]:
    values = list(_values(function))
    span = function.name_span
    values[_SPAN] = [span.line, span.start, span.end]
    values[_DECISIONS] = "\n".join([f"{one.line} {one.kind}" for one in function.decisions])
    return values


def _read_function(values: list[Any], brief: bool) -> FunctionMetrics:
    values[_SPAN] = Span(*values[_SPAN])
    decisions = values[_DECISIONS]
    values[_DECISIONS] = () if brief or not decisions else tuple(_read_decisions(decisions))
    return FunctionMetrics(*values)


def _read_decisions(written: str) -> Iterator[Decision]:
    for one in written.split("\n"):
        line, _, kind = one.partition(" ")
        yield Decision(int(line), kind)


def _read_problem(
    rule: Problem, message: str, start: int, end: int, line: int, first: int, last: int
) -> SuppressionFinding:
    return SuppressionFinding(rule, message, start, end, line, (first, last))

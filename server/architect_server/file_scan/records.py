"""What is known of one file, in the compact JSON in which it is kept, sent and read again."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from operator import attrgetter
from typing import Any, NamedTuple

from architect_server.analysis.model import (
    Confidence,
    Decision,
    FileMetrics,
    Finding,
    FunctionMetrics,
    Span,
)
from architect_server.analysis.suppression import Problem, SuppressionFinding
from architect_server.judgement import Judgement

_SPAN = FunctionMetrics.__slots__.index("name_span")
_DECISIONS = FunctionMetrics.__slots__.index("decisions")
_values = attrgetter(*FunctionMetrics.__slots__)
_COMPLETE = Confidence()
_encode = json.JSONEncoder(separators=(",", ":"), check_circular=False).encode


class Record(NamedTuple):
    """One file's result.

    ``content`` names its text, and everything else that decides its figures; it is empty where
    nothing may be kept. ``functions`` is their number. ``report`` is what must be said of the
    file (``report_of``), empty for most. ``figures`` are those of all functions; None where
    they are known already.
    """

    content: bytes
    functions: int
    report: str
    figures: str | None


def figures_of(metrics: FileMetrics, own_parameters: Sequence[int]) -> str:
    """The figures of a text; each function is followed by its parameters without ``self``."""
    functions = zip(metrics.functions, own_parameters, strict=True)
    return _encode([_trust(metrics.confidence), [[*_function(one), own] for one, own in functions]])


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


def report_of(confidence: Confidence, judged: Judgement) -> str:
    """What is to be said of a file; empty if it was read whole and nothing was found."""
    if confidence == _COMPLETE and not judged.findings and not judged.problems:
        return ""
    return _encode(
        [
            _trust(confidence),
            [_finding(one) for one in judged.findings],
            [
                [one.rule, one.message, one.start, one.end, one.line, *one.removal]
                for one in judged.problems
            ],
            judged.set_aside,
        ]
    )


def read_report(report: str, *, brief: bool = False) -> tuple[Confidence, Judgement]:
    """What ``report_of`` wrote; ``brief`` leaves out the decisions of its functions.

    Raises:
        ValueError, TypeError, IndexError: it wrote something else.
    """
    if not report:
        return _COMPLETE, Judgement()
    trust, findings, problems, set_aside = json.loads(report)
    return Confidence(*trust), Judgement(
        tuple([_read_finding(one, brief) for one in findings]),
        tuple(_read_problem(*one) for one in problems),
        set_aside,
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


def _finding(one: Finding) -> list[Any]:
    said = [one.rule, one.severity, one.message, one.value, one.limit, one.suppressed]
    return [*said, _function(one.function)]


def _read_finding(values: list[Any], brief: bool) -> Finding:
    rule, severity, message, value, limit, suppressed, function = values
    return Finding(
        rule, severity, message, _read_function(function, brief), value, limit, suppressed
    )


def _read_problem(
    rule: Problem, message: str, start: int, end: int, line: int, first: int, last: int
) -> SuppressionFinding:
    return SuppressionFinding(rule, message, start, end, line, (first, last))

"""The JSON format: every function's figures, and the findings, by file."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from typing import Any

from architect_server import __version__
from architect_server.analysis.explain import explain
from architect_server.analysis.model import Finding, FunctionMetrics
from architect_server.analysis.own_parameters import own_parameters
from architect_server.analysis.text import LineTable
from architect_server.cli.formats.reported import Reported, reported, shown_path
from architect_server.file_check import Checked


def as_json(results: Sequence[Checked], explained: bool = False) -> str:
    """One document; lines are 1-based, ``start_line`` as lizard gives it.

    With ``explained`` each function also carries its ``decisions`` (a line and a kind for every
    +1), ruff's figure for C901 (null where it has none) and why the two differ.
    """
    document = {
        "version": __version__,
        "files": [_file(result, explained) for result in results],
    }
    return json.dumps(document, indent=2, ensure_ascii=False) + "\n"


def _file(result: Checked, explained: bool) -> dict[str, Any]:
    confidence = result.metrics.confidence
    return {
        "path": shown_path(result.path),
        "language": result.metrics.language,
        "confidence": {
            "level": confidence.level,
            "reason": confidence.reason,
            "from_line": confidence.from_line,
        },
        "functions": list(_functions(result, explained)),
        "findings": [
            _finding(found, found.finding) for found in reported([result]) if found.finding
        ],
        "suppression_problems": [
            {"rule": found.rule, "message": found.message, "line": found.line}
            for found in reported([result])
            if not found.finding
        ],
    }


def _functions(result: Checked, explained: bool) -> Iterator[dict[str, Any]]:
    table, language = LineTable(result.text), result.metrics.language
    for function in result.metrics.functions:
        values = _figures(function)
        values["own_parameters"] = own_parameters(table, language, function)
        if explained:
            whole = explain(table, language, function)
            values["decisions"] = [
                {"line": decision.line, "kind": decision.kind} for decision in function.decisions
            ]
            values["c901"] = whole.c901
            values["differences"] = list(whole.differences)
        yield values


def _figures(function: FunctionMetrics) -> dict[str, Any]:
    return {
        "name": function.name,
        "qualified_name": function.qualified_name,
        "start_line": function.start_line,
        "end_line": function.end_line,
        "ccn": function.ccn,
        "cognitive": function.cognitive,
        "nloc": function.nloc,
        "tokens": function.tokens,
        "parameters": function.parameters,
        "nesting": function.nesting,
        "corrected": function.corrected,
        "raw_ccn": function.raw_ccn if function.corrected else function.ccn,
        "suppressed": function.suppressed,
    }


def _finding(found: Reported, finding: Finding) -> dict[str, Any]:
    return {
        "rule": finding.rule,
        "severity": finding.severity,
        "message": finding.message,
        "function": finding.function.qualified_name,
        "line": found.line,
        "column": found.column,
        "value": finding.value,
        "limit": finding.limit,
        "fingerprint": found.fingerprint,
        "suppressed": found.suppressed,
    }

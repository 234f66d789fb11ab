"""The JSON format: every function's figures, and the findings, by file."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from architect_server import __version__
from architect_server.analysis.model import Finding, FunctionMetrics
from architect_server.cli.scan import Checked


def as_json(results: Sequence[Checked]) -> str:
    """One document; lines are 1-based, ``start_line`` as lizard gives it."""
    document = {"version": __version__, "files": [_file(result) for result in results]}
    return json.dumps(document, indent=2, ensure_ascii=False) + "\n"


def _file(result: Checked) -> dict[str, Any]:
    confidence = result.metrics.confidence
    return {
        "path": result.path.as_posix(),
        "language": result.metrics.language,
        "confidence": {
            "level": confidence.level,
            "reason": confidence.reason,
            "from_line": confidence.from_line,
        },
        "functions": [_function(function) for function in result.metrics.functions],
        "findings": [_finding(finding) for finding in result.findings],
    }


def _function(function: FunctionMetrics) -> dict[str, Any]:
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
    }


def _finding(finding: Finding) -> dict[str, Any]:
    return {
        "rule": finding.rule,
        "severity": finding.severity,
        "message": finding.message,
        "function": finding.function.qualified_name,
        "line": finding.function.name_span.line,
        "value": finding.value,
        "limit": finding.limit,
    }

"""SARIF 2.1.0, the exchange format of static analysis: for code scanning services and viewers."""

from __future__ import annotations

import json
import os
from collections.abc import Sequence
from typing import Any
from urllib.parse import quote

from architect_server import __version__
from architect_server.analysis.model import Confidence, Severity
from architect_server.analysis.rules import RULES, Rule
from architect_server.cli.formats.reported import Reported, reported, shown_path
from architect_server.cli.scan import Checked

_SCHEMA = (
    "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
)
_LEVEL: dict[Severity, str] = {
    "error": "error",
    "warning": "warning",
    "information": "note",
    "hint": "note",
}
_ORDER = list(RULES)


def as_sarif(results: Sequence[Checked]) -> str:
    """One run. Suppressed findings are among the results and marked, as SARIF wants it.

    Files that could not be read whole stand as notifications of the run.
    """
    run: dict[str, Any] = {
        "tool": {
            "driver": {
                "name": "architect-lsp",
                "semanticVersion": __version__,
                "rules": [_rule(rule) for rule in RULES.values()],
            }
        },
        "columnKind": "unicodeCodePoints",
        "invocations": [_invocation(results)],
        "results": [_result(found) for found in reported(results)],
    }
    document = {"$schema": _SCHEMA, "version": "2.1.0", "runs": [run]}
    return json.dumps(document, indent=2, ensure_ascii=False) + "\n"


def _uri(path: str) -> str:
    """A relative reference, also of a name whose bytes are no text."""
    return quote(os.fsencode(path))


def _rule(rule: Rule) -> dict[str, Any]:
    return {
        "id": rule.code,
        "shortDescription": {"text": rule.description},
        "fullDescription": {"text": f"{rule.description} Source of the limit: {rule.source}."},
        "defaultConfiguration": {"level": "warning", "enabled": rule.default > 0},
    }


def _invocation(results: Sequence[Checked]) -> dict[str, Any]:
    doubtful = [
        (shown_path(result.path), result.metrics.confidence)
        for result in results
        if result.metrics.confidence.level != "complete"
    ]
    return {
        "executionSuccessful": all(doubt.level != "skipped" for _, doubt in doubtful),
        "toolExecutionNotifications": [_notification(path, doubt) for path, doubt in doubtful],
    }


def _notification(path: str, doubt: Confidence) -> dict[str, Any]:
    place: dict[str, Any] = {"artifactLocation": {"uri": _uri(path)}}
    if doubt.from_line:
        place["region"] = {"startLine": doubt.from_line}
    return {
        "level": "error" if doubt.level == "skipped" else "warning",
        "message": {"text": f"{doubt.level}: {doubt.reason}"},
        "locations": [{"physicalLocation": place}],
    }


def _result(found: Reported) -> dict[str, Any]:
    finding = found.finding
    location: dict[str, Any] = {
        "physicalLocation": {
            "artifactLocation": {"uri": _uri(found.path)},
            "region": {
                "startLine": found.line,
                "startColumn": found.column,
                "endColumn": found.end_column,
            },
        },
        "logicalLocations": [
            {"fullyQualifiedName": finding.function.qualified_name, "kind": "function"}
        ],
    }
    result: dict[str, Any] = {
        "ruleId": finding.rule,
        "level": _LEVEL[finding.severity],
        "message": {"text": finding.message},
        "locations": [location],
        "partialFingerprints": {"symbol/v1": found.fingerprint},
        "properties": {"value": finding.value, "limit": finding.limit},
    }
    if finding.rule in _ORDER:
        result["ruleIndex"] = _ORDER.index(finding.rule)
    if finding.rule == "ccn" and finding.function.decisions:
        result["relatedLocations"] = _related(found)
    if found.suppressed:
        result["suppressions"] = [{"kind": "inSource", "justification": found.suppressed}]
    return result


def _related(found: Reported) -> list[dict[str, Any]]:
    """Each +1 with its line."""
    return [
        {
            "physicalLocation": {
                "artifactLocation": {"uri": _uri(found.path)},
                "region": {"startLine": decision.line},
            },
            "message": {"text": f"+1 {decision.kind}"},
        }
        for decision in found.finding.function.decisions
    ]

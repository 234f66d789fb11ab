"""SARIF 2.1.0, the exchange format of static analysis: for code scanning services and viewers."""

from __future__ import annotations

import json
import os
from collections.abc import Sequence
from importlib.resources import files
from pathlib import Path
from typing import Any
from urllib.parse import quote

from architect_server import __version__
from architect_server.analysis.model import Finding, FunctionMetrics, Severity
from architect_server.analysis.rules import RULES, Rule
from architect_server.cli.formats.reported import PROBLEMS, Reported, reported, shown_path
from architect_server.file_scan.checked import Checked
from architect_server.file_scan.said import Said

_SCHEMA = (
    "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
)
_LEVEL: dict[Severity, str] = {
    "error": "error",
    "warning": "warning",
    "information": "note",
    "hint": "note",
}
_ORDER = [*RULES, *PROBLEMS]


def as_sarif(results: Sequence[Checked]) -> str:
    """One run. Suppressed findings are among the results and marked, as SARIF wants it.

    Files that could not be read whole stand as notifications of the run.
    """
    run: dict[str, Any] = {
        "tool": {
            "driver": {
                "name": "architect-lsp",
                "semanticVersion": __version__,
                "rules": [*map(_rule, RULES.values()), *map(_problem_rule, PROBLEMS)],
            }
        },
        "columnKind": "unicodeCodePoints",
        "invocations": [_invocation(results)],
        "results": [
            _result(found, result.finding_of(found.remark))
            for result in results
            for found in reported([result])
        ],
    }
    document = {"$schema": _SCHEMA, "version": "2.1.0", "runs": [run]}
    return json.dumps(document, indent=2, ensure_ascii=False) + "\n"


def _uri(path: str) -> str:
    """A relative reference, or a URI for a file elsewhere; also of a name that is no text."""
    return Path(path).as_uri() if Path(path).is_absolute() else quote(os.fsencode(path))


def _rule(rule: Rule) -> dict[str, Any]:
    return {
        "id": rule.code,
        "shortDescription": {"text": rule.description},
        "fullDescription": {"text": f"{rule.description} Source of the limit: {rule.source}."},
        "help": _page(rule.code),
        "defaultConfiguration": {"level": "warning", "enabled": rule.default > 0},
    }


def _problem_rule(code: str) -> dict[str, Any]:
    return {"id": code, "shortDescription": {"text": PROBLEMS[code]}, "help": _page(code)}


def _page(code: str) -> dict[str, str]:
    """The rule's own page."""
    page = (files("architect_server") / "rules" / f"{code}.md").read_text(encoding="utf-8")
    return {"text": page, "markdown": page}


def _invocation(results: Sequence[Checked]) -> dict[str, Any]:
    doubtful = [
        (shown_path(result.file.name), result.said)
        for result in results
        if result.said.level != "complete"
    ]
    return {
        "executionSuccessful": all(doubt.level != "skipped" for _, doubt in doubtful),
        "toolExecutionNotifications": [_notification(path, doubt) for path, doubt in doubtful],
    }


def _notification(path: str, doubt: Said) -> dict[str, Any]:
    place: dict[str, Any] = {"artifactLocation": {"uri": _uri(path)}}
    if doubt.from_line:
        place["region"] = {"startLine": doubt.from_line}
    return {
        "level": "error" if doubt.level == "skipped" else "warning",
        "message": {"text": f"{doubt.level}: {doubt.reason}"},
        "locations": [{"physicalLocation": place}],
    }


def _result(found: Reported, finding: Finding | None) -> dict[str, Any]:
    remark = found.remark
    location: dict[str, Any] = {
        "physicalLocation": {
            "artifactLocation": {"uri": _uri(found.path)},
            "region": {
                "startLine": remark.line,
                "startColumn": remark.column,
                "endColumn": remark.end_column,
            },
        },
    }
    result: dict[str, Any] = {
        "ruleId": remark.rule,
        "ruleIndex": _ORDER.index(remark.rule),
        "level": _LEVEL[remark.severity],
        "message": {"text": remark.message},
        "locations": [location],
        "partialFingerprints": {"symbol/v1": found.fingerprint},
    }
    if finding is not None:
        location["logicalLocations"] = [{"fullyQualifiedName": remark.function, "kind": "function"}]
        result["properties"] = {"value": remark.value, "limit": remark.limit}
        if remark.rule == "ccn" and finding.function.decisions:
            result["relatedLocations"] = _related(found.path, finding.function)
    if remark.suppressed:
        result["suppressions"] = [{"kind": "inSource", "justification": remark.suppressed}]
    return result


def _related(path: str, function: FunctionMetrics) -> list[dict[str, Any]]:
    """Each +1 with its line."""
    return [
        {
            "physicalLocation": {
                "artifactLocation": {"uri": _uri(path)},
                "region": {"startLine": decision.line},
            },
            "message": {"text": f"+1 {decision.kind}"},
        }
        for decision in function.decisions
    ]

"""Diagnostics as the JSON that the editor gets.

A finding's is made once; its lines and the text's version stay open, as these change with every
keystroke while all else stays as it is.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pygls import uris

from architect_server.agent_problems import AgentProblem
from architect_server.analysis.decision_groups import counted_kinds, neighbours
from architect_server.analysis.model import Confidence, Finding, FunctionMetrics, Severity
from architect_server.analysis.suppression import SuppressionFinding
from architect_server.document import Document, Place
from architect_server.session import ClientFacts, Result
from architect_server.target import target_of

if TYPE_CHECKING:  # it brings the architects' words along
    from architect_server.inquiries import Opinion

#: How our diagnostics are signed.
SOURCE = "architect"

#: The code of the one hint that says how far a file's result can be trusted.
CONFIDENCE_CODE = "confidence"

#: The code of a review's points.
REVIEW_CODE = "review"

#: How many decision points a diagnostic lists at most as related information; and how many
#: entries, each of several points, where an editor puts them all into its hover.
_RELATED = 30
_RELATED_IN_HOVER = 5

_SEVERITY: Mapping[Severity, int] = {"error": 1, "warning": 2, "information": 3, "hint": 4}

_json = json.JSONEncoder(separators=(",", ":")).encode

#: The protocol's tag for what is not needed any more; it is shown faded.
_UNNECESSARY = 1


@dataclass(frozen=True, slots=True)
class Template:
    """A diagnostic as JSON but for its lines and the text's version.

    ``text`` has a ``%d`` for each of ``lines``, which are 0-based and count from the line that
    ``at`` is given, and then a ``%s`` for the version.
    """

    text: str
    lines: tuple[int, ...]

    def at(self, first_line: int, version: str) -> str:
        """The diagnostic with ``first_line`` lines above what it belongs to."""
        return self.text % (*[first_line + line for line in self.lines], version)


def finding_template(
    document: Document, finding: Finding, client: ClientFacts, first_line: int = 0
) -> Template:
    """The diagnostic of ``finding`` on the function's name.

    The finding's lines are those of ``document``; the template's count from ``first_line``.
    """
    function = finding.function
    span = function.name_span
    place = document.place_in_line(span.line - 1, span.start, client.encoding)
    end = document.place_in_line(span.line - 1, span.end, client.encoding)
    related, lines = "", [place.line, end.line]
    if client.related_information and finding.rule == "ccn" and function.decisions:
        grouped = client.related_in_hover and len(function.decisions) > _RELATED_IN_HOVER
        entries = _groups(function) if grouped else _decisions(function)
        uri, last = _escaped(document.uri), document.lines.line_count
        related = f'"relatedInformation":[{",".join(entry.text(uri) for entry in entries)}],'
        lines += [line for entry in entries for line in entry.lines(last)]
    target = target_of(document, function).to_wire()
    lines.append(target.pop("startLine"))
    target.pop("version")
    text = (
        f'{{"range":{{"start":{{"line":%d,"character":{place.character}}},'
        f'"end":{{"line":%d,"character":{end.character}}}}},{related}'
        f"{_inner(_said(finding, client))},"
        f'"data":{{{_inner(target)},"startLine":%d,"version":%s}}}}'
    )
    return Template(text, tuple(line - first_line for line in lines))


def _said(finding: Finding, client: ClientFacts) -> dict[str, Any]:
    """All of a diagnostic that is the same wherever its function stands."""
    silence = finding.suppressed
    said: dict[str, Any] = {
        "message": finding.message + (f"; suppressed: {silence}" if silence else ""),
        "severity": _SEVERITY["hint" if silence else finding.severity],
        "source": SOURCE,
        "code": finding.rule,
    }
    if client.code_description and (page := rule_page(finding.rule)):
        said["codeDescription"] = {"href": page}
    return said


@dataclass(frozen=True, slots=True)
class _Related:
    """One entry of related information: its message as JSON, and the 1-based line it leads to.

    The message may leave open the line up to which it speaks. Kate underlines all that an entry's
    range holds, so it holds nothing.
    """

    message: str
    line: int
    up_to: tuple[int, ...] = ()

    def text(self, uri: str) -> str:
        """Its JSON, in which the lines are left open."""
        return (
            f'{{"location":{{"uri":{uri},"range":{{"start":{{"line":%d,"character":0}},'
            f'"end":{{"line":%d,"character":0}}}}}},"message":{self.message}}}'
        )

    def lines(self, last: int) -> tuple[int, ...]:
        """The lines to fill in, in a text whose last line is ``last``: two from 0, one from 1."""
        line = min(self.line, last) - 1
        return (line, line, *self.up_to)


def _decisions(function: FunctionMetrics) -> list[_Related]:
    """Each +1 with its line."""
    return [
        _Related(_escaped(f"+1 {decision.kind}"), decision.line)
        for decision in function.decisions[:_RELATED]
    ]


def _groups(function: FunctionMetrics) -> list[_Related]:
    """All +1s, those that stand close together in one entry."""
    entries = []
    for group in neighbours(function.decisions, _RELATED_IN_HOVER):
        kinds = _escaped(", ".join(counted_kinds(group)))[1:-1]
        first, last = group[0].line, group[-1].line
        where = " up to line %d" if last > first else ""
        up_to = (last,) if where else ()
        entries.append(_Related(f'"+{len(group)}{where}: {kinds}"', first, up_to))
    return entries


def _inner(values: Mapping[str, Any]) -> str:
    return _escaped(values)[1:-1]


def _escaped(value: Any) -> str:
    """JSON that can stand in a template."""
    return _json(value).replace("%", "%%")


def findings_json(result: Result, client: ClientFacts) -> list[str]:
    """The diagnostics of all findings of a result that are to be shown, in their order."""
    surfaces, document = result.surfaces, result.document
    if not surfaces.diagnostics:
        return []
    version = version_json(document)
    return [
        finding_template(document, finding, client).at(0, version)
        for finding in result.findings
        if surfaces.suppressed or not finding.suppressed
    ]


def problems_json(result: Result, client: ClientFacts) -> list[str]:
    """What is to be shown beside the findings: what is wrong with our own suppressions, and how
    far the figures can be trusted.
    """
    if not result.surfaces.diagnostics:
        return []
    document = result.document
    shown = [_problem(document, problem, client) for problem in result.problems]
    return shown + confidence_json(document, result.metrics.confidence, client)


def confidence_json(document: Document, confidence: Confidence, client: ClientFacts) -> list[str]:
    """The one hint about a result that can't be trusted wholly."""
    if confidence.level == "complete":
        return []
    line = (confidence.from_line or 1) - 1
    place = document.place_in_line(line, 0, client.encoding)
    what = "skipped" if confidence.level == "skipped" else f"partial from line {line + 1}"
    message = f"Complexity {what}: {confidence.reason}"
    return [_diagnostic(place, place, message, "hint", CONFIDENCE_CODE)]


def _problem(document: Document, problem: SuppressionFinding, client: ClientFacts) -> str:
    """What is wrong with a suppression of ours; one that is not needed any more is faded."""
    stale = problem.rule == "stale-suppression"
    more: dict[str, Any] = {"tags": [_UNNECESSARY]} if stale else {}
    if client.code_description and (page := rule_page(problem.rule)):
        more["codeDescription"] = {"href": page}
    return _diagnostic(
        document.place(problem.start, client.encoding),
        document.place(problem.end, client.encoding),
        problem.message,
        "information" if stale else "warning",
        problem.rule,
        more,
    )


def points_json(opinion: Opinion, document: Document, client: ClientFacts) -> list[str]:
    """The points of a review that still apply to ``document``."""
    return [
        _diagnostic(
            document.place(extent.start, client.encoding),
            document.place(extent.end, client.encoding),
            point.message,
            point.severity,
            REVIEW_CODE,
        )
        for point, extent in opinion.points_now(document.text)
    ]


def agent_problem_json(problem: AgentProblem, document: Document, client: ClientFacts) -> str:
    """A mistake of an agent file, on the word that is wrong or on its whole line."""
    line = problem.line - 1
    text = document.lines.line_text(line)
    start = max(text.find(problem.old), 0) if problem.old else 0
    end = start + len(problem.old) if problem.old else len(text)
    return _diagnostic(
        document.place_in_line(line, start, client.encoding),
        document.place_in_line(line, end, client.encoding),
        problem.message,
        problem.severity,
        problem.code,
    )


def _diagnostic(
    start: Place,
    end: Place,
    message: str,
    severity: Severity,
    code: str,
    more: Mapping[str, Any] | None = None,
) -> str:
    value = {
        "range": {
            "start": {"line": start.line, "character": start.character},
            "end": {"line": end.line, "character": end.character},
        },
        "message": message,
        "severity": _SEVERITY[severity],
        "source": SOURCE,
        "code": code,
        **(more or {}),
    }
    return _json(value)


def version_json(document: Document) -> str:
    """The version of ``document`` as JSON; files that are not open have none."""
    return "null" if document.version is None else str(document.version)


@cache
def rule_page(rule: str) -> str | None:
    """The URI of the page that explains ``rule``; it travels with the package."""
    page = Path(__file__).parent / "rules" / f"{rule}.md"
    return uris.from_fs_path(str(page)) if page.is_file() else None

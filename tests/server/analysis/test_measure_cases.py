"""Sources with the figures expected of them, from the Markdown files in tests/cases/analysis."""

from __future__ import annotations

import re
import sys
from dataclasses import dataclass, field
from pathlib import Path

import lizard
import pytest
from _pytest.mark import ParameterSet

from architect_server.analysis.measure import measure
from architect_server.analysis.model import FileMetrics, FunctionMetrics

CASES = Path(__file__).parents[2] / "cases" / "analysis"
_CASE = re.compile(r"^## (?P<title>.+?)$(?P<body>.*?)(?=^## |\Z)", re.M | re.S)
_SOURCE = re.compile(r"^```(?P<language>[\w-]+)\n(?P<source>.*?)^```$", re.M | re.S)
_STRAIGHT = re.compile(r"^```straight\n(.*?)^```$", re.M | re.S)
_NOTE = re.compile(r"^(confidence|decisions|suppressed|needs): (.+)$", re.M)


@dataclass
class Case:
    language: str
    source: str
    rows: list[dict[str, str]]
    notes: dict[str, str] = field(default_factory=dict)
    straight: str = ""


def _load() -> list[ParameterSet]:
    parameters = []
    for path in sorted(CASES.glob("*/*.md")):
        for match in _CASE.finditer(path.read_text(encoding="utf-8")):
            case = _parse(match["body"])
            needs = case.notes.get("needs", "3.0")
            version = tuple(int(part) for part in needs.split("."))
            marks = [pytest.mark.skipif(sys.version_info < version, reason=f"syntax of {needs}")]
            name = f"{path.stem}: {match['title']}"
            parameters.append(pytest.param(case, id=name, marks=marks))
    return parameters


def _parse(body: str) -> Case:
    source = _SOURCE.search(body)
    assert source is not None
    after = body[source.end() :]
    table = [
        [cell.strip() for cell in line.strip("|").split("|")]
        for line in after.splitlines()
        if line.startswith("|")
    ]
    rows = [dict(zip(table[0], cells, strict=True)) for cells in table[2:]]
    straight = _STRAIGHT.search(after)
    notes = dict(_NOTE.findall(after))
    return Case(source["language"], source["source"], rows, notes, straight[1] if straight else "")


def _row(function: FunctionMetrics) -> dict[str, str]:
    span = function.name_span
    raw = "-" if not function.corrected else str(function.raw_ccn or "none")
    return {
        "function": function.qualified_name,
        "lines": f"{function.start_line}-{function.end_line}",
        "edit": str(function.edit_line),
        "name": f"{span.line}:{span.start}-{span.end}",
        "ccn": str(function.ccn),
        "nloc": str(function.nloc),
        "tokens": str(function.tokens),
        "parameters": str(function.parameters),
        "nesting": str(function.nesting),
        "cognitive": str(function.cognitive),
        "raw": raw,
    }


def _confidence(metrics: FileMetrics) -> str:
    confidence = metrics.confidence
    if confidence.from_line is None:
        return confidence.level
    return f"{confidence.level} from {confidence.from_line}"


@pytest.mark.parametrize("case", _load())
def test_figures_are_those_of_the_case(case: Case) -> None:
    metrics = measure(case.source, case.language)
    if case.rows:
        columns = case.rows[0].keys()
        found = [{key: _row(function)[key] for key in columns} for function in metrics.functions]
        assert found == case.rows
    assert _confidence(metrics) == case.notes.get("confidence", "complete")
    suppressed = [function.name for function in metrics.functions if function.suppressed]
    assert suppressed == case.notes.get("suppressed", "").split()
    if "decisions" in case.notes:
        kinds = [
            f"{decision.line} {decision.kind}"
            for function in metrics.functions
            for decision in function.decisions
        ]
        assert ", ".join(kinds) == case.notes["decisions"]


@pytest.mark.parametrize(
    "case", [parameter for parameter in _load() if parameter.values[0].straight]
)
def test_corrected_figures_are_what_lizard_prints_for_straight_code(case: Case) -> None:
    plain = lizard.analyze_file.analyze_source_code("straight.py", case.straight)
    expected = {
        function.name.rpartition(".")[2]: (
            function.cyclomatic_complexity,
            function.token_count,
            function.parameter_count,
        )
        for function in plain.function_list
    }
    found = {
        function.qualified_name.rpartition(".")[2]: (
            function.ccn,
            function.tokens,
            function.parameters,
        )
        for function in measure(case.source, case.language).functions
    }
    assert found == expected

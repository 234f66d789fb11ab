"""The JSON format: every function's figures, and the findings, by file."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from architect_server import __version__
from architect_server.analysis.explain import explain
from architect_server.analysis.model import FunctionMetrics
from architect_server.analysis.text import LineTable
from architect_server.cli.formats.reported import Reported, reported, shown_path
from architect_server.file_scan.checked import Checked


def as_json(results: Sequence[Checked], explained: bool = False) -> Iterator[str]:
    """One document in parts, with a line for each function; lines are 1-based as lizard's.

    With ``explained`` each function also carries its ``decisions`` (a line and a kind for every
    +1), ruff's figure for C901 (null where it has none) and why the two differ.
    """
    yield f'{{"version": {_value(__version__)}, "files": ['
    for number, result in enumerate(results):
        yield f"{',' if number else ''}\n{_file(result, explained)}"
    yield "\n]}\n"


# The layout is ours: the library's own costs three times as much as all the rest of a scan whose
# files are known.
_value = json.JSONEncoder(ensure_ascii=False).encode


def _file(result: Checked, explained: bool) -> str:
    said = result.said
    found = list(reported([result]))
    head = {
        "path": shown_path(result.file.name),
        "language": result.language,
        "confidence": {"level": said.level, "reason": said.reason, "from_line": said.from_line},
    }
    parts = {
        "functions": _functions(result, explained),
        "findings": [_finding(one) for one in found if one.remark.value is not None],
        "suppression_problems": [
            {"rule": one.rule, "message": one.message, "line": one.line}
            for one in said.remarks
            if one.value is None
        ],
    }
    lists = ",\n".join(f'  "{name}": {_list(values)}' for name, values in parts.items())
    return f"{_value(head)[:-1]},\n{lists}}}"


def _list(values: Iterable[dict[str, Any]]) -> str:
    written = ",\n".join([f"    {_value(value)}" for value in values])
    return f"[\n{written}]" if written else "[]"


def _functions(result: Checked, explained: bool) -> Iterator[dict[str, Any]]:
    metrics, own_parameters = result.figures(decisions=explained)
    table = LineTable(result.text if explained else "")
    for function, own in zip(metrics.functions, own_parameters, strict=True):
        values = _figures(function)
        values["own_parameters"] = own
        if explained:
            whole = explain(table, result.language, function)
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


def _finding(found: Reported) -> dict[str, Any]:
    remark = found.remark
    return {
        "rule": remark.rule,
        "severity": remark.severity,
        "message": remark.message,
        "function": remark.function,
        "line": remark.line,
        "column": remark.column,
        "value": remark.value,
        "limit": remark.limit,
        "fingerprint": found.fingerprint,
        "suppressed": remark.suppressed,
    }

"""Findings: a figure above its limit, a warning first, an error from twice the limit."""

from __future__ import annotations

import pytest

from architect_server.analysis.limits import Limits
from architect_server.analysis.model import (
    Confidence,
    FileMetrics,
    Finding,
    FunctionMetrics,
    Span,
)
from architect_server.analysis.rules import RULES, find

OFF = Limits(ccn=0, parameters=0, length=0, cognitive=0, nesting=0)


def _function(**figures: int) -> FunctionMetrics:
    known = {"ccn": 1, "nloc": 1, "tokens": 9, "parameters": 0, "end_line": 3} | figures
    return FunctionMetrics(
        name="place_order",
        qualified_name="Shop.place_order",
        start_line=1,
        edit_line=1,
        name_span=Span(1, 4, 15),
        **known,
    )


def _find(limits: Limits, **figures: int) -> tuple[Finding, ...]:
    return find(FileMetrics("python", Confidence(), (_function(**figures),)), limits)


@pytest.mark.parametrize(
    ("ccn", "severity"),
    [(1, None), (15, None), (16, "warning"), (29, "warning"), (30, "error"), (99, "error")],
)
def test_severity_grows_with_the_distance(ccn: int, severity: str | None) -> None:
    findings = _find(Limits(), ccn=ccn)
    assert [finding.severity for finding in findings] == ([severity] if severity else [])


@pytest.mark.parametrize(
    ("figure", "limits", "message"),
    [
        ({"ccn": 23}, Limits(), "Shop.place_order has cyclomatic complexity 23 (limit 15)"),
        ({"parameters": 8}, Limits(), "Shop.place_order has 8 parameters (limit 7)"),
        ({"end_line": 140}, Limits(), "Shop.place_order has 140 lines (limit 100)"),
        (
            {"cognitive": 16},
            Limits(cognitive=15),
            "Shop.place_order has cognitive complexity 16 (limit 15)",
        ),
        ({"nesting": 5}, Limits(nesting=4), "Shop.place_order has 5 nested blocks (limit 4)"),
    ],
)
def test_a_message_is_one_sentence_for_a_person(
    figure: dict[str, int], limits: Limits, message: str
) -> None:
    assert [finding.message for finding in _find(limits, **figure)] == [message]


def test_zero_switches_a_rule_off() -> None:
    assert _find(OFF, ccn=99, parameters=99, end_line=999, cognitive=99, nesting=99) == ()


def test_every_limit_has_a_rule_and_every_rule_a_limit() -> None:
    assert set(RULES) == set(Limits._fields)
    assert {code: rule.default for code, rule in RULES.items()} == {
        "ccn": 15,
        "parameters": 7,
        "length": 100,
        "cognitive": 0,
        "nesting": 0,
    }

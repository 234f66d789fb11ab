"""Giving a name to a condition."""

from __future__ import annotations

import pytest

from architect_agents.refactoring.conditions import conditions
from architect_agents.refactoring.extract_predicate import (
    plan_predicate,
    suggest_predicate_name,
    write_predicate,
)
from architect_agents.refactoring.module_source import read_module
from architect_agents.refactoring.refusal import RefusedError
from architect_agents.refactoring.subject import Subject
from refactoring_cases import RefactoringCase, read_cases

CASES = list(read_cases("extract_predicate.md"))


def extract(source: str) -> str:
    """Move the condition with the most decisions, the first one of several."""
    module = read_module(source)
    subject = Subject(module, module.functions[0])
    found = sorted(conditions(subject), key=lambda one: (-one.cost, one.start))
    plan = plan_predicate(subject, found[0])
    return write_predicate(subject, plan, suggest_predicate_name(subject, plan))


@pytest.mark.parametrize("case", CASES, ids=str)
def test_a_condition_becomes_a_predicate(case: RefactoringCase) -> None:
    assert extract(case.before) == case.after


@pytest.mark.parametrize("newline", ["\r\n", "\r"])
@pytest.mark.parametrize("case", CASES[:4], ids=str)
def test_line_ends_are_kept(case: RefactoringCase, newline: str) -> None:
    assert case.after is not None
    after = extract(case.before.replace("\n", newline))
    assert after == case.after.replace("\n", newline)


@pytest.mark.parametrize(
    ("test", "code"),
    [
        ("(b := a) and b and b.c", "binds-or-awaits"),
        ("a and locals() and a.b", "frame"),
        ("a and later and a.b", "maybe-unbound"),
        ("a and (lambda: again) and a.b", "closure-inside"),
        ("a and a.b and rebound", "closure-inside"),
    ],
)
def test_what_belongs_to_the_function_stays(test: str, code: str) -> None:
    source = (
        "def f(a, again, rebound):\n    def g():\n        nonlocal rebound\n"
        f"        rebound = 1\n    if {test}:\n        later = 1\n    again = 2\n"
    )
    with pytest.raises(RefusedError) as refused:
        extract(source)
    assert refused.value.refusal.code == code

"""What the gate lets through, what it refuses, and by which check."""

from __future__ import annotations

import pytest

from architect_agents.gate import CHECKS, RefactoringGate, feedback
from architect_agents.types import FindingLimits, RefactorRequest, Verdict
from gate_cases import GateCase, read_cases
from lizard_measure import lizard_measure

ALONE = list(read_cases("each_check_alone.md"))
RULES = list(read_cases("each_rule_alone.md"))
ACCEPTED = list(read_cases("accepted.md"))
TRAPS = list(read_cases("round_trip_traps.md"))
OTHERS = list(read_cases("other_languages.md"))


def judge(case: GateCase) -> Verdict:
    return RefactoringGate(lizard_measure).verify(
        case.before,
        case.after,
        path="a.py",
        language=case.language,
        function=case.settings.get("function"),
    )


@pytest.mark.parametrize("case", [*ALONE, *RULES, *ACCEPTED, *TRAPS, *OTHERS], ids=str)
def test_exactly_the_named_checks_fail(case: GateCase) -> None:
    verdict = judge(case)
    status = {check.name: check.status for check in verdict.checks}
    assert {check.name for check in verdict.failures} == case.fails, verdict.checks
    assert verdict.accepted is not bool(case.fails)
    for name in filter(None, case.settings.get("not-run", "").split(", ")):
        assert status[name] == "not-run"
    if "says" in case.settings:
        assert case.settings["says"] in verdict.failures[0].detail
    if "proof" in case.settings:
        assert str(verdict.proof).lower() == case.settings["proof"]


@pytest.mark.parametrize("case", [*ALONE, *RULES], ids=str)
def test_a_rejected_proposal_has_no_proof_and_says_what_to_do(case: GateCase) -> None:
    verdict = judge(case)
    assert verdict.proof is None
    lines = feedback(verdict).splitlines()
    assert [line.split(":")[0] for line in lines] == [f"- {one.name}" for one in verdict.failures]
    assert all(len(line) > 40 for line in lines)


def test_every_static_check_fails_alone_somewhere() -> None:
    """Where ``tests`` fails alone is shown in test_tests_check.py."""
    # A proof that can't be had speaks against nothing.
    judging = [name for name in CHECKS if name not in ("same-text", "equivalence", "tests")]
    assert [case.fails for case in ALONE] == [{name} for name in judging]


def test_every_verdict_lists_all_checks_in_order_with_one_sentence_each() -> None:
    for case in [*ALONE, *ACCEPTED, *OTHERS]:
        verdict = judge(case)
        assert tuple(check.name for check in verdict.checks) == CHECKS
        assert all(check.detail.endswith(".") for check in verdict.checks), verdict.checks
        assert all(
            check.detail[:1] in "`" or check.detail[:1].isupper() for check in verdict.checks
        )


def test_figures_are_the_highest_among_the_functions_touched() -> None:
    verdict = judge(next(case for case in ACCEPTED if case.title == "a plain extraction"))
    assert (verdict.before.ccn, verdict.after.ccn) == (5, 4)


def test_a_request_for_one_function_lets_no_other_change() -> None:
    case = next(case for case in ACCEPTED if case.title == "every changed function")
    verdict = RefactoringGate(lizard_measure).verify(
        case.before, case.after, path="a.py", language="python", function="send"
    )
    assert "target-only" in {check.name for check in verdict.failures}


def test_limits_of_the_request_decide_what_a_finding_is() -> None:
    case = next(case for case in ACCEPTED if case.title == "a plain extraction")
    request = RefactorRequest(
        "a.py", "python", case.before, "route", 1, limits=FindingLimits(ccn=3)
    )
    verdict = RefactoringGate(lizard_measure).judge(request, case.after)
    check = next(one for one in verdict.checks if one.name == "no-new-findings")
    assert check.status == "passed"
    assert "in the place of a finding that was worse" in check.detail


DEEP = "x = " + "(" * 150 + "1" + ")" * 150 + "\n"
HOSTILE = {
    "null bytes": "def f():\n    return '\0'\n",
    "python 2": "def f(x):\n    print x\n",
    "many brackets": "(" * 1000,
    "many signs": "x = " + "-" * 50_000 + "1\n",
    "a long sum": "x = " + "1 + " * 20_000 + "1\n",
    "deep nesting": "".join("    " * n + f"if a{n}:\n" for n in range(95)) + "    " * 95 + "pass\n",
    "deep calls": "x = " + "f(" * 180 + ")" * 180 + "\n",
    "nothing": "",
    "lone surrogate": "def f():\n    return '\ud800'\n",
    "a mere tab mix": "def f():\n\tif a:\n        return 1\n",
}


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE.keys())
def test_hostile_text_is_refused_and_never_raises(text: str) -> None:
    gate = RefactoringGate(lizard_measure)
    good = "def f(a):\n    if a and a.b:\n        return 1\n    return 2\n"
    for before, after in ((good, text), (text, good), (good, good + text), (text, text)):
        verdict = gate.verify(before, after, path="a.py", language="python", function="f")
        assert not verdict.accepted


@pytest.mark.parametrize("ends", ["\r\n", "\r"])
def test_other_line_ends_change_nothing_but_a_mix_is_refused(ends: str) -> None:
    case = next(case for case in ACCEPTED if case.title == "a plain extraction")
    gate = RefactoringGate(lizard_measure)
    before, after = case.before.replace("\n", ends), case.after.replace("\n", ends)
    same = gate.verify(before, after, path="a.py", language="python")
    statuses = {one.name: one.status for one in same.checks}
    assert statuses["round-trip"] == statuses["target-only"] == "passed"
    mixed = gate.verify(before, case.after, path="a.py", language="python")
    assert "target-only" in {one.name for one in mixed.failures}


def test_a_thousand_guards_in_a_row_are_judged_all_the_same() -> None:
    guards = [f"    if a == {n}:\n        return g({n})\n" for n in range(1000)]
    before = f"def f(a):\n{''.join(guards)}    return a\n"
    helper = f"\n\ndef _rest(a):\n{''.join(guards[500:])}    return a\n"
    after = f"def f(a):\n{''.join(guards[:500])}    return _rest(a)\n{helper}"
    verdict = RefactoringGate(lizard_measure).verify(before, after, path="a.py", language="python")
    status = {check.name: check.status for check in verdict.checks}
    assert (status["parses"], status["complexity"]) == ("passed", "passed")
    assert status["round-trip"] in {"passed", "not-run"}


@pytest.mark.parametrize("text", ["", "}{", "int f() {", "// nothing", "\0", 'int f() { "a\n }'])
def test_odd_text_of_another_language_is_refused_and_never_raises(text: str) -> None:
    gate = RefactoringGate(lizard_measure)
    good = "int f(int a) {\n  if (a) { return 1; }\n  return 2;\n}\n"
    for before, after in ((good, text), (text, good), (text, text)):
        assert not gate.verify(before, after, path="a.java", language="java").accepted

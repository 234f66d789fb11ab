"""Refactorings in place: what each rule does, what it refuses, and that the gate can prove it."""

from __future__ import annotations

import itertools

import pytest

from architect_agents.refactoring.comparison import Comparison
from architect_agents.refactoring.equivalence import check_equivalence
from architect_agents.refactoring.module_source import Function, ModuleSource, read_module
from architect_agents.refactoring.refusal import Refusal
from architect_agents.refactoring.rewrites import Rewrite, rewrites
from architect_agents.refactoring.round_trip import check_round_trip
from architect_agents.refactoring.splice import apply_edits
from architect_agents.refactoring.subject import Subject
from refactoring_cases import RefactoringCase, read_cases

CASES = list(read_cases("rewrites.md"))
APPLIED = [case for case in CASES if "rule" in case.settings]
REFUSED = [case for case in CASES if "refused" in case.settings]


def function_of(module: ModuleSource) -> Function:
    return next(one for one in module.functions if one.name == "f")


def found(case: RefactoringCase) -> tuple[list[Rewrite], list[Refusal]]:
    module = read_module(case.before)
    subject = Subject(module, function_of(module))
    refusals: list[Refusal] = []
    return [
        one for figure in ("ccn", "nesting") for one in rewrites(subject, figure, refusals.append)
    ], refusals


@pytest.mark.parametrize("case", APPLIED, ids=str)
def test_the_rule_changes_what_it_says_and_nothing_else(case: RefactoringCase) -> None:
    applied = [one for one in found(case)[0] if one.kind == case.settings["rule"]]
    assert len(applied) == 1
    assert apply_edits(case.before, applied[0].edits) == case.after


@pytest.mark.parametrize("case", APPLIED, ids=str)
def test_what_the_rule_did_can_be_proved(case: RefactoringCase) -> None:
    assert case.after is not None
    before, after = read_module(case.before), read_module(case.after)
    comparison = Comparison(before, after, function_of(before))
    round_trip = check_round_trip(comparison)
    equivalence = check_equivalence(comparison, round_trip)
    assert "passed" in (round_trip.status, equivalence.status), (round_trip, equivalence)


@pytest.mark.parametrize("case", REFUSED, ids=str)
def test_what_cannot_be_proved_is_refused_by_name(case: RefactoringCase) -> None:
    applied, refusals = found(case)
    assert applied == []
    codes = {one.code for one in refusals}
    assert codes == set() if case.settings["refused"] == "nothing" else {case.settings["refused"]}


def test_what_a_proof_takes_for_granted_stands_in_it() -> None:
    case = next(one for one in APPLIED if "annotated as a string" in one.title)
    before, after = read_module(case.before), read_module(case.after or "")
    comparison = Comparison(before, after, function_of(before))
    check = check_equivalence(comparison, check_round_trip(comparison))
    assert "`name` is taken for the `str` that its annotation says" in check.detail


@pytest.mark.parametrize(
    "wrong",
    [
        "isinstance(x, (int, str))",
        "isinstance(x, (int, str, float))",
        "isinstance(y, (int, str, bytes))",
        "not isinstance(x, (int, str, bytes))",
    ],
)
def test_a_chain_joined_wrongly_is_not_proved(wrong: str) -> None:
    source = "def f(x, y):\n    return {}\n"
    right = "isinstance(x, int) or isinstance(x, str) or isinstance(x, bytes)"
    before, after = read_module(source.format(right)), read_module(source.format(wrong))
    comparison = Comparison(before, after, function_of(before))
    assert check_equivalence(comparison, check_round_trip(comparison)).status != "passed"


class Odd:
    """Compares, tests and hashes in its own way, and tells what it was asked."""

    def __init__(self, asked: list[str]) -> None:
        self.asked = asked

    def __eq__(self, other: object) -> bool:
        self.asked.append(f"== {other!r}")
        return other == 2

    def __gt__(self, other: object) -> bool:
        self.asked.append(f"> {other!r}")
        if other == "a":
            raise TypeError("odd")
        return True

    def __bool__(self) -> bool:
        self.asked.append("bool")
        return False

    __hash__ = None  # type: ignore[assignment]


class Text(str):
    """A string that is equal to nothing but itself."""

    __slots__ = ()

    def __eq__(self, other: object) -> bool:
        return self is other

    __hash__ = str.__hash__


PLAIN: tuple[object, ...] = (
    *(0, 1, -2, 2, 3, 1.0, float("nan"), True, None, "three", "a", "abc", "cab", b"x", Text("a")),
    *([], [1, 2, 5], ["a", 0], [(1, 2), ("a", 3)], {"a": 1}, range(3)),
)
RUNNABLE = [case for case in APPLIED if "import" not in case.before and "while" not in case.before]


class Version:
    """A case's function, ready to be called."""

    def __init__(self, source: str, asked: list[str]) -> None:
        self.printed: list[object] = []
        self.asked = asked
        scope: dict[str, object] = {"print": lambda *values: self.printed.append(values)}
        exec(source, scope)
        self.function = scope["f"]

    def behaviour(self, arguments: tuple[object, ...]) -> object:
        """What calling it gives, prints, asks and raises."""
        self.asked.clear()
        self.printed.clear()
        try:
            result = self.function(*arguments)  # type: ignore[operator]
        except Exception as error:
            result = type(error), str(error)
        return repr(result), repr(self.printed), list(self.asked)


@pytest.mark.parametrize("case", RUNNABLE, ids=str)
def test_both_versions_do_the_same_with_all_kinds_of_values(case: RefactoringCase) -> None:
    asked: list[str] = []
    before, after = Version(case.before, asked), Version(case.after or "", asked)
    values = (*PLAIN, Odd(asked))
    if "name: str" in case.before:  # the proof says that it takes the annotation's word
        values = tuple(value for value in values if isinstance(value, str))
    count = len(function_of(read_module(case.before)).node.args.args)
    for arguments in itertools.product(values, repeat=count):
        assert after.behaviour(arguments) == before.behaviour(arguments), arguments

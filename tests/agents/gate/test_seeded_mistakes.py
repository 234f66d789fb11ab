"""Wrong versions of right extractions: hardly one may be shown as proved."""

from __future__ import annotations

import random

import pytest

from architect_agents.gate import RefactoringGate
from architect_agents.refactoring.module_source import read_module
from architect_agents.types import Verdict
from gate_cases import read_cases
from lizard_measure import lizard_measure
from mutation_operators import OPERATORS, Mutant, mutants

# Some hundred judgements; a busy machine takes minutes for them.
pytestmark = pytest.mark.timeout(900)

RIGHT = [
    case
    for name in ("accepted.md", "extractions_to_break.md")
    for case in read_cases(name)
    if case.settings["proof"] == "round-trip"
]


Judged = list[tuple[Mutant, Verdict]]


@pytest.fixture(scope="module")
def judged() -> Judged:
    """Every mutant of every right extraction with the gate's verdict."""
    return judged_mutants()


def judged_mutants() -> Judged:
    gate = RefactoringGate(lizard_measure)
    rng = random.Random(20)
    judged = []
    for case in RIGHT:
        before = {one.name: one for one in read_module(case.before).functions}
        touched = {one.name for one in read_module(case.after).functions if one.name not in before}
        touched.add(case.settings.get("function", next(iter(before))).split(".")[-1])
        for mutant in mutants(case.after, touched, rng, per_kind=1):
            verdict = gate.verify(case.before, mutant.source, path="a.py", language="python")
            judged.append((mutant, verdict))
    return judged


def test_seeded_mistakes_are_never_shown_as_proved(judged: Judged) -> None:
    missed = [mutant for mutant, verdict in judged if verdict.accepted and verdict.proof]
    assert len(judged) >= 300
    assert len({mutant.kind for mutant, _ in judged}) >= 20
    assert len(missed) <= 0.02 * len(judged), "\n\n".join(
        f"{one.kind} in {one.function}\n{one.source}" for one in missed
    )


def test_most_seeded_mistakes_fail_a_check_outright(judged: Judged) -> None:
    rejected = [mutant for mutant, verdict in judged if not verdict.accepted]
    assert len(rejected) >= 0.85 * len(judged)


def test_every_operator_finds_a_place(judged: Judged) -> None:
    assert {mutant.kind for mutant, _ in judged} == OPERATORS.keys()

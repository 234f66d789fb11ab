"""The architect without a key: from a request to a judged proposal."""

from __future__ import annotations

import asyncio
import os
import threading
import time
from dataclasses import replace
from pathlib import Path

import pytest

from architect_agents.embedded import EmbeddedArchitect
from architect_agents.embedded.apart import Apart
from architect_agents.embedded.work import Job
from architect_agents.gate import RefactoringGate
from architect_agents.refactoring.module_source import read_module
from architect_agents.refactoring.search_goals import Goal
from architect_agents.refactoring.splice import apply_edits
from architect_agents.types import (
    Check,
    Figures,
    FindingLimits,
    FunctionFigures,
    Gate,
    Outcome,
    Proof,
    RefactorRequest,
    Verdict,
)
from lizard_measure import lizard_measure

ORDERS = '''\
"""Orders."""


def place_order(order, stock, *, dry_run=False):
    """Check, price and store an order."""
    if order is None or not order.lines:
        raise ValueError("empty order")
    # Check the stock of each line.
    for line in order.lines:
        if line.amount <= 0:
            raise ValueError(line)
        if line.article not in stock:
            raise KeyError(line.article)
        if stock[line.article] < line.amount and not line.may_wait:
            raise ValueError("out of stock")
    total = 0
    for line in order.lines:
        price = line.price
        if line.amount > 100:
            price *= 0.9
        elif line.amount > 10 and order.customer.regular:
            price *= 0.95
        if line.voucher and not order.customer.blocked:
            price -= line.voucher
        total += price * line.amount
    if total > 1000 or order.express:
        shipping = 0
    else:
        shipping = 5
    if not dry_run:
        order.store(total + shipping)
    return total + shipping
'''


class PermissiveGate:
    """Accepts what measures lower, unless a word is in the candidate that it does not like."""

    def __init__(self, disliked: str = "\0") -> None:
        self.disliked = disliked
        self.judged: list[str] = []
        self.proof: Proof | None = "round-trip"

    def judge(self, request: RefactorRequest, candidate: str) -> Verdict:
        self.judged.append(candidate)
        before, after = (
            max(one.ccn for one in lizard_measure(text, "python"))
            for text in (request.source, candidate)
        )
        checks = [Check("complexity", "passed" if after < before else "failed")]
        if self.disliked in candidate:
            checks.append(Check("taste", "failed", f"{self.disliked} is in it"))
        return Verdict(tuple(checks), Figures(before), Figures(after), self.proof)


def request(source: str = ORDERS, function: str = "place_order", **more: object) -> RefactorRequest:
    line = 1 + source[: source.find(f"def {function}")].count("\n")
    return RefactorRequest("orders.py", "python", source, function, line, **more)  # type: ignore[arg-type]


async def ask(asked: RefactorRequest, gate: Gate) -> Outcome:
    architect = EmbeddedArchitect(lizard_measure, deadline=60)
    return await architect.propose(asked, gate, lambda *_: None)


async def test_a_proposal_passes_the_gate_and_its_edits_give_the_judged_text() -> None:
    gate = PermissiveGate()
    outcome = await ask(request(), gate)
    assert outcome.status == "proposed"
    assert outcome.proposal is not None
    assert outcome.proposal.verdict.accepted
    assert apply_edits(ORDERS, outcome.proposal.edits) in gate.judged
    assert outcome.proposal.verdict.after.ccn <= 10 < outcome.proposal.verdict.before.ccn


async def test_title_and_rationale_name_the_function_and_each_helper() -> None:
    outcome = await ask(request(), PermissiveGate())
    assert outcome.title.startswith("Extract")
    assert "place_order: CCN 17 → " in outcome.title
    assert (
        "`_process_lines` takes over a block of `place_order` (CCN 17 → 8; the helper has 10)."
        in outcome.rationale
    )


async def test_edits_are_small_hunks_and_leave_the_rest_alone() -> None:
    outcome = await ask(request(), PermissiveGate())
    assert outcome.proposal is not None
    touched = sum(edit.end - edit.start + len(edit.text) for edit in outcome.proposal.edits)
    assert 0 < touched < len(ORDERS) * 0.5


async def test_when_the_gate_turns_a_step_down_the_next_best_is_tried() -> None:
    outcome = await ask(request(), PermissiveGate(disliked="_process_lines"))
    assert outcome.status == "proposed"
    assert outcome.proposal is not None
    assert "_process_lines" not in apply_edits(ORDERS, outcome.proposal.edits)


class ThriftyGate(PermissiveGate):
    """Lets no candidate pass that brings more than one new function."""

    def judge(self, request: RefactorRequest, candidate: str) -> Verdict:
        verdict = super().judge(request, candidate)
        if candidate.count("def ") - request.source.count("def ") < 2:
            return verdict
        check = Check("thrift", "failed", "too many functions")
        return Verdict((*verdict.checks, check), verdict.before, verdict.after)


async def test_when_a_later_step_is_turned_down_the_steps_before_it_are_kept() -> None:
    asked = request(limits=FindingLimits(ccn=5))
    all_steps = await ask(asked, PermissiveGate())
    outcome = await ask(asked, ThriftyGate())
    assert all_steps.rationale.count("takes over") > 1
    assert outcome.status == "proposed"
    assert outcome.rationale.count("takes over") == 1


async def test_when_the_gate_turns_everything_down_the_best_is_shown_as_rejected() -> None:
    outcome = await ask(request(), PermissiveGate(disliked="def "))
    assert outcome.status == "rejected"
    assert outcome.proposal is not None
    assert not outcome.proposal.verdict.accepted


async def test_what_is_not_proved_is_not_shown() -> None:
    gate = PermissiveGate()
    gate.proof = None
    outcome = await ask(request(), gate)
    assert outcome.status == "no-proposal"
    assert "can't be proved" in outcome.rationale


async def test_a_function_that_is_only_too_long_becomes_shorter() -> None:
    calls = "".join(f"    order.step_{number}(total)\n" for number in range(60))
    source = f"def long_order(order):\n    total = order.total\n{calls}    return total\n"
    limits = FindingLimits(length=40)
    gate = RefactoringGate(lizard_measure)
    outcome = await ask(request(source, "long_order", limits=limits), gate)
    assert outcome.status == "proposed"
    assert outcome.title.endswith(" lines")
    assert outcome.proposal is not None
    assert outcome.proposal.verdict.after.length <= 40 < outcome.proposal.verdict.before.length


async def test_another_language_gets_told_what_would_help() -> None:
    asked = RefactorRequest("a.ts", "typescript", "function f() {}", "f", 1)
    outcome = await ask(asked, PermissiveGate())
    assert outcome.status == "no-proposal"
    assert "key" in outcome.rationale


async def test_what_cannot_be_read_or_found_is_said_in_a_sentence() -> None:
    python_2 = await ask(request("def place_order():\n    print 'x'\n"), PermissiveGate())
    gone = await ask(request("def other():\n    pass\n"), PermissiveGate())
    simple = await ask(request("def place_order():\n    pass\n"), PermissiveGate())
    assert [one.status for one in (python_2, gone, simple)] == ["no-proposal"] * 3
    assert "can't be changed" in python_2.rationale
    assert "no function of that name" in gone.rationale
    assert simple.rationale.startswith("There is no block")


async def test_byte_order_mark_and_line_ends_survive() -> None:
    source = "\ufeff" + ORDERS.replace("\n", "\r\n")
    outcome = await ask(request(source), PermissiveGate())
    assert outcome.proposal is not None
    after = apply_edits(source, outcome.proposal.edits)
    assert after.startswith("\ufeff")
    assert after.count("\n") == after.count("\r\n")


class SlowGate(PermissiveGate):
    """Tells when it is asked, and answers only when it is let."""

    def __init__(self) -> None:
        super().__init__(disliked="def ")
        self.asked = threading.Event()
        self.may_answer = threading.Event()

    def judge(self, request: RefactorRequest, candidate: str) -> Verdict:
        self.asked.set()
        self.may_answer.wait()
        return super().judge(request, candidate)


async def test_cancelling_ends_the_task_at_once_and_the_search_soon_after() -> None:
    gate = SlowGate()
    task = asyncio.create_task(ask(request(), gate))
    await asyncio.to_thread(gate.asked.wait)
    task.cancel()
    # The gate does not answer before it is let: a task that waited for it would never end.
    (result,) = await asyncio.gather(task, return_exceptions=True)
    assert isinstance(result, asyncio.CancelledError)
    asked_until_now = len(gate.judged)
    gate.may_answer.set()
    await asyncio.get_running_loop().shutdown_default_executor()
    assert len(gate.judged) <= asked_until_now + 2


DEEP = '''\
"""Walks."""


def walk(tree, wanted):
    """Visit what is wanted."""
    for branch in tree:
        if branch in wanted:
            for leaf in branch:
                if leaf is not None:
                    with leaf.lock:
                        if leaf.fresh:
                            leaf.visit()
                            wanted.note(leaf)
                            tree.note(leaf)
'''


def measure_with_nesting(source: str, language: str) -> list[FunctionFigures]:
    depths = {name.rpartition(".")[2]: depth for name, depth in nesting_of(source).items()}
    return [
        replace(one, nesting=depths[one.qualified_name.rpartition(".")[2]])
        for one in lizard_measure(source, language)
    ]


def nesting_of(source: str) -> dict[str, int]:
    return {
        one.qualified_name: Goal("nesting").own_value(one) for one in read_module(source).functions
    }


async def test_a_function_that_is_only_nested_too_deep_becomes_flatter() -> None:
    limits = FindingLimits(nesting=3)
    asked = request(DEEP, "walk", limits=limits)
    gate = RefactoringGate(measure_with_nesting)
    outcome = await EmbeddedArchitect(measure_with_nesting).propose(asked, gate, lambda *_: None)
    assert outcome.status == "proposed", outcome
    assert outcome.proposal is not None
    after = apply_edits(DEEP, outcome.proposal.edits)
    assert max(nesting_of(after).values()) <= 3 < max(nesting_of(DEEP).values())
    assert "nesting 6 → " in outcome.title


CHAIN = '''\
"""Kinds."""


def kind_of(x, y):
    """What it is."""
    if isinstance(x, int) or isinstance(x, float) or isinstance(x, complex):
        return 1
    if x == "a" or x == "b" or x == "c":
        return 2
    if y and x is not None or y is x and y > 2:
        return 3
    if y:
        return 4
    if x:
        return 5
    return 6
'''


async def test_where_rewriting_in_place_is_enough_no_helper_is_made() -> None:
    asked = request(CHAIN, "kind_of", limits=FindingLimits(ccn=10))
    outcome = await ask(asked, RefactoringGate(lizard_measure))
    assert outcome.proposal is not None
    assert outcome.proposal.verdict.proof == "equivalence"
    after = apply_edits(CHAIN, outcome.proposal.edits)
    assert "isinstance(x, (int, float, complex))" in after
    assert after.count("def ") == 1
    assert outcome.title.startswith("Rewrite ")


async def test_other_good_proposals_are_offered_and_each_is_judged_by_itself() -> None:
    asked = request(limits=FindingLimits(ccn=12))
    gate = RefactoringGate(lizard_measure)
    outcome = await EmbeddedArchitect(lizard_measure, deadline=60).propose(
        asked, gate, lambda *_: None
    )
    assert outcome.proposal is not None
    assert outcome.alternatives
    texts = {apply_edits(ORDERS, one.edits) for one in (outcome.proposal, *outcome.alternatives)}
    assert len(texts) == 1 + len(outcome.alternatives)
    for other in outcome.alternatives:
        assert gate.judge(asked, apply_edits(ORDERS, other.edits)).proof is not None


async def test_a_proposal_names_the_functions_that_it_adds() -> None:
    outcome = await ask(request(), RefactoringGate(lizard_measure))
    assert outcome.proposal is not None
    after = apply_edits(ORDERS, outcome.proposal.edits)
    assert outcome.proposal.helpers
    assert all(f"def {name}(" in after for name in outcome.proposal.helpers)


async def test_a_process_of_its_own_comes_to_the_same_proposal() -> None:
    gate = RefactoringGate(lizard_measure)
    here = await ask(request(), gate)
    said: list[str] = []
    apart = EmbeddedArchitect(lizard_measure, deadline=60, apart=True)
    there = await apart.propose(request(), gate, lambda line, _: said.append(line))
    assert there.proposal is not None
    assert here.proposal is not None
    assert there.proposal.edits == here.proposal.edits
    assert any("Checking" in line for line in said)


def test_a_killed_process_says_so_in_a_sentence() -> None:
    job = Job(request(), RefactoringGate(lizard_measure), lizard_measure, 3.0)
    apart = Apart(job, lambda _: None)
    apart.kill()
    outcome = apart.outcome()
    assert outcome.status == "no-proposal"
    assert "cancelled" in outcome.rationale


def endless_measure(source: str, language: str) -> list[FunctionFigures]:
    """Never answers, as lizard on some half-typed text."""
    Path(os.environ["MEASURING"]).touch()
    while True:
        time.sleep(0.01)


async def test_cancelling_kills_a_process_that_hangs(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun = tmp_path / "begun"
    monkeypatch.setenv("MEASURING", str(begun))
    architect = EmbeddedArchitect(endless_measure, apart=True)
    gate = RefactoringGate(lizard_measure)
    task = asyncio.create_task(architect.propose(request(), gate, lambda *_: None))
    while not begun.exists():  # noqa: ASYNC110 - the other process can tell us by a file only
        await asyncio.sleep(0.02)
    task.cancel()
    (result,) = await asyncio.gather(task, return_exceptions=True)
    assert isinstance(result, asyncio.CancelledError)
    # The thread that listened to the process ends only when the process has.
    await asyncio.get_running_loop().shutdown_default_executor()

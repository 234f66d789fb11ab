"""The search: what it picks, in which order helpers stand, and that it ends when it is told to."""

from __future__ import annotations

import time

import pytest

from architect_agents.refactoring.module_source import read_module
from architect_agents.refactoring.search import Budget, Result, Search, Step
from architect_agents.refactoring.search_goals import Goal
from architect_agents.refactoring.subject import Subject
from lizard_measure import lizard_measure

SHOP = """\
def place(order, stock, rates):
    # Check the lines.
    for line in order.lines:
        if line.amount <= 0 or line.amount > 99:
            raise ValueError(line)
        if line.article not in stock and not line.may_wait:
            raise KeyError(line.article)

    # Price the goods.
    total = 0
    for line in order.lines:
        price = line.price
        if line.amount > 50:
            price *= 0.8
        elif line.amount > 10:
            price *= 0.9
        total += price * line.amount

    # Add the shipping.
    if total < 50 or order.express:
        total += rates.get(order.country, 5)
        if order.island and not order.member:
            total += 7

    # Tell everybody.
    for person in order.people:
        if person.mail and not person.silent:
            person.tell(total)
    return total
"""


def search(source: str, **options: object) -> Result:
    module = read_module(source)
    budget = options.pop("budget", None) or Budget(time.monotonic() + 30)
    finder = Search(lizard_measure, budget, **options)  # type: ignore[arg-type]
    return finder.run(module, module.functions[0])


def helpers(result: Result) -> list[str]:
    return [step.helper for step in result.steps]


def test_blocks_follow_the_paragraphs_of_the_author_and_are_named_after_them() -> None:
    result = search(SHOP)
    assert helpers(result) == ["_check_lines", "_add_shipping"]


def test_helpers_stand_in_the_order_of_their_calls() -> None:
    result = search(SHOP, goal=Goal(target=4))
    final = read_module(result.steps[-1].source)
    placed = [one.name for one in final.functions[1:] if one.name in helpers(result)]
    text = final.text[: final.text.index("\n\n\n")]
    called = [name for name in placed if f"{name}(" in text]
    assert len(called) >= 3
    assert called == sorted(called, key=lambda name: text.index(f"{name}("))


@pytest.mark.parametrize(("bases", "is_taken"), [("", False), ("(Base)", True)])
def test_a_method_does_not_take_a_private_name_that_a_base_may_have(
    bases: str, is_taken: bool
) -> None:
    source = f"class Shop{bases}:\n    def place(self):\n        self.send()\n"
    module = read_module(source)
    taken = Subject(module, module.functions[0]).taken_names
    assert ("_send" in taken) is is_taken


def test_every_step_lowers_the_figure_and_no_helper_is_above_the_limit() -> None:
    result = search(SHOP, goal=Goal(target=4, limit=6))
    assert result.steps
    for step in result.steps:
        before, after, helper = step.figures
        assert max(after, helper) < before
        assert helper <= 6


def test_a_step_that_is_not_accepted_is_replaced_by_the_next_best() -> None:
    first = search(SHOP).steps[0]
    second = search(SHOP, accept=lambda source: f"def {first.helper}(" not in source).steps[0]
    assert isinstance(second, Step)
    assert second.helper != first.helper


def test_nothing_is_done_when_time_is_up_or_somebody_cancelled() -> None:
    late = search(SHOP, budget=Budget(time.monotonic() - 1))
    cancelled = search(SHOP, budget=Budget(time.monotonic() + 30, lambda: True))
    assert (late.steps, cancelled.steps) == ([], [])


def test_cancelling_is_noticed_between_two_candidates() -> None:
    asked = iter(range(10_000))
    result = search(SHOP, budget=Budget(time.monotonic() + 30, lambda: next(asked) > 5))
    assert result.steps == []
    assert result.out_of_time
    assert next(asked) < 20


def test_refusals_are_counted_with_their_reasons() -> None:
    result = search(SHOP.replace("total = 0", "total = eval('0')"))
    assert result.steps == []
    assert {refusal.code for refusal in result.refusals} == {"frame"}

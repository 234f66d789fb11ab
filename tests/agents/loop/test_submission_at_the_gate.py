"""What a model hands in, in each form, before the gate and the figures of the product itself."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from architect_agents.agent_file import parse_agent
from architect_agents.gate import RefactoringGate
from architect_agents.model_architect import ModelArchitect
from architect_agents.models.scripted import ScriptedModel, says
from architect_agents.refactoring.splice import apply_edits
from architect_agents.types import FindingLimits, Outcome, RefactorRequest
from architect_server.asking import figures

AGENT = parse_agent("---\nname: tester\n---\nx")
SOURCE = '''"""Orders."""


class Desk:
    def handle(self, order, stock):
        """Take an order."""
        problems = []
        for line in order.lines:
            if line.count <= 0:
                problems.append("count")
            elif line.sku not in stock:
                problems.append("sku")
            elif stock[line.sku] < line.count:
                problems.append("stock")
        total = 0
        for line in order.lines:
            if line.price is None:
                continue
            if line.discount and line.discount > 0:
                total += line.price * (1 - line.discount)
            else:
                total += line.price
        if problems:
            return None
        return total
'''
REQUEST = RefactorRequest(
    "orders.py", "python", SOURCE, "Desk.handle", 5, limits=FindingLimits(ccn=8)
)
TWO = [
    {"start_line": 8, "end_line": 14, "name": "_find_problems"},
    {"start_line": 15, "end_line": 22, "name": "sum_lines"},
]


async def hand_in(
    *arguments: dict[str, Any], request: RefactorRequest = REQUEST
) -> tuple[Outcome, ScriptedModel]:
    given = {"decision": "edit", "title": "t", "rationale": "r", "no_plan": "n"}
    model = ScriptedModel([says("", ("submit", given | one)) for one in arguments])
    architect = ModelArchitect(AGENT, lambda: model, figures)
    gate = RefactoringGate(figures)
    return await architect.propose(request, gate, lambda *_: None), model


def after(outcome: Outcome, source: str = SOURCE) -> str:
    assert outcome.proposal is not None
    return apply_edits(source, outcome.proposal.edits)


@pytest.mark.parametrize("newline", ["\n", "\r\n"])
async def test_extractions_named_by_lines_are_moved_exactly_and_proved(newline: str) -> None:
    source = SOURCE.replace("\n", newline)
    outcome, _ = await hand_in({"extractions": TWO}, request=replace(REQUEST, source=source))
    assert outcome.status == "proposed", outcome.rationale
    assert outcome.proposal is not None
    verdict = outcome.proposal.verdict
    assert verdict.proof == "round-trip"
    assert verdict.after.ccn < verdict.before.ccn
    text = after(outcome, source)
    assert "def _find_problems(" in text
    assert "def _sum_lines(" in text
    assert text.count(newline) == text.count("\n")


async def test_a_plan_may_name_a_condition_by_the_line_of_its_header() -> None:
    condition = {"start_line": 19, "end_line": 19, "name": "has_discount"}
    outcome, _ = await hand_in({"extractions": [TWO[0], condition]})
    assert outcome.status == "proposed", outcome.rationale
    assert outcome.proposal is not None
    assert outcome.proposal.verdict.proof == "round-trip"
    assert "if self._has_discount(line):" in after(outcome)
    assert outcome.proposal.helpers == ("_find_problems", "_has_discount")


async def test_a_plan_is_asked_for_before_a_free_edit() -> None:
    _, model = await hand_in({"extractions": TWO})
    asked = model.requests[0].turns[0].parts[0].text  # type: ignore[union-attr]
    assert "Make a plan first" in asked


async def test_the_order_of_extractions_does_not_matter() -> None:
    one, _ = await hand_in({"extractions": TWO})
    other, _ = await hand_in({"extractions": TWO[::-1]})
    assert after(one) == after(other)


@pytest.mark.parametrize(
    ("orders", "why"),
    [
        ([{"start_line": 8, "end_line": 10, "name": "x"}], "neither a run of whole statements"),
        ([{"start_line": 1, "end_line": 3, "name": "x"}], "neither a run of whole statements"),
        ([{"start_line": 8, "end_line": 14, "name": "class"}], "can't be the name"),
        ([{"start_line": 8, "end_line": 14, "name": "a b"}], "can't be the name"),
        ([{"start_line": 8, "end_line": 14}], "needs `start_line`"),
        ([TWO[0], {"start_line": 14, "end_line": 22, "name": "x"}], "overlap"),
        ([TWO[0], TWO[1] | {"name": "_find_problems"}], "taken"),
        ([1], "wrong form"),
    ],
)
async def test_an_extraction_that_can_not_be_done_is_said_with_its_reason(
    orders: list[Any], why: str
) -> None:
    outcome, model = await hand_in({"extractions": orders}, {"extractions": TWO})
    assert outcome.status == "proposed"
    assert why in str(model.requests[1].turns[-1])


async def test_a_function_written_anew_passes_if_only_code_was_moved() -> None:
    lines = SOURCE.split("\n")
    moved = "\n".join(lines[7:14])
    rest = "\n".join([*lines[4:6], "        problems = self._find(order, stock)", *lines[14:25]])
    helper = f"    def _find(self, order, stock):\n        problems = []\n{moved}"
    written = f"{rest}\n\n{helper}\n        return problems\n"
    outcome, _ = await hand_in({"function_source": written})
    assert outcome.status == "proposed", outcome.rationale
    assert "self._find(order, stock)" in after(outcome)


@pytest.mark.parametrize(
    ("edits", "check"),
    [
        ([("def handle(self, order, stock):", "def handle(self, order):")], "public-surface"),
        ([('"""Take an order."""', '"""Take it."""\n        import os')], ""),
        ([("                continue\n", "                break\n")], "complexity"),
        ([("        total = 0\n", "        total = (\n")], "parses"),
        ([('problems.append("stock")', "problems.append(nobody)")], "lint"),
    ],
)
async def test_a_change_that_does_harm_comes_back_and_is_rejected_in_the_end(
    edits: list[tuple[str, str]], check: str
) -> None:
    pairs = [{"old_string": old, "new_string": new} for old, new in edits]
    outcome, model = await hand_in(*[{"edits": pairs}] * 4)
    assert outcome.status == "rejected"
    assert check in outcome.rationale
    assert check in str(model.requests[-1].turns[-1])


async def test_the_model_sees_the_numbers_of_the_lines_it_may_name() -> None:
    _, model = await hand_in({"extractions": TWO})
    assert "    8         for line in order.lines:" in model.requests[0].turns[0].parts[0].text  # type: ignore[union-attr]


FREE = {"edits": [{"old_string": "total = 0", "new_string": "total = (0"}], "no_plan": ""}
LEAVE = {"decision": "leave-as-is"}


async def test_a_free_edit_before_any_plan_is_sent_back() -> None:
    outcome, model = await hand_in(FREE, {"extractions": TWO})
    assert "Hand in a plan first" in str(model.requests[1].turns[-1])
    assert outcome.status == "proposed"


async def test_a_free_edit_that_says_why_no_plan_will_do_is_judged() -> None:
    _, model = await hand_in(FREE | {"no_plan": "It changes the order."}, LEAVE)
    assert "- parses:" in str(model.requests[1].turns[-1])


async def test_a_free_edit_after_a_plan_that_failed_needs_no_reason() -> None:
    plan = {"extractions": [{"start_line": 9, "end_line": 9, "name": "_half"}], "no_plan": ""}
    _, model = await hand_in(plan, FREE, LEAVE)
    assert "can't be used" in str(model.requests[1].turns[-1])
    assert "- parses:" in str(model.requests[2].turns[-1])

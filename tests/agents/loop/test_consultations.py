"""Reviews and questions: structured points with checked changes, answers, and follow-ups."""

from __future__ import annotations

from typing import Any

import pytest

from architect_agents.agent_file import parse_agent
from architect_agents.inquiry import Consultation, Inquiry
from architect_agents.model_architect import ModelArchitect
from architect_agents.models.claude import ClaudeModel
from architect_agents.models.scripted import Reply, ScriptedModel, says
from architect_agents.refactoring.splice import apply_edits
from architect_agents.report_page import as_markdown
from architect_agents.types import Check, Figures, RefactorRequest, Verdict
from fake_messages import FakeMessages, message, tool_use

SOURCE = """def find(items, wanted):
    for item in items:
        if item == wanted:
            return True
    return False
"""
AGENT = parse_agent("---\nname: tester\nmodel: claude-sonnet-5-5\n---\nYou are careful.")
REVIEW = Inquiry("review", "shop.py", "python", SOURCE)
POINT = {
    "first_line": 2,
    "last_line": 5,
    "severity": "medium",
    "title": "A scan by hand",
    "why": "Membership has an operator.",
    "principle": "Say what you mean",
    "complexity": "O(n) → O(n), O(1) with a set",
    "what_to_do": "Use `in`.",
    "tests": "An empty list.",
    "distributed": "",
}
CHANGE = [{"old_string": SOURCE.split("\n", 1)[1], "new_string": "    return wanted in items\n"}]
WORSE = [{"old_string": "    return False\n", "new_string": "    return not True\n"}]


class ShorterGate:
    """Accepts what is shorter."""

    def judge(self, request: RefactorRequest, candidate: str) -> Verdict:
        good = len(candidate) < len(request.source)
        check = Check(
            "length", "passed" if good else "failed", "shorter" if good else "not shorter"
        )
        return Verdict((check,), Figures(3), Figures(1))


async def consult(
    *replies: Reply, inquiry: Inquiry = REVIEW, earlier: Consultation | None = None
) -> tuple[Consultation, ScriptedModel]:
    model = ScriptedModel(replies)
    architect = ModelArchitect(AGENT, lambda: model, lambda source, language: [])
    answer = await architect.consult(inquiry, ShorterGate(), lambda *_: None, earlier)
    return answer, model


def reported(*points: dict[str, Any], **more: Any) -> Reply:
    given = {"title": "One point", "summary": "Fine but for one.", "findings": list(points)}
    return says("", ("report", given | more))


async def test_a_review_has_points_with_places_reasons_and_checked_changes() -> None:
    answer, model = await consult(
        reported(
            {**POINT, "severity": "low", "title": "Later"},
            {**POINT, "edits": CHANGE},
            {**POINT, "severity": "high", "title": "First", "edits": WORSE},
        )
    )
    assert [finding.title for finding in answer.findings] == ["First", "A scan by hand", "Later"]
    first, second, third = answer.findings
    assert third.proposal is None
    assert first.proposal is not None
    assert second.proposal is not None
    assert not first.proposal.verdict.accepted
    assert second.proposal.verdict.accepted
    assert apply_edits(SOURCE, second.proposal.edits).endswith("return wanted in items\n")
    assert (second.first_line, second.last_line) == (2, 5)
    assert answer.usage.turns == 1
    assert "You are careful." in model.requests[0].system


async def test_the_page_says_it_all_and_offers_only_what_passed() -> None:
    answer, _ = await consult(
        reported({**POINT, "edits": CHANGE}, {**POINT, "severity": "low", "edits": WORSE})
    )
    page = as_markdown(answer)
    for part in (
        "# One point",
        "`shop.py`",
        "Fine but for one.",
        "## 1. A scan by hand",
        "**medium**, lines 2 to 5 (Say what you mean)",
        "**Complexity.** O(n) → O(n)",
        "**Tests.** An empty list.",
        "“Apply suggestion 1”",
        "not pass its checks (length: not shorter)",
        "tester with scripted: 1 turns",
    ):
        assert part in page
    assert "“Apply suggestion 2”" not in page
    assert "In a distributed system" not in page


@pytest.mark.parametrize(
    "change",
    [
        [{"old_string": "nowhere", "new_string": "x"}],
        [{"old_string": "item", "new_string": "x"}],
        [{"old_string": "return False", "new_string": "return False"}],
        [{"old_string": "return False", "new_string": "[redacted:secret]"}],
        ["x"],
        "x",
    ],
)
async def test_a_change_that_can_not_be_built_is_left_out(change: Any) -> None:
    answer, _ = await consult(reported({**POINT, "edits": change}))
    assert answer.findings[0].proposal is None


async def test_lines_and_severities_that_make_no_sense_are_put_right() -> None:
    odd = {**POINT, "first_line": 99, "last_line": -3, "severity": "apocalyptic"}
    answer, _ = await consult(reported(odd, {**POINT, "first_line": "x"}))
    by_title = [(one.first_line, one.last_line, one.severity) for one in answer.findings]
    assert by_title == [(1, 5, "medium"), (6, 6, "note")]


async def test_a_review_without_points_is_one_and_a_broken_one_is_sent_back() -> None:
    answer, model = await consult(
        says("", ("report", {"findings": []})),
        says("", ("report", {"summary": "x", "findings": ["y"]})),
        reported(),
    )
    assert answer.findings == ()
    assert answer.text == "Fine but for one."
    assert len(model.requests) == 3


async def test_a_question_is_answered_by_the_tool_or_in_plain_text() -> None:
    inquiry = Inquiry("question", "shop.py", "python", SOURCE, "Is this cache sound?", 1, 2)
    given = {"title": "Caches", "text": "No: it never expires."}
    answer, model = await consult(says("", ("answer", given)), inquiry=inquiry)
    assert (answer.title, answer.text) == ("Caches", "No: it never expires.")
    assert "Is this cache sound?" in str(model.requests[0].turns[0])
    assert "> Is this cache sound?" in as_markdown(answer)
    assert "lines 1 to 2" in as_markdown(answer)
    plain, _ = await consult(says("Well, no."), says("As I said: no."), inquiry=inquiry)
    assert plain.text == "As I said: no."


async def test_a_follow_up_goes_on_from_what_was_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ANTHROPIC_API_KEY", "sk-ant-test")
    script = [
        message(tool_use("answer", {"title": "A", "text": "Use a queue."})),
        message(tool_use("answer", {"title": "B", "text": "Because of back-pressure."})),
    ]
    question = Inquiry("question", "shop.py", "python", SOURCE, "How to decouple?")
    async with FakeMessages(script) as fake:
        monkeypatch.setenv("ANTHROPIC_BASE_URL", fake.base_url)
        architect = ModelArchitect(
            AGENT, lambda: ClaudeModel("claude-sonnet-5-5"), lambda source, language: []
        )
        first = await architect.consult(question, ShorterGate(), lambda *_: None)
        why = Inquiry("question", "shop.py", "python", SOURCE, "Why?")
        second = await architect.consult(why, ShorterGate(), lambda *_: None, first)
        assert second.text == "Because of back-pressure."
        sent = fake.turns[1]["messages"]
    assert [turn["role"] for turn in sent] == ["user", "assistant", "user"]
    call = sent[1]["content"][0]["id"]
    kinds = [block["type"] for block in sent[2]["content"]]
    assert kinds == ["tool_result", "text"]
    assert sent[2]["content"][0]["tool_use_id"] == call
    assert sent[2]["content"][1]["text"] == "A follow-up: Why?"

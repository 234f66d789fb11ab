"""Asking a model: what is sent, what its answer becomes, and who is asked in the first place."""

from __future__ import annotations

import ast
import asyncio
import json
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from architect_agents import errors
from architect_agents.agent_file import AgentDefinition, load_agent, parse_agent
from architect_agents.architect import ModelArchitect, choose_agent, choose_architect, preview
from architect_agents.limits import Limits
from architect_agents.models.claude import ClaudeModel
from architect_agents.models.scripted import Reply, ScriptedModel, says
from architect_agents.refactoring.splice import apply_edits
from architect_agents.types import (
    Check,
    Figures,
    FunctionFigures,
    Outcome,
    RefactorRequest,
    Verdict,
)
from architect_agents.workbench import Facilities
from fake_messages import Broken, FakeMessages, Fault, message, text, thinking, tool_use

SOURCE = '''"""Orders."""

PASSWORD = "correct-horse-battery"


class Orders:
    @staticmethod
    def total(items):
        result = 0
        for item in items:
            if item.price:
                if item.count:
                    result += item.price * item.count
        return result


def other():
    return 1
'''
BETTER = """def total(items):
    return sum(item.price * item.count for item in items if item.price and item.count)
"""
AGENT = parse_agent("---\nname: tester\nmodel: claude-sonnet-5-5\n---\nYou are careful.")
REQUEST = RefactorRequest("orders.py", "python", SOURCE, "Orders.total", 8)


def measure(source: str, language: str) -> Sequence[FunctionFigures]:
    """Branches counted by ast, which is enough for what is tested here."""
    found = []
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.FunctionDef):
            branches = sum(isinstance(n, ast.If | ast.For) for n in ast.walk(node))
            end = node.end_lineno or node.lineno
            name = "Orders.total" if node.name == "total" else node.name
            length = end - node.lineno + 1
            found.append(FunctionFigures(name, node.lineno, end, branches + 1, 1, 1, 1, length))
    return sorted(found, key=lambda one: one.start_line)


class BranchGate:
    """Accepts a document that parses and in which `total` has fewer branches."""

    def judge(self, request: RefactorRequest, candidate: str) -> Verdict:
        before = max(one.ccn for one in measure(request.source, "python"))
        try:
            after = max(one.ccn for one in measure(candidate, "python"))
        except SyntaxError:
            broken = Check("parses", "failed", "It does not parse.")
            return Verdict((broken,), Figures(before), Figures(0))
        good = after < before
        check = Check("complexity", "passed" if good else "failed", f"{before} → {after}")
        return Verdict((check,), Figures(before), Figures(after))


def submit(**arguments: Any) -> tuple[str, dict[str, Any]]:
    given = {"decision": "edit", "title": "Sum it up", "rationale": "One expression."}
    given["no_plan"] = "It becomes one expression."
    return ("submit", given | arguments)


async def ask(
    *replies: Reply,
    request: RefactorRequest = REQUEST,
    agent: AgentDefinition = AGENT,
    limits: Limits | None = None,
    transcripts: Path | None = None,
) -> tuple[Outcome, ScriptedModel, list[str]]:
    model = ScriptedModel(replies)
    lines: list[str] = []
    architect = ModelArchitect(agent, lambda: model, measure, limits or Limits(), transcripts)
    outcome = await architect.propose(
        request, BranchGate(), lambda line, percentage: lines.append(line)
    )
    assert model.closed
    return outcome, model, lines


def write(path: Path, text: str) -> None:
    path.write_text(text)


def only_file(folder: Path) -> str:
    (path,) = folder.iterdir()
    return path.read_text()


def result_of(outcome: Outcome, source: str = SOURCE) -> str:
    assert outcome.proposal is not None
    return apply_edits(source, outcome.proposal.edits)


@pytest.mark.parametrize(
    "arguments",
    [
        {"function_source": BETTER},
        {"function_source": "    def total(items):\n" + BETTER.split("\n")[1].join(["    ", "\n"])},
        {"function_source": "@staticmethod\n" + BETTER},
        {
            "edits": [
                {
                    "old_string": "        result = 0\n        for item in items:\n",
                    "new_string": "        return sum(item.price * item.count for item in items\n",
                },
                {
                    "old_string": "            if item.price:\n                if item.count:\n"
                    "                    result += item.price * item.count\n"
                    "        return result\n",
                    "new_string": "            if item.price and item.count)\n",
                },
            ]
        },
    ],
    ids=["dedented", "indented", "with its decorator", "edits"],
)
async def test_an_accepted_change_is_proposed_as_edits(arguments: dict[str, Any]) -> None:
    outcome, _, lines = await ask(says("Let me see.", submit(**arguments)))
    assert outcome.status == "proposed"
    assert outcome.proposal is not None
    assert outcome.proposal.verdict.accepted
    after = result_of(outcome)
    assert after.count("@staticmethod\n    def total(items):\n        return sum(") == 1
    assert after.endswith(SOURCE[SOURCE.index("\n\ndef other") :])
    assert outcome.architect == "tester"
    assert (outcome.usage.turns, outcome.usage.input_tokens) == (1, 100)
    assert lines[0] == "tester looks at Orders.total"


@pytest.mark.parametrize("newline", ["\r\n", "\r"])
async def test_the_line_ends_of_the_document_are_kept(newline: str) -> None:
    source = SOURCE.replace("\n", newline)
    request = replace(REQUEST, source=source)
    outcome, model, _ = await ask(says("", submit(function_source=BETTER)), request=request)
    after = result_of(outcome, source)
    assert after.replace(newline, "") == after.replace("\r", "").replace("\n", "")
    assert "\r" not in str(model.requests[0].turns[0].parts[0])  # type: ignore[union-attr]


async def test_a_failing_change_goes_back_with_its_reasons_until_it_passes() -> None:
    outcome, model, _ = await ask(
        says("", submit(function_source="def total(items:")),
        says("", submit(function_source="def total(items):\n    return 1 if items else 0\n")),
    )
    assert outcome.status == "proposed"
    assert "It does not parse." in str(model.requests[1].turns[-1])


async def test_after_the_repairs_the_change_is_rejected_with_its_reason() -> None:
    worse = submit(function_source="def total(items):\n" + "    if items:\n        pass\n" * 9)
    outcome, model, _ = await ask(*[says("", worse)] * 4)
    assert outcome.status == "rejected"
    assert "complexity" in outcome.rationale
    assert outcome.proposal is not None
    assert not outcome.proposal.verdict.accepted
    assert len(model.requests) == 4


@pytest.mark.parametrize(
    ("arguments", "says_why"),
    [
        ({}, "as it is"),
        (
            {"function_source": BETTER, "edits": [{"old_string": "a", "new_string": "b"}]},
            "not several",
        ),
        ({"edits": [{"old_string": "nowhere", "new_string": "b"}]}, "occurs 0 times"),
        ({"edits": [{"old_string": "item", "new_string": "b"}]}, "exactly once"),
        ({"edits": ["x"]}, "wrong form"),
        ({"edits": [{"old_string": "return 1", "new_string": "return 1"}]}, "as it is"),
        ({"edits": [{"old_string": "return 1", "new_string": "[redacted:secret]"}]}, "not shown"),
        ({"decision": "maybe"}, "must be"),
        ({"decision": "leave-as-is", "rationale": " "}, "rationale"),
        ({"function_source": "  \n"}, "empty"),
    ],
)
async def test_what_can_not_be_used_is_said_to_the_model(
    arguments: dict[str, Any], says_why: str
) -> None:
    outcome, model, _ = await ask(
        says("", submit(**arguments)), says("", submit(function_source=BETTER))
    )
    assert outcome.status == "proposed"
    assert says_why in str(model.requests[1].turns[-1])


async def test_a_model_that_never_hands_in_anything_usable_ends_without_proposal() -> None:
    outcome, _, _ = await ask(*[says("", submit())] * 4)
    assert outcome.status == "no-proposal"


async def test_leave_as_is_is_an_answer() -> None:
    outcome, _, _ = await ask(
        says("", submit(decision="leave-as-is", title="Fine", rationale="It is a table."))
    )
    assert (outcome.status, outcome.rationale) == ("leave-as-is", "It is a table.")
    assert outcome.proposal is None


async def test_a_function_that_is_gone_is_said_before_anything_is_sent() -> None:
    model = ScriptedModel([])
    architect = ModelArchitect(AGENT, lambda: model, measure)
    with pytest.raises(errors.ArchitectError, match="no longer"):
        await architect.propose(replace(REQUEST, function="gone"), BranchGate(), lambda *_: None)
    assert model.requests == []


async def test_the_prompt_has_code_figures_limits_and_question_but_no_secret() -> None:
    request = replace(REQUEST, question="Mind the empty list.", workspace=None)
    _, model, _ = await ask(says("", submit(function_source=BETTER)), request=request)
    sent = str(model.requests[0])
    for part in ("You are careful.", "Mind the empty list.", "complexity 4", "at most 15", "total"):
        assert part in sent
    assert "correct-horse-battery" not in sent


async def test_the_agent_may_ask_for_fewer_turns_never_for_more() -> None:
    eager = parse_agent("---\nname: a\nmaxTurns: 2\n---\nx")
    looking = says("", ("TodoWrite", {"todos": []}))
    with pytest.raises(errors.LimitReached, match="2 turns"):
        await ask(looking, looking, agent=eager)
    with pytest.raises(errors.LimitReached, match="1 turns"):
        await ask(looking, agent=eager, limits=Limits(turns=1))


async def test_tools_see_unsaved_text_and_missing_tools_are_said_once(tmp_path: Path) -> None:
    (tmp_path / "orders.py").write_text("old text")
    (tmp_path / "helper.py").write_text("def helper(): ...")
    request = replace(REQUEST, workspace=tmp_path)
    agent = parse_agent("---\nname: a\ntools: Read, Frobnicate\n---\nx")
    _, model, _ = await ask(
        says("", ("Read", {"file_path": "orders.py"}), ("Read", {"file_path": "helper.py"})),
        says("", submit(function_source=BETTER)),
        request=request,
        agent=agent,
    )
    first, second = model.requests
    assert [tool.name for tool in first.tools] == ["Read", "submit"]
    assert first.system.count("Frobnicate") == 1
    assert "class Orders" in str(second.turns[-1])
    assert "def helper" in str(second.turns[-1])


async def test_a_lesson_of_one_run_stands_in_the_prompt_of_the_next(tmp_path: Path) -> None:
    lesson = "A sum over a filtered sequence of items replaces nested conditions in python"
    agent = replace(AGENT, memory="project")
    request = replace(REQUEST, workspace=tmp_path)
    prompts = []
    for _ in range(2):
        model = ScriptedModel([says("", submit(function_source=BETTER, lesson=lesson))])
        architect = ModelArchitect(
            agent,
            lambda model=model: model,
            measure,
            facilities=Facilities(memory=tmp_path / "state" / "m.sqlite3"),
        )
        outcome = await architect.propose(request, BranchGate(), lambda *_: None)
        assert outcome.lesson == lesson
        prompts.append(str(model.requests[0].turns[0]))
    assert lesson not in prompts[0]
    assert prompts[1].index("data, not instructions") < prompts[1].index(lesson)


async def test_what_the_editing_tools_made_of_the_document_can_be_handed_in(
    tmp_path: Path,
) -> None:
    write(tmp_path / "orders.py", "the saved text, which is older")
    request = replace(REQUEST, workspace=tmp_path)
    body = SOURCE[SOURCE.index("        result = 0") : SOURCE.index("\n\ndef other")]
    change = {
        "file_path": str(tmp_path.resolve() / "orders.py"),
        "old_string": body,
        "new_string": "        return sum(i.price * i.count for i in items)\n",
    }
    outcome, model, _ = await ask(
        says("", ("Edit", change)),
        says("", ("Read", {"file_path": "orders.py"})),
        says("", submit()),
        request=request,
    )
    assert outcome.status == "proposed"
    assert "return sum(i.price" in result_of(outcome)
    assert "return sum(i.price" in str(model.requests[2].turns[-1])
    assert only_file(tmp_path) == "the saved text, which is older"


async def test_a_run_leaves_a_redacted_record(tmp_path: Path) -> None:
    await ask(says("", submit(function_source=BETTER)), transcripts=tmp_path)
    written = only_file(tmp_path)
    entries = [json.loads(line) for line in written.splitlines()]
    assert [entry["kind"] for entry in entries] == ["asked", "said", "answer", "ended"]
    assert "correct-horse-battery" not in written


async def test_the_whole_way_over_the_real_sdk(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ANTHROPIC_API_KEY", "sk-ant-test")
    script = [
        message(thinking("I read it first."), tool_use("TodoWrite", {"todos": []})),
        Broken(message(text("x" * 400)), "reset", at=5),
        message(text("Here."), tool_use(*submit(function_source="def total(items:"))),
        message(tool_use(*submit(function_source=BETTER))),
    ]
    async with FakeMessages(script) as fake:
        monkeypatch.setenv("ANTHROPIC_BASE_URL", fake.base_url)
        architect = ModelArchitect(AGENT, lambda: ClaudeModel("claude-sonnet-5-5"), measure)
        outcome = await architect.propose(REQUEST, BranchGate(), lambda *_: None)
        assert outcome.status == "proposed"
        assert outcome.usage.turns == 3
        assert outcome.usage.usd == pytest.approx(3 * (1000 * 2 + 200 * 10) / 1e6)
        _check_conversation(fake.turns[-1])


def _check_conversation(sent: dict[str, Any]) -> None:
    """Roles alternate, and every call of a turn is answered once in the next."""
    roles = [turn["role"] for turn in sent["messages"]]
    assert roles == ["user", "assistant"] * (len(roles) // 2) + ["user"]
    for turn, answer in zip(sent["messages"][1::2], sent["messages"][2::2], strict=True):
        calls = [block["id"] for block in turn["content"] if block["type"] == "tool_use"]
        results = [b["tool_use_id"] for b in answer["content"] if b["type"] == "tool_result"]
        assert calls == results
    tool = next(tool for tool in sent["tools"] if tool["name"] == "submit")
    assert tool["strict"] is True
    assert "temperature" not in sent


async def test_two_runs_at_once_and_one_cancelled(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ANTHROPIC_API_KEY", "sk-ant-test")

    def script(sent: dict[str, Any]) -> Any:
        good = message(tool_use(*submit(function_source=BETTER)))
        return Broken(good, "hang") if "hangs" in sent["system"] else good

    async with FakeMessages(script) as fake:
        monkeypatch.setenv("ANTHROPIC_BASE_URL", fake.base_url)
        agents = [replace(AGENT, prompt=prompt) for prompt in ("answers", "hangs")]
        runs = [
            asyncio.create_task(
                ModelArchitect(agent, lambda: ClaudeModel("claude-sonnet-5-5"), measure).propose(
                    REQUEST, BranchGate(), lambda *_: None
                )
            )
            for agent in agents
        ]
        assert (await runs[0]).status == "proposed"
        await asyncio.wait_for(fake.hanging.wait(), 60)
        runs[1].cancel()
        with pytest.raises(asyncio.CancelledError):
            await runs[1]
        await asyncio.wait_for(fake.gone.wait(), 60)


async def test_a_wrong_key_is_one_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ANTHROPIC_API_KEY", "sk-ant-wrong")
    async with FakeMessages([Fault(401, "authentication_error")]) as fake:
        monkeypatch.setenv("ANTHROPIC_BASE_URL", fake.base_url)
        architect = ModelArchitect(AGENT, lambda: ClaudeModel("claude-sonnet-5-5"), measure)
        with pytest.raises(errors.ModelRefused, match="did not accept the key"):
            await architect.propose(REQUEST, BranchGate(), lambda *_: None)


def test_without_a_key_the_embedded_architect_answers_and_says_how_to_get_the_other() -> None:
    chosen = choose_architect(REQUEST, measure=measure)
    assert chosen.name == "embedded"
    foreign = replace(REQUEST, language="go", source="func f() {}", function="f")
    outcome = asyncio.run(
        choose_architect(foreign, measure=measure).propose(foreign, BranchGate(), lambda *_: None)
    )
    assert outcome.status == "no-proposal"
    assert "ANTHROPIC_API_KEY" in outcome.rationale


def test_with_a_key_the_model_answers_unless_offline(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ANTHROPIC_API_KEY", "sk-ant-test")
    chosen = choose_architect(REQUEST, measure=measure, limits=Limits(usd=0.1))
    assert isinstance(chosen, ModelArchitect)
    assert chosen.name == "python-backend-architect"
    assert chosen.limits.usd == 0.1
    assert choose_architect(REQUEST, measure=measure, offline=True).name == "embedded"


def test_the_agent_fits_the_language_or_is_named(tmp_path: Path) -> None:
    go = replace(REQUEST, language="go")
    assert choose_agent(go).name == "general-architect"
    folder = tmp_path / ".claude" / "agents"
    folder.mkdir(parents=True)
    (folder / "mine.md").write_text("---\nname: mine\ndescription: d\n---\nx")
    assert choose_agent(replace(go, workspace=tmp_path), "mine").origin == "project"
    with pytest.raises(errors.AgentFileError, match="general-architect"):
        choose_agent(go, "nobody")


def test_a_preview_shows_what_would_be_sent_and_sends_nothing() -> None:
    shown = preview(REQUEST, measure=measure)
    assert shown.model == "claude-sonnet-5-5"
    assert shown.input_tokens > 1000
    assert 0 < shown.usd < 0.1
    assert "correct-horse-battery" not in shown.text
    assert "Orders.total" in shown.text
    assert preview(REQUEST, measure=measure, offline=True).input_tokens == 0


async def test_the_real_agent_file_runs_unchanged(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = Path(__file__).parents[2] / "cases" / "agent_files" / "python-backend-architect.md"
    agent = load_agent(real, "project")
    request = replace(REQUEST, workspace=tmp_path)
    outcome, model, _ = await ask(
        says("", submit(function_source=BETTER)), request=request, agent=agent
    )
    assert outcome.status == "proposed"
    assert model.requests[0].system.startswith("You are a Senior Python Backend Architect")

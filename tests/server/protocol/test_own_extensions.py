"""What the server offers beyond the protocol: steps of a run, wishes, previews, the memory."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from lsprotocol import types as lsp

from architect_agents.memory.graph import MemoryGraph
from architect_agents.places import memory_file
from editor import OLD_NEOVIM, VSCODE, Editor, open_editor
from fake_messages import FakeMessages, Reply, message, text, thinking, tool_use
from model_session import EXTRACTED, SECRET, SOURCE, ask, key, submission

__all__ = ["key"]

SUPPORTS = {"supports": {"progress": True, "diagnostics": True}}
TODOS = [
    {"content": "Look", "status": "completed", "activeForm": "Looking"},
    {"content": "Split it", "status": "in_progress", "activeForm": "Splitting it"},
]
LEFT = message(
    tool_use("submit", {"decision": "leave-as-is", "title": "Fine", "rationale": "It is a table."})
)


async def command(editor: Editor, name: str, **argument: Any) -> dict[str, Any]:
    """Run one of our commands."""
    params = lsp.ExecuteCommandParams(name, [argument])
    answer: dict[str, Any] = await editor.client.workspace_execute_command_async(params)
    return answer


@pytest.fixture
def fake_url(monkeypatch: pytest.MonkeyPatch) -> Any:
    def use(fake: FakeMessages) -> None:
        monkeypatch.setenv("ANTHROPIC_BASE_URL", fake.base_url)

    return use


async def test_every_step_reaches_a_client_that_shows_them(
    key: None, fake_url: Any, tmp_path: Path
) -> None:
    long = "I look at it. " * 40
    script = [
        message(thinking(long), tool_use("TodoWrite", {"todos": TODOS})),
        message(thinking("Now."), text("It has two halves."), tool_use("Read", {"file_path": "a"})),
        submission(EXTRACTED),
    ]
    async with FakeMessages(script) as fake:
        fake_url(fake)
        async with open_editor(tmp_path, options=SUPPORTS) as editor:
            uri, future = await ask(editor, tmp_path)
            answer = await future
            assert answer["status"] == "applied", answer
            await editor.until(lambda: editor.steps and editor.steps[-1].state == "done")
    first, last = editor.steps[0], editor.steps[-1]
    assert (first.state, first.uri, first.title) == ("began", uri, "Architect: over")
    assert {told.run for told in editor.steps} == {first.run}
    steps = [step for told in editor.steps for step in told.steps]
    thoughts = "".join(step.text for step in steps if step.kind == "thinking")
    assert thoughts == f"{long}Now."
    assert "It has two halves." in [step.text for step in steps if step.kind == "text"]
    assert [s.text for s in steps if s.kind == "tool"] == ["TodoWrite", "Read", "submit"]
    (listed,) = [step.todos for step in steps if step.kind == "todos"]
    assert [(todo.text, todo.state) for todo in listed] == [
        ("Look", "completed"),
        ("Splitting it", "in_progress"),
    ]
    assert any("checking" in step.text for step in steps if step.kind == "status")
    assert last.usage.turns == 3
    assert answer["usage"]["outputTokens"] == 600


async def test_steps_of_the_embedded_architect_are_told_too(tmp_path: Path) -> None:
    async with open_editor(tmp_path, options=SUPPORTS) as editor:
        _, future = await ask(editor, tmp_path)
        answer = await future
        assert "usage" not in answer
        await editor.until(lambda: editor.steps and editor.steps[-1].state == "done")
        steps = [step for told in editor.steps for step in told.steps]
        assert steps
        assert {step.kind for step in steps} == {"status"}


async def test_a_client_that_does_not_ask_for_steps_gets_none(tmp_path: Path) -> None:
    async with open_editor(tmp_path) as editor:
        _, future = await ask(editor, tmp_path)
        await future
        assert editor.steps == []
        assert editor.progress


async def test_a_wish_goes_on_in_the_same_conversation(
    key: None, fake_url: Any, tmp_path: Path
) -> None:
    other = EXTRACTED.replace("_add_large", "_add_the_large_ones")
    script = [submission(EXTRACTED), submission(other, "Better names")]
    async with FakeMessages(script) as fake:
        fake_url(fake)
        async with open_editor(tmp_path) as editor:
            early = await command(editor, "architect.refine", uri="file:///a.py", wish="x")
            assert early["status"] == "failed"
            editor.accept_edits, editor.refusal = False, "refine"
            uri, future = await ask(editor, tmp_path)
            assert (await future)["status"] == "refining"
            empty = await command(editor, "architect.refine", uri=uri, wish=" ")
            assert "empty" in empty["message"]
            editor.accept_edits = True
            answer = await command(editor, "architect.refine", uri=uri, wish="Use better names.")
            assert answer["status"] == "applied", answer
            assert "_add_the_large_ones" in editor.texts[uri]
            sent = fake.turns[-1]["messages"]
            assert "_add_large" in str(sent[1]), "what was proposed before is still known"
            assert "Use better names." in str(sent[-1])
            assert "as it was at the beginning" in str(sent[-1])


async def test_a_wish_after_the_edit_was_applied_is_about_the_new_text(
    key: None, fake_url: Any, tmp_path: Path
) -> None:
    async with FakeMessages([submission(EXTRACTED), LEFT]) as fake:
        fake_url(fake)
        async with open_editor(tmp_path) as editor:
            uri, future = await ask(editor, tmp_path)
            assert (await future)["status"] == "applied"
            answer = await command(editor, "architect.refine", uri=uri, wish="And shorter?")
            assert answer["status"] == "leave-as-is", answer
            assert "The document has changed since" in str(fake.turns[-1]["messages"][-1])
            assert "_add_large(value)" in str(fake.turns[-1]["messages"][-1])
            assert SECRET not in str([sent.json for sent in fake.requests])


async def test_a_wish_about_an_embedded_proposal_says_that_it_needs_a_model(
    tmp_path: Path,
) -> None:
    async with open_editor(tmp_path) as editor:
        uri, future = await ask(editor, tmp_path)
        await future
        answer = await command(editor, "architect.refine", uri=uri, wish="Nicer.")
        assert answer["status"] == "failed"
        assert "ANTHROPIC_API_KEY" in answer["message"]


@pytest.mark.parametrize(
    ("asked", "words"),
    [
        ({}, "Simplify the function `over`"),
        ({"startLine": 9}, "Simplify the function `over`"),
        ({"kind": "review", "startLine": 4, "endLine": 8}, "Review lines 4 to 8"),
        ({"kind": "question", "question": "Is it sound?"}, "Is it sound?"),
    ],
)
async def test_what_would_be_sent_is_shown_and_nothing_is_sent(
    key: None, fake_url: Any, tmp_path: Path, asked: dict[str, Any], words: str
) -> None:
    async with FakeMessages([LEFT]) as fake:
        fake_url(fake)
        async with open_editor(tmp_path) as editor:
            uri = (tmp_path / "a.py").as_uri()
            editor.open(uri, SOURCE)
            shown = await command(editor, "architect.preview", uri=uri, **asked)
            assert words in shown["text"]
            assert SECRET not in shown["text"]
            assert shown["model"] == "claude-sonnet-5-5"
            assert shown["agent"] == "python-backend-architect"
            assert shown["inputTokens"] > 500
            assert 0 < shown["usd"] < 0.1
            assert fake.requests == []
            assert shown["report"] in [page.uri for page in editor.shown]
            assert editor.questions == [], "looking needs no consent"


async def test_the_preview_is_what_is_sent_then(key: None, fake_url: Any, tmp_path: Path) -> None:
    async with FakeMessages([LEFT]) as fake:
        fake_url(fake)
        async with open_editor(tmp_path) as editor:
            uri, future = await ask(editor, tmp_path)
            await future
            shown = await command(editor, "architect.preview", uri=uri, show=False)
            sent = fake.turns[0]
            assert f"=== system\n{sent['system']}\n" in shown["sent"]
            for block in sent["messages"][0]["content"]:
                assert block["text"] in shown["sent"]
            for tool in sent["tools"]:
                assert tool.get("description", tool["name"]) in shown["sent"]


async def test_a_model_that_costs_nothing_is_said_to_cost_nothing(
    key: None, fake_url: Any, tmp_path: Path
) -> None:
    prices = {"claude-sonnet-5-5": {"input": 0, "output": 0}}
    options = {"settings": {"ask": {"prices": prices}}}
    async with FakeMessages([LEFT]) as fake:
        fake_url(fake)
        async with open_editor(tmp_path, options=options) as editor:
            uri, future = await ask(editor, tmp_path)
            answer = await future
            assert answer["usage"]["inputTokens"] > 0
            assert answer["usage"]["usd"] == 0
            assert (await command(editor, "architect.preview", uri=uri, show=False))["usd"] == 0


async def test_the_memory_is_shown_and_forgotten(tmp_path: Path) -> None:
    graph = MemoryGraph(memory_file(), str(tmp_path))
    names = ("retry", "a *bold* <b>one</b>")
    graph.create_entities(
        [
            {"name": name, "entityType": "lesson", "observations": ["cap and jitter"]}
            for name in names
        ]
    )
    graph.close()
    async with open_editor(tmp_path, OLD_NEOVIM) as editor:
        shown = await command(editor, "architect.memory")
        assert "### retry (lesson)" in shown["text"]
        assert "- cap and jitter" in shown["text"]
        assert "<b>" not in shown["text"].replace("\\<b", "")
        assert shown["entities"] == 2
        assert shown["report"].removeprefix("file://") in editor.messages[-1]
        nothing = await command(editor, "architect.forget")
        assert nothing["status"] == "failed"
        await command(editor, "architect.forget", names=["retry"])
        assert (await command(editor, "architect.memory", show=False))["entities"] == 1
        await command(editor, "architect.forget", all=True)
        empty = await command(editor, "architect.memory", show=False)
        assert "Nothing is remembered yet." in empty["text"]


THEIRS = {
    "uri": "file:///a.py",
    "range": {"start": {"line": 3, "character": 0}, "end": {"line": 3, "character": 4}},
    "severity": 1,
    "message": "Name `x` is not defined",
    "source": "mypy",
    "code": {"value": "name-defined", "target": "https://mypy"},
}


@pytest.mark.parametrize(
    ("options", "words", "asked"),
    [(SUPPORTS, "is not defined", 1), (None, "cyclomatic complexity", 0)],
    ids=["everyone's", "ours"],
)
async def test_the_agent_gets_the_editors_diagnostics(
    key: None, fake_url: Any, tmp_path: Path, options: Any, words: str, asked: int
) -> None:
    uses: list[Reply] = [message(tool_use("mcp__ide__getDiagnostics", {"uri": "a.py"})), LEFT]
    async with FakeMessages(uses) as fake:
        fake_url(fake)
        async with open_editor(tmp_path, VSCODE, options=options) as editor:
            editor.all_diagnostics = [THEIRS, {"nonsense": 1}]
            uri, future = await ask(editor, tmp_path)
            assert (await future)["status"] == "leave-as-is"
            assert editor.asked_diagnostics == [uri] * asked
            (result,) = fake.turns[1]["messages"][-1]["content"]
            assert words in result["content"]


@pytest.mark.parametrize("trigger", [None, lsp.CodeActionTriggerKind.Invoked])
async def test_what_can_be_asked_anywhere_is_listed_when_a_person_opens_the_menu(
    tmp_path: Path, trigger: lsp.CodeActionTriggerKind | None
) -> None:
    async with open_editor(tmp_path) as editor:
        uri = (tmp_path / "a.py").as_uri()
        editor.open(uri, SOURCE)
        await editor.diagnostics(uri, len)

        async def titles(first: int, last: int, only: list[str] | None = None) -> list[str]:
            where = lsp.Range(lsp.Position(first, 0), lsp.Position(last, 0))
            context = lsp.CodeActionContext([], only=only, trigger_kind=trigger)
            params = lsp.CodeActionParams(lsp.TextDocumentIdentifier(uri), where, context)
            found = await editor.client.text_document_code_action_async(params)
            return [action.title for action in found if str(action.kind) == "source.architect"]

        looks = ["Architect: show what would be sent", "Architect: show what it remembers"]
        everywhere = ["Architect: review this file", *looks]
        menu = await titles(0, 0)
        assert menu == (everywhere if trigger else [])
        assert await titles(9, 9, ["source.architect"]) == ["Architect: review over", *everywhere]
        selected = await titles(5, 8, ["source"])
        assert selected == ["Architect: review lines 6 to 9", *everywhere]
        assert await titles(9, 9, ["source.organizeImports"]) == []
        assert await titles(9, 9, ["refactor"]) == []


async def test_the_consent_holds_an_estimate_of_this_question(
    key: None, fake_url: Any, tmp_path: Path
) -> None:
    async with FakeMessages([LEFT]) as fake:
        fake_url(fake)
        async with open_editor(tmp_path) as editor:
            uri, future = await ask(editor, tmp_path)
            await future
            shown = await command(editor, "architect.preview", uri=uri, show=False)
        (question,) = [q.message for q in editor.questions]
        assert f"about {shown['inputTokens']:,} tokens to claude-sonnet-5-5" in question
        assert f"({shown['usd']:.3f} USD a turn)" in question
        assert "at most 0.75 USD by estimate, all of a day at most 5 USD" in question

"""Reviews and questions: a page to read, points in the text, suggestions that were checked."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from lsprotocol import types as lsp

from architect_agents.memory.graph import MemoryGraph
from architect_agents.places import memory_file
from editor import OLD_NEOVIM, VSCODE, Editor, open_editor
from fake_messages import FakeMessages, Script, message, tool_use

SOURCE = '''"""Totals."""


def total(prices, fees):
    result = 0
    for price in prices:
        if price > 0:
            result += price
    for fee in fees:
        if fee > 0:
            result += fee
    return result


def other():
    return 1
'''
FEES = "    for fee in fees:\n        if fee > 0:\n            result += fee\n    return result\n"
EXTRACTED = f"""    return _add_fees(fees, result)


def _add_fees(fees, result):
{FEES}"""
LESSON = "A loop that adds to a running total is a thought of its own and can have a name."
REVIEW = message(
    tool_use(
        "report",
        {
            "title": "Sound, with one nest",
            "summary": "It is fine.",
            "lesson": LESSON,
            "findings": [
                {
                    "first_line": 9,
                    "last_line": 11,
                    "severity": "medium",
                    "title": "Take the fees apart",
                    "why": "They are another thought.",
                    "complexity": "O(n) → O(n): one pass either way",
                    "edits": [{"old_string": FEES, "new_string": EXTRACTED}],
                },
                {
                    "first_line": 15,
                    "last_line": 16,
                    "severity": "note",
                    "title": "Name the constant",
                    "why": "1 of what?",
                },
            ],
        },
    )
)
ANSWER = message(tool_use("answer", {"title": "Use a queue", "text": "Put **events** on it."}))


@pytest.fixture(autouse=True)
def key(monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory) -> None:
    """A key, and folders of the user's own that no other test sees."""
    monkeypatch.setenv("ANTHROPIC_API_KEY", "sk-ant-test")
    for name in ("XDG_STATE_HOME", "XDG_CACHE_HOME", "XDG_DATA_HOME", "HOME"):
        monkeypatch.setenv(name, str(tmp_path_factory.mktemp(name)))


@asynccontextmanager
async def opened(
    script: Script, monkeypatch: pytest.MonkeyPatch, workspace: Path, client: str = VSCODE
) -> AsyncIterator[tuple[Editor, str, FakeMessages]]:
    """An editor with the source open, in front of a scripted model."""
    async with FakeMessages(script) as fake:
        monkeypatch.setenv("ANTHROPIC_BASE_URL", fake.base_url)
        async with open_editor(workspace, client) as editor:
            uri = (workspace / "totals.py").as_uri()
            editor.open(uri, SOURCE)
            yield editor, uri, fake


async def command(editor: Editor, name: str, **argument: Any) -> dict[str, Any]:
    """Run one of our commands."""
    params = lsp.ExecuteCommandParams(name, [argument])
    answer: dict[str, Any] = await editor.client.workspace_execute_command_async(params)
    return answer


def page(answer: dict[str, Any]) -> str:
    return Path(answer["report"].removeprefix("file://")).read_text("utf-8")


async def test_a_review_is_a_page_and_points_on_their_lines(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    async with opened([REVIEW], monkeypatch, tmp_path) as (editor, uri, _):
        answer = await command(editor, "architect.review", uri=uri)
        assert answer["status"] == "answered", answer
        assert "Sound, with one nest" in page(answer)
        assert "one pass either way" in page(answer)
        assert answer["report"] in [shown.uri for shown in editor.shown]
        found = await editor.diagnostics(uri, lambda new: len(new) == 2)
        assert [d.range.start.line for d in found] == [8, 14]
        assert {d.code for d in found} == {"review"}


async def test_a_checked_suggestion_is_offered_on_the_text_it_was_checked_for(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    async with opened([REVIEW], monkeypatch, tmp_path) as (editor, uri, _):
        await command(editor, "architect.review", uri=uri)
        fees, constant = await editor.diagnostics(uri, lambda new: len(new) == 2)
        (action,) = await editor.actions(uri, fees)
        assert action.title.startswith("Apply suggestion 1: Take the fees apart (CCN 5 → 3, ")
        assert await editor.actions(uri, constant) == []
        editor.edit(uri, "return 1", "return 2")
        found = await editor.diagnostics(uri, lambda new: len(new) == 1)
        assert found[0].message.startswith("Take"), "the other point's own lines changed"
        assert await editor.actions(uri, fees) == []


async def test_what_a_review_taught_is_kept_and_that_its_suggestion_was_applied(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    async with opened([REVIEW], monkeypatch, tmp_path) as (editor, uri, _):
        answer = await command(editor, "architect.review", uri=uri)
        assert "## Kept in the agent's memory" in page(answer)
        assert LESSON in page(answer)
        assert "1 turn, about 0.00 USD" in answer["message"]
        fees, _constant = await editor.diagnostics(uri, lambda new: len(new) == 2)
        (action,) = await editor.actions(uri, fees)
        assert action.edit
        editor._apply(action.edit)
    graph = MemoryGraph(memory_file(), str(tmp_path))
    (entity,) = graph.read_graph()["entities"]
    graph.close()
    assert [text.split(" on ")[0] for text in entity["observations"]] == [
        LESSON,
        "proposed",
        "applied",
    ]


async def test_a_question_is_answered_and_followed_up(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    async with opened([ANSWER], monkeypatch, tmp_path) as (editor, uri, fake):
        early = await command(editor, "architect.followUp", uri=uri, question="And then?")
        assert early["status"] == "failed"
        asked = "Design an event-driven order pipeline."
        answer = await command(editor, "architect.question", uri=uri, question=asked)
        assert "Put **events** on it." in page(answer)
        assert asked in page(answer)
        await command(editor, "architect.followUp", uri=uri, question="Which queue?")
        said = str(fake.turns[-1]["messages"])
        assert asked in said
        assert "Which queue?" in said


async def test_without_show_document_the_message_says_where_the_report_is(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    async with opened([ANSWER], monkeypatch, tmp_path, OLD_NEOVIM) as (editor, uri, _):
        answer = await command(editor, "architect.question", uri=uri, question="Is it sound?")
        assert answer["report"].removeprefix("file://") in editor.messages[-1]
        assert editor.shown == []


async def test_without_a_key_it_says_how_to_get_a_model(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.delenv("ANTHROPIC_API_KEY")
    async with open_editor(tmp_path) as editor:
        uri = (tmp_path / "totals.py").as_uri()
        editor.open(uri, SOURCE)
        answer = await command(editor, "architect.review", uri=uri)
        assert answer["status"] == "failed"
        assert "ANTHROPIC_API_KEY" in answer["message"]

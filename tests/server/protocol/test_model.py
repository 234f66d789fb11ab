"""Asking with a key: the real server and SDK against a loopback fake, on good days and bad ones."""

from __future__ import annotations

import asyncio
import json
import sys
from pathlib import Path
from typing import Any

import pytest
from lsprotocol import types as lsp

from editor import Editor, open_editor
from fake_messages import Broken, FakeMessages, Fault, Reply, Script, message, text
from model_session import EXTRACTED, LOSSY, SECRET, SOURCE, ask, key, submission

__all__ = ["key"]


async def answer_of(
    script: Script, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> tuple[dict[str, Any], Editor, str, FakeMessages]:
    """Ask once against ``script``: the answer, the editor as it was left, the uri, the fake."""
    async with FakeMessages(script) as fake:
        monkeypatch.setenv("ANTHROPIC_BASE_URL", fake.base_url)
        async with open_editor(tmp_path) as editor:
            uri, answer = await ask(editor, tmp_path)
            return await answer, editor, uri, fake


async def test_a_models_extraction_is_proved_and_applied(
    key: None, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    answer, editor, uri, _ = await answer_of([submission(EXTRACTED)], monkeypatch, tmp_path)
    assert answer["status"] == "applied", answer
    assert "CCN 17 → 9, verified extraction" in answer["message"]
    assert "_add_large" in editor.texts[uri]


async def test_a_wrong_proposal_is_fed_back_and_repaired(
    key: None, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    script = [submission(LOSSY), submission(EXTRACTED)]
    answer, _, _, fake = await answer_of(script, monkeypatch, tmp_path)
    assert answer["status"] == "applied", answer
    results = [
        block
        for turn in fake.turns[-1]["messages"]
        for block in turn["content"]
        if isinstance(block, dict) and block["type"] == "tool_result"
    ]
    assert "did not pass its checks" in str(results)


async def test_a_proposal_that_stays_wrong_is_rejected_with_its_reason(
    key: None, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    answer, editor, uri, fake = await answer_of([submission(LOSSY)], monkeypatch, tmp_path)
    assert answer["status"] == "rejected"
    assert "rejected" in editor.messages[-1]
    assert "fingerprint" in editor.messages[-1]
    assert editor.edits == []
    assert editor.texts[uri] == SOURCE
    assert len(fake.turns) == 4, "three repairs, then an end"


async def test_no_secret_leaves_the_machine(
    key: None, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    _, _, _, fake = await answer_of([submission(EXTRACTED)], monkeypatch, tmp_path)
    assert fake.turns
    assert all(SECRET not in str(sent.json) for sent in fake.requests)


async def test_the_user_is_asked_once_before_anything_is_sent(
    key: None, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    async with FakeMessages([submission(EXTRACTED)]) as fake:
        monkeypatch.setenv("ANTHROPIC_BASE_URL", fake.base_url)
        async with open_editor(tmp_path) as editor:
            editor.choice = None
            _, answer = await ask(editor, tmp_path, "closed.py")
            assert (await answer)["status"] == "cancelled"
            editor.choice = "Use the embedded architect"
            _, answer = await ask(editor, tmp_path, "embedded.py")
            assert (await answer)["status"] == "applied"
            assert fake.requests == []
            editor.choice = "Allow for this workspace"
            for name in ("allowed.py", "again.py"):
                _, answer = await ask(editor, tmp_path, name)
                assert (await answer)["status"] == "applied"
            assert len(editor.questions) == 3, "once allowed, it is not asked again"
            assert fake.base_url.removeprefix("http://") in editor.questions[0].message
            assert "0.75 USD" in editor.questions[0].message


AGENT = """---
name: python-backend-architect
description: One that wants a server of the workspace.
tools: Read, mcp__notes__list
model: claude-sonnet-5-5
---
You are careful.
"""


async def test_a_workspaces_server_starts_only_with_trust_and_a_yes(
    key: None, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    started = tmp_path / "started"
    (tmp_path / ".claude" / "agents").mkdir(parents=True)
    (tmp_path / ".claude" / "agents" / "architect.md").write_text(AGENT, "utf-8")
    entry = {"command": sys.executable, "args": ["-c", f"open({str(started)!r}, 'w')"]}
    (tmp_path / ".mcp.json").write_text(json.dumps({"mcpServers": {"notes": entry}}), "utf-8")
    expectations = {
        (None, "Start it"): (0, False),
        (True, "Go on without it"): (1, False),
        (True, "Start it"): (1, True),
    }
    async with FakeMessages([submission(EXTRACTED)]) as fake:
        monkeypatch.setenv("ANTHROPIC_BASE_URL", fake.base_url)
        for number, ((trusted, choice), (asked, runs)) in enumerate(expectations.items()):
            options = {"trusted": trusted} if trusted else {}
            async with open_editor(tmp_path, options=options) as editor:
                editor.choices["MCP server"] = choice
                _, answer = await ask(editor, tmp_path, f"{number}.py")
                assert (await answer)["status"] == "applied"
                questions = [q for q in editor.questions if "MCP server" in q.message]
                assert len(questions) == asked
                assert all("notes" in q.message for q in questions)
                assert started.exists() == runs


BAD_DAYS: dict[str, tuple[Reply, str]] = {
    "wrong key": (Fault(401, "authentication_error"), "ANTHROPIC_API_KEY"),
    "bad request": (Fault(400, "invalid_request_error", "nonsense"), "nonsense"),
    "broken stream": (Broken(message(text("Let me see.")), "reset"), "broke off"),
    "refusal": (message(text("No."), stop_reason="refusal"), "declined"),
    "no result": (message(text("All is well.")), "All is well."),
}


async def test_a_bad_day_is_one_sentence_and_no_edit(
    key: None, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    today: list[Reply] = []
    async with FakeMessages(lambda sent: today[0]) as fake:
        monkeypatch.setenv("ANTHROPIC_BASE_URL", fake.base_url)
        async with open_editor(tmp_path) as editor:
            for day, (reply, words) in BAD_DAYS.items():
                today[:] = [reply]
                uri, future = await ask(editor, tmp_path, f"{day}.py")
                answer = await future
                assert answer["status"] in {"failed", "no-proposal"}, day
                assert words in answer["message"], day
                assert editor.messages.pop() == answer["message"]
                assert editor.messages == []
                assert editor.texts[uri] == SOURCE


async def test_an_unreachable_provider_is_one_sentence(
    key: None, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("ANTHROPIC_BASE_URL", "http://127.0.0.1:9")
    async with open_editor(tmp_path) as editor:
        _, answer = await ask(editor, tmp_path)
        assert (await answer)["status"] == "failed"
        (said,) = editor.messages
        assert "127.0.0.1:9" in said or "reach" in said


async def test_cancelling_closes_the_stream(
    key: None, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    async with FakeMessages([Broken(message(text("Let me see.")), "hang")]) as fake:
        monkeypatch.setenv("ANTHROPIC_BASE_URL", fake.base_url)
        async with open_editor(tmp_path) as editor:
            _, answer = await ask(editor, tmp_path)
            await fake.hanging.wait()
            token = editor.progress[0][0]
            cancel = lsp.WorkDoneProgressCancelParams(token)
            editor.client.window_work_done_progress_cancel(cancel)
            async with asyncio.timeout(5):
                await fake.gone.wait()
            assert (await answer)["status"] == "cancelled"
            assert editor.edits == []


async def test_the_text_may_move_but_not_change_while_the_model_works(
    key: None, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    editing: dict[str, Any] = {}

    def reply(sent: dict[str, Any]) -> Reply:
        editor, uri = editing["editor"], editing["uri"]
        editor.edit(uri, editing["old"], editing["new"])
        return submission(EXTRACTED)

    expectations = {
        ("KEY = ", "# moved\n\nKEY = "): "applied",
        ("    if value == 3:", "    if value == 33:"): "stale",
    }
    async with FakeMessages(reply) as fake:
        monkeypatch.setenv("ANTHROPIC_BASE_URL", fake.base_url)
        async with open_editor(tmp_path) as editor:
            for number, ((old, new), status) in enumerate(expectations.items()):
                name = f"{number}.py"
                uri = (tmp_path / name).as_uri()
                editing.update(editor=editor, uri=uri, old=old, new=new)
                _, answer = await ask(editor, tmp_path, name)
                assert (await answer)["status"] == status
                assert ("_add_large" in editor.texts[uri]) == (status == "applied")
                compile(editor.texts[uri], uri, "exec")

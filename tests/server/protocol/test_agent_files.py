"""An agent file in the editor: its mistakes are shown, and a quick fix puts them right."""

from __future__ import annotations

from pathlib import Path

import pytest
from lsprotocol import types as lsp

from editor import EMACS, NEOVIM, VSCODE, open_editor
from fake_messages import FakeMessages, message, tool_use
from model_session import SOURCE, key

__all__ = ["key"]

AGENT = """---
name: careful
description: Looks twice: once before, once after.
tools: Read, Grepp
modle: sonnet
---
You look twice.
"""


@pytest.mark.parametrize("client", [VSCODE, NEOVIM])
async def test_mistakes_are_on_the_words_that_are_wrong(client: str, tmp_path: Path) -> None:
    async with open_editor(
        tmp_path, client, change_capabilities=lambda c: c["textDocument"].pop("diagnostic", None)
    ) as editor:
        uri = (tmp_path / ".claude" / "agents" / "careful.md").as_uri()
        editor.open(uri, AGENT, "markdown")
        found = await editor.diagnostics(uri, len)
        wrong = {editor.text_at(uri, d.range) for d in found}
        assert {"Grepp", "modle"} <= wrong


async def test_a_quick_fix_puts_a_misspelt_word_right(tmp_path: Path) -> None:
    async with open_editor(tmp_path, EMACS) as editor:
        uri = (tmp_path / ".claude" / "agents" / "careful.md").as_uri()
        editor.open(uri, AGENT, "markdown")
        found = await editor.diagnostics(uri, len)
        for word, right in (("Grepp", "Grep"), ("modle", "model")):
            mistake = next(d for d in found if editor.text_at(uri, d.range) == word)
            actions = await editor.actions(uri, mistake, only=[lsp.CodeActionKind.QuickFix])
            (action,) = [a for a in actions if word in a.title]
            assert action.edit
            editor._apply(action.edit)
            found = await editor.diagnostics(
                uri, lambda new: editor.published[uri].version == editor.versions[uri]
            )
            assert right in editor.texts[uri]
        assert not any(d.severity == lsp.DiagnosticSeverity.Error for d in found)


async def test_another_markdown_file_is_left_alone(tmp_path: Path) -> None:
    async with open_editor(tmp_path, EMACS) as editor:
        code = (tmp_path / "a.py").as_uri()
        notes = (tmp_path / "notes.md").as_uri()
        editor.open(notes, AGENT, "markdown")
        editor.open(code, "def f(a, b, c, d, e, g, h, i):\n    pass\n")
        await editor.diagnostics(code, len)
        shown = editor.published.get(notes)
        assert not shown or all(d.code == "confidence" for d in shown.diagnostics)


MISTAKES = {
    "unknown tool": ("tools: Read, Frobnicate, Grep", "Frobnicate", "tools: Read, Grep"),
    "the last tool": ("tools: Read, Frobnicate", "Frobnicate", "tools: Read"),
    "misspelt tool": ("tools: Read, Grepp", "Grepp", "tools: Read, Grep"),
    "in a list": ("tools:\n  - Read\n  - Grepp", "Grepp", "tools:\n  - Read\n  - Grep"),
    "unknown in a list": ("tools:\n  - Read\n  - Frobnicate", "Frobnicate", "tools:\n  - Read\n  "),
    "misspelt key": ("modle: sonnet", "modle", "model: sonnet"),
    "misspelt model": ("model: sonet", "sonet", "model: sonnet"),
    "no model at all": ("model: my best one", "my best one", "model: sonnet"),
    "a skill's key": ("allowed-tools: Read", "allowed-tools", "tools: Read"),
    "misspelt effort": ("effort: hihg", "hihg", "effort: high"),
    "unquoted colon": ("color: looks: twice", "looks: twice", 'color: "looks: twice"'),
}


@pytest.mark.parametrize(("line", "wrong", "right"), MISTAKES.values(), ids=MISTAKES)
async def test_every_mistake_has_its_place_and_its_fix(
    tmp_path: Path, line: str, wrong: str, right: str
) -> None:
    text = f"---\nname: a\ndescription: b\n{line}\n---\nYou look.\n"
    async with open_editor(tmp_path) as editor:
        uri = (tmp_path / ".claude" / "agents" / "a.md").as_uri()
        editor.open(uri, text, "markdown")
        (mistake,) = await editor.diagnostics(uri, len)
        assert wrong in editor.text_at(uri, mistake.range)
        (action,) = await editor.actions(uri, mistake, only=[lsp.CodeActionKind.QuickFix])
        assert action.edit
        editor._apply(action.edit)
        assert editor.texts[uri] == text.replace(line, right)
        await editor.diagnostics(uri, lambda new: not new)


async def test_a_byte_order_mark_is_shown_and_removed(tmp_path: Path) -> None:
    text = "\ufeff---\nname: a\ndescription: b\n---\nYou look.\n"
    async with open_editor(tmp_path) as editor:
        uri = (tmp_path / ".claude" / "agents" / "a.md").as_uri()
        editor.open(uri, text, "markdown")
        (mistake,) = await editor.diagnostics(uri, len)
        (action,) = await editor.actions(uri, mistake, only=[lsp.CodeActionKind.QuickFix])
        assert action.title == "Remove the byte order mark"
        assert action.edit
        editor._apply(action.edit)
        assert editor.texts[uri] == text[1:]


async def test_a_saved_agent_file_is_used_and_the_person_is_told(tmp_path: Path) -> None:
    path = tmp_path / ".claude" / "agents" / "careful.md"
    path.parent.mkdir(parents=True)
    async with open_editor(tmp_path) as editor:
        uri = path.as_uri()
        for text, words in (
            (AGENT, "the agent careful (sonnet, 2 tools) is used as saved"),
            ("no header\n", "can't be used: An agent file begins with a header"),
        ):
            path.write_text(text, "utf-8")
            if uri in editor.texts:
                editor.replace(uri, text)
            else:
                editor.open(uri, text, "markdown")
            identifier = lsp.TextDocumentIdentifier(uri)
            editor.client.text_document_did_save(lsp.DidSaveTextDocumentParams(identifier))
            await editor.until(lambda: [m for m in editor.messages if words in m])  # noqa: B023


async def test_where_several_agents_apply_one_can_be_picked(
    key: None, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    path = tmp_path / ".claude" / "agents" / "careful.md"
    path.parent.mkdir(parents=True)
    path.write_text(AGENT, "utf-8")
    left = {"decision": "leave-as-is", "title": "Fine", "rationale": "It is a table."}
    async with FakeMessages([message(tool_use("submit", left))]) as fake:
        monkeypatch.setenv("ANTHROPIC_BASE_URL", fake.base_url)
        async with open_editor(tmp_path) as editor:
            uri = (tmp_path / "a.py").as_uri()
            editor.open(uri, SOURCE)
            (diagnostic,) = await editor.diagnostics(uri, len)
            usual, other = await editor.actions(uri, diagnostic, only=["refactor.rewrite"])
            assert other.title == "Ask another architect: simplify over…"
            editor.choices["which agent"] = "careful"
            assert (await editor.choose(other))["status"] == "leave-as-is"
            assert "You look twice." in fake.turns[-1]["system"]
            await editor.choose(usual)
            assert "You look twice." not in fake.turns[-1]["system"], "it was for one question"
            params = lsp.ExecuteCommandParams("architect.chooseAgent", [{"uri": uri}])
            chosen = await editor.client.workspace_execute_command_async(params)
            assert chosen["status"] == "chosen"
            await editor.choose(usual)
            assert "You look twice." in fake.turns[-1]["system"]
            params = lsp.ExecuteCommandParams("architect.agents", [{"uri": uri}])
            listed = await editor.client.workspace_execute_command_async(params)
            assert [a["name"] for a in listed["agents"] if a["current"]] == ["careful"]
            unknown = {"uri": uri, "name": "nobody"}
            params = lsp.ExecuteCommandParams("architect.chooseAgent", [unknown])
            answer = await editor.client.workspace_execute_command_async(params)
            assert "python-backend-architect" in answer["message"]


async def test_with_the_shipped_agents_alone_there_is_nothing_to_pick(tmp_path: Path) -> None:
    async with open_editor(tmp_path) as editor:
        uri = (tmp_path / "a.py").as_uri()
        editor.open(uri, SOURCE)
        (diagnostic,) = await editor.diagnostics(uri, len)
        assert len(await editor.actions(uri, diagnostic, only=["refactor.rewrite"])) == 1

"""An agent file in the editor: its mistakes are shown, and a quick fix puts them right."""

from __future__ import annotations

from pathlib import Path

import pytest
from lsprotocol import types as lsp

from editor import NEOVIM, VSCODE, open_editor

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
    async with open_editor(tmp_path) as editor:
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
    async with open_editor(tmp_path) as editor:
        code = (tmp_path / "a.py").as_uri()
        notes = (tmp_path / "notes.md").as_uri()
        editor.open(notes, AGENT, "markdown")
        editor.open(code, "def f(a, b, c, d, e, g, h, i):\n    pass\n")
        await editor.diagnostics(code, len)
        shown = editor.published.get(notes)
        assert not shown or all(d.code == "confidence" for d in shown.diagnostics)

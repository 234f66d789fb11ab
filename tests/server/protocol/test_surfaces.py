"""Hover, inlay hints and code lenses: each +1 explained where one looks, and silence elsewhere."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from lsprotocol import types as lsp

from editor import EMACS, NEOVIM, OLD_NEOVIM, VSCODE, Editor, open_editor

TEXT = '''\
class Shop:
    @property
    def order(self, lines, express):
        """𝔘𝔫𝔦"""
        if not lines or express:
            return [line for line in lines if line]
        for line in lines:
            try:
                line.send()
            finally:
                line.close()
        return lines


def good(value):
    return value


def wrapped(
    value: int,
) -> tuple[
    int,
]:
    if value and value > 2:
        return (value,)
    return (1,)
'''

CALM = {"surfaces": {"hideBelow": 3}}
LOUD = {"surfaces": {"hideBelow": 3, "inlayHints": True, "codeLens": True}}
WHOLE = lsp.Range(lsp.Position(0, 0), lsp.Position(100, 0))


async def hover(editor: Editor, uri: str, name: str) -> lsp.Hover | None:
    """The hover in the middle of the first ``name`` of the text."""
    text = editor.texts[uri]
    where = editor.position(text, text.index(name) + 1)
    return await editor.client.text_document_hover_async(
        lsp.HoverParams(lsp.TextDocumentIdentifier(uri), where)
    )


async def hints(editor: Editor, uri: str, where: lsp.Range = WHOLE) -> list[lsp.InlayHint]:
    """The inlay hints of a stretch of the text."""
    params = lsp.InlayHintParams(lsp.TextDocumentIdentifier(uri), where)
    return list(await editor.client.text_document_inlay_hint_async(params) or [])


async def lenses(editor: Editor, uri: str) -> list[lsp.CodeLens]:
    """The code lenses of the text."""
    params = lsp.CodeLensParams(lsp.TextDocumentIdentifier(uri))
    return list(await editor.client.text_document_code_lens_async(params) or [])


def opened(editor: Editor, folder: Path, text: str = TEXT) -> str:
    """The URI of the opened text."""
    uri = (folder / "shop.py").as_uri()
    editor.open(uri, text)
    return uri


@pytest.mark.parametrize("client", [VSCODE, NEOVIM, OLD_NEOVIM, EMACS])
async def test_a_name_explains_its_figures(client: str, tmp_path: Path) -> None:
    async with open_editor(tmp_path, client, options={"settings": CALM}) as editor:
        uri = opened(editor, tmp_path)
        found = await hover(editor, uri, "order")
        assert found is not None
        assert found.range is not None
        assert editor.text_at(uri, found.range) == "order"
        text = found.contents.value
        assert "**Shop.order**" in text
        assert "| Cyclomatic complexity, lizard | 7 | 15 |" in text
        assert "| Cyclomatic complexity, ruff C901 | 3 |" in text
        assert "| Cognitive complexity" in text
        assert "| Parameters, lizard | 3 | 7 |" in text
        assert "| Parameters without self and cls | 2 |" in text
        assert "lizard counts" in text
        assert "`if` (line 5)" in text


async def test_a_corrected_figure_shows_lizards_own(tmp_path: Path) -> None:
    async with open_editor(tmp_path, options={"settings": CALM}) as editor:
        found = await hover(editor, opened(editor, tmp_path), "wrapped")
        assert found is not None
        assert "| Cyclomatic complexity, lizard | 3 |" in found.contents.value
        assert "lizard itself prints 1 here" in found.contents.value


async def test_a_limit_names_where_it_comes_from(tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_text("[tool.ruff.lint.mccabe]\nmax-complexity = 9\n")
    async with open_editor(tmp_path, options={"settings": CALM}) as editor:
        found = await hover(editor, opened(editor, tmp_path), "order")
        assert found is not None
        assert "| Cyclomatic complexity, lizard | 7 | 9 |" in found.contents.value
        place = tmp_path / "pyproject.toml"
        assert f"Limit `ccn` from {place}:2: ruff's limit for C901" in found.contents.value


async def test_a_client_without_markdown_gets_plain_text(tmp_path: Path) -> None:
    def plain(capabilities: dict[str, Any]) -> None:
        capabilities["textDocument"]["hover"] = {"contentFormat": ["plaintext"]}

    async with open_editor(
        tmp_path, options={"settings": CALM}, change_capabilities=plain
    ) as editor:
        found = await hover(editor, opened(editor, tmp_path), "order")
        assert found is not None
        assert found.contents.kind == lsp.MarkupKind.PlainText


async def test_good_functions_and_other_words_say_nothing(tmp_path: Path) -> None:
    async with open_editor(tmp_path, options={"settings": LOUD}) as editor:
        uri = opened(editor, tmp_path)
        for word in ("good", "lines", "Shop", "return", "express"):
            assert await hover(editor, uri, word) is None, word
        shown = {hint.position.line for hint in await hints(editor, uri)}
        assert TEXT[: TEXT.index("def good")].count("\n") not in shown
        assert [lens.range.start.line for lens in await lenses(editor, uri)] == [2, 19 - 1]


async def test_a_finding_is_shown_however_low_its_complexity(tmp_path: Path) -> None:
    options = {"settings": {"limits": {"parameters": 1}, "surfaces": {"codeLens": True}}}
    async with open_editor(tmp_path, options=options) as editor:
        uri = opened(editor, tmp_path)
        assert [lens.range.start.line for lens in await lenses(editor, uri)] == [2]
        assert await hover(editor, uri, "order") is not None


@pytest.mark.parametrize("client", [VSCODE, NEOVIM])
async def test_every_plus_one_stands_at_the_end_of_its_line(client: str, tmp_path: Path) -> None:
    async with open_editor(tmp_path, client, options={"settings": LOUD}) as editor:
        uri = opened(editor, tmp_path, TEXT.replace("or express:", "or express:  # 😋"))
        found = {hint.position.line + 1: hint for hint in await hints(editor, uri)}
        assert {line: hint.label for line, hint in found.items()} == {
            3: "CCN 7",
            5: "+1 if  +1 or",
            6: "+1 comprehension  +1 comprehension if",
            7: "+1 for",
            10: "+1 finally",
            19: "CCN 3",
            24: "+1 if  +1 and",
        }
        text = editor.texts[uri]
        for hint in found.values():
            offset = editor.offset(text, hint.position)
            assert text[offset] == "\n"
        some = await hints(editor, uri, lsp.Range(lsp.Position(4, 0), lsp.Position(5, 9)))
        assert [hint.position.line for hint in some] == [4, 5]


async def test_a_lens_counts_and_explains_itself(tmp_path: Path) -> None:
    async with open_editor(tmp_path, options={"settings": LOUD}) as editor:
        uri = opened(editor, tmp_path)
        lens = (await lenses(editor, uri))[0]
        assert lens.command is not None
        assert lens.command.title.startswith("CCN 7 · cognitive ")
        assert lens.command.title.endswith(" · 3 parameters · 10 lines")
        params = lsp.ExecuteCommandParams(lens.command.command, lens.command.arguments)
        answer = await editor.client.workspace_execute_command_async(params)
        assert answer["status"] == "explained"
        assert editor.messages[-1].startswith("Shop.order: lizard 7, ruff's C901 3, cognitive ")
        editor.edit(uri, "if not lines", "if lines")
        answer = await editor.client.workspace_execute_command_async(params)
        assert answer["status"] == "failed"
        assert "has changed since" in editor.messages[-1]


async def test_hints_and_lenses_are_off_by_default(tmp_path: Path) -> None:
    async with open_editor(tmp_path, options={"settings": CALM}) as editor:
        uri = opened(editor, tmp_path)
        assert await hints(editor, uri) == []
        assert await lenses(editor, uri) == []


async def test_every_surface_has_its_switch(tmp_path: Path) -> None:
    off = {"surfaces": {"diagnostics": False, "hover": False}, "limits": {"ccn": 2}}
    async with open_editor(tmp_path, NEOVIM, options={"settings": off}) as editor:
        uri = opened(editor, tmp_path)
        assert await hover(editor, uri, "order") is None
        report = await editor.client.text_document_diagnostic_async(
            lsp.DocumentDiagnosticParams(lsp.TextDocumentIdentifier(uri))
        )
        assert list(report.items) == []


async def test_while_a_line_is_half_typed_the_rest_is_still_explained(tmp_path: Path) -> None:
    async with open_editor(tmp_path, options={"settings": CALM}) as editor:
        uri = opened(editor, tmp_path)
        await hover(editor, uri, "order")
        editor.edit(uri, "def good(value):", "def good(value:")
        found = await hover(editor, uri, "order")
        assert found is not None
        assert "| Cyclomatic complexity, ruff C901 | 3 |" in found.contents.value

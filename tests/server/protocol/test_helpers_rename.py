"""After an extraction: the new helper's name can be changed at once, and nothing else's."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from lsprotocol import types as lsp
from pygls.exceptions import JsonRpcException

from editor import EMACS, NEOVIM, NEW_EGLOT, OLD_NEOVIM, VSCODE, Editor, open_editor

EXAMPLE = Path(__file__).parents[3] / "examples" / "order_service.py"
EXTRACT = lsp.CodeActionKind.RefactorExtract


def pushed(capabilities: dict[str, Any]) -> None:
    """Have the server send diagnostics, whatever the client could ask for."""
    capabilities["textDocument"].pop("diagnostic", None)


async def opened(editor: Editor, workspace: Path) -> tuple[str, lsp.Diagnostic]:
    """The example opened, and its diagnostic on ``place_order``."""
    uri = (workspace / "order_service.py").as_uri()
    editor.open(uri, EXAMPLE.read_text("utf-8"))
    found = await editor.diagnostics(uri, len)
    return uri, next(d for d in found if editor.text_at(uri, d.range) == "place_order")


async def extracted(editor: Editor, workspace: Path) -> tuple[str, dict[str, Any]]:
    """The example after the embedded architect's proposal was applied, and the command's answer."""
    uri, diagnostic = await opened(editor, workspace)
    (action,) = await editor.actions(uri, diagnostic, only=[EXTRACT])
    answer = await editor.choose(action)
    assert answer["status"] == "applied", answer
    return uri, answer


def prepare(uri: str, position: lsp.Position) -> lsp.PrepareRenameParams:
    return lsp.PrepareRenameParams(lsp.TextDocumentIdentifier(uri), position)


def rename(uri: str, position: lsp.Position, name: str) -> lsp.RenameParams:
    return lsp.RenameParams(lsp.TextDocumentIdentifier(uri), position, name)


async def test_the_answer_tells_where_the_names_of_the_new_helpers_stand(tmp_path: Path) -> None:
    async with open_editor(tmp_path, change_capabilities=pushed) as editor:
        uri, answer = await extracted(editor, tmp_path)
        assert answer["helpers"]
        for place in answer["helpers"]:
            where = lsp.Range(*(lsp.Position(**place["range"][end]) for end in ("start", "end")))
            name = editor.text_at(uri, where)
            assert f"def {name}(" in editor.texts[uri]
            assert name.startswith("_")


async def test_a_client_that_begins_the_rename_itself_knows_of_it_with_the_answer(
    tmp_path: Path,
) -> None:
    options = {"supports": {"rename": True}}
    async with open_editor(tmp_path, options=options, change_capabilities=pushed) as editor:
        _, answer = await extracted(editor, tmp_path)
        assert lsp.TEXT_DOCUMENT_RENAME in editor.registered
        assert answer["helpers"]
        assert not editor.shown


@pytest.mark.parametrize("client", [VSCODE, NEOVIM])
async def test_the_first_new_name_is_shown_and_can_be_changed(client: str, tmp_path: Path) -> None:
    async with open_editor(tmp_path, client, change_capabilities=pushed) as editor:
        assert lsp.TEXT_DOCUMENT_RENAME not in editor.registered
        uri, _ = await extracted(editor, tmp_path)
        await editor.until(lambda: editor.shown and lsp.TEXT_DOCUMENT_RENAME in editor.registered)
        (shown,) = editor.shown
        assert shown.uri == uri
        assert shown.selection is not None
        old = editor.text_at(uri, shown.selection)
        found = await editor.client.text_document_prepare_rename_async(
            prepare(uri, shown.selection.start)
        )
        assert isinstance(found, lsp.PrepareRenamePlaceholder)
        assert found.placeholder == old
        edit = await editor.client.text_document_rename_async(
            rename(uri, shown.selection.end, "_check_all_lines")
        )
        assert edit is not None
        mentions = editor.texts[uri].count(old)
        editor._apply(edit)
        assert old not in editor.texts[uri]
        assert editor.texts[uri].count("_check_all_lines") == mentions
        compile(editor.texts[uri], uri, "exec")
        editor.client.text_document_did_close(
            lsp.DidCloseTextDocumentParams(lsp.TextDocumentIdentifier(uri))
        )
        await editor.until(lambda: lsp.TEXT_DOCUMENT_RENAME not in editor.registered)


async def test_other_names_are_left_to_others(tmp_path: Path) -> None:
    async with open_editor(tmp_path, change_capabilities=pushed) as editor:
        uri, _ = await extracted(editor, tmp_path)
        text = editor.texts[uri]
        other = editor.position(text, text.index("place_order"))
        assert await editor.client.text_document_prepare_rename_async(prepare(uri, other)) is None
        edit = await editor.client.text_document_rename_async(rename(uri, other, "placed"))
        assert edit is None


@pytest.mark.parametrize("name", ["two words", "class", "OrderService"])
async def test_a_name_that_cannot_be_is_refused_in_a_sentence(name: str, tmp_path: Path) -> None:
    async with open_editor(tmp_path, change_capabilities=pushed) as editor:
        uri, answer = await extracted(editor, tmp_path)
        place = lsp.Position(**answer["helpers"][0]["range"]["start"])
        with pytest.raises(JsonRpcException, match=r"Architect: .+\."):
            await editor.client.text_document_rename_async(rename(uri, place, name))


@pytest.mark.parametrize(
    ("client", "from_the_start"),
    # The eglot of Emacs 28 does not say its name, so it can't be known.
    [(VSCODE, False), (NEOVIM, False), (OLD_NEOVIM, False), (EMACS, False), (NEW_EGLOT, True)],
)
async def test_rename_is_announced_from_the_start_only_where_we_are_the_only_server(
    client: str, from_the_start: bool, tmp_path: Path
) -> None:
    async with open_editor(tmp_path, client, change_capabilities=pushed) as editor:
        assert (editor.capabilities.rename_provider is not None) == from_the_start


async def test_what_was_discarded_is_listed_with_its_verdict_until_the_text_changes(
    tmp_path: Path,
) -> None:
    async with open_editor(tmp_path, change_capabilities=pushed) as editor:
        editor.accept_edits = False
        uri, diagnostic = await opened(editor, tmp_path)
        before = await editor.actions(uri, diagnostic, only=[EXTRACT])
        assert [one.title for one in before] == [
            "Extract helpers from OrderService.place_order (embedded architect)"
        ]
        await editor.choose(before[0])
        listed = await editor.actions(uri, diagnostic, only=[EXTRACT])
        assert listed[0].title.startswith("Extract ")
        assert listed[0].title.endswith("(verified extraction)")
        assert "CCN 25 → " in listed[0].title
        editor.accept_edits = True
        answer = await editor.choose(listed[-1])
        assert answer["status"] == "applied"
        compile(editor.texts[uri], uri, "exec")
        stale = await editor.choose(listed[0])
        assert stale["status"] in ("stale", "failed")

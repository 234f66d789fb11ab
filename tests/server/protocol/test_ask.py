"""From the code action to an applied edit, in editors that can much and editors that can little."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import pytest
from lsprotocol import types as lsp

from editor import EMACS, NEOVIM, OLD_NEOVIM, VSCODE, Editor, open_editor

EXAMPLE = Path(__file__).parents[3] / "examples" / "order_service.py"
ASK = lsp.CodeActionKind.RefactorRewrite
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


@pytest.mark.parametrize("client", [VSCODE, NEOVIM, OLD_NEOVIM, EMACS])
async def test_an_accepted_proposal_reaches_the_buffer(client: str, tmp_path: Path) -> None:
    async with open_editor(tmp_path, client, change_capabilities=pushed) as editor:
        uri, diagnostic = await opened(editor, tmp_path)
        (action,) = await editor.actions(uri, diagnostic, only=[ASK])
        assert action.title == "Ask architect: simplify OrderService.place_order"
        before = editor.texts[uri]
        answer = await editor.choose(action)
        assert answer["status"] == "applied", answer
        assert editor.texts[uri] != before
        compile(editor.texts[uri], uri, "exec")
        await editor.diagnostics(
            uri, lambda new: all(d.range.start != diagnostic.range.start for d in new)
        )
        assert "CCN 25 → " in editor.messages[-1]


async def test_the_edit_names_its_version_and_asks_first_where_the_client_can(
    tmp_path: Path,
) -> None:
    def annotating(capabilities: dict[str, Any]) -> None:
        pushed(capabilities)
        edits = capabilities["workspace"]["workspaceEdit"]
        edits["documentChanges"] = True
        edits["changeAnnotationSupport"] = {"groupsOnLabel": True}

    async with open_editor(tmp_path, VSCODE, change_capabilities=annotating) as editor:
        uri, diagnostic = await opened(editor, tmp_path)
        (action,) = await editor.actions(uri, diagnostic, only=[ASK])
        await editor.choose(action)
        (edit,) = [params.edit for params in editor.edits]
        (change,) = edit.document_changes or []
        assert isinstance(change, lsp.TextDocumentEdit)
        assert change.text_document.version == 1
        (annotation,) = (edit.change_annotations or {}).values()
        assert annotation.needs_confirmation
        assert "complexity: passed" in (annotation.description or "")


async def test_a_plain_client_gets_plain_changes(tmp_path: Path) -> None:
    def plain(capabilities: dict[str, Any]) -> None:
        pushed(capabilities)
        capabilities["workspace"]["workspaceEdit"] = {}

    async with open_editor(tmp_path, OLD_NEOVIM, change_capabilities=plain) as editor:
        uri, diagnostic = await opened(editor, tmp_path)
        (action,) = await editor.actions(uri, diagnostic, only=[ASK])
        assert (await editor.choose(action))["status"] == "applied"
        (edit,) = [params.edit for params in editor.edits]
        assert edit.document_changes is None
        assert list(edit.changes or {}) == [uri]


async def test_a_refused_edit_is_said(tmp_path: Path) -> None:
    async with open_editor(tmp_path, change_capabilities=pushed) as editor:
        editor.accept_edits = False
        uri, diagnostic = await opened(editor, tmp_path)
        (action,) = await editor.actions(uri, diagnostic, only=[ASK])
        assert (await editor.choose(action))["status"] == "not-applied"
        assert "the user said no" in editor.messages[-1]


async def test_a_target_whose_text_changed_is_refused_in_one_sentence(tmp_path: Path) -> None:
    async with open_editor(tmp_path, change_capabilities=pushed) as editor:
        uri, diagnostic = await opened(editor, tmp_path)
        (action,) = await editor.actions(uri, diagnostic, only=[ASK])
        editor.edit(uri, "if not order.lines:", "if order.lines is None:")
        answer = await editor.choose(action)
        assert answer["status"] == "failed"
        assert "has changed since" in answer["message"]
        assert editor.edits == []


async def test_a_target_that_only_moved_is_found_again(tmp_path: Path) -> None:
    async with open_editor(tmp_path, change_capabilities=pushed) as editor:
        uri, diagnostic = await opened(editor, tmp_path)
        (action,) = await editor.actions(uri, diagnostic, only=[ASK])
        editor.edit(uri, "from enum import Enum\n", "from enum import Enum\n\n# moved\n# down\n")
        assert (await editor.choose(action))["status"] == "applied"
        compile(editor.texts[uri], uri, "exec")
        assert "# moved\n# down\n" in editor.texts[uri]


async def test_only_the_kinds_asked_for_are_listed(tmp_path: Path) -> None:
    async with open_editor(tmp_path, change_capabilities=pushed) as editor:
        uri, diagnostic = await opened(editor, tmp_path)
        wanted = {
            None: {ASK, EXTRACT, "quickfix"},
            "refactor": {ASK, EXTRACT},
            "refactor.rewrite": {ASK},
            "refactor.extract": {EXTRACT},
            "quickfix": {"quickfix"},
            "source.organizeImports": set(),
        }
        for only, kinds in wanted.items():
            actions = await editor.actions(uri, diagnostic, only=[only] if only else None)
            assert {action.kind for action in actions} == kinds, only
            assert not any(action.is_preferred for action in actions)


async def test_the_body_offers_what_the_name_offers(tmp_path: Path) -> None:
    async with open_editor(tmp_path, change_capabilities=pushed) as editor:
        uri, diagnostic = await opened(editor, tmp_path)
        diagnostic.range.start.line += 5
        diagnostic.range.end.line += 5
        diagnostic.data = None
        actions = await editor.actions(uri, diagnostic, only=[ASK])
        assert [a.title for a in actions] == ["Ask architect: simplify OrderService.place_order"]


async def test_a_second_question_waits_its_turn(tmp_path: Path) -> None:
    async with open_editor(tmp_path, change_capabilities=pushed) as editor:
        uri, diagnostic = await opened(editor, tmp_path)
        (action,) = await editor.actions(uri, diagnostic, only=[ASK])
        answers = await asyncio.gather(editor.choose(action), editor.choose(action))
        assert sorted(answer["status"] for answer in answers) == ["applied", "failed"]
        assert any("already going on" in message for message in editor.messages)


async def test_a_cancelled_progress_bar_stops_the_run(tmp_path: Path) -> None:
    async with open_editor(tmp_path, change_capabilities=pushed) as editor:
        uri, diagnostic = await opened(editor, tmp_path)
        (action,) = await editor.actions(uri, diagnostic, only=[ASK])
        answer = editor.choose(action)
        await editor.until(lambda: editor.progress)
        token = editor.progress[0][0]
        editor.client.window_work_done_progress_cancel(lsp.WorkDoneProgressCancelParams(token))
        assert (await answer)["status"] == "cancelled"
        assert editor.edits == []
        assert editor.progress[-1][1]["kind"] == "end"


@pytest.mark.parametrize("argument", [None, 7, {}, {"uri": 1}, {"uri": "file:///gone.py"}])
async def test_a_wrong_argument_gets_one_sentence(argument: Any, tmp_path: Path) -> None:
    async with open_editor(tmp_path, change_capabilities=pushed) as editor:
        answer = await editor.client.workspace_execute_command_async(
            lsp.ExecuteCommandParams("architect.ask", [argument])
        )
        assert answer["status"] == "failed"
        assert len(editor.messages) == 1


async def test_the_architect_can_be_switched_off(tmp_path: Path) -> None:
    options = {"settings": {"ask": {"enabled": False}}}
    async with open_editor(tmp_path, options=options, change_capabilities=pushed) as editor:
        uri, diagnostic = await opened(editor, tmp_path)
        (silence,) = await editor.actions(uri, diagnostic)
        assert silence.kind == "quickfix"


async def test_a_workspace_that_is_not_trusted_gets_figures_only(tmp_path: Path) -> None:
    options = {"trusted": False}
    async with open_editor(tmp_path, options=options, change_capabilities=pushed) as editor:
        uri, diagnostic = await opened(editor, tmp_path)
        assert await editor.actions(uri, diagnostic, only=[ASK]) == []
        answer = await editor.client.workspace_execute_command_async(
            lsp.ExecuteCommandParams("architect.ask", [diagnostic.data])
        )
        assert answer["status"] == "failed"
        assert "not trusted" in answer["message"]

"""What an editor can't show has a flow that replaces it: for every recorded editor, to the end."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from lsprotocol import types as lsp

from editor import ALE, CLIENTS, Editor, open_editor, recorded
from fake_messages import FakeMessages, Script, message, text, tool_use

EXAMPLE = Path(__file__).parents[3] / "examples" / "order_service.py"
REWRITE = lsp.CodeActionKind.RefactorRewrite
REPORT = message(
    tool_use("report", {"title": "Sound", "summary": "Nothing to say.", "findings": []})
)
LEAVE = message(
    tool_use("submit", {"decision": "leave-as-is", "title": "Leave it", "rationale": "Clear."})
)


@pytest.fixture(autouse=True)
def own_folders(monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory) -> None:
    """Folders of the user's own that no other test sees."""
    for name in ("XDG_STATE_HOME", "XDG_CACHE_HOME", "XDG_DATA_HOME"):
        monkeypatch.setenv(name, str(tmp_path_factory.mktemp(name)))


async def opened(editor: Editor, workspace: Path) -> tuple[str, lsp.Diagnostic]:
    """The example opened, and its diagnostic on ``place_order``."""
    uri = (workspace / "order_service.py").as_uri()
    editor.open(uri, EXAMPLE.read_text("utf-8"))
    found = await editor.diagnostics(uri, len)
    return uri, next(d for d in found if editor.text_at(uri, d.range) == "place_order")


@asynccontextmanager
async def with_model(
    script: Script, monkeypatch: pytest.MonkeyPatch, workspace: Path, client: str
) -> AsyncIterator[tuple[Editor, FakeMessages]]:
    """An editor in front of a scripted model."""
    monkeypatch.setenv("ANTHROPIC_API_KEY", "sk-ant-test")
    async with FakeMessages(script) as fake:
        monkeypatch.setenv("ANTHROPIC_BASE_URL", fake.base_url)
        async with open_editor(workspace, client) as editor:
            yield editor, fake


def can(client: str, *path: str) -> Any:
    """What the recording says at ``path`` of the capabilities; None where it says nothing."""
    value: Any = recorded(client)["capabilities"]
    for key in path:
        value = value.get(key) if isinstance(value, dict) else None
    return value


@pytest.mark.parametrize("client", CLIENTS)
async def test_every_editor_gets_the_proposal_into_its_buffer(client: str, tmp_path: Path) -> None:
    async with open_editor(tmp_path, client) as editor:
        uri, diagnostic = await opened(editor, tmp_path)
        before = editor.texts[uri]
        (ask,) = await editor.actions(uri, diagnostic, only=[REWRITE])
        answer = await editor.choose(ask)
        if can(client, "workspace", "applyEdit"):
            assert answer["status"] == "applied", answer
        else:
            assert answer["status"] == "kept", answer
            assert editor.edits == []
            assert "choose “Apply suggestion”" in editor.messages[-1]
            offered = await editor.actions(uri, diagnostic)
            take = next(a for a in offered if a.title.startswith("Apply suggestion: Extract "))
            assert take.edit
            editor.take(take)
        compile(editor.texts[uri], uri, "exec")
        assert editor.texts[uri] != before
        await editor.diagnostics(
            uri, lambda new: all(editor.text_at(uri, d.range) != "place_order" for d in new)
        )


async def test_a_kept_proposal_is_offered_on_its_own_text_and_function_only(tmp_path: Path) -> None:
    async with open_editor(tmp_path, ALE) as editor:
        uri, diagnostic = await opened(editor, tmp_path)
        (ask,) = await editor.actions(uri, diagnostic, only=[REWRITE])
        await editor.choose(ask)
        top = lsp.Range(lsp.Position(0, 0), lsp.Position(0, 0))
        elsewhere = lsp.Diagnostic(range=top, message="")
        assert [a for a in await editor.actions(uri, elsewhere) if a.edit] == []
        editor.edit(uri, "FREE_SHIPPING_FROM", "FREE_FROM")
        await editor.diagnostics(uri, len)
        titles = [a.title for a in await editor.actions(uri, diagnostic)]
        assert "Ask architect: simplify OrderService.place_order" in titles
        assert not any(title.startswith("Apply suggestion") for title in titles)


@pytest.mark.parametrize("client", CLIENTS)
async def test_every_editor_learns_where_the_report_is(
    client: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    async with with_model([REPORT], monkeypatch, tmp_path, client) as (editor, _):
        uri, diagnostic = await opened(editor, tmp_path)
        if client == ALE:
            await allow(editor, uri, diagnostic)
        params = lsp.ExecuteCommandParams("architect.review", [{"uri": uri}])
        answer = await editor.client.workspace_execute_command_async(params)
        assert answer["status"] == "answered", answer
        page = answer["report"].removeprefix("file://")
        assert "Nothing to say." in Path(page).read_text("utf-8")
        shown = [document.uri for document in editor.shown]
        if can(client, "window", "showDocument", "support"):
            assert shown == [answer["report"]]
        else:
            assert shown == []
            assert page in editor.messages[-1]


async def allow(editor: Editor, uri: str, diagnostic: lsp.Diagnostic) -> None:
    """Give the consent by the code action that stands for the question."""
    (action,) = [
        action for action in await editor.actions(uri, diagnostic) if "Allow" in action.title
    ]
    assert (await editor.choose(action))["status"] == "allowed"


async def test_an_editor_that_shows_no_questions_gives_the_consent_by_a_code_action(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    async with with_model([LEAVE], monkeypatch, tmp_path, ALE) as (editor, fake):
        uri, diagnostic = await opened(editor, tmp_path)
        (ask,) = await editor.actions(uri, diagnostic, only=[REWRITE])
        assert (await editor.choose(ask))["status"] == "kept", "the embedded architect answered"
        assert fake.turns == []
        assert editor.questions == []
        await allow(editor, uri, diagnostic)
        (ask,) = await editor.actions(uri, diagnostic, only=[REWRITE])
        answer = await editor.choose(ask)
        assert "Clear." in answer["message"]
        assert len(fake.turns) == 1
        titles = [action.title for action in await editor.actions(uri, diagnostic)]
        assert not any("Allow" in title for title in titles)


async def test_the_consent_can_not_be_given_for_another_provider(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    async with with_model([text("never")], monkeypatch, tmp_path, ALE) as (editor, _):
        argument = {"workspace": str(tmp_path), "provider": "elsewhere.example"}
        params = lsp.ExecuteCommandParams("architect.allow", [argument])
        answer = await editor.client.workspace_execute_command_async(params)
        assert answer["status"] == "failed"

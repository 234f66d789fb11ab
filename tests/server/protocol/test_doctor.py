"""`architect.doctor`: the same report, with what this editor can show and what replaces it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from lsprotocol import types as lsp

from architect_server.diagnosis.editor import unexplained
from editor import ALE, CLIENTS, NEOVIM, Editor, open_editor, recorded

FILE = "def f():\n    pass\n"


async def doctor(editor: Editor, **argument: Any) -> dict[str, Any]:
    """The command's answer."""
    params = lsp.ExecuteCommandParams("architect.doctor", [argument])
    answer: dict[str, Any] = await editor.client.workspace_execute_command_async(params)
    return answer


@pytest.mark.parametrize("client", CLIENTS)
async def test_the_report_names_the_editor_and_is_shown(client: str, tmp_path: Path) -> None:
    async with open_editor(tmp_path, client) as editor:
        answer = await doctor(editor)
        facts = {fact["area"]: fact for fact in answer["facts"]}
        name = (recorded(client)["clientInfo"] or {"name": "unnamed"})["name"]
        assert facts["editor"]["value"] == f"{name}, positions in {editor.encoding}"
        able = facts["editor: edits on request"]["value"]
        assert able.startswith("no; instead: the code action") == (client == ALE)
        page = answer["report"].removeprefix("file://")
        assert answer["text"] in Path(page).read_text("utf-8")
        shown = [document.uri for document in editor.shown]
        assert answer["report"] in shown or page in editor.messages[-1]


async def test_a_client_that_shows_the_report_itself_gets_the_text_only(tmp_path: Path) -> None:
    async with open_editor(tmp_path, NEOVIM) as editor:
        answer = await doctor(editor, show=False)
        assert "report" not in answer
        assert answer["text"].startswith("ok   architect: ")
        assert editor.shown == []


async def test_limits_are_those_of_the_text_and_the_editors_own_settings(tmp_path: Path) -> None:
    options = {"settings": {"limits": {"ccn": 7}}}
    (tmp_path / "pyproject.toml").write_text("[tool.architect.limits]\nlength = 50\n")
    async with open_editor(tmp_path, NEOVIM, options) as editor:
        uri = (tmp_path / "a.py").as_uri()
        editor.open(uri, FILE)
        answer = await doctor(editor, uri=uri, show=False)
        facts = {fact["area"]: fact["value"] for fact in answer["facts"]}
        assert facts["limit ccn"] == "7 (from the editor's settings)"
        assert facts["limit length"].startswith(f"50 (from {tmp_path / 'pyproject.toml'}:2")


async def test_a_workspace_that_is_not_trusted_needs_a_fix(tmp_path: Path) -> None:
    async with open_editor(tmp_path, NEOVIM, {"trusted": False}) as editor:
        answer = await doctor(editor, show=False)
        assert not answer["ok"]
        (trust,) = [fact for fact in answer["facts"] if fact["area"] == "trust"]
        assert trust["fix"]


def test_every_capability_that_we_decide_by_is_explained() -> None:
    assert unexplained() == {
        "name",  # said with the encoding
        "encoding",
        "diagnostics_refresh",  # how soon something is shown, not whether
        "inlay_hint_refresh",
        "code_lens_refresh",
        "begins_rename",
        "related_in_hover",  # in how many lines related information comes
        "rename_registration",  # how an offered rename comes about
        "has_one_server",
    }

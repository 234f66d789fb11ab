"""The figures of every function of a text as a page."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from lsprotocol import types as lsp

from editor import Editor, open_editor
from model_session import SOURCE

SMALL = "\n\ndef small(a, b):\n    return a or b\n"


async def metrics(editor: Editor, uri: str, **given: Any) -> dict[str, Any]:
    params = lsp.ExecuteCommandParams("architect.metrics", [{"uri": uri, **given}])
    answer: dict[str, Any] = await editor.client.workspace_execute_command_async(params)
    return answer


async def test_every_function_is_listed_with_the_most_complex_first(tmp_path: Path) -> None:
    async with open_editor(tmp_path) as editor:
        uri = (tmp_path / "a.py").as_uri()
        editor.open(uri, SMALL + SOURCE)
        await editor.diagnostics(uri, len)
        answer = await metrics(editor, uri)
        rows = [line for line in answer["text"].splitlines() if line.startswith("| `")]
        assert [row.split("`")[1] for row in rows] == ["over", "small"]
        assert "| 17 |" in rows[0]
        assert "ccn over 15" in rows[0]
        assert rows[1].startswith("| `small` | 3 |")
        assert answer["report"] in [shown.uri for shown in editor.shown]
        page = Path(answer["report"].removeprefix("file://"))
        assert page.read_text("utf-8") == answer["text"]


async def test_a_client_that_shows_the_page_itself_is_not_shown_it(tmp_path: Path) -> None:
    async with open_editor(tmp_path) as editor:
        uri = (tmp_path / "a.py").as_uri()
        editor.open(uri, SMALL)
        answer = await metrics(editor, uri, show=False)
        assert answer["status"] == "shown"
        assert editor.shown == []


async def test_a_text_with_syntax_that_stops_the_analysis_says_how_far_it_goes(
    tmp_path: Path,
) -> None:
    async with open_editor(tmp_path) as editor:
        uri = (tmp_path / "a.py").as_uri()
        editor.open(uri, "def half(a:\n    return (\n")
        answer = await metrics(editor, uri)
        assert "line 1" in answer["text"], answer["text"]


async def test_a_text_that_is_not_open_is_refused_in_one_sentence(tmp_path: Path) -> None:
    async with open_editor(tmp_path) as editor:
        answer = await metrics(editor, "file:///nowhere.py")
        assert answer["status"] == "failed"
        assert "open the file first" in answer["message"]

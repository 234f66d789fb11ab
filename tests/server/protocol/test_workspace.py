"""The whole workspace on request: closed files, what git leaves out, and news only."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import pytest
from lsprotocol import types as lsp

from editor import NEOVIM, OLD_NEOVIM, Editor, open_editor

LIMIT = {"settings": {"limits": {"ccn": 2}}}
BAD = "def bad(a, b):\n    if a and b:\n        return 1\n    return 2\n"
GOOD = "def good():\n    return 1\n"

Found = dict[str, lsp.WorkspaceFullDocumentDiagnosticReport]


class Puller:
    """A client that pulls, and keeps what it was told as a client does."""

    def __init__(self, editor: Editor, folder: Path) -> None:
        self.editor = editor
        self.folder = folder
        self.found: Found = {}

    def ask(self, **more: Any) -> asyncio.Future[Any]:
        """Ask; the future is the answer."""
        known = [
            lsp.PreviousResultId(uri, report.result_id or "")
            for uri, report in self.found.items()
            if report.items
        ]
        params = lsp.WorkspaceDiagnosticParams(previous_result_ids=known, **more)
        return asyncio.ensure_future(self.editor.client.workspace_diagnostic_async(params))

    def take(self, items: Any) -> dict[str, int]:
        """Keep reports; gives the number of diagnostics by path."""
        news = {item.uri: item for item in items}
        self.found.update(news)
        base = self.folder.as_uri() + "/"
        return {uri.removeprefix(base): len(item.items) for uri, item in sorted(news.items())}

    async def pull(self) -> dict[str, int]:
        """Ask, and keep the answer."""
        return self.take((await self.ask()).items)

    def changed(self, *names: str) -> None:
        """Tell the server that the client's watcher saw these."""
        events = [
            lsp.FileEvent((self.folder / name).as_uri(), lsp.FileChangeType.Changed)
            for name in names
        ]
        self.editor.client.workspace_did_change_watched_files(
            lsp.DidChangeWatchedFilesParams(events)
        )


def write(folder: Path, **files: str) -> None:
    """Files by name; ``__`` stands for a dot."""
    for name, text in files.items():
        path = folder / name.replace("__", ".")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)


async def test_closed_files_are_reported_and_those_left_out_are_not(tmp_path: Path) -> None:
    write(
        tmp_path,
        __gitignore="build/\n",
        pyproject__toml="[tool.architect]\nexclude = ['skip/']\n",
        **{
            "a__py": BAD,
            "deep/er/b__py": BAD,
            "types__pyi": GOOD,
            "c__py": GOOD,
            "build/d__py": BAD,
            "skip/e__py": BAD,
            "node_modules/f__py": BAD,
            "notes__txt": BAD,
        },
    )
    (tmp_path / ".git").mkdir()
    async with open_editor(tmp_path, NEOVIM, LIMIT) as editor:
        puller = Puller(editor, tmp_path)
        assert await puller.pull() == {"a.py": 1, "deep/er/b.py": 1}
        (diagnostic,) = puller.found[(tmp_path / "a.py").as_uri()].items
        assert diagnostic.message == "bad has cyclomatic complexity 3 (limit 2)"
        assert diagnostic.range.start == lsp.Position(0, 4)


async def test_a_request_waits_for_news_and_then_tells_only_them(tmp_path: Path) -> None:
    write(tmp_path, a__py=BAD, b__py=GOOD, c__py=BAD)
    async with open_editor(tmp_path, NEOVIM, LIMIT) as editor:
        puller = Puller(editor, tmp_path)
        assert await puller.pull() == {"a.py": 1, "c.py": 1}
        waiting = puller.ask()
        done, _ = await asyncio.wait({waiting}, timeout=0.5)
        assert not done, "a client that knows everything would ask again and again"
        write(tmp_path, b__py=BAD + "\n\n" + BAD.replace("bad", "worse"))
        (tmp_path / "c.py").unlink()
        puller.changed("b.py", "c.py")
        assert puller.take((await waiting).items) == {"b.py": 2, "c.py": 0}


async def test_an_open_file_is_its_own_documents_business(tmp_path: Path) -> None:
    write(tmp_path, a__py=BAD, b__py=BAD)
    async with open_editor(tmp_path, NEOVIM, LIMIT) as editor:
        puller = Puller(editor, tmp_path)
        uri = (tmp_path / "a.py").as_uri()
        editor.open(uri, BAD)
        assert await puller.pull() == {"b.py": 1}
        waiting = puller.ask()
        closed = lsp.DidCloseTextDocumentParams(lsp.TextDocumentIdentifier(uri))
        editor.client.text_document_did_close(closed)
        assert puller.take((await waiting).items) == {"a.py": 1}


async def test_changed_settings_are_news(tmp_path: Path) -> None:
    write(tmp_path, a__py=BAD, pyproject__toml="[tool.architect.limits]\nccn = 2\n")
    async with open_editor(tmp_path, NEOVIM) as editor:
        puller = Puller(editor, tmp_path)
        assert await puller.pull() == {"a.py": 1}
        waiting = puller.ask()
        write(tmp_path, pyproject__toml="[tool.architect.limits]\nccn = 3\n")
        puller.changed("pyproject.toml")
        assert puller.take((await waiting).items) == {"a.py": 0}


async def test_every_root_is_covered_and_a_new_one_is_news(tmp_path: Path) -> None:
    write(tmp_path, **{"one/a__py": BAD, "two/b__py": BAD, "one/inner/c__py": BAD})
    async with open_editor(tmp_path / "one", NEOVIM, LIMIT) as editor:
        puller = Puller(editor, tmp_path)
        assert await puller.pull() == {"one/a.py": 1, "one/inner/c.py": 1}
        waiting = puller.ask()
        added = [
            lsp.WorkspaceFolder((tmp_path / name).as_uri(), name) for name in ("two", "one/inner")
        ]
        editor.client.workspace_did_change_workspace_folders(
            lsp.DidChangeWorkspaceFoldersParams(lsp.WorkspaceFoldersChangeEvent(added, []))
        )
        assert puller.take((await waiting).items) == {"two/b.py": 1}


async def test_many_files_come_in_parts_with_progress(tmp_path: Path) -> None:
    write(tmp_path, **{f"m{number:03}__py": BAD for number in range(120)})
    async with open_editor(tmp_path, NEOVIM, LIMIT) as editor:
        puller = Puller(editor, tmp_path)
        answer = await puller.ask(partial_result_token="parts")
        parts = [value for token, value in editor.progress if token == "parts"]
        counts = [len(part["items"]) for part in parts] + [len(answer.items)]
        assert counts == [50, 50, 20]
        kinds = [value["kind"] for token, value in editor.progress if token != "parts"]
        assert kinds[0] == "begin"
        assert kinds[-1] == "end"


async def test_a_workspace_without_end_is_cut_and_said_once(tmp_path: Path) -> None:
    write(tmp_path, **{f"m{number}__py": BAD for number in range(5)})
    settings = {"settings": {**LIMIT["settings"], "analysis": {"workspaceLimit": 3}}}
    async with open_editor(tmp_path, NEOVIM, settings) as editor:
        puller = Puller(editor, tmp_path)
        assert await puller.pull() == {"m0.py": 1, "m1.py": 1, "m2.py": 1}
        puller.changed("m0.py")
        assert await puller.pull() == {}
        (message,) = editor.messages
        assert "more than 3 files" in message


async def test_a_cancelled_look_is_taken_up_again(tmp_path: Path) -> None:
    write(tmp_path, **{f"m{number:03}__py": BAD for number in range(120)})
    async with open_editor(tmp_path, NEOVIM, LIMIT) as editor:
        puller = Puller(editor, tmp_path)
        cut = puller.ask(partial_result_token="parts")
        await editor.until(lambda: editor.progress)
        token = editor.progress[0][0]
        editor.client.window_work_done_progress_cancel(lsp.WorkDoneProgressCancelParams(token))
        assert len((await cut).items) < 120
        assert len(await puller.pull()) == 120


@pytest.mark.parametrize(
    "options", [{"surfaces": {"workspace": False}}, {"surfaces": {"diagnostics": False}}]
)
async def test_the_surface_has_its_switch(options: dict[str, Any], tmp_path: Path) -> None:
    write(tmp_path, a__py=BAD)
    settings = {"settings": {**LIMIT["settings"], **options}}
    async with open_editor(tmp_path, NEOVIM, settings) as editor:
        assert await Puller(editor, tmp_path).pull() == {}


async def test_the_end_does_not_wait_for_news(tmp_path: Path) -> None:
    write(tmp_path, a__py=BAD)
    async with open_editor(tmp_path, NEOVIM, LIMIT) as editor:
        puller = Puller(editor, tmp_path)
        await puller.pull()
        waiting = puller.ask()
    done, _ = await asyncio.wait({waiting}, timeout=60)
    assert done
    waiting.exception()


@pytest.mark.parametrize(
    ("name", "language", "found"),
    [("a.pyi", "python", 1), ("script", "python", 1), ("a.weird", "python", 1), ("a.py", "xml", 0)],
)
async def test_an_open_text_is_read_by_its_language_and_not_by_its_name(
    name: str, language: str, found: int, tmp_path: Path
) -> None:
    async with open_editor(tmp_path, NEOVIM, LIMIT) as editor:
        uri = (tmp_path / name).as_uri()
        editor.open(uri, BAD, language)
        report = await editor.client.text_document_diagnostic_async(
            lsp.DocumentDiagnosticParams(lsp.TextDocumentIdentifier(uri))
        )
        assert sum(item.code == "ccn" for item in report.items) == found


async def test_git_decides_about_open_files_too(tmp_path: Path) -> None:
    def pushed(capabilities: dict[str, Any]) -> None:
        capabilities["textDocument"].pop("diagnostic", None)

    write(tmp_path, __gitignore="build/\n!build/kept__py\n")
    (tmp_path / ".git").mkdir()
    async with open_editor(tmp_path, NEOVIM, LIMIT, pushed) as editor:
        built, own = (tmp_path / "build" / "a.py").as_uri(), (tmp_path / "a.py").as_uri()
        editor.open(built, BAD)
        editor.open(own, BAD)
        assert len(await editor.diagnostics(own)) == 1
        assert built not in editor.published


# Nothing is skipped because the machine is busy.
PATIENT = {"settings": {"limits": {"ccn": 2}, "analysis": {"timeLimit": 60}}}


async def check_workspace(editor: Editor) -> Any:
    """Give the command; its answer."""
    params = lsp.ExecuteCommandParams("architect.checkWorkspace", [])
    return await editor.client.workspace_execute_command_async(params)


def shown(editor: Editor, folder: Path) -> dict[str, int]:
    """The number of diagnostics that the client shows, by path."""
    base = folder.as_uri() + "/"
    return {
        uri.removeprefix(base): len(found.diagnostics)
        for uri, found in sorted(editor.published.items())
        if found.diagnostics
    }


async def test_an_editor_that_asks_for_nothing_is_shown_closed_files_on_a_command(
    tmp_path: Path,
) -> None:
    write(tmp_path, __gitignore="out/\n", a__py=BAD, b__py=GOOD, c__py=BAD, **{"out/d__py": BAD})
    async with open_editor(tmp_path, OLD_NEOVIM, PATIENT) as editor:
        opened = (tmp_path / "c.py").as_uri()
        editor.open(opened, BAD)
        await editor.diagnostics(opened, len)
        assert shown(editor, tmp_path) == {"c.py": 1}

        answer = await check_workspace(editor)
        assert answer["status"] == "checked"
        assert answer["message"] == "Architect: 1 of 2 closed files have problems."
        await editor.until(lambda: shown(editor, tmp_path) == {"a.py": 1, "c.py": 1})

        # A second look finds nothing new and sends nothing.
        count = len(editor.publications)
        await check_workspace(editor)
        assert len(editor.publications) == count


async def test_what_was_shown_of_closed_files_stays_true(tmp_path: Path) -> None:
    write(tmp_path, a__py=BAD, b__py=GOOD, c__py=BAD)
    async with open_editor(tmp_path, OLD_NEOVIM, PATIENT) as editor:
        await check_workspace(editor)
        await editor.until(lambda: shown(editor, tmp_path) == {"a.py": 1, "c.py": 1})

        # Opened, the text decides; closed again, the file.
        uri = (tmp_path / "a.py").as_uri()
        editor.open(uri, GOOD)
        await editor.until(lambda: shown(editor, tmp_path) == {"c.py": 1})
        editor.client.text_document_did_close(
            lsp.DidCloseTextDocumentParams(lsp.TextDocumentIdentifier(uri))
        )
        await editor.until(lambda: shown(editor, tmp_path) == {"a.py": 1, "c.py": 1})

        # Mended or gone from the disk.
        (tmp_path / "a.py").write_text(GOOD)
        (tmp_path / "c.py").unlink()
        Puller(editor, tmp_path).changed("a.py", "c.py")
        await editor.until(lambda: shown(editor, tmp_path) == {})


async def test_an_editor_that_asks_for_open_files_only_is_shown_no_file_twice(
    tmp_path: Path,
) -> None:
    write(tmp_path, a__py=BAD, b__py=BAD)
    async with open_editor(tmp_path, NEOVIM, PATIENT) as editor:
        await check_workspace(editor)
        await editor.until(lambda: shown(editor, tmp_path) == {"a.py": 1, "b.py": 1})
        uri = (tmp_path / "a.py").as_uri()
        editor.open(uri, BAD)
        await editor.until(lambda: shown(editor, tmp_path) == {"b.py": 1})
        assert len(await editor.diagnostics(uri)) == 1

        # Once it asks for the whole workspace, that answer takes over.
        assert await Puller(editor, tmp_path).pull() == {"b.py": 1}
        await editor.until(lambda: shown(editor, tmp_path) == {})


async def test_an_editor_that_asks_by_itself_is_told_so(tmp_path: Path) -> None:
    write(tmp_path, a__py=BAD)
    async with open_editor(tmp_path, NEOVIM, PATIENT) as editor:
        assert await Puller(editor, tmp_path).pull() == {"a.py": 1}
        answer = await check_workspace(editor)
        assert answer["status"] == "pulled"
        assert shown(editor, tmp_path) == {}


async def test_without_a_folder_it_says_what_to_do(tmp_path: Path) -> None:
    write(tmp_path, a__py=BAD)
    async with open_editor(tmp_path, OLD_NEOVIM, PATIENT) as editor:
        folder = lsp.WorkspaceFolder(tmp_path.as_uri(), tmp_path.name)
        editor.client.workspace_did_change_workspace_folders(
            lsp.DidChangeWorkspaceFoldersParams(lsp.WorkspaceFoldersChangeEvent([], [folder]))
        )
        answer = await check_workspace(editor)
        assert answer["status"] == "no-folder"
        assert "open a folder" in answer["message"]

"""Settings reach the server from every side; a wrong one is said once and breaks nothing."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from lsprotocol import types as lsp

from editor import EMACS, NEOVIM, OLD_NEOVIM, open_editor

SIX = "def f(a, b, c, d, e, g):\n    pass\n"


async def test_a_setting_of_the_wrong_type_is_said_once_and_the_default_kept(
    tmp_path: Path,
) -> None:
    options = {"settings": {"limits": {"ccn": "many", "parameters": 5}, "colour": "red"}}
    async with open_editor(tmp_path, options=options) as editor:
        for name in ("a.py", "b.py"):
            uri = (tmp_path / name).as_uri()
            editor.open(uri, SIX)
            (found,) = await editor.diagnostics(uri, len)
            assert "6 parameters (limit 5)" in found.message
        (message,) = editor.messages
        assert "'limits.ccn' must be a whole number" in message
        assert "unknown setting 'colour'" in message


async def test_the_nearest_pyproject_counts_and_names_its_lines(tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_text(
        "[tool.architect]\ncolour = 'red'\n\n[tool.architect.limits]\nparameters = 5\n", "utf-8"
    )
    (tmp_path / "package").mkdir()
    async with open_editor(tmp_path) as editor:
        uri = (tmp_path / "package" / "a.py").as_uri()
        editor.open(uri, SIX)
        assert len(await editor.diagnostics(uri, len)) == 1
        assert f"{tmp_path / 'pyproject.toml'}:2: unknown setting 'colour'" in editor.messages[0]


async def test_a_repository_cannot_spend_the_users_money(tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_text("[tool.architect.ask]\nmax-cost = 500\n")
    async with open_editor(tmp_path) as editor:
        editor.open((tmp_path / "a.py").as_uri(), SIX)
        message = await editor.until(lambda: editor.messages and editor.messages[0])
        assert "only the user's own settings" in message


async def test_the_editors_settings_lie_above_the_projects(tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_text("[tool.architect.limits]\nparameters = 5\n")
    options = {"settings": {"limits": {"parameters": 4}}}
    async with open_editor(tmp_path, options=options) as editor:
        uri = (tmp_path / "a.py").as_uri()
        editor.open(uri, SIX)
        (found,) = await editor.diagnostics(uri, len)
        assert "(limit 4)" in found.message


async def test_a_saved_pyproject_counts_at_once(tmp_path: Path) -> None:
    project = tmp_path / "pyproject.toml"
    project.write_text("[tool.architect.limits]\nparameters = 5\n", "utf-8")
    async with open_editor(tmp_path) as editor:
        uri = (tmp_path / "a.py").as_uri()
        editor.open(uri, SIX)
        assert await editor.diagnostics(uri, len)
        project.write_text("[tool.architect.limits]\nparameters = 6\n", "utf-8")
        saved = lsp.DidSaveTextDocumentParams(lsp.TextDocumentIdentifier(project.as_uri()))
        editor.client.text_document_did_save(saved)
        assert not await editor.diagnostics(uri, lambda new: not new)


async def test_settings_changed_in_the_editor_count_at_once(tmp_path: Path) -> None:
    def configurable(capabilities: dict[str, Any]) -> None:
        capabilities["textDocument"].pop("diagnostic", None)
        capabilities["workspace"]["configuration"] = True

    async with open_editor(tmp_path, NEOVIM, change_capabilities=configurable) as editor:
        uri = (tmp_path / "a.py").as_uri()
        editor.open(uri, SIX)
        assert editor.messages == []
        editor.client.set_configuration({"architect": {"limits": {"parameters": 5}}})
        editor.client.workspace_did_change_configuration(
            lsp.DidChangeConfigurationParams(settings=None)
        )
        assert await editor.diagnostics(uri, len)


async def test_every_folder_has_its_own_settings_in_the_editor(tmp_path: Path) -> None:
    def configurable(capabilities: dict[str, Any]) -> None:
        capabilities["textDocument"].pop("diagnostic", None)
        capabilities["workspace"]["configuration"] = True

    strict, loose = tmp_path / "strict", tmp_path / "loose"
    async with open_editor(strict, NEOVIM, change_capabilities=configurable) as editor:
        editor.client.set_configuration({"architect": {"limits": {"parameters": 4}}})
        editor.client.set_configuration(
            {"architect": {"limits": {"parameters": 5}}}, scope_uri=loose.as_uri()
        )
        added = [lsp.WorkspaceFolder(loose.as_uri(), "loose")]
        editor.client.workspace_did_change_workspace_folders(
            lsp.DidChangeWorkspaceFoldersParams(lsp.WorkspaceFoldersChangeEvent(added, []))
        )
        for folder, limit in ((strict, 4), (loose, 5)):
            uri = (folder / "a.py").as_uri()
            editor.open(uri, SIX)
            (found,) = await editor.diagnostics(uri, len)
            assert f"(limit {limit})" in found.message


async def test_settings_sent_along_count_too(tmp_path: Path) -> None:
    def simple(capabilities: dict[str, Any]) -> None:
        capabilities["workspace"]["configuration"] = False

    async with open_editor(tmp_path, OLD_NEOVIM, change_capabilities=simple) as editor:
        uri = (tmp_path / "a.py").as_uri()
        editor.open(uri, SIX)
        editor.client.workspace_did_change_configuration(
            lsp.DidChangeConfigurationParams({"architect": {"limits": {"parameters": 5}}})
        )
        assert await editor.diagnostics(uri, len)


async def test_excluded_files_draw_nothing(tmp_path: Path) -> None:
    options = {"settings": {"exclude": ["generated/"], "limits": {"parameters": 5}}}
    async with open_editor(tmp_path, EMACS, options) as editor:
        generated = (tmp_path / "generated" / "a.py").as_uri()
        written = (tmp_path / "a.py").as_uri()
        editor.open(generated, SIX)
        editor.open(written, SIX)
        assert await editor.diagnostics(written, len)
        assert generated not in editor.published

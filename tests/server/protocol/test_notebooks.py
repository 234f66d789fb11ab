"""Notebooks: every cell is read as it stands, and its findings are on the cell."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from lsprotocol import types as lsp

from editor import VSCODE, Editor, open_editor

LIMIT = {"settings": {"limits": {"ccn": 2}}}
BAD = "def bad(a, b):\n    if a and b:\n        return 1\n    return 2\n"


def with_notebooks(capabilities: dict[str, Any]) -> None:
    """A client that has notebooks and is told of findings."""
    capabilities["textDocument"].pop("diagnostic", None)


def cell(notebook: Path, number: int) -> str:
    """A cell's URI as VS Code makes it."""
    return f"vscode-notebook-cell:{notebook.as_posix()}#W{number}sZmlsZQ%3D%3D"


def open_notebook(editor: Editor, notebook: Path, *texts: str, language: str = "python") -> None:
    """Open a notebook with these cells."""
    items = [
        lsp.TextDocumentItem(cell(notebook, number), language, 1, text)
        for number, text in enumerate(texts)
    ]
    for item in items:
        editor.texts[item.uri], editor.versions[item.uri] = item.text, 1
    document = lsp.NotebookDocument(
        uri=notebook.as_uri(),
        notebook_type="jupyter-notebook",
        version=1,
        cells=[lsp.NotebookCell(lsp.NotebookCellKind.Code, item.uri) for item in items],
    )
    # What belongs together may come in any order.
    editor.client.notebook_document_did_open(
        lsp.DidOpenNotebookDocumentParams(document, list(reversed(items)))
    )


def change(editor: Editor, notebook: Path, cells: lsp.NotebookDocumentCellChanges) -> None:
    """Change cells of an opened notebook."""
    editor.client.notebook_document_did_change(
        lsp.DidChangeNotebookDocumentParams(
            lsp.VersionedNotebookDocumentIdentifier(2, notebook.as_uri()),
            lsp.NotebookDocumentChangeEvent(cells=cells),
        )
    )


async def test_findings_are_on_their_cell_in_the_order_of_the_cells(tmp_path: Path) -> None:
    async with open_editor(tmp_path, VSCODE, LIMIT, with_notebooks) as editor:
        notebook = tmp_path / "study.ipynb"
        open_notebook(editor, notebook, BAD, "x = 1\n", BAD.replace("bad", "worse"))
        (last,) = await editor.diagnostics(cell(notebook, 2))
        (first,) = editor.published[cell(notebook, 0)].diagnostics
        assert editor.text_at(cell(notebook, 0), first.range) == "bad"
        assert editor.text_at(cell(notebook, 2), last.range) == "worse"
        assert [published.uri for published in editor.publications] == [
            cell(notebook, 0),
            cell(notebook, 2),
        ]


async def test_what_only_a_notebook_knows_does_not_hide_a_function(tmp_path: Path) -> None:
    magic = f"%matplotlib inline\nfiles = !ls\n!pip list\ndisplay?\n{BAD}await f()\n"
    async with open_editor(tmp_path, VSCODE, LIMIT, with_notebooks) as editor:
        notebook = tmp_path / "study.ipynb"
        shell = "%%bash\nfor file in *; do if true; then echo def; fi; done\n"
        open_notebook(editor, notebook, magic, shell, f"%%time\n{BAD}")
        (timed,) = await editor.diagnostics(cell(notebook, 2))
        (found,) = editor.published[cell(notebook, 0)].diagnostics
        assert (found.code, found.range.start.line) == ("ccn", 4)
        assert (timed.code, timed.range.start.line) == ("ccn", 1)
        assert cell(notebook, 1) not in editor.published


async def test_settings_are_those_of_the_notebooks_folder(tmp_path: Path) -> None:
    (tmp_path / "study").mkdir()
    (tmp_path / "study" / "pyproject.toml").write_text("[tool.architect.limits]\nccn = 2\n")
    async with open_editor(tmp_path, VSCODE, change_capabilities=with_notebooks) as editor:
        notebook = tmp_path / "study" / "study.ipynb"
        open_notebook(editor, notebook, BAD)
        assert await editor.diagnostics(cell(notebook, 0))


async def test_cells_change_come_and_go(tmp_path: Path) -> None:
    async with open_editor(tmp_path, VSCODE, LIMIT, with_notebooks) as editor:
        notebook = tmp_path / "study.ipynb"
        open_notebook(editor, notebook, "x = 1\n", BAD)
        assert await editor.diagnostics(cell(notebook, 1))
        first = cell(notebook, 0)
        text = lsp.TextDocumentContentChangePartial(
            range=lsp.Range(lsp.Position(0, 0), lsp.Position(0, 0)), text=BAD
        )
        identifier = lsp.VersionedTextDocumentIdentifier(2, first)
        edited = lsp.NotebookDocumentCellContentChanges(identifier, [text])
        change(editor, notebook, lsp.NotebookDocumentCellChanges(text_content=[edited]))
        (found,) = await editor.diagnostics(first)
        assert found.range.start == lsp.Position(0, 4)

        added = cell(notebook, 7)
        structure = lsp.NotebookDocumentCellChangeStructure(
            array=lsp.NotebookCellArrayChange(
                1, 1, [lsp.NotebookCell(lsp.NotebookCellKind.Code, added)]
            ),
            did_open=[lsp.TextDocumentItem(added, "python", 1, BAD)],
            did_close=[lsp.TextDocumentIdentifier(cell(notebook, 1))],
        )
        change(editor, notebook, lsp.NotebookDocumentCellChanges(structure=structure))
        assert await editor.diagnostics(added)
        assert not editor.published[cell(notebook, 1)].diagnostics

        closed = [lsp.TextDocumentIdentifier(uri) for uri in (first, added)]
        editor.client.notebook_document_did_close(
            lsp.DidCloseNotebookDocumentParams(
                lsp.NotebookDocumentIdentifier(notebook.as_uri()), closed
            )
        )
        assert not await editor.diagnostics(first, lambda new: not new)
        assert not await editor.diagnostics(added, lambda new: not new)


async def test_an_untitled_notebook_is_read_too(tmp_path: Path) -> None:
    async with open_editor(tmp_path, VSCODE, LIMIT, with_notebooks) as editor:
        uri = "vscode-notebook-cell:Untitled-1.ipynb#W0sdW50aXRsZWQ%3D"
        document = lsp.NotebookDocument(
            uri="untitled:Untitled-1.ipynb",
            notebook_type="jupyter-notebook",
            version=1,
            cells=[lsp.NotebookCell(lsp.NotebookCellKind.Code, uri)],
        )
        editor.client.notebook_document_did_open(
            lsp.DidOpenNotebookDocumentParams(
                document, [lsp.TextDocumentItem(uri, "python", 1, BAD)]
            )
        )
        assert await editor.diagnostics(uri)

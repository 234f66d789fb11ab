"""Notebooks: each cell is a text of its own, analysed in the order of the cells."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from lsprotocol import types as lsp

from architect_server.convert import to_changes, to_document
from architect_server.desk import to_path
from architect_server.server import ArchitectServer
from architect_server.texts import close_text, open_text, start_analysis


def register(server: ArchitectServer) -> None:
    """Add the handlers of this file to ``server``."""
    server.feature(lsp.NOTEBOOK_DOCUMENT_DID_OPEN)(did_open)
    server.feature(lsp.NOTEBOOK_DOCUMENT_DID_CHANGE)(did_change)
    server.feature(lsp.NOTEBOOK_DOCUMENT_DID_CLOSE)(did_close)


def did_open(server: ArchitectServer, params: lsp.DidOpenNotebookDocumentParams) -> None:
    """Analyse all cells, from the first to the last."""
    order = {cell.document: number for number, cell in enumerate(params.notebook_document.cells)}
    items = sorted(params.cell_text_documents, key=lambda item: order.get(item.uri, len(order)))
    _open(server, items, to_path(params.notebook_document.uri))


def did_change(server: ArchitectServer, params: lsp.DidChangeNotebookDocumentParams) -> None:
    """Take in cells that came, went or were edited; the rest stays as it is."""
    cells = params.change.cells
    if cells is None:
        return
    if cells.structure is not None:
        for closed in cells.structure.did_close or []:
            _close(server, closed.uri)
        path = to_path(params.notebook_document.uri)
        _open(server, cells.structure.did_open or [], path)
    for content in cells.text_content or []:
        identifier = content.document
        document = server.session.documents.get(identifier.uri)
        if document is not None:
            encoding = server.session.client.encoding
            changes = to_changes(content.changes)
            document = document.changed(identifier.version, changes, encoding)
            server.session.open(document)
            start_analysis(server.desk, document)


def did_close(server: ArchitectServer, params: lsp.DidCloseNotebookDocumentParams) -> None:
    """Forget every cell and clear what is shown of it."""
    for cell in params.cell_text_documents:
        _close(server, cell.uri)


def _open(
    server: ArchitectServer, items: Sequence[lsp.TextDocumentItem], path: Path | None
) -> None:
    for item in items:
        document = to_document(item)
        server.session.notebooks[document.uri] = path
        open_text(server.desk, document)


def _close(server: ArchitectServer, uri: str) -> None:
    close_text(server.desk, uri)
    server.session.notebooks.pop(uri, None)

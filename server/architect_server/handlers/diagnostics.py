"""Diagnostics on request (pull, since protocol 3.17)."""

from __future__ import annotations

from lsprotocol import types as lsp

from architect_server.diagnostic_json import SOURCE
from architect_server.server import ArchitectServer
from architect_server.texts import report
from architect_server.wire import Json


def register(server: ArchitectServer) -> None:
    """Add the handler of this file to ``server``."""
    options = lsp.DiagnosticOptions(
        inter_file_dependencies=False, workspace_diagnostics=True, identifier=SOURCE
    )
    server.feature(lsp.TEXT_DOCUMENT_DIAGNOSTIC, options)(document_diagnostic)


async def document_diagnostic(
    server: ArchitectServer, params: lsp.DocumentDiagnosticParams
) -> Json:
    """Wait for the newest run and answer with it, or with "unchanged"."""
    uri = params.text_document.uri
    await server.schedule.settled(uri)
    return report(server.desk, uri, params.previous_result_id)

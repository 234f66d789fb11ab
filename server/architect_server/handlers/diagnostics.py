"""Diagnostics on request (pull, since protocol 3.17)."""

from __future__ import annotations

from lsprotocol import types as lsp

from architect_server.convert import SOURCE
from architect_server.handlers.analyse import shown_diagnostics
from architect_server.server import ArchitectServer


def register(server: ArchitectServer) -> None:
    """Add the handler of this file to ``server``."""
    options = lsp.DiagnosticOptions(
        inter_file_dependencies=False, workspace_diagnostics=True, identifier=SOURCE
    )
    server.feature(lsp.TEXT_DOCUMENT_DIAGNOSTIC, options)(document_diagnostic)


async def document_diagnostic(
    server: ArchitectServer, params: lsp.DocumentDiagnosticParams
) -> lsp.DocumentDiagnosticReport:
    """Wait for the newest run and answer with it, or with "unchanged"."""
    uri = params.text_document.uri
    await server.schedule.settled(uri)
    result = server.session.results.get(uri)
    diagnostics = shown_diagnostics(server, result) if result else []
    shown, number = server.pulled.get(uri, ([], 0))
    if shown != diagnostics:
        number += 1
        server.pulled[uri] = diagnostics, number
    if params.previous_result_id == str(number):
        return lsp.RelatedUnchangedDocumentDiagnosticReport(result_id=str(number))
    return lsp.RelatedFullDocumentDiagnosticReport(items=diagnostics, result_id=str(number))

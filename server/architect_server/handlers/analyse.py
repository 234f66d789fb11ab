"""Showing anew what is open, after something other than a text changed."""

from __future__ import annotations

from architect_server.server import ArchitectServer
from architect_server.texts import start_analysis, take


def show_again(server: ArchitectServer, uri: str) -> None:
    """Show the newest result of the text at ``uri`` anew."""
    if result := server.session.results.get(uri):
        take(server.desk, result)
    client = server.session.client
    if client.pull_diagnostics and client.diagnostics_refresh:
        server.workspace_diagnostic_refresh(None)


def refresh(server: ArchitectServer) -> None:
    """After a change of settings: judge every document anew."""
    server.workspace_scan.forget()
    for document in list(server.session.documents.values()):
        start_analysis(server.desk, document)
    client = server.session.client
    if client.pull_diagnostics and client.diagnostics_refresh:
        server.workspace_diagnostic_refresh(None)
    if client.inlay_hint_refresh:
        server.workspace_inlay_hint_refresh(None)
    if client.code_lens_refresh:
        server.workspace_code_lens_refresh(None)

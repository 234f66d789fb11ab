"""Opening, changing, saving and closing of texts."""

from __future__ import annotations

import logging

from lsprotocol import types as lsp

from architect_server.convert import to_changes, to_document
from architect_server.handlers import agents, outcomes
from architect_server.handlers.analyse import refresh, start_analysis
from architect_server.handlers.rename import withdraw
from architect_server.server import ArchitectServer
from architect_server.settings.files import SETTINGS_FILES

logger = logging.getLogger(__name__)


def register(server: ArchitectServer) -> None:
    """Add the handlers of this file to ``server``."""
    server.feature(lsp.TEXT_DOCUMENT_DID_OPEN)(did_open)
    server.feature(lsp.TEXT_DOCUMENT_DID_CHANGE)(did_change)
    server.feature(lsp.TEXT_DOCUMENT_DID_SAVE)(did_save)
    server.feature(lsp.TEXT_DOCUMENT_DID_CLOSE)(did_close)


def did_open(server: ArchitectServer, params: lsp.DidOpenTextDocumentParams) -> None:
    """Take the first snapshot and analyse it."""
    document = to_document(params.text_document)
    server.session.open(document)
    server.workspace_scan.changed()
    start_analysis(server, document)


def did_change(server: ArchitectServer, params: lsp.DidChangeTextDocumentParams) -> None:
    """Take a new snapshot and analyse it; the older run is cancelled."""
    identifier = params.text_document
    document = server.session.documents.get(identifier.uri)
    if document is None:
        logger.warning("Ignoring a change of a text that is not open: %s", identifier.uri)
        return
    changes = to_changes(params.content_changes)
    document = document.changed(identifier.version, changes, server.session.client.encoding)
    server.session.open(document)
    outcomes.typed(server, document)
    start_analysis(server, document)


def did_save(server: ArchitectServer, params: lsp.DidSaveTextDocumentParams) -> None:
    """A saved pyproject.toml, .gitignore or the like may have changed the settings."""
    outcomes.paused(server, params.text_document.uri)
    agents.saved(server, params.text_document.uri)
    if params.text_document.uri.rpartition("/")[2] in SETTINGS_FILES:
        server.session.forget_settings()
        refresh(server)


def did_close(server: ArchitectServer, params: lsp.DidCloseTextDocumentParams) -> None:
    """Forget the text and clear what is shown of it."""
    forget_text(server, params.text_document.uri)


def forget_text(server: ArchitectServer, uri: str) -> None:
    """Forget an open text; the workspace's diagnostics take over for its file."""
    outcomes.paused(server, uri)
    server.applied.pop(uri, None)
    server.workspace_scan.changed()
    server.schedule.cancel(uri)
    server.live.forget(uri)
    server.session.close(uri)
    server.pulled.pop(uri, None)
    server.opinions.pop(uri, None)
    server.proposals.pop(uri, None)
    if server.made.pop(uri, None):
        server.background(withdraw(server))
    if server.published.pop(uri, None):
        server.text_document_publish_diagnostics(lsp.PublishDiagnosticsParams(uri, []))

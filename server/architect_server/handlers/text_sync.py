"""Opening, changing, saving and closing of texts, where these come as typed objects."""

from __future__ import annotations

from functools import partial

from lsprotocol import types as lsp

from architect_server.convert import to_changes, to_document
from architect_server.handlers import agents, outcomes
from architect_server.handlers.analyse import refresh
from architect_server.handlers.published_files import follow
from architect_server.handlers.rename import withdraw
from architect_server.server import ArchitectServer
from architect_server.settings.files import holds_settings
from architect_server.texts import change_text, close_text, open_text
from architect_server.wire import Changed


def register(server: ArchitectServer) -> None:
    """Add the handlers of this file to ``server``."""
    server.feature(lsp.TEXT_DOCUMENT_DID_OPEN)(did_open)
    server.feature(lsp.TEXT_DOCUMENT_DID_CHANGE)(did_change)
    server.feature(lsp.TEXT_DOCUMENT_DID_SAVE)(did_save)
    server.feature(lsp.TEXT_DOCUMENT_DID_CLOSE)(did_close)
    server.desk.on_typed.append(partial(outcomes.typed, server))
    server.desk.on_closing.append(partial(_closing, server))


def did_open(server: ArchitectServer, params: lsp.DidOpenTextDocumentParams) -> None:
    """Take the first snapshot and analyse it."""
    open_text(server.desk, to_document(params.text_document))


def did_change(server: ArchitectServer, params: lsp.DidChangeTextDocumentParams) -> None:
    """Take a new snapshot and analyse it; the older run is cancelled."""
    identifier = params.text_document
    changes = to_changes(params.content_changes)
    change_text(server.desk, Changed(identifier.uri, identifier.version, changes))


def did_save(server: ArchitectServer, params: lsp.DidSaveTextDocumentParams) -> None:
    """A saved pyproject.toml, .gitignore or the like may have changed the settings."""
    outcomes.paused(server, params.text_document.uri)
    agents.saved(server, params.text_document.uri)
    if holds_settings(params.text_document.uri):
        server.session.forget_settings()
        refresh(server)
        follow(server)


def did_close(server: ArchitectServer, params: lsp.DidCloseTextDocumentParams) -> None:
    """Forget the text and clear what is shown of it."""
    close_text(server.desk, params.text_document.uri)


def _closing(server: ArchitectServer, uri: str) -> None:
    outcomes.paused(server, uri)
    server.applied.pop(uri, None)
    if server.made.pop(uri, None):
        server.background(withdraw(server))
    follow(server)

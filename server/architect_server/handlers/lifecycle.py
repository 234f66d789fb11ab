"""Start and end of a connection."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

from lsprotocol import types as lsp

from architect_server.clients import greet
from architect_server.desk import to_path
from architect_server.handlers import outcomes, rename
from architect_server.handlers.analyse import refresh
from architect_server.handlers.configuration import fetch_configuration, register_watchers
from architect_server.server import ArchitectServer


def register(server: ArchitectServer) -> None:
    """Add the handlers of this file to ``server``."""
    server.feature(lsp.INITIALIZE)(initialize)
    server.feature(lsp.INITIALIZED)(initialized)
    server.feature(lsp.SHUTDOWN)(shutdown)
    server.feature(lsp.WORKSPACE_DID_CHANGE_WORKSPACE_FOLDERS)(folders_changed)


def initialize(server: ArchitectServer, params: lsp.InitializeParams) -> None:
    """Learn what the client can do, unless that was learned before this server was loaded."""
    if not server.desk.greeted:
        greet(server.desk, server.untyped(params))
    if server.session.client.has_one_server:
        rename.register(server)


async def initialized(server: ArchitectServer, params: lsp.InitializedParams) -> None:
    """Ask for what only a started client can be asked for."""
    if not server.session.client.has_one_server:
        rename.register(server)
    await asyncio.gather(register_watchers(server), fetch_configuration(server))


async def shutdown(server: ArchitectServer, params: None) -> None:
    """Stop all that goes on; the process ends with the exit notification."""
    for task in list(server.asking.values()):
        task.cancel()
    await outcomes.ended(server)
    await server.schedule.close()
    server.worker.close()


async def folders_changed(
    server: ArchitectServer, params: lsp.DidChangeWorkspaceFoldersParams
) -> None:
    """Keep the workspace folders; a new one may have settings of its own."""
    for folder in params.event.removed:
        server.session.folders.pop(folder.uri, None)
    add_folders(server, [folder.uri for folder in params.event.added])
    server.session.forget_settings()
    refresh(server)
    await fetch_configuration(server)


def add_folders(server: ArchitectServer, folder_uris: Sequence[str]) -> None:
    """Remember those that are folders on disk."""
    for uri in folder_uris:
        if path := to_path(uri):
            server.session.folders[uri] = path

"""The editor's settings, and the files that hold settings."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from lsprotocol import types as lsp
from pygls.exceptions import JsonRpcException

from architect_server.analysis.languages import EXTENSIONS
from architect_server.handlers.analyse import refresh
from architect_server.handlers.published_files import follow
from architect_server.server import ArchitectServer
from architect_server.settings.files import WATCHED, holds_settings

logger = logging.getLogger(__name__)

#: The name of our section in an editor's settings.
SECTION = "architect"

#: What the VS Code client keeps for itself, so that we don't report it as unknown.
_CLIENT_ONLY = {"interpreter", "importStrategy", "trace"}


def register(server: ArchitectServer) -> None:
    """Add the handlers of this file to ``server``."""
    server.feature(lsp.WORKSPACE_DID_CHANGE_CONFIGURATION)(configuration_changed)
    server.feature(lsp.WORKSPACE_DID_CHANGE_WATCHED_FILES)(watched_files_changed)


async def configuration_changed(
    server: ArchitectServer, params: lsp.DidChangeConfigurationParams
) -> None:
    """Use the new settings, whether the client sends them along or wants to be asked."""
    if server.session.client.configuration:
        await fetch_configuration(server)
        return
    settings = params.settings
    if isinstance(settings, Mapping):
        _use(server, settings.get(SECTION, settings))


async def fetch_configuration(server: ArchitectServer) -> None:
    """Ask the client for our section, as a whole and for each workspace folder.

    One without it keeps what it gave at the start.
    """
    if not server.session.client.configuration:
        return
    folders = dict(server.session.folders)
    items = [lsp.ConfigurationItem(scope_uri=uri, section=SECTION) for uri in (None, *folders)]
    try:
        answers = await server.workspace_configuration_async(lsp.ConfigurationParams(items))
    except JsonRpcException as error:
        logger.warning("The client did not answer for its settings: %s", error)
        return
    if answers and isinstance(answers[0], Mapping):
        by_folder = dict(zip(folders.values(), answers[1:], strict=False))
        _use(server, answers[0], by_folder)


def _use(
    server: ArchitectServer, options: object, by_folder: Mapping[Path, object] | None = None
) -> None:
    if not isinstance(options, Mapping):
        return
    ours = _own(options)
    folders = {
        folder: _own(given)
        for folder, given in (by_folder or {}).items()
        if isinstance(given, Mapping)
    }
    session = server.session
    if ours != session.editor_options or folders != session.folder_options:
        session.use_editor_options(ours, folders)
        refresh(server)
        follow(server)


def _own(options: Mapping[str, Any]) -> dict[str, Any]:
    """What is the server's of a client's section."""
    return {
        key: value
        for key, value in options.items()
        if key not in _CLIENT_ONLY and value is not None
    }


async def register_watchers(server: ArchitectServer) -> None:
    """Hear of changed files, where the client can watch them for us: those with settings,
    and source files where it asks for the whole workspace's diagnostics.
    """
    client = server.session.client
    if not client.watched_files:
        return
    await _watch(server, "architect-settings-files", WATCHED)
    if client.pull_diagnostics:
        await watch_sources(server)


async def watch_sources(server: ArchitectServer) -> None:
    """Hear of changed source files too, where the client can watch them for us."""
    if server.session.client.watched_files:
        sources = f"**/*.{{{','.join(sorted(EXTENSIONS))}}}"
        await _watch(server, "architect-source-files", (sources,))


async def _watch(server: ArchitectServer, name: str, globs: Iterable[str]) -> None:
    registration = lsp.Registration(
        id=name,
        method=lsp.WORKSPACE_DID_CHANGE_WATCHED_FILES,
        register_options=lsp.DidChangeWatchedFilesRegistrationOptions(
            [lsp.FileSystemWatcher(glob_pattern=glob) for glob in globs]
        ),
    )
    try:
        await server.client_register_capability_async(lsp.RegistrationParams([registration]))
    except JsonRpcException as error:
        logger.warning("The client does not watch files for us: %s", error)


def watched_files_changed(server: ArchitectServer, params: lsp.DidChangeWatchedFilesParams) -> None:
    """Read changed settings anew; whoever waits for news of the workspace gets it."""
    server.workspace_scan.changed()
    if any(holds_settings(event.uri) for event in params.changes):
        server.session.forget_settings()
        refresh(server)
    follow(server)

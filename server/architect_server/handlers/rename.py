"""Rename a helper that an architect has just made; every other name is somebody else's business.

So that nobody's own rename is in the way, this one is announced only while there is such a helper,
to clients that let a server do so, and from the start only to one that has a single server.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence

from lsprotocol import types as lsp
from pygls.exceptions import JsonRpcException

from architect_server.convert import to_offset, to_offsets_range, to_workspace_edit
from architect_server.document import Document
from architect_server.renames import defined, name_at, renamed
from architect_server.server import ArchitectServer

logger = logging.getLogger(__name__)

_REGISTRATION = "architect-rename-helpers"
_REQUEST_FAILED = -32803


def register(server: ArchitectServer) -> None:
    """Add the handlers of this file; called while the connection is initialized.

    pygls tells the client of what is there by then: before the answer to ``initialize`` for the
    client that has one server, after it for all others.
    """
    server.feature(lsp.TEXT_DOCUMENT_PREPARE_RENAME)(prepare_rename)
    server.feature(lsp.TEXT_DOCUMENT_RENAME, lsp.RenameOptions(prepare_provider=True))(rename)


def prepare_rename(
    server: ArchitectServer, params: lsp.PrepareRenameParams
) -> lsp.PrepareRenamePlaceholder | None:
    """The helper at the place; None for any other name."""
    uri = params.text_document.uri
    document = server.session.documents.get(uri)
    if document is None:
        return None
    encoding = server.session.client.encoding
    offset = to_offset(document, params.position, encoding)
    found = name_at(document, offset, server.made.get(uri, ()))
    if found is None:
        return None
    where = to_offsets_range(document, found.start, found.end, encoding)
    return lsp.PrepareRenamePlaceholder(where, found.text)


def rename(server: ArchitectServer, params: lsp.RenameParams) -> lsp.WorkspaceEdit | None:
    """The edit that renames the helper at the place wherever the text mentions it."""
    uri = params.text_document.uri
    document = server.session.documents.get(uri)
    if document is None:
        return None
    client = server.session.client
    names = server.made.get(uri, ())
    found = name_at(document, to_offset(document, params.position, client.encoding), names)
    if found is None:
        return None
    try:
        splices = renamed(document, found.text, params.new_name)
    except ValueError as error:
        raise JsonRpcException(f"Architect: {error}", _REQUEST_FAILED) from error
    if params.new_name not in names:
        server.made[uri] = (*names, params.new_name)
    return to_workspace_edit(document, splices, client)


def made_helpers(
    server: ArchitectServer, document: Document, helpers: Sequence[str]
) -> list[lsp.Location]:
    """Remember ``helpers`` of ``document``, as it is now, and say where their names stand."""
    names = [name.rpartition(".")[2] for name in helpers]
    found = list(defined(document, names))
    if not found:
        return []
    server.made[document.uri] = tuple(splice.text for splice in found)
    encoding = server.session.client.encoding
    return [
        lsp.Location(document.uri, to_offsets_range(document, one.start, one.end, encoding))
        for one in found
    ]


async def offer(server: ArchitectServer, place: lsp.Location) -> None:
    """Have the client show the name at ``place``, or know of the rename that it begins itself."""
    if server.session.client.begins_rename:
        await _announce(server)
        return
    server.background(_announce(server))
    server.background(_show(server, place))


async def _show(server: ArchitectServer, place: lsp.Location) -> None:
    """Put the cursor on the name, so that it can be changed at once."""
    if not server.session.client.show_document:
        return
    try:
        await server.window_show_document_async(
            lsp.ShowDocumentParams(place.uri, take_focus=True, selection=place.range)
        )
    except JsonRpcException as error:
        logger.warning("The client does not show the new helper: %s", error)


async def _announce(server: ArchitectServer) -> None:
    """Let the client know, once, that helpers can be renamed."""
    if server.rename_announced or not server.session.client.rename_registration:
        return
    server.rename_announced = True
    languages = [lsp.TextDocumentFilterLanguage(language="python")]
    registration = lsp.Registration(
        id=_REGISTRATION,
        method=lsp.TEXT_DOCUMENT_RENAME,
        register_options=lsp.RenameRegistrationOptions(
            document_selector=languages, prepare_provider=True
        ),
    )
    try:
        await server.client_register_capability_async(lsp.RegistrationParams([registration]))
    except JsonRpcException as error:
        server.rename_announced = False
        logger.warning("The client takes no rename of helpers: %s", error)


async def withdraw(server: ArchitectServer) -> None:
    """Take the announcement back once no open text has such a helper any more."""
    if server.made or not server.rename_announced:
        return
    server.rename_announced = False
    gone = lsp.Unregistration(_REGISTRATION, lsp.TEXT_DOCUMENT_RENAME)
    try:
        await server.client_unregister_capability_async(lsp.UnregistrationParams([gone]))
    except JsonRpcException as error:
        logger.warning("The client keeps the rename of helpers: %s", error)

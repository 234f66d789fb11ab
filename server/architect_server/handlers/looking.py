"""The commands that only look: what would be sent to a model, and what agents remember."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from lsprotocol import types as lsp

from architect_server.analysis.model import FileMetrics, FunctionMetrics
from architect_server.asking import Preview, Refused
from architect_server.desk import to_path
from architect_server.document import Document
from architect_server.handlers.inquiries import topic_of
from architect_server.handlers.run import surroundings_of, tell
from architect_server.inquiries import preview_inquiry
from architect_server.memory_view import MemoryUnusable, forget, memory_page
from architect_server.pages import keep_page, preview_figures, preview_page
from architect_server.previews import preview_refactoring
from architect_server.server import ArchitectServer

PREVIEW = "architect.preview"
MEMORY = "architect.memory"
FORGET = "architect.forget"


def register(server: ArchitectServer) -> None:
    """Add the commands of this file to ``server``; ARCHITECTURE.md has their arguments."""

    @server.command(PREVIEW)
    async def _preview(argument: Any = None) -> dict[str, Any]:
        return await _show_preview(server, _object(argument))

    @server.command(MEMORY)
    async def _memory(argument: Any = None) -> dict[str, Any]:
        return await _show_memory(server, _object(argument))

    @server.command(FORGET)
    async def _forget(argument: Any = None) -> dict[str, Any]:
        return await _run_forget(server, _object(argument))


def _object(argument: Any) -> Mapping[str, Any]:
    return argument if isinstance(argument, Mapping) else {}


async def _show_preview(server: ArchitectServer, given: Mapping[str, Any]) -> dict[str, Any]:
    document = server.session.documents.get(str(given.get("uri")))
    if document is None:
        return tell(server, "failed", "Architect: open the file first, then look again.")
    try:
        found = await _preview_of(server, document, given)
        text = preview_page(found)
        page = keep_page(f"would-be-sent-{document.name}", document.uri, text)
    except Refused as refusal:
        return tell(server, "failed", f"Architect: {refusal}", lsp.MessageType.Warning)
    return {
        "status": "shown",
        "message": f"{preview_figures(found)} Nothing was sent.",
        "text": text,
        "sent": found.text,
        "agent": found.agent,
        "model": found.model,
        "inputTokens": found.input_tokens,
        "usd": found.usd,
        "report": await open_page(server, page, given),
    }


async def _preview_of(
    server: ArchitectServer, document: Document, given: Mapping[str, Any]
) -> Preview:
    """Raises Refused with a sentence where there is nothing to look at."""
    surroundings = surroundings_of(server, document)
    if given.get("kind") in ("review", "question"):
        topic = topic_of(str(given["kind"]), given)
        return await asyncio.to_thread(preview_inquiry, topic, document, surroundings)
    settings = surroundings.settings
    metrics = await server.worker.measure(document.text, document.language_id, settings.time_limit)
    function = _function(metrics, given)
    if function is None:
        raise Refused("there is no function here that could be asked about.")
    return await asyncio.to_thread(preview_refactoring, document, function, surroundings)


def _function(metrics: FileMetrics, given: Mapping[str, Any]) -> FunctionMetrics | None:
    """The function that is named, or around the line that is; else the most complex one."""
    name, line = given.get("function"), given.get("startLine")
    found = list(metrics.functions)
    if isinstance(name, str):
        found = [function for function in found if function.qualified_name == name]
    elif isinstance(line, int):
        found = [function for function in found if function.edit_line <= line <= function.end_line]
        return max(found, key=lambda function: function.start_line, default=None)
    return max(found, key=lambda function: function.ccn, default=None)


async def _show_memory(server: ArchitectServer, given: Mapping[str, Any]) -> dict[str, Any]:
    workspace = _workspace(server, given)
    try:
        found = await asyncio.to_thread(memory_page, workspace)
        page = keep_page("memory", str(workspace or ""), found.text)
    except (MemoryUnusable, Refused) as error:
        return tell(server, "failed", f"Architect: {error}", lsp.MessageType.Warning)
    return {
        "status": "shown",
        "message": f"{found.entities} entries are remembered.",
        "text": found.text,
        "entities": found.entities,
        "file": str(found.file),
        "report": await open_page(server, page, given),
    }


async def _run_forget(server: ArchitectServer, given: Mapping[str, Any]) -> dict[str, Any]:
    """Forget what is named, or all of it; only a yes on ``all`` is a yes."""
    names = given.get("names")
    everything = given.get("all") is True
    if not everything and not (isinstance(names, list) and names):
        return tell(server, "failed", "Architect: say what to forget: names, or all.")
    chosen = None if everything else [str(name) for name in names or ()]
    shared = given.get("shared") is True
    try:
        count = await asyncio.to_thread(forget, _workspace(server, given), chosen, shared)
    except MemoryUnusable as error:
        return tell(server, "failed", f"Architect: {error}", lsp.MessageType.Warning)
    return tell(server, "forgotten", f"Architect: forgot {count} entries.")


def _workspace(server: ArchitectServer, given: Mapping[str, Any]) -> Path | None:
    """The workspace of ``uri``; without one, the first that is open."""
    uri = given.get("uri")
    if isinstance(uri, str):
        return server.session.workspace_of(to_path(uri))
    return next(iter(server.session.folders.values()), None)


async def open_page(server: ArchitectServer, page: Path, given: Mapping[str, Any]) -> str:
    """Show the page where the client can and did not say ``show: false``; its URI."""
    if given.get("show") is not False:
        if server.session.client.show_document:
            await server.window_show_document_async(
                lsp.ShowDocumentParams(uri=page.as_uri(), take_focus=True)
            )
        else:
            server.say(f"Architect: it stands in {page}.")
    return page.as_uri()

"""The command ``architect.doctor``: the report on this connection, ready to be pasted."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from lsprotocol import types as lsp

from architect_server.handlers.run import tell
from architect_server.pages import keep_page
from architect_server.server import ArchitectServer

DOCTOR = "architect.doctor"


def register(server: ArchitectServer) -> None:
    """Add the command of this file to ``server``.

    It takes one object or nothing: ``uri`` of the text whose settings are shown, and ``show``
    (false where the client shows the report itself). The answer has the ``facts``, the report as
    ``text``, whether all is ``ok``, and where the page with it lies.
    """

    @server.command(DOCTOR)
    async def _doctor(argument: Any = None) -> dict[str, Any]:
        given = argument if isinstance(argument, Mapping) else {}
        return await _report(server, str(given.get("uri", "")), given.get("show") is not False)


async def _report(server: ArchitectServer, uri: str, show: bool) -> dict[str, Any]:
    # What asks questions of the whole machine is not loaded before somebody wants to know.
    from architect_server.diagnosis.fact import as_text
    from architect_server.diagnosis.report import for_session

    document = server.session.documents.get(uri)
    language = document.language_id if document else ""
    path = server.path_of(uri) if uri else None
    # It tries the sandbox and reads files, which may take a while.
    facts = await asyncio.to_thread(for_session, server.session, path, language)
    text = as_text(facts)
    fixes = sum(not fact.ok for fact in facts)
    found = f"{fixes} things need a fix" if fixes else "nothing needs a fix"
    answer = {
        "facts": [asdict(fact) for fact in facts],
        "text": text,
        "ok": not fixes,
    }
    if not show:
        return {"status": "reported", "message": f"Architect: {found}.", **answer}
    page = keep_page("doctor", "", f"# architect doctor\n\n```text\n{text}\n```\n")
    shown = False
    if server.session.client.show_document:
        params = lsp.ShowDocumentParams(uri=page.as_uri(), take_focus=True)
        shown = (await server.window_show_document_async(params)).success
    where = "" if shown else f" The report is in {page}."
    told = tell(server, "reported", f"Architect: {found}.{where}")
    return {**told, **answer, "report": page.as_uri()}

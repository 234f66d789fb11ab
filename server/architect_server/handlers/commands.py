"""The commands behind the code actions: ask an architect, then have the editor apply the edit."""

from __future__ import annotations

from typing import Any

from lsprotocol import types as lsp

from architect_server.convert import to_path, to_proposal
from architect_server.document import Document
from architect_server.handlers.consent import approve_servers, must_stay_offline
from architect_server.handlers.run import run_once, tell, workspace_key
from architect_server.progress import Report
from architect_server.refactor import Answer, Surroundings, ask, reanchored, remember
from architect_server.server import ArchitectServer
from architect_server.target import RefactorTarget

ASK = "architect.ask"
SIMPLIFY = "architect.simplify"


def register(server: ArchitectServer) -> None:
    """Add the commands of this file to ``server``."""

    @server.command(ASK)
    async def _ask(target: Any = None) -> dict[str, Any]:
        return await _run(server, target, offline=False)

    @server.command(SIMPLIFY)
    async def _simplify(target: Any = None) -> dict[str, Any]:
        return await _run(server, target, offline=True)


async def _run(server: ArchitectServer, argument: Any, offline: bool) -> dict[str, Any]:
    """Ask about the function that ``argument`` names; the answer says how it ended."""
    target = RefactorTarget.from_wire(argument)
    if target is None:
        return tell(
            server,
            "failed",
            "Architect: this command comes with a code action; "
            "place the cursor on a function with a finding and ask there.",
        )
    document = server.session.documents.get(target.uri)
    if document is None:
        return tell(server, "failed", "Architect: open the file first, then ask again.")

    return await run_once(
        server,
        target.uri,
        f"Architect: {target.function}",
        lambda report: _ask_about(server, target, document, offline, report),
        lambda answer: _deliver(server, answer),
    )


async def _ask_about(
    server: ArchitectServer,
    target: RefactorTarget,
    document: Document,
    offline: bool,
    report: Report,
) -> Answer:
    path = to_path(document.uri)
    settings = server.session.settings_for(path)
    key = workspace_key(server, document.uri)
    offline = await must_stay_offline(server, key, settings, offline)
    workspace = server.session.workspace_of(path)
    if not offline:
        await approve_servers(server, workspace, document.language_id, settings)
    metrics = await server.worker.measure(document.text, document.language_id, settings.time_limit)
    surroundings = Surroundings(settings, path, workspace, server.session.trusted)
    return await ask(target, document, metrics, surroundings, offline, report)


async def _deliver(server: ArchitectServer, answer: Answer) -> dict[str, Any]:
    """Say how it ended; where a checked edit stands, have the editor apply it."""
    if not answer.splices:
        kind = lsp.MessageType.Warning if answer.status == "rejected" else lsp.MessageType.Info
        return tell(server, answer.status, answer.message, kind)
    current = server.session.documents.get(answer.document.uri)
    splices = await reanchored(answer, current)
    if current is None or splices is None:
        return tell(
            server,
            "stale",
            f"Architect: {answer.function} changed while the architect "
            "was at work, so nothing was edited; ask again on the new text.",
        )
    edit = to_proposal(current, splices, server.session.client, answer.title, answer.summary)
    response = await server.workspace_apply_edit_async(
        lsp.ApplyWorkspaceEditParams(edit=edit, label=answer.title)
    )
    await remember(answer, "applied" if response.applied else "rejected")
    if not response.applied:
        why = f" ({response.failure_reason})" if response.failure_reason else ""
        return tell(server, "not-applied", f"Architect: the edit was not applied{why}.")
    return tell(server, "applied", answer.message)

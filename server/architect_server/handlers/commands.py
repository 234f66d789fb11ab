"""The commands behind the code actions: ask an architect, then have the editor apply the edit."""

from __future__ import annotations

import asyncio
import logging
from typing import Any

from lsprotocol import types as lsp

from architect_server.convert import to_path, to_workspace_edit
from architect_server.document import Document
from architect_server.handlers.consent import must_stay_offline
from architect_server.progress import Cancelled, Report, run_with_progress
from architect_server.refactor import Answer, Refused, Surroundings, ask, reanchored
from architect_server.server import ArchitectServer
from architect_server.target import RefactorTarget

logger = logging.getLogger(__name__)

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
        return _tell(
            server,
            "failed",
            "Architect: this command comes with a code action; "
            "place the cursor on a function with a finding and ask there.",
        )
    document = server.session.documents.get(target.uri)
    if document is None:
        return _tell(server, "failed", "Architect: open the file first, then ask again.")
    workspace = str(server.session.workspace_of(to_path(target.uri)) or target.uri)
    if workspace in server.asking:
        return _tell(
            server,
            "failed",
            "Architect: a run for this workspace is already going on; wait for it or cancel it.",
        )
    server.asking[workspace] = _current_task()
    try:
        settings = server.session.settings_for(to_path(target.uri))
        offline = await must_stay_offline(server, workspace, settings, offline)
        answer = await run_with_progress(
            server,
            f"Architect: {target.function}",
            server.session.client.work_done_progress,
            lambda report: _ask_about(server, target, document, offline, report),
        )
        return await _deliver(server, answer)
    except Cancelled:
        return {"status": "cancelled"}
    except Refused as refusal:
        return _tell(server, "failed", f"Architect: {refusal}", lsp.MessageType.Warning)
    except Exception:
        logger.exception("A question about %s failed", target.function)
        return _tell(
            server,
            "failed",
            "Architect: something went wrong inside the server; nothing was changed. "
            "The server's log has the details for a bug report.",
            lsp.MessageType.Error,
        )
    finally:
        server.asking.pop(workspace, None)


async def _ask_about(
    server: ArchitectServer,
    target: RefactorTarget,
    document: Document,
    offline: bool,
    report: Report,
) -> Answer:
    path = to_path(document.uri)
    settings = server.session.settings_for(path)
    metrics = await server.worker.measure(document.text, document.language_id, settings.time_limit)
    workspace = server.session.workspace_of(path)
    surroundings = Surroundings(settings, path, workspace, server.session.trusted)
    return await ask(target, document, metrics, surroundings, offline, report)


async def _deliver(server: ArchitectServer, answer: Answer) -> dict[str, Any]:
    """Say how it ended; where a checked edit stands, have the editor apply it."""
    if not answer.splices:
        kind = lsp.MessageType.Warning if answer.status == "rejected" else lsp.MessageType.Info
        return _tell(server, answer.status, answer.message, kind)
    current = server.session.documents.get(answer.document.uri)
    splices = await reanchored(answer, current)
    if current is None or splices is None:
        return _tell(
            server,
            "stale",
            f"Architect: {answer.function} changed while the architect "
            "was at work, so nothing was edited; ask again on the new text.",
        )
    edit = to_workspace_edit(current, splices, server.session.client, answer.title, answer.summary)
    response = await server.workspace_apply_edit_async(
        lsp.ApplyWorkspaceEditParams(edit=edit, label=answer.title)
    )
    if not response.applied:
        why = f" ({response.failure_reason})" if response.failure_reason else ""
        return _tell(server, "not-applied", f"Architect: the edit was not applied{why}.")
    return _tell(server, "applied", answer.message)


def _tell(
    server: ArchitectServer,
    status: str,
    message: str,
    kind: lsp.MessageType = lsp.MessageType.Info,
) -> dict[str, Any]:
    server.say(message, kind)
    return {"status": status, "message": message}


def _current_task() -> asyncio.Task[Any]:
    task = asyncio.current_task()
    if task is None:
        raise RuntimeError("commands run on the loop")
    return task

"""Diagnostics of the whole workspace on request, so that the problems view knows closed files."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from lsprotocol import types as lsp

from architect_server.discovery import Found
from architect_server.handlers.closed_files import closed_files, reports
from architect_server.handlers.published_files import leave
from architect_server.progress import Cancelled, Report, run_with_progress
from architect_server.server import ArchitectServer
from architect_server.texts import tell_problems
from architect_server.wire import Json

#: Seconds that a request is held while nothing changes, lest the client asks again and again.
_PATIENCE = 300.0
#: The same where nobody tells us of changed files.
_PATIENCE_UNTOLD = 30.0
#: Files of one partial result.
_BATCH = 50
#: From so many files on a progress bar appears.
_MANY = 50


@dataclass(frozen=True, slots=True)
class _Request:
    """What the client has (result ids by URI), and where it takes partial results."""

    known: Mapping[str, str]
    partial_token: lsp.ProgressToken | None


def register(server: ArchitectServer) -> None:
    """Add the handler of this file to ``server``."""
    server.feature(lsp.WORKSPACE_DIAGNOSTIC)(workspace_diagnostic)


async def workspace_diagnostic(
    server: ArchitectServer, params: lsp.WorkspaceDiagnosticParams
) -> Json:
    """Report on every file that is not open and that the client does not know as it is."""
    server.asks_for_workspace = True
    leave(server)
    known = {one.uri: one.value for one in params.previous_result_ids if one.value}
    request = _Request(known, params.partial_result_token)
    scan = server.workspace_scan
    if not scan.has_news and known == server.workspace_reported:
        await scan.news(_PATIENCE if server.session.client.watched_files else _PATIENCE_UNTOLD)
    scan.look()
    try:
        return _items(await _look(server, request))
    except Cancelled:
        scan.changed()
        return _items([])
    except BaseException:
        scan.changed()  # not all was looked at: the next request must not wait
        raise


async def _look(server: ArchitectServer, request: _Request) -> list[str]:
    """Look at all files, with a progress bar where that takes a while."""
    limit = server.session.settings_for(None).workspace_limit
    files, unread = await asyncio.to_thread(closed_files, server, limit)
    cut = (
        f"Architect: the workspace has more than {limit:,} files; the problems of the first "
        f"{limit:,} are shown, and of those that are open (analysis.workspaceLimit)."
    )
    if len(files) > limit and server.session.is_new(cut):
        server.say(cut)
    found = await run_with_progress(
        server,
        "Architect: measuring the workspace",
        server.session.client.work_done_progress and unread >= _MANY,
        lambda report: _look_at(server, files[:limit], request, report),
    )
    tell_problems(server.desk)
    return found


async def _look_at(
    server: ArchitectServer, files: list[Found], request: _Request, report: Report
) -> list[str]:
    """Report file by file; all but the last batch go out as partial results."""
    reported: dict[str, str] = {}
    batch: list[str] = []
    number = 0
    async for found in reports(server, files):
        number += 1
        if result_id := found.result_id:
            uri = found.uri
            reported[uri] = result_id
            if request.known.get(uri) != result_id:
                batch.append(_full(uri, result_id, found.items))
        if len(batch) >= _BATCH and request.partial_token is not None:
            _send(server, request.partial_token, batch)
            batch = []
        report(f"{number} of {len(files)} files", 100 * number // len(files))
    silent = sorted(request.known.keys() - reported.keys() - server.session.documents.keys())
    batch += [_full(uri, "", "[]") for uri in silent]
    server.workspace_reported = reported
    return batch


def _full(uri: str, result_id: str, items: str) -> str:
    """A WorkspaceFullDocumentDiagnosticReport; the version of a file that is not open is null."""
    said = f'"kind":"full","uri":{json.dumps(uri)},"version":null,"resultId":"{result_id}"'
    return f'{{{said},"items":{items}}}'


def _items(reports: Iterable[str]) -> Json:
    return Json(f'{{"items":[{",".join(reports)}]}}')


def _send(server: ArchitectServer, token: lsp.ProgressToken, batch: list[str]) -> None:
    params = f'{{"token":{json.dumps(token)},"value":{_items(batch)}}}'
    server.desk.notify(lsp.PROGRESS, params)

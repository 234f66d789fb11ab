"""Diagnostics of the whole workspace on request, so that the problems view knows closed files."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import islice

from lsprotocol import types as lsp

from architect_server.convert import to_path
from architect_server.file_scan.found import Found
from architect_server.handlers.analyse import tell_problems
from architect_server.handlers.closed_files import reports
from architect_server.progress import Cancelled, Report, run_with_progress
from architect_server.server import ArchitectServer
from architect_server.workspace_scan import files_of

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
) -> lsp.WorkspaceDiagnosticReport:
    """Report on every file that is not open and that the client does not know as it is."""
    known = {one.uri: one.value for one in params.previous_result_ids if one.value}
    request = _Request(known, params.partial_result_token)
    scan = server.workspace_scan
    if not scan.has_news and known == server.workspace_reported:
        await scan.news(_PATIENCE if server.session.client.watched_files else _PATIENCE_UNTOLD)
    scan.look()
    try:
        return lsp.WorkspaceDiagnosticReport(await _look(server, request))
    except Cancelled:
        scan.changed()
        return lsp.WorkspaceDiagnosticReport([])
    except BaseException:
        scan.changed()  # not all was looked at: the next request must not wait
        raise


async def _look(
    server: ArchitectServer, request: _Request
) -> list[lsp.WorkspaceDocumentDiagnosticReport]:
    """Look at all files, with a progress bar where that takes a while."""
    limit = server.session.settings_for(None).workspace_limit
    files, unread = await asyncio.to_thread(_files, server, limit)
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
    tell_problems(server)
    return found


def _files(server: ArchitectServer, limit: int) -> tuple[list[Found], int]:
    """The workspace's files that are neither open nor left out by git, and how many are unread.

    One file more than ``limit`` tells that there are too many.
    """
    session = server.session
    opened = {str(to_path(uri)) for uri in list(session.documents)}

    def wanted(path: str) -> bool:
        return path not in opened

    found = files_of(list(session.folders.values()), session.ignores, wanted)
    files = list(islice(found, limit + 1))
    return files, sum(server.workspace_scan.fresh(file) is None for file in files)


async def _look_at(
    server: ArchitectServer, files: list[Found], request: _Request, report: Report
) -> list[lsp.WorkspaceDocumentDiagnosticReport]:
    """Report file by file; all but the last batch go out as partial results."""
    reported: dict[str, str] = {}
    batch: list[lsp.WorkspaceDocumentDiagnosticReport] = []
    number = 0
    async for found in reports(server, files):
        number += 1
        if found.result_id:
            reported[found.uri] = found.result_id
        if request.known.get(found.uri, "") != found.result_id:
            batch.append(_full(found.uri, found.items, found.result_id))
        if len(batch) >= _BATCH and request.partial_token is not None:
            _send(server, request.partial_token, batch)
            batch = []
        report(f"{number} of {len(files)} files", 100 * number // len(files))
    gone = request.known.keys() - reported.keys() - {one.uri for one in batch}
    batch += [_full(uri, [], "") for uri in sorted(gone) if uri not in server.session.documents]
    server.workspace_reported = reported
    return batch


def _full(
    uri: str, items: list[lsp.Diagnostic], result_id: str
) -> lsp.WorkspaceFullDocumentDiagnosticReport:
    return lsp.WorkspaceFullDocumentDiagnosticReport(uri=uri, items=items, result_id=result_id)


def _send(
    server: ArchitectServer,
    token: lsp.ProgressToken,
    batch: list[lsp.WorkspaceDocumentDiagnosticReport],
) -> None:
    value = lsp.WorkspaceDiagnosticReportPartialResult(batch)
    server.protocol.notify(lsp.PROGRESS, lsp.ProgressParams(token, value))

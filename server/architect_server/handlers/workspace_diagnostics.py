"""Diagnostics of the whole workspace on request, so that the problems view knows closed files."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from hashlib import blake2b
from itertools import islice
from pathlib import Path

from lsprotocol import types as lsp
from pygls import uris

from architect_server.convert import to_diagnostics, to_path
from architect_server.document import Document
from architect_server.file_check import check_file
from architect_server.handlers.analyse import tell_problems
from architect_server.progress import Cancelled, Report, run_with_progress
from architect_server.result_cache import shared_results
from architect_server.server import ArchitectServer, FileReport
from architect_server.session import Result
from architect_server.worker import AnalysisWorker
from architect_server.workspace_scan import files_of, stamp

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


def _files(server: ArchitectServer, limit: int) -> tuple[list[Path], int]:
    """The workspace's files that are neither open nor left out by git, and how many are unread.

    One file more than ``limit`` tells that there are too many.
    """
    session = server.session
    opened = {to_path(uri) for uri in list(session.documents)}

    def wanted(path: Path) -> bool:
        return path not in opened

    found = files_of(list(session.folders.values()), session.ignores, wanted)
    files = list(islice(found, limit + 1))
    return files, sum(server.workspace_scan.fresh(path) is None for path in files)


async def _look_at(
    server: ArchitectServer, files: list[Path], request: _Request, report: Report
) -> list[lsp.WorkspaceDocumentDiagnosticReport]:
    """Report file by file; all but the last batch go out as partial results."""
    worker = AnalysisWorker()
    reported: dict[str, str] = {}
    batch: list[lsp.WorkspaceDocumentDiagnosticReport] = []
    try:
        for number, path in enumerate(files):
            if number % _BATCH == 0:
                await asyncio.sleep(0)  # what is known already must not hold up the loop
            found = await _report_on(server, worker, path)
            if found.result_id:
                reported[found.uri] = found.result_id
            if request.known.get(found.uri, "") != found.result_id:
                batch.append(_full(found.uri, found.items, found.result_id))
            if len(batch) >= _BATCH and request.partial_token is not None:
                _send(server, request.partial_token, batch)
                batch = []
            report(f"{number + 1} of {len(files)} files", 100 * number // len(files))
    finally:
        worker.close()
        shared_results().flush()
    gone = request.known.keys() - reported.keys() - {one.uri for one in batch}
    batch += [_full(uri, [], "") for uri in sorted(gone) if uri not in server.session.documents]
    server.workspace_reported = reported
    return batch


async def _report_on(server: ArchitectServer, worker: AnalysisWorker, path: Path) -> FileReport:
    scan, session = server.workspace_scan, server.session
    if report := scan.fresh(path):
        return report
    seen = stamp(path)
    uri = uris.from_fs_path(str(path)) or path.as_uri()
    workspace = session.workspace_of(path) or path.parent
    settings = session.settings_for(path)
    items: list[lsp.Diagnostic] = []
    if settings.surfaces.workspace and not session.leaves_out(path, settings):
        checked = await check_file(worker, path, settings, workspace)
        document = Document(uri, None, checked.metrics.language, checked.text)
        judged = checked.judged
        result = Result(
            document, checked.metrics, judged.findings, judged.problems, settings.surfaces
        )
        items = to_diagnostics(result, session.client)
    report = FileReport(uri, items, _identity(items))
    scan.keep(path, seen, report)
    return report


def _identity(items: Iterable[lsp.Diagnostic]) -> str:
    """The same for the same diagnostics, also after a restart; empty for none."""
    written = "\0".join(repr(item) for item in items)
    return blake2b(written.encode("utf-8", "replace"), digest_size=8).hexdigest() if written else ""


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

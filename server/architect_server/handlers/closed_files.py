"""Reports on files that are not open: what is known of them, and a scan of all the others."""

from __future__ import annotations

import asyncio
import os
import threading
from collections.abc import AsyncIterator, Sequence
from contextlib import closing
from itertools import islice
from pathlib import Path

from architect_server.analysis.model import FileMetrics
from architect_server.desk import to_path
from architect_server.diagnostic_json import findings_json, problems_json
from architect_server.discovery import Found
from architect_server.document import Document
from architect_server.file_scan.checked import Checked
from architect_server.file_scan.scan import Wanted, scan
from architect_server.large_blocks import given_back
from architect_server.result_cache import ResultCache, cache_path
from architect_server.server import ArchitectServer
from architect_server.session import ClientFacts, Result
from architect_server.settings import Settings
from architect_server.workspace_scan import FileReport, files_of

#: Files that are looked at before the loop has its turn again.
_AT_ONCE = 50


def closed_files(server: ArchitectServer, limit: int) -> tuple[list[Found], int]:
    """The workspace's files that are neither open nor left out by git, and how many are unread.

    One file more than ``limit`` tells that there are too many.
    """
    session = server.session
    opened = {str(to_path(uri)) for uri in list(session.documents)}

    def wanted(path: str) -> bool:
        return path not in opened

    folders = list(session.folders.values())
    with (
        closing(ResultCache(cache_path())) as cache,
        closing(files_of(folders, session.ignores, cache.folders, wanted)) as found,
    ):
        files = list(islice(found, limit + 1))
    return files, sum(server.workspace_scan.fresh(file) is None for file in files)


async def reports(server: ArchitectServer, files: Sequence[Found]) -> AsyncIterator[FileReport]:
    """The report on each of ``files``, those that are known first.

    Whoever stops asking stops the scan.
    """
    session, unread = server.session, list[Found]()
    settings: dict[str, Settings] = {}
    workspaces: dict[str, Path | None] = {}
    for number, file in enumerate(files):
        if number % _AT_ONCE == 0:
            await asyncio.sleep(0)  # what is known already must not hold up the loop
        if report := server.workspace_scan.fresh(file):
            yield report
            continue
        folder = _folder(file)
        if folder not in workspaces:
            workspaces[folder] = session.workspace_of(Path(folder))
        workspace = workspaces[folder]
        in_force = session.settings_of_file(file, workspace)
        left_out = session.excludes(file.path, in_force, workspace)
        if left_out or not in_force.surfaces.workspace:
            yield _kept(server, file, FileReport(file.path))
        else:
            settings[file.path] = in_force
            unread.append(file)
    wanted = Wanted(
        unread,
        lambda file: settings[file.path],
        lambda file: workspaces[_folder(file)] or Path(_folder(file)),
        figures=False,
        background=True,
    )
    async for file, report in _scanned(wanted, server.session.client):
        yield _kept(server, file, report)


async def _scanned(wanted: Wanted, client: ClientFacts) -> AsyncIterator[tuple[Found, FileReport]]:
    """The results of a scan that runs on a thread of its own; it ends with this iterator."""
    loop = asyncio.get_running_loop()
    results: asyncio.Queue[tuple[Found, FileReport] | None] = asyncio.Queue()
    stopped = threading.Event()

    def tell(result: tuple[Found, FileReport] | None) -> None:
        loop.call_soon_threadsafe(results.put_nowait, result)

    def work() -> None:
        cache = ResultCache(cache_path())
        try:
            with given_back():
                for _, checked in scan(wanted, cache, stopped.is_set):
                    # Told as what is kept: the texts of all files would be too much to wait.
                    tell((checked.file, _report(checked, wanted.settings(checked.file), client)))
        finally:
            cache.close()
            tell(None)

    thread = asyncio.ensure_future(asyncio.to_thread(work))
    try:
        while (result := await results.get()) is not None:
            yield result
    finally:
        stopped.set()
        await asyncio.shield(thread)


def _report(checked: Checked, settings: Settings, client: ClientFacts) -> FileReport:
    file = checked.file
    if checked.is_silent:
        return FileReport(file.path)
    uri = FileReport(file.path).uri
    document = Document(uri, None, checked.language, checked.text)
    metrics = FileMetrics(checked.language, checked.confidence)
    result = Result.known(document, metrics, checked.judged, settings.surfaces)
    return FileReport.of(
        file.path, [*findings_json(result, client), *problems_json(result, client)]
    )


def _folder(file: Found) -> str:
    return os.path.dirname(file.path)  # noqa: PTH120 - one of thousands


def _kept(server: ArchitectServer, file: Found, report: FileReport) -> FileReport:
    server.workspace_scan.keep(file, report)
    return report

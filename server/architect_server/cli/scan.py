"""Measures many files with the same engine, limits and settings as the editor."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from architect_server.discovery import matches
from architect_server.file_check import Checked, check_file
from architect_server.result_cache import shared_results
from architect_server.settings import Settings, SettingsByPlace
from architect_server.worker import AnalysisWorker


async def scan(
    files: Sequence[Path],
    settings: SettingsByPlace,
    advance: Callable[[Path], None],
    texts: Mapping[Path, str],
) -> list[Checked]:
    """Measure ``files``; results in their order. ``advance`` is called once for each file.

    A file that stands in ``texts`` is not read from the disk.
    """
    wanted = [path for path in files if not _is_excluded(path, settings.of(path))]
    queue = list(reversed(list(enumerate(wanted))))
    results: dict[int, Checked] = {}
    here = Path.cwd()

    async def work() -> None:
        worker = AnalysisWorker()
        try:
            while queue:
                index, path = queue.pop()
                in_force = settings.of(path)
                results[index] = await check_file(worker, path, in_force, here, texts.get(path))
                advance(path)
        finally:
            worker.close()

    workers = max(1, min(os.cpu_count() or 1, len(wanted)))
    async with asyncio.TaskGroup() as group:
        for _ in range(workers):
            group.create_task(work())
    shared_results().flush()
    return [results[index] for index in sorted(results)]


def _is_excluded(path: Path, settings: Settings) -> bool:
    return matches(settings.exclude, settings.exclude_base, path.absolute())

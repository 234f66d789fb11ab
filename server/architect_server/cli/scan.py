"""Measures many files with the same engine, limits and settings as the editor."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from architect_server.analysis.languages import language_of
from architect_server.analysis.model import FileMetrics
from architect_server.discovery import matches
from architect_server.judgement import Judgement, judge
from architect_server.settings import Settings, SettingsByPlace
from architect_server.worker import AnalysisWorker, skipped


@dataclass(frozen=True, slots=True)
class Checked:
    """One file's result. ``text`` is what was measured."""

    path: Path
    text: str
    metrics: FileMetrics
    judged: Judgement = field(default_factory=Judgement)


def read_text(path: Path) -> str:
    """The file as text. Bytes that are no UTF-8 are replaced, as they can't alter a figure."""
    return path.read_bytes().decode("utf-8", errors="replace")


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

    async def work() -> None:
        worker = AnalysisWorker()
        try:
            while queue:
                index, path = queue.pop()
                results[index] = await _check(worker, path, texts.get(path), settings.of(path))
                advance(path)
        finally:
            worker.close()

    workers = max(1, min(os.cpu_count() or 1, len(wanted)))
    async with asyncio.TaskGroup() as group:
        for _ in range(workers):
            group.create_task(work())
    return [results[index] for index in sorted(results)]


async def _check(
    worker: AnalysisWorker, path: Path, text: str | None, settings: Settings
) -> Checked:
    language = language_of(path.name) or ""
    try:
        text = read_text(path) if text is None else text
    except OSError as error:
        return Checked(path, "", skipped(language, f"It can't be read: {error.strerror}."))
    if len(text) > settings.size_limit:
        reason = f"The file has more than {settings.size_limit:,} characters (analysis.sizeLimit)."
        return Checked(path, text, skipped(language, reason))
    metrics = await worker.measure(text, language, settings.time_limit)
    return Checked(path, text, metrics, _judged(text, metrics, settings, path))


def _judged(text: str, metrics: FileMetrics, settings: Settings, path: Path) -> Judgement:
    return judge(text, metrics, settings, path.absolute(), Path.cwd())


def _is_excluded(path: Path, settings: Settings) -> bool:
    return matches(settings.exclude, settings.exclude_base, path.absolute())

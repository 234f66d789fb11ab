"""One file on disk, measured and judged: the same for the command line and the workspace."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from architect_server.analysis.languages import language_of
from architect_server.analysis.model import FileMetrics
from architect_server.judgement import Judgement, judge
from architect_server.result_cache import shared_results
from architect_server.settings import Settings
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


async def check_file(
    worker: AnalysisWorker,
    path: Path,
    settings: Settings,
    workspace: Path,
    text: str | None = None,
) -> Checked:
    """Measure and judge the file at ``path``, or ``text`` in its place; never raises for either."""
    language = language_of(path.name) or ""
    try:
        text = read_text(path) if text is None else text
    except OSError as error:
        return Checked(path, "", skipped(language, f"It can't be read: {error.strerror}."))
    if len(text) > settings.size_limit:
        reason = f"The file has more than {settings.size_limit:,} characters (analysis.sizeLimit)."
        return Checked(path, text, skipped(language, reason))
    metrics = await _measured(worker, text, language, settings)
    return Checked(path, text, metrics, _judged(text, metrics, settings, path, workspace))


async def _measured(
    worker: AnalysisWorker, text: str, language: str, settings: Settings
) -> FileMetrics:
    results = shared_results()
    metrics = results.get(text, language)
    if metrics is None:
        metrics = await worker.measure(text, language, settings.time_limit)
        results.put(text, metrics)
    return metrics


def _judged(
    text: str, metrics: FileMetrics, settings: Settings, path: Path, workspace: Path
) -> Judgement:
    return judge(text, metrics, settings, path.absolute(), workspace)

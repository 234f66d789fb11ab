"""A process that measures files, batch after batch; it ends when the parent ends."""

from __future__ import annotations

import faulthandler
import gc
import os
import sys
from pathlib import Path
from typing import NamedTuple

from architect_server.analysis.model import Confidence, FileMetrics
from architect_server.cache_keys import content_key
from architect_server.file_scan.checked import read_text
from architect_server.file_scan.compiled import is_compiled
from architect_server.file_scan.records import details_of, figures_of, read_figures, said_of
from architect_server.file_scan.said import Record, written
from architect_server.frames import pack, read_frame
from architect_server.judgement import Judgement, judge
from architect_server.own_stdout import own_stdout
from architect_server.result_cache import ResultCache
from architect_server.settings import Settings

# Most of what is made here lives as long as one file, and little of it refers to itself.
_COLLECT_AFTER = 100_000
#: How much longer than its time limit a file may take while the processors are busy elsewhere.
BUSY = 20
# Bytes of the widest character.
_WIDEST = 4
# How much a process in the background steps back behind those that a person waits for.
_POLITE = 10


class Task(NamedTuple):
    """One file to measure, or the ``text`` in its place. ``workspace`` is where globs begin."""

    number: int
    path: str
    language: str
    settings: Settings
    workspace: str
    text: str | None = None


def main() -> None:
    """Serve until stdin ends; the first argument is the cache's file."""
    if "--background" in sys.argv and hasattr(os, "nice"):
        os.nice(_POLITE)
    requests, answers = sys.stdin.buffer, own_stdout()
    cache = ResultCache(Path(sys.argv[1]))
    gc.set_threshold(_COLLECT_AFTER)
    answers.write(pack("ready"))
    answers.flush()
    while True:
        try:
            batch: list[Task] = read_frame(requests)
        except EOFError:
            break
        for task in batch:
            # Should the parent be gone when the time is up, this timer ends us: it runs in C.
            limit = task.settings.time_limit * BUSY + 60
            faulthandler.dump_traceback_later(limit, exit=True, file=sys.stderr)
            answers.write(pack((task.number, check(task, cache))))
            answers.flush()
        faulthandler.cancel_dump_traceback_later()


def check(task: Task, cache: ResultCache) -> Record:
    """Measure and judge one file; never raises for the file."""
    settings = task.settings
    too_large = f"The file has more than {settings.size_limit:,} characters (analysis.sizeLimit)."
    try:
        if task.text is None and os.stat(task.path).st_size > _WIDEST * settings.size_limit:  # noqa: PTH116
            return _set_aside_or_skipped(task, too_large)
        text = read_text(task.path) if task.text is None else task.text
    except OSError as error:
        return skipped(f"It can't be read: {error.strerror}.")
    if len(text) > settings.size_limit:
        return _set_aside_or_skipped(task, too_large)
    content = content_key(text, task.language)
    figures = None
    metrics = _known(cache, content, task.language)
    if metrics is None:
        # It brings lizard along, which a file that is known does not need.
        from architect_server.file_scan.measured import measured

        parses = task.text is None and task.language == "python" and is_compiled(task.path)
        metrics, own_parameters = measured(text, task.language, parses=parses)
        figures = figures_of(metrics, own_parameters)
    judged = judge(text, metrics, settings, Path(task.path), Path(task.workspace))
    if metrics.confidence.level == "skipped":
        content = b""  # it may fare better next time
    report = written(said_of(text, metrics.confidence, judged))
    return Record(content, len(metrics.functions), report, details_of(judged), figures)


def _set_aside_or_skipped(task: Task, reason: str) -> Record:
    """The record of a file that is not read; where vendored code lies is known all the same."""
    metrics = FileMetrics(task.language, Confidence("skipped", reason))
    judged = judge("", metrics, task.settings, Path(task.path), Path(task.workspace))
    return skipped(reason, judged)


def skipped(reason: str, judged: Judgement | None = None) -> Record:
    """The record of a file that was not measured."""
    confidence = Confidence("skipped", reason)
    judged = judged or Judgement()
    report = written(said_of("", confidence, judged))
    return Record(b"", 0, report, details_of(judged), figures_of(FileMetrics("", confidence), ()))


def _known(cache: ResultCache, content: bytes, language: str) -> FileMetrics | None:
    figures = cache.figures(content)
    if figures is None:
        return None
    try:
        return read_figures(figures, language)[0]
    except (ValueError, TypeError, IndexError):
        return None


if __name__ == "__main__":
    main()

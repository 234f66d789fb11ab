"""Measures many files with the same engine, limits and settings as the editor."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from architect_server.discovery import Found
from architect_server.file_scan.checked import Checked
from architect_server.file_scan.scan import Wanted, scan
from architect_server.ignores import matches
from architect_server.result_cache import ResultCache
from architect_server.settings import Settings, SettingsByPlace


def scan_files(
    files: Sequence[Found],
    settings: SettingsByPlace,
    cache: ResultCache,
    advance: Callable[[], None],
    texts: Mapping[str, str],
    *,
    figures: bool,
    details: bool,
) -> list[Checked]:
    """Measure ``files``; results in their order. ``advance`` is called once for each file.

    A file whose path stands in ``texts`` is not read from the disk. ``figures`` tells whether
    the figures of all functions are wanted, ``details`` whether those of findings are.
    """
    in_force = {file.path: settings.of_file(file) for file in files}
    files = [file for file in files if not _is_excluded(file, in_force[file.path])]
    here = Path.cwd()
    wanted = Wanted(
        files, lambda file: in_force[file.path], lambda _: here, figures, details, texts
    )
    results: dict[int, Checked] = {}
    for index, result in scan(wanted, cache):
        results[index] = result
        advance()
    return [results[index] for index in range(len(files))]


def _is_excluded(file: Found, settings: Settings) -> bool:
    return matches(settings.exclude, settings.exclude_base, file.path)

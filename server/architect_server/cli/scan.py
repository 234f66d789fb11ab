"""Measures many files with the same engine, limits and settings as the editor."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from architect_server.discovery import matches
from architect_server.file_scan.checked import Checked
from architect_server.file_scan.found import Found
from architect_server.file_scan.scan import Wanted, scan
from architect_server.result_cache import ResultCache, cache_path
from architect_server.settings import Settings, SettingsByPlace


def scan_files(
    files: Sequence[Found],
    settings: SettingsByPlace,
    advance: Callable[[], None],
    texts: Mapping[str, str],
    *,
    figures: bool,
    brief: bool,
) -> list[Checked]:
    """Measure ``files``; results in their order. ``advance`` is called once for each file.

    A file whose path stands in ``texts`` is not read from the disk. ``figures`` tells whether
    the figures of all functions are wanted, ``brief`` that no decision is.
    """
    in_force = {file.path: settings.of_file(file.path, file.language) for file in files}
    files = [file for file in files if not _is_excluded(file, in_force[file.path])]
    here = Path.cwd()
    wanted = Wanted(
        files, lambda file: in_force[file.path], lambda _: here, figures, texts, brief=brief
    )
    cache = ResultCache(cache_path())
    results: dict[int, Checked] = {}
    try:
        for index, result in scan(wanted, cache):
            results[index] = result
            advance()
    finally:
        cache.close()
    return [results[index] for index in range(len(files))]


def _is_excluded(file: Found, settings: Settings) -> bool:
    if not settings.exclude:
        return False
    return matches(settings.exclude, settings.exclude_base, Path(file.path))

"""Folders in which every file is as it was: one row for each, instead of one for each file."""

from __future__ import annotations

import json
import os
import struct
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from itertools import chain

from architect_server.discovery import Found
from architect_server.file_scan.checked import Checked
from architect_server.file_scan.said import Record, compact
from architect_server.result_cache import FolderReports, Known, ResultCache

#: From so many files on all that is known of their folder is read at once.
MANY = 40


def common_folder(files: Sequence[Found]) -> str:
    """The innermost folder that holds all of ``files``; empty if they lie on several drives."""
    paths = [file.path for file in files]
    with suppress(ValueError):
        # What the first and the last of them by name have in common, all have.
        return os.path.commonpath([min(paths), max(paths)])
    return ""


class WholeFolders:
    """The reports of a scan, folder by folder; of nothing but reports."""

    def __init__(
        self, files: Sequence[Found], judged_by: Callable[[Found], bytes], cache: ResultCache
    ) -> None:
        """``judged_by`` names all that a file is judged by."""
        self._files = files
        self._judged_by = judged_by
        self._cache = cache
        self._folders: dict[str, list[int]] = {}
        for index, file in enumerate(files):
            self._folders.setdefault(file.path.rpartition(os.sep)[0], []).append(index)
        self._settled: dict[int, Known] = {}
        #: The files, by index, of which nothing was told.
        self.rest: list[int] = []

    def told(self) -> Iterator[tuple[int, Checked]]:
        """Each file's index and result, in the folders that are as they were."""
        above = common_folder(self._files)
        kept = self._cache.reports_below(above) if above else {}
        for folder, indices in self._folders.items():
            last = kept.get(os.fsencode(folder))
            try:
                found = [] if last is None else self._read(last, indices)
            except (ValueError, TypeError):
                found = []  # what the cache holds is broken
            if found:
                yield from zip(indices, found, strict=True)
            else:
                self.rest += indices

    def _read(self, last: FolderReports, indices: Sequence[int]) -> list[Checked]:
        """The results for the files of one folder; none if any of them has changed.

        Raises:
            ValueError, TypeError: the cache holds something else.
        """
        files = [self._files[index] for index in indices]
        if last.state != _state(files) or {last.settings} != set(map(self._judged_by, files)):
            return []
        functions, reports = json.loads(last.reports)
        return [
            Checked(file, Record(b"", count, report, None, None))
            for file, count, report in zip(files, functions, reports, strict=True)
        ]

    def settle(self, index: int, known: Known) -> None:
        """The file of that ``index`` is as ``known`` says, and will be until its times change."""
        self._settled[index] = known

    def keep(self) -> None:
        """Keep the reports on folders all of whose files have settled."""
        again = set(self.rest)
        for folder, indices in self._folders.items():
            known = [self._settled[index] for index in indices if index in self._settled]
            settings = {one.settings for one in known}
            if indices[0] in again and len(known) == len(indices) and len(settings) == 1:
                state = _state([self._files[index] for index in indices])
                reports = compact([[one.functions for one in known], [one.report for one in known]])
                path = os.fsencode(folder)
                self._cache.put_reports(FolderReports(path, state, settings.pop(), reports))


def _state(files: Sequence[Found]) -> bytes:
    """Names, times, sizes and nodes of ``files``; of one that can't be looked at there is none."""
    stamps = [file.stamp or () for file in files]
    names = os.fsencode("\0".join([file.path.rpartition(os.sep)[2] for file in files]))
    numbers = list(chain.from_iterable(stamps))
    return names + struct.pack(f"<{len(numbers)}q", *numbers)

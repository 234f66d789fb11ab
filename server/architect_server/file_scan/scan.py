"""Many files measured and judged: what has not changed is known, the rest goes to processes."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from architect_server.cache_database import now
from architect_server.cache_keys import content_key, key_of
from architect_server.discovery import Found
from architect_server.file_scan.checked import Checked, read_text
from architect_server.file_scan.said import Record
from architect_server.file_scan.whole_folders import MANY, WholeFolders, common_folder
from architect_server.ignores import repository_of
from architect_server.result_cache import Known, ResultCache
from architect_server.settings import Settings

#: Bytes of files that may have changed which we read ourselves to see whether they did.
_READ_OURSELVES = 4_000_000


class Wanted(NamedTuple):
    """What a scan is to do.

    ``settings`` and ``workspace`` tell those of a file. With ``figures`` the figures of all
    functions are wanted, with ``details`` the judgements, not only what is to be said. A path in
    ``texts`` is not read from the disk. A scan in the ``background`` leaves the processors to
    others.
    """

    files: Sequence[Found]
    settings: Callable[[Found], Settings]
    workspace: Callable[[Found], Path]
    figures: bool = True
    details: bool = True
    texts: Mapping[str, str] = {}
    background: bool = False


def _never() -> bool:
    return False


def scan(
    wanted: Wanted, cache: ResultCache, stopped: Callable[[], bool] = _never
) -> Iterator[tuple[int, Checked]]:
    """Each file's index with its result: first those that are known, then the others.

    Nothing here raises for a file. A scan just ends once it is ``stopped``.
    """
    return _Scan(wanted, cache, stopped).run()


class _Scan:
    def __init__(self, wanted: Wanted, cache: ResultCache, stopped: Callable[[], bool]) -> None:
        self._wanted = wanted
        self._cache = cache
        self._stopped = stopped
        self._keys: dict[tuple[int, str], tuple[Settings, bytes]] = {}
        self._repositories: dict[str, str] = {}
        self._to_read = _READ_OURSELVES
        only_reports = not (wanted.figures or wanted.details or wanted.texts)
        self._whole = (
            WholeFolders(wanted.files, self._judged_by, cache)
            if only_reports and len(wanted.files) >= MANY
            else None
        )

    def run(self) -> Iterator[tuple[int, Checked]]:
        files, whole = self._wanted.files, self._whole
        rest: Sequence[int] = range(len(files))
        if whole is not None:
            yield from whole.told()
            rest = sorted(whole.rest)
        recalled = self._known_files([files[index] for index in rest])
        unknown: list[int] = []
        for index in rest:
            if self._stopped():
                return
            last = recalled(files[index])
            found = None if last is None else self._recall(files[index], last)
            if last is None or found is None:
                unknown.append(index)
                continue
            self._settle(index, last)
            yield index, found
        yield from self._measure(unknown)
        if whole is not None:
            whole.keep()
        self._cache.flush()

    def _settle(self, index: int, known: Known) -> None:
        if self._whole is not None and known.is_still(self._wanted.files[index].stamp):
            self._whole.settle(index, known)

    def _known_files(self, files: Sequence[Found]) -> Callable[[Found], Known | None]:
        """What tells, once of each of ``files``, what is known of it.

        To read all at once is quicker; in the background memory counts for more.
        """
        details = self._wanted.details
        many = len(files) >= MANY and not self._wanted.background
        above = common_folder(files) if many else ""
        if not above:
            return lambda file: self._cache.file(file.path, details=details)
        known = self._cache.below(above, details=details)
        return lambda file: known.pop(os.fsencode(file.path), None)  # those of many are large

    def _recall(self, file: Found, known: Known) -> Checked | None:
        """The result of a file that has not changed and is judged as it was."""
        wanted = self._wanted
        if file.path in wanted.texts or file.stamp is None:
            return None
        if known.settings != self._judged_by(file):
            return None
        figures = self._cache.figures(known.content) if wanted.figures else None
        if wanted.figures and figures is None:
            return None
        if wanted.details and known.details is None:
            return None
        if not known.is_still(file.stamp) and not self._holds_the_same(file, known):
            return None
        record = Record(known.content, known.functions, known.report, known.details, figures)
        try:
            checked = Checked(file, record)
            if wanted.details and not checked.is_silent:
                _ = checked.judged
        except (ValueError, TypeError, IndexError):
            return None  # what the cache holds is broken
        return checked

    def _holds_the_same(self, file: Found, known: Known) -> bool:
        """Whether a file that may have changed did not; it is known better from now on."""
        size = file.stamp.size if file.stamp else 0
        if file.stamp is None or size != known.size or size > self._to_read:
            return False
        self._to_read -= size
        seen = now()
        try:
            text = read_text(file.path)
        except OSError:
            return False
        if content_key(text, file.language) != known.content:
            return False
        self._cache.touch(known._replace(**file.stamp._asdict(), seen=seen))
        return True

    def _measure(self, unknown: Sequence[int]) -> Iterator[tuple[int, Checked]]:
        if not unknown:
            return
        from architect_server.file_scan.child import Task
        from architect_server.file_scan.pool import Pool

        wanted = self._wanted
        seen = now()
        tasks = []
        size = 0
        for index in unknown:
            file = wanted.files[index]
            text = wanted.texts.get(file.path)
            where = str(wanted.workspace(file))
            task = Task(index, file.path, file.language, wanted.settings(file), where, text)
            weight = file.stamp.size if file.stamp else 0
            tasks.append((task, weight))
            size += weight
        pool = Pool(tasks, self._cache.path, self._stopped, background=wanted.background)
        for index, record in pool.run(size):
            yield index, self._kept(index, record, seen)

    def _kept(self, index: int, record: Record, seen: int) -> Checked:
        file = self._wanted.files[index]
        text = self._wanted.texts.get(file.path)
        if record.content and text is None and file.stamp is not None:
            key = self._judged_by(file)
            path = os.fsencode(file.path)
            known = Known(path, *file.stamp, seen, record.content, key, *record[1:4])
            self._cache.put(known, record.figures)
            self._settle(index, known)
        if record.figures is None and self._wanted.figures:
            record = record._replace(figures=self._cache.figures(record.content))
        return Checked(file, record, text)

    def _judged_by(self, file: Found) -> bytes:
        """The name of all that ``file`` is judged by."""
        settings = self._wanted.settings(file)
        base = self._base(file) if settings.vendored else ""
        place = (id(settings), base)
        if place not in self._keys:
            judged_by = (
                settings.limits,
                settings.size_limit,
                settings.suppress_generated,
                settings.vendored,
                sorted(settings.allowed.items()),
                base,
            )
            # The settings are kept, or another object might get their id.
            self._keys[place] = (settings, key_of(judged_by))
        return self._keys[place][1]

    def _base(self, file: Found) -> str:
        """Where globs for vendored code begin: at the repository that all of a place lie in."""
        repository = self._repositories.get(file.place)
        if repository is None:
            repository = str(repository_of(Path(file.place)) or "")
            self._repositories[file.place] = repository
        return repository or str(self._wanted.workspace(file))

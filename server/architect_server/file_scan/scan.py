"""Many files measured and judged: what has not changed is known, the rest goes to processes."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from architect_server.file_scan.checked import Checked, read_text
from architect_server.file_scan.found import Found
from architect_server.file_scan.records import Record
from architect_server.result_cache import Known, ResultCache, content_key, now, settings_key
from architect_server.settings import Settings

#: From so many files on all that is known of their folder is read at once.
_MANY = 40
#: Bytes of files that may have changed which we read ourselves to see whether they did.
_READ_OURSELVES = 4_000_000


@dataclass(frozen=True)
class Wanted:
    """What a scan is to do.

    ``settings`` and ``workspace`` tell those of a file. With ``figures`` the figures of all
    functions are wanted, not only what is to be said; ``brief`` leaves their decisions out. A
    path in ``texts`` is not read from the disk. A scan in the ``background`` leaves the
    processors to others.
    """

    files: Sequence[Found]
    settings: Callable[[Found], Settings]
    workspace: Callable[[Found], Path]
    figures: bool = True
    texts: Mapping[str, str] = field(default_factory=dict)
    background: bool = False
    brief: bool = False


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

    def run(self) -> Iterator[tuple[int, Checked]]:
        wanted = self._wanted
        known = self._known_files()
        unknown: list[int] = []
        for index, file in enumerate(wanted.files):
            if self._stopped():
                return
            settings = wanted.settings(file)
            last = known.pop(os.fsencode(file.path), None)  # those of many files are large
            found = self._recall(file, last, settings)
            if found is None:
                unknown.append(index)
            else:
                yield index, found
        yield from self._measure(unknown)
        self._cache.flush()

    def _known_files(self) -> dict[bytes, Known]:
        files = self._wanted.files
        if len(files) >= _MANY:
            return self._cache.below(os.path.commonpath([file.path for file in files]))
        found = [self._cache.file(file.path) for file in files]
        return {known.path: known for known in found if known is not None}

    def _recall(self, file: Found, known: Known | None, settings: Settings) -> Checked | None:
        """The result of a file that has not changed and is judged as it was."""
        if known is None or file.path in self._wanted.texts or file.stamp is None:
            return None
        if known.settings != self._key(file, settings):
            return None
        figures = self._cache.figures(known.content) if self._wanted.figures else None
        if self._wanted.figures and figures is None:
            return None
        record = Record(known.content, known.functions, known.report, figures)
        if not known.is_still(file.stamp) and not self._holds_the_same(file, known):
            return None
        checked = Checked(file, record, brief=self._wanted.brief)
        try:
            _ = checked.confidence
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
        self._cache.put(Known(known.path, *file.stamp, seen, *known[6:]), None)
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
            yield index, self._kept(wanted.files[index], record, seen)

    def _kept(self, file: Found, record: Record, seen: int) -> Checked:
        text = self._wanted.texts.get(file.path)
        if record.content and text is None and file.stamp is not None:
            key = self._key(file, self._wanted.settings(file))
            path = os.fsencode(file.path)
            known = Known(path, *file.stamp, seen, record.content, key, *record[1:3])
            self._cache.put(known, record.figures)
        if record.figures is None and self._wanted.figures:
            record = record._replace(figures=self._cache.figures(record.content))
        return Checked(file, record, text, brief=self._wanted.brief)

    def _key(self, file: Found, settings: Settings) -> bytes:
        """The name of all that ``file`` is judged by."""
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
            self._keys[place] = (settings, settings_key(judged_by))
        return self._keys[place][1]

    def _base(self, file: Found) -> str:
        """Where globs for vendored code begin."""
        folder = file.path.rpartition(os.sep)[0]
        return self._repository(folder) or str(self._wanted.workspace(file))

    def _repository(self, folder: str) -> str:
        """The root of the work tree that ``folder`` lies in, or nothing."""
        if folder not in self._repositories:
            above = folder.rpartition(os.sep)[0]
            found = folder if os.path.lexists(f"{folder}{os.sep}.git") else ""
            if not found and above != folder:
                found = self._repository(above)
            self._repositories[folder] = found
        return self._repositories[folder]

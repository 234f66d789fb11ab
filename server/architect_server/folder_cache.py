"""What lay in folders when they were listed: which of it is to be scanned, and what may decide.

A folder's times change with every entry that comes, goes or is renamed. So a folder that looks as
it did holds the same entries, and the same of them are left out if the same is said of that.
"""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

from architect_server.cache_database import COARSE, CacheDatabase, now, range_below
from architect_server.cache_keys import key_of, written_version

#: Times, device and node of a folder.
_Stamp = tuple[int, int, int, int]

#: Each ignore file's folder and lines, the innermost first.
Lines = tuple[tuple[str, tuple[str, ...]], ...]

#: Else a time that was set back would hide a change. (There listing costs least, too.)
_KEEPS_TIME_OF_CHANGE = os.name == "posix"

#: Some file systems number devices and nodes higher than SQLite can hold.
_SIGNED = 2**63 - 1

_COLUMNS = "path, modified, changed, device, node, seen, lines, names"


class KnownFolder(NamedTuple):
    """A folder as it was last listed.

    ``path`` ends in a separator. ``seen`` is when it was about to be listed (ns). ``lines`` names
    those of the ignore files that held, ``names`` are those of its entries.
    """

    path: bytes
    modified: int
    changed: int
    device: int
    node: int
    seen: int
    lines: bytes
    names: bytes

    def is_still(self, stamp: _Stamp | None) -> bool:
        """Whether a folder with ``stamp`` must hold the same entries as it did then."""
        return stamp == self[1:5] and max(self.modified, self.changed) + COARSE < self.seen

    @property
    def entries(self) -> list[str]:
        """Landmarks with a slash before them, then files, and folders with one behind, by name."""
        return os.fsdecode(self.names).split("\0") if self.names else []


class FolderCache:
    """The folders that a database knows. Nothing here raises on account of its file."""

    def __init__(self, database: CacheDatabase) -> None:
        self._database = database
        self._known: dict[bytes, KnownFolder] = {}
        self._listed: list[KnownFolder] = []
        self._verdicts: list[tuple[bytes, bool]] = []
        self._keys: dict[int, tuple[Lines, bytes]] = {}

    def load(self, folder: str) -> None:
        """Read what is known of ``folder`` and of every one below it."""
        query = f"SELECT {_COLUMNS} FROM folder WHERE path >= ? AND path < ?"  # noqa: S608
        places = range_below(folder)
        nothing: list[Any] = []
        rows = self._database.read(lambda it: it.execute(query, places).fetchall(), nothing)
        # What is broken is as good as unknown.
        known = [KnownFolder._make(row) for row in rows if isinstance(row[-1], bytes)]
        self._known = {one.path: one for one in known}

    def recall(self, path: str) -> KnownFolder | None:
        """The folder at ``path``, if it is known and still holds what it held."""
        known = self._known.get(os.fsencode(path))
        try:
            return known if known is not None and known.is_still(_stamp(path)) else None
        except TypeError:
            return None  # what the cache holds is broken

    def about_to_list(self, path: str) -> KnownFolder | None:
        """The folder at ``path`` in its state before it is listed; to be kept with its entries."""
        seen, stamp = now(), _stamp(path)
        return stamp and KnownFolder(os.fsencode(path), *stamp, seen, b"", b"")

    def keep(self, before: KnownFolder, lines: Lines, entries: Sequence[str]) -> None:
        """Keep what was listed."""
        names = os.fsencode("\0".join(entries))
        self._listed.append(before._replace(lines=self.key(lines), names=names))

    def key(self, lines: Lines) -> bytes:
        """A name for what ignore files say, and for how it is understood."""
        known = self._keys.get(id(lines))  # many folders share the same, and hashing takes longer
        if known is None:
            known = self._keys[id(lines)] = (lines, key_of((lines, _pathspec() if lines else "")))
        return known[1]

    def verdict(self, about: object, decide: Callable[[], bool]) -> bool:
        """What ``decide`` says of all that ``about`` tells, by what ignore files say."""
        key = key_of((about, _pathspec()))
        query = "SELECT verdict FROM verdict WHERE about = ?"
        row = self._database.read(lambda it: it.execute(query, (key,)).fetchone(), None)
        if row is not None:
            return bool(row[0])
        verdict = decide()
        self._verdicts.append((key, verdict))
        return verdict

    def flush(self) -> None:
        """Write what was kept; if another process writes just now, it is forgotten."""
        listed, self._listed = self._listed, []
        verdicts, self._verdicts = self._verdicts, []

        def work(database: sqlite3.Connection) -> None:
            insert = "INSERT OR REPLACE INTO folder VALUES (?, ?, ?, ?, ?, ?, ?, ?)"
            database.executemany(insert, listed)
            database.executemany("INSERT OR REPLACE INTO verdict VALUES (?, ?)", verdicts)

        if listed or verdicts:
            self._database.write(work)


def _pathspec() -> str:
    """The version of what reads ignore files; it takes long to import."""
    return written_version("pathspec", "_version.py")


def _stamp(path: str) -> _Stamp | None:
    """The state of a folder; None where the system keeps no time of its last change."""
    try:
        status = os.stat(path)  # noqa: PTH116 - one of thousands
    except OSError:
        return None
    if not _KEEPS_TIME_OF_CHANGE:
        return None
    device, node = status.st_dev & _SIGNED, status.st_ino & _SIGNED
    return status.st_mtime_ns & _SIGNED, status.st_ctime_ns & _SIGNED, device, node

"""What was found in files before, kept in the platform's cache folder.

Figures stand under the text itself, with the versions of everything that decides them, so that
none can be out of date. Beside them stands which file had that text when, by its times, size and
node, and what was said of it by which settings: a file that has not changed is not even read.
Several processes may use the cache at once.
"""

from __future__ import annotations

import os
import sqlite3
from pathlib import Path
from typing import Any, NamedTuple

from architect_server.cache_database import COARSE, CacheDatabase, range_below
from architect_server.folder_cache import FolderCache

#: Bytes of the file; beyond them the older half of its entries goes.
LARGEST = 128_000_000

_SCHEMA = """
CREATE TABLE IF NOT EXISTS figures (content BLOB PRIMARY KEY, figures TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS file (
    path BLOB PRIMARY KEY, modified INTEGER, size INTEGER, changed INTEGER, node INTEGER,
    seen INTEGER, content BLOB, settings BLOB, functions INTEGER, report TEXT, details TEXT
);
CREATE TABLE IF NOT EXISTS reports (
    path BLOB PRIMARY KEY, state BLOB, settings BLOB, reports TEXT
);
CREATE TABLE IF NOT EXISTS folder (
    path BLOB PRIMARY KEY, modified INTEGER, changed INTEGER, device INTEGER, node INTEGER,
    seen INTEGER, lines BLOB, names BLOB
);
CREATE TABLE IF NOT EXISTS verdict (about BLOB PRIMARY KEY, verdict INTEGER);
"""
_COLUMNS = "path, modified, size, changed, node, seen, content, settings, functions, report"
_WRITTEN_TOGETHER = 200


class Known(NamedTuple):
    """A file as it was last seen.

    ``seen`` is when it was about to be read (ns); ``content`` names its text, ``settings`` by
    what it was judged. ``functions``, ``report`` and ``details`` are those of a ``Record``; the
    details are None where they were not asked for.
    """

    path: bytes
    modified: int
    size: int
    changed: int
    node: int
    seen: int
    content: bytes
    settings: bytes
    functions: int
    report: str
    details: str | None

    def is_still(self, stamp: tuple[int, int, int, int] | None) -> bool:
        """Whether a file with ``stamp`` must hold the same text as it did then."""
        return stamp == self[1:5] and max(self.modified, self.changed) + COARSE < self.seen


class FolderReports(NamedTuple):
    """The reports on all files of a folder.

    ``state`` is that of all files, ``settings`` names by what they were judged. ``reports`` is
    JSON: each file's number of functions, and each one's report.
    """

    path: bytes
    state: bytes
    settings: bytes
    reports: str


def cache_path() -> Path:
    """The file that server and command line share."""
    from platformdirs import user_cache_path

    return user_cache_path("architect-lsp", appauthor=False) / "results-3.sqlite3"


class ResultCache:
    """Nothing here raises on account of the file. Meant for use on one thread."""

    def __init__(self, path: Path, largest: int = LARGEST) -> None:
        self.path = path
        self._largest = largest
        self._database = CacheDatabase(path, _SCHEMA)
        #: What is known of folders.
        self.folders = FolderCache(self._database)
        self._figures: dict[bytes, str] = {}
        self._files: dict[bytes, Known] = {}
        self._touched: list[tuple[Any, ...]] = []
        self._reports: list[FolderReports] = []

    def figures(self, content: bytes) -> str | None:
        """The figures of the text of that name, if they are known."""
        if content in self._figures:
            return self._figures[content]
        query = "SELECT figures FROM figures WHERE content = ?"
        row = self._database.read(lambda it: it.execute(query, (content,)).fetchone(), None)
        return row[0] if row and isinstance(row[0], str) else None

    def below(self, folder: str, *, details: bool) -> dict[bytes, Known]:
        """Every file below ``folder``, by its path."""
        return self._files_where("path >= ? AND path < ?", range_below(folder), details)

    def reports_below(self, folder: str) -> dict[bytes, FolderReports]:
        """The reports on ``folder`` and every one below it, by its path."""
        query = (
            "SELECT path, state, settings, reports FROM reports "
            "WHERE path = ? OR (path >= ? AND path < ?)"
        )
        values = (os.fsencode(folder), *range_below(folder))

        def read(database: sqlite3.Connection) -> dict[bytes, FolderReports]:
            return {row[0]: FolderReports._make(row) for row in database.execute(query, values)}

        return self._database.read(read, {})

    def put_reports(self, reports: FolderReports) -> None:
        """Keep the reports on a folder."""
        self._reports.append(reports)

    def file(self, path: str, *, details: bool) -> Known | None:
        """The file at ``path``."""
        key = os.fsencode(path)
        return self._files_where("path = ?", (key,), details).get(key)

    def _files_where(
        self, condition: str, values: tuple[bytes, ...], details: bool
    ) -> dict[bytes, Known]:
        last = "details" if details else "NULL"
        query = f"SELECT {_COLUMNS}, {last} FROM file WHERE {condition}"  # noqa: S608

        def read(database: sqlite3.Connection) -> dict[bytes, Known]:
            return {row[0]: Known._make(row) for row in database.execute(query, values)}

        return self._database.read(read, {})

    def put(self, known: Known, figures: str | None) -> None:
        """Keep what was found in a file; without ``figures`` they are there already."""
        self._files[known.path] = known
        if figures is not None:
            self._figures[known.content] = figures
        if len(self._files) >= _WRITTEN_TOGETHER:
            self.flush()

    def touch(self, known: Known) -> None:
        """Keep the state in which a file was seen that holds what it held."""
        self._touched.append((*known[1:6], known.path, known.content))

    def flush(self) -> None:
        """Write what was put; if another process writes just now, it is forgotten."""
        figures, self._figures = self._figures, {}
        files, self._files = self._files, {}
        touched, self._touched = self._touched, []
        reports, self._reports = self._reports, []
        if not files and not touched and not reports:
            return

        def work(database: sqlite3.Connection) -> None:
            insert = "INSERT OR REPLACE INTO figures VALUES (?, ?)"
            database.executemany(insert, figures.items())
            insert = "INSERT OR REPLACE INTO file VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
            database.executemany(insert, files.values())
            seen = "modified = ?, size = ?, changed = ?, node = ?, seen = ?"
            update = f"UPDATE file SET {seen} WHERE path = ? AND content = ?"  # noqa: S608
            database.executemany(update, touched)
            database.executemany("INSERT OR REPLACE INTO reports VALUES (?, ?, ?, ?)", reports)
            self._shrink(database)

        self._database.write(work)

    def close(self) -> None:
        """Write the rest and let go of the file."""
        self.flush()
        self._database.close()

    def _shrink(self, database: sqlite3.Connection) -> None:
        (pages,) = database.execute("PRAGMA page_count").fetchone()
        (free,) = database.execute("PRAGMA freelist_count").fetchone()
        (size,) = database.execute("PRAGMA page_size").fetchone()
        if (pages - free) * size > self._largest:
            for table in ("figures", "file", "reports", "folder", "verdict"):
                database.execute(
                    f"DELETE FROM {table} WHERE rowid <= "  # noqa: S608
                    f"(SELECT (min(rowid) + max(rowid)) / 2 FROM {table})"
                )

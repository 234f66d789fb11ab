"""What was found in files before, kept in the platform's cache folder.

Figures stand under the text itself, with the versions of everything that decides them, so that
none can be out of date. Beside them stands which file had that text when, by its times, size and
node, and what was said of it by which settings: a file that has not changed is not even read.
Several processes may use the cache at once.
"""

from __future__ import annotations

import os
import sqlite3
import sys
import time
from contextlib import suppress
from functools import cache
from hashlib import blake2b
from importlib.util import find_spec
from pathlib import Path
from typing import NamedTuple

from architect_server import __version__
from architect_server.cache_database import CacheDatabase

#: Bytes of the file; beyond them the older half of its entries goes.
LARGEST = 128_000_000

_SCHEMA = """
CREATE TABLE IF NOT EXISTS figures (content BLOB PRIMARY KEY, figures TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS file (
    path BLOB PRIMARY KEY, modified INTEGER, size INTEGER, changed INTEGER, node INTEGER,
    seen INTEGER, content BLOB, settings BLOB, functions INTEGER, report TEXT
);
"""
_COLUMNS = "path, modified, size, changed, node, seen, content, settings, functions, report"
_WRITTEN_TOGETHER = 200

# How coarse a file's times may be, in nanoseconds (two seconds on FAT). A file that was read
# so soon after it was written may have been written once more since, at the same time.
_COARSE = 2_000_000_000


class Known(NamedTuple):
    """A file as it was last seen.

    ``seen`` is when it was about to be read (ns); ``content`` names its text, ``settings`` by
    what it was judged. ``functions`` and ``report`` are those of a ``Record``.
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

    def is_still(self, stamp: tuple[int, int, int, int] | None) -> bool:
        """Whether a file with ``stamp`` must hold the same text as it did then."""
        if stamp != self[1:5]:
            return False
        return max(self.modified, self.changed) + _COARSE < self.seen


# To be raised with every change of figures or of what is kept, between two versions.
_EDITION = 4


@cache
def _versions() -> bytes:
    """What decides figures beside the text: lizard, the interpreter's grammar, and we."""
    parts = (_lizard_version(), __version__, _EDITION, *sys.version_info[:2])
    return blake2b(repr(parts).encode(), digest_size=16).digest()


def _lizard_version() -> str:
    """As lizard writes it down; it need not be imported for that."""
    spec = find_spec("lizard_ext")
    places = spec.submodule_search_locations if spec else None
    for place in places or ():
        with suppress(OSError):
            return (Path(place) / "version.py").read_text(encoding="utf-8")
    from importlib.metadata import version

    return version("lizard")


def content_key(text: str, language: str) -> bytes:
    """A name for the figures of ``text``."""
    own = text.encode("utf-8", "surrogatepass")
    return blake2b(own + language.encode(), digest_size=16, key=_versions()).digest()


def settings_key(description: object) -> bytes:
    """A name for all that a file is judged by, which ``description`` tells by its ``repr``."""
    written = repr(description).encode("utf-8", "surrogatepass")
    return blake2b(written, digest_size=16, key=_versions()).digest()


def cache_path() -> Path:
    """The file that server and command line share."""
    from platformdirs import user_cache_path

    return user_cache_path("architect-lsp", appauthor=False) / "results-2.sqlite3"


def now() -> int:
    """The clock that ``Known.seen`` is read from."""
    return time.time_ns()


class ResultCache:
    """Nothing here raises on account of the file. Meant for use on one thread."""

    def __init__(self, path: Path, largest: int = LARGEST) -> None:
        self.path = path
        self._largest = largest
        self._database = CacheDatabase(path, _SCHEMA)
        self._figures: dict[bytes, str] = {}
        self._files: dict[bytes, Known] = {}

    def figures(self, content: bytes) -> str | None:
        """The figures of the text of that name, if they are known."""
        if content in self._figures:
            return self._figures[content]
        query = "SELECT figures FROM figures WHERE content = ?"
        row = self._database.read(lambda it: it.execute(query, (content,)).fetchone(), None)
        return row[0] if row and isinstance(row[0], str) else None

    def below(self, folder: str) -> dict[bytes, Known]:
        """Every file below ``folder``, by its path."""
        start = os.fsencode(folder).rstrip(b"/\\") + os.sep.encode()
        end = start[:-1] + bytes([start[-1] + 1])
        query = f"SELECT {_COLUMNS} FROM file WHERE path >= ? AND path < ?"  # noqa: S608

        def read(database: sqlite3.Connection) -> dict[bytes, Known]:
            return {row[0]: Known._make(row) for row in database.execute(query, (start, end))}

        return self._database.read(read, {})

    def file(self, path: str) -> Known | None:
        """The file at ``path``."""
        query = f"SELECT {_COLUMNS} FROM file WHERE path = ?"  # noqa: S608
        key = os.fsencode(path)
        row = self._database.read(lambda it: it.execute(query, (key,)).fetchone(), None)
        return Known._make(row) if row else None

    def put(self, known: Known, figures: str | None) -> None:
        """Keep what was found in a file; without ``figures`` they are there already."""
        self._files[known.path] = known
        if figures is not None:
            self._figures[known.content] = figures
        if len(self._files) >= _WRITTEN_TOGETHER:
            self.flush()

    def flush(self) -> None:
        """Write what was put; if another process writes just now, it is forgotten."""
        figures, self._figures = self._figures, {}
        files, self._files = self._files, {}
        if not files:
            return

        def work(database: sqlite3.Connection) -> None:
            insert = "INSERT OR REPLACE INTO figures VALUES (?, ?)"
            database.executemany(insert, figures.items())
            insert = "INSERT OR REPLACE INTO file VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
            database.executemany(insert, files.values())
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
            for table in ("figures", "file"):
                database.execute(
                    f"DELETE FROM {table} WHERE rowid <= "  # noqa: S608
                    f"(SELECT (min(rowid) + max(rowid)) / 2 FROM {table})"
                )

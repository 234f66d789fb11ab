"""Figures of files that were measured before, kept in the platform's cache folder.

The key is the text itself with the versions of everything that decides its figures, so that no
entry can be out of date. Several processes may use the file at once; one that cannot be read or
written is done without, a broken one is made anew.
"""

from __future__ import annotations

import json
import logging
import sqlite3
import sys
from functools import cache
from hashlib import blake2b
from importlib.metadata import version
from pathlib import Path
from typing import Any

from platformdirs import user_cache_path

from architect_server import __version__
from architect_server.analysis.model import (
    Confidence,
    Decision,
    FileMetrics,
    FunctionMetrics,
    Span,
)

logger = logging.getLogger(__name__)

#: Bytes of the file; beyond them the older half of its entries goes.
LARGEST = 128_000_000

_SCHEMA = "CREATE TABLE IF NOT EXISTS result (key BLOB PRIMARY KEY, figures TEXT NOT NULL)"
_WRITTEN_TOGETHER = 200
_PATIENCE = 0.2  # seconds for another process to finish writing


@cache
def shared_results() -> ResultCache:
    """The one that server and command line share."""
    return ResultCache(user_cache_path("architect-lsp", appauthor=False) / "results.sqlite3")


@cache
def _versions() -> bytes:
    """What decides figures beside the text: lizard, the interpreter's grammar, and we."""
    parts = (version("lizard"), __version__, *sys.version_info[:2])
    return blake2b(repr(parts).encode(), digest_size=16).digest()


class ResultCache:
    """Nothing here raises on account of the file. Meant for use on one thread."""

    def __init__(self, path: Path, largest: int = LARGEST) -> None:
        self._path = path
        self._largest = largest
        self._database: sqlite3.Connection | None = None
        self._closed = False
        self._unwritten: dict[bytes, str] = {}

    def get(self, text: str, language: str) -> FileMetrics | None:
        """The figures of ``text``, if they are known."""
        key = _key(text, language)
        figures = self._unwritten.get(key) or self._read(key)
        if figures is None:
            return None
        try:
            return _decoded(json.loads(figures), language)
        except (ValueError, TypeError, IndexError):
            logger.warning("An entry of the result cache could not be read")
            return None

    def put(self, text: str, metrics: FileMetrics) -> None:
        """Keep the figures of ``text``; a text that was skipped may fare better next time."""
        if metrics.confidence.level == "skipped" or self._closed:
            return
        figures = json.dumps(_encoded(metrics), separators=(",", ":"))
        self._unwritten[_key(text, metrics.language)] = figures
        if len(self._unwritten) >= _WRITTEN_TOGETHER:
            self.flush()

    def flush(self) -> None:
        """Write what was put; if another process writes just now, it is forgotten."""
        entries, self._unwritten = self._unwritten, {}
        database = self._open()
        if database is None or not entries:
            return
        try:
            with database:
                database.executemany("INSERT OR REPLACE INTO result VALUES (?, ?)", entries.items())
            self._shrink(database)
        except sqlite3.OperationalError as error:
            logger.info("The result cache was not written: %s", error)
        except sqlite3.DatabaseError as error:
            self._renew(error)

    def close(self) -> None:
        """Write the rest and let go of the file."""
        self.flush()
        self._closed = True
        self._let_go()

    def _read(self, key: bytes) -> str | None:
        database = self._open()
        if database is None:
            return None
        try:
            row = database.execute("SELECT figures FROM result WHERE key = ?", (key,)).fetchone()
        except sqlite3.OperationalError:
            return None
        except sqlite3.DatabaseError as error:
            self._renew(error)
            return None
        return str(row[0]) if row else None

    def _open(self) -> sqlite3.Connection | None:
        if self._database is None and not self._closed:
            try:
                self._database = self._opened()
            except sqlite3.OperationalError as error:
                self._give_up(error)
            except sqlite3.DatabaseError as error:
                self._renew(error)
            except OSError as error:
                self._give_up(error)
        return self._database

    def _opened(self) -> sqlite3.Connection:
        self._path.parent.mkdir(parents=True, exist_ok=True)
        database = sqlite3.connect(self._path, timeout=_PATIENCE, check_same_thread=False)
        try:
            database.execute("PRAGMA journal_mode = WAL")
            database.execute("PRAGMA synchronous = OFF")  # what is lost is measured again
            database.execute(_SCHEMA)
        except sqlite3.Error:
            database.close()
            raise
        return database

    def _renew(self, error: Exception) -> None:
        """The file is no database, or a broken one: begin a new one, once."""
        logger.warning("The result cache is broken and begins anew: %s", error)
        self._let_go()
        try:
            for name in ("", "-wal", "-shm"):
                self._path.with_name(self._path.name + name).unlink(missing_ok=True)
            self._database = self._opened()
        except (OSError, sqlite3.Error) as again:
            self._give_up(again)

    def _give_up(self, error: Exception) -> None:
        logger.info("There is no result cache: %s", error)
        self._closed = True
        self._let_go()

    def _let_go(self) -> None:
        if self._database is not None:
            self._database.close()
            self._database = None

    def _shrink(self, database: sqlite3.Connection) -> None:
        (pages,) = database.execute("PRAGMA page_count").fetchone()
        (free,) = database.execute("PRAGMA freelist_count").fetchone()
        (size,) = database.execute("PRAGMA page_size").fetchone()
        if (pages - free) * size > self._largest:
            with database:
                database.execute(
                    "DELETE FROM result WHERE rowid <= "
                    "(SELECT (min(rowid) + max(rowid)) / 2 FROM result)"
                )


def _key(text: str, language: str) -> bytes:
    own = text.encode("utf-8", "surrogatepass")
    return blake2b(own + language.encode(), digest_size=16, key=_versions()).digest()


def _encoded(metrics: FileMetrics) -> list[Any]:
    trust = metrics.confidence
    functions = [_encoded_function(function) for function in metrics.functions]
    return [[trust.level, trust.reason, trust.from_line], functions]


def _encoded_function(function: FunctionMetrics) -> list[Any]:
    values: list[Any] = [getattr(function, name) for name in FunctionMetrics.__slots__]
    span = function.name_span
    values[_SPAN] = [span.line, span.start, span.end]
    values[_DECISIONS] = [[one.line, one.kind] for one in function.decisions]
    return values


def _decoded(values: Any, language: str) -> FileMetrics:
    trust, functions = values
    return FileMetrics(
        language, Confidence(*trust), tuple(_decoded_function(one) for one in functions)
    )


def _decoded_function(values: list[Any]) -> FunctionMetrics:
    values[_SPAN] = Span(*values[_SPAN])
    values[_DECISIONS] = tuple(Decision(*one) for one in values[_DECISIONS])
    return FunctionMetrics(*values)


_SPAN = FunctionMetrics.__slots__.index("name_span")
_DECISIONS = FunctionMetrics.__slots__.index("decisions")

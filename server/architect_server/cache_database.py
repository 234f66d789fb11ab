"""The SQLite file of a cache: one that cannot be used is done without, a broken one made anew."""

from __future__ import annotations

import os
import sqlite3
import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    import logging

T = TypeVar("T")

_PATIENCE = 0.2  # seconds for another process to finish writing
_PAGES = 256  # KiB of pages in memory: a row is read once, the system has the file anyway

#: How coarse a file's times may be, in nanoseconds (two seconds on FAT). What was read so soon
#: after it was written may have been written once more since, at the same time.
COARSE = 2_000_000_000


def now() -> int:
    """The clock by which a file was seen in a state (ns)."""
    return time.time_ns()


def range_below(folder: str) -> tuple[bytes, bytes]:
    """Every path below ``folder`` lies from the first of these on, and before the second."""
    start = os.fsencode(folder).rstrip(b"/\\") + os.sep.encode()
    return start, start[:-1] + bytes([start[-1] + 1])


class CacheDatabase:
    """Nothing here raises on account of the file. Meant for use on one thread."""

    def __init__(self, path: Path, schema: str) -> None:
        self._path = path
        self._schema = schema
        self._database: sqlite3.Connection | None = None
        self._closed = False

    def read(self, work: Callable[[sqlite3.Connection], T], otherwise: T) -> T:
        """What ``work`` reads, or ``otherwise`` where that can't be done now."""
        database = self._open()
        if database is None:
            return otherwise
        try:
            return work(database)
        except sqlite3.OperationalError as error:
            _logger().info("The result cache was not read: %s", error)
        except sqlite3.DatabaseError as error:
            self._renew(error)
        return otherwise

    def write(self, work: Callable[[sqlite3.Connection], object]) -> None:
        """Have ``work`` write; if another process writes just now, it is forgotten."""
        database = self._open()
        if database is None:
            return
        try:
            with database:
                work(database)
        except sqlite3.OperationalError as error:
            _logger().info("The result cache was not written: %s", error)
        except sqlite3.DatabaseError as error:
            self._renew(error)

    def close(self) -> None:
        """Let go of the file for good."""
        self._closed = True
        self._let_go()

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
            database.execute(f"PRAGMA cache_size = -{_PAGES}")
            database.execute("PRAGMA synchronous = OFF")  # what is lost is measured again
            database.executescript(self._schema)
        except sqlite3.Error:
            database.close()
            raise
        return database

    def _renew(self, error: Exception) -> None:
        """The file is no database, or a broken one: begin a new one, once."""
        _logger().warning("The result cache is broken and begins anew: %s", error)
        self._let_go()
        try:
            for name in ("", "-wal", "-shm"):
                self._path.with_name(self._path.name + name).unlink(missing_ok=True)
            self._database = self._opened()
        except (OSError, sqlite3.Error) as again:
            self._give_up(again)

    def _give_up(self, error: Exception) -> None:
        _logger().info("There is no result cache: %s", error)
        self._closed = True
        self._let_go()

    def _let_go(self) -> None:
        if self._database is not None:
            self._database.close()
            self._database = None


def _logger() -> logging.Logger:
    import logging  # not for a cache that works

    return logging.getLogger(__name__)

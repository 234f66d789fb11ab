"""What is known of the files that are not open, and whether anything has changed since."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Generic, TypeVar

from architect_server.discovery import Ignores, walk

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class _Known(Generic[T]):
    stamp: tuple[int, int]
    report: T


class WorkspaceScan(Generic[T]):
    """The last report ``T`` on each file, good until the file's time or size changes."""

    def __init__(self) -> None:
        self._known: dict[Path, _Known[T]] = {}
        self._changed = asyncio.Event()
        self._changed.set()

    def changed(self) -> None:
        """Some file may have changed; who waits for news goes on."""
        self._changed.set()

    def forget(self) -> None:
        """All files have to be judged anew, by other settings."""
        self._known.clear()
        self._changed.set()

    @property
    def has_news(self) -> bool:
        """Whether something may have changed since the newest look began."""
        return self._changed.is_set()

    async def news(self, patience: float) -> None:
        """Wait until something changes, at most ``patience`` seconds."""
        try:
            await asyncio.wait_for(self._changed.wait(), patience)
        except TimeoutError:
            return

    def look(self) -> None:
        """A new look begins: what changes from now on is news."""
        self._changed.clear()

    def fresh(self, path: Path) -> T | None:
        """The report on ``path``, unless the file has changed."""
        known = self._known.get(path)
        return known.report if known and known.stamp == stamp(path) else None

    def keep(self, path: Path, stamp: tuple[int, int], report: T) -> None:
        """Keep what was found in the file as it was at ``stamp``."""
        self._known[path] = _Known(stamp, report)


def stamp(path: Path) -> tuple[int, int]:
    """What tells one state of a file from another: its time (ns) and size; zeros if it is gone."""
    try:
        status = path.stat()
    except OSError:
        return (0, 0)
    return status.st_mtime_ns, status.st_size


def files_of(
    folders: list[Path], ignores: Ignores, wanted: Callable[[Path], bool]
) -> Iterator[Path]:
    """Every analysable file of a workspace that is ``wanted``, once, folder by folder."""
    seen: set[Path] = set()
    for folder in folders:
        for path in walk(folder, ignores):
            if path not in seen and wanted(path):
                seen.add(path)
                yield path

"""What is known of the files that are not open, and whether anything has changed since."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Generator
from pathlib import Path
from typing import TYPE_CHECKING, Generic, TypeVar

from architect_server.discovery import Found, Stamp, found_below
from architect_server.ignores import Ignores

if TYPE_CHECKING:
    from architect_server.folder_cache import FolderCache

T = TypeVar("T")


class WorkspaceScan(Generic[T]):
    """The last report ``T`` on each file, good until the file is in another state."""

    def __init__(self) -> None:
        self._known: dict[str, tuple[Stamp | None, T]] = {}
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

    def fresh(self, file: Found) -> T | None:
        """The report on ``file``, unless it has changed."""
        stamp, report = self._known.get(file.path, (None, None))
        return report if stamp is not None and stamp == file.stamp else None

    def keep(self, file: Found, report: T) -> None:
        """Keep what was found in ``file`` in its state."""
        self._known[file.path] = (file.stamp, report)


def files_of(
    folders: list[Path], ignores: Ignores, cache: FolderCache, wanted: Callable[[str], bool]
) -> Generator[Found]:
    """Every analysable file of a workspace whose path is ``wanted``, once, folder by folder."""
    seen: set[str] = set()
    for folder in folders:
        for file in found_below(folder, ignores, cache):
            if file.path not in seen and wanted(file.path):
                seen.add(file.path)
                yield file

"""What is known of the files that are not open, and whether anything has changed since."""

from __future__ import annotations

import asyncio
import struct
import zlib
from collections.abc import Callable, Generator, Sequence
from hashlib import blake2b
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from pygls import uris

from architect_server.discovery import Found, Stamp, found_below
from architect_server.ignores import Ignores

if TYPE_CHECKING:
    from architect_server.folder_cache import FolderCache

_STAMP = struct.Struct("<4q")
_DIGEST = 8
# Reports are much like each other; more effort saves little.
_LEVEL = 1


class FileReport(NamedTuple):
    """What was found in one file that is not open.

    ``packed`` is empty if that is nothing, else a digest and the diagnostics, compressed: of a
    large workspace many are kept, and few are asked for twice.
    """

    path: str
    packed: bytes = b""

    @classmethod
    def of(cls, path: str, diagnostics: Sequence[str]) -> FileReport:
        """The report that consists of ``diagnostics``, each as JSON."""
        if not diagnostics:
            return cls(path)
        written = f"[{','.join(diagnostics)}]".encode()
        digest = blake2b(written, digest_size=_DIGEST).digest()
        return cls(path, digest + zlib.compress(written, _LEVEL))

    @property
    def uri(self) -> str:
        """The file's URI; a name that is no text has its bytes in it."""
        try:
            return uris.from_fs_path(self.path) or Path(self.path).as_uri()
        except UnicodeEncodeError:
            return Path(self.path).as_uri()

    @property
    def result_id(self) -> str:
        """The same for the same diagnostics, also after a restart; empty for none."""
        return self.packed[:_DIGEST].hex()

    @property
    def items(self) -> str:
        """The diagnostics as a JSON array."""
        return zlib.decompress(self.packed[_DIGEST:]).decode() if self.packed else "[]"


class WorkspaceScan:
    """The last report on each file, good until the file is in another state."""

    def __init__(self) -> None:
        #: By path, behind the file's stamp: one object for each of thousands of files.
        self._known: dict[str, bytes] = {}
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

    def fresh(self, file: Found) -> FileReport | None:
        """The report on ``file``, unless it has changed."""
        known = self._known.get(file.path)
        if known is None or file.stamp is None or not known.startswith(_packed(file.stamp)):
            return None
        return FileReport(file.path, known[_STAMP.size :])

    def keep(self, file: Found, report: FileReport) -> None:
        """Keep what was found in ``file`` in its state."""
        if file.stamp is not None:
            self._known[file.path] = _packed(file.stamp) + report.packed


def _packed(stamp: Stamp) -> bytes:
    return _STAMP.pack(*stamp)


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

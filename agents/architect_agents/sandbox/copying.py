"""Brings a copy of a workspace up to date: what is the same as last time is not copied again.

What was copied is known by file, with the marks that a file system puts on each: a change of a
file's content moves its ctime, which no program can set back. A copy that somebody wrote to, or
an original that changed, is copied anew; what does not belong there goes.
"""

from __future__ import annotations

import hashlib
import os
import stat
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

from architect_agents.sandbox.refused import RefusedError

MOST_FILES = 50_000
MOST_BYTES = 512 * 1024 * 1024
#: Larger files are data; they are left out.
LARGEST_FILE = 64 * 1024 * 1024
#: A file that was changed so shortly before it was copied may change again under the same mark.
RACY_NS = 50_000_000
#: The same for a copy: two writes within one tick of the kernel's clock bear one mark.
TICK_NS = 10_000_000
_OPEN = os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0)
_MAKE = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_NOFOLLOW", 0)


class Marks(NamedTuple):
    """What the file system says of a file."""

    inode: int
    size: int
    changed: int


class Kept(NamedTuple):
    """One file as it was copied: the original's marks, the copy's, and the SHA-256 of both.

    An unsaved text has no original; its marks are None then.
    """

    original: Marks | None
    copy: Marks
    digest: str


Manifest = dict[str, Kept]


@dataclass(slots=True)
class Copying:
    """One pass over ``workspace`` into ``root``, starting from what is ``known`` of it."""

    workspace: Path
    root: Path
    known: Mapping[str, Kept]
    made: Manifest = field(default_factory=dict)
    _real: dict[str, bool] = field(default_factory=dict)
    _present: dict[str, Marks] = field(default_factory=dict)
    _size: int = 0

    def run(self, wanted: Iterable[str], texts: Mapping[str, bytes]) -> Manifest:
        """Copy ``wanted`` (relative posix paths), and ``texts`` in place of the files on disk.

        Raises:
            RefusedError: it is too much.
            OSError: the copy can't be written.
        """
        names = [name for name in wanted if name not in texts]
        self._tidy(self.root, "", {*names, *texts})
        for name in names:
            self._copy(name)
        for name, content in texts.items():
            self._put_text(name, content)
        just_now = time.time_ns() - TICK_NS
        for name, kept in self.made.items():
            if kept.copy.changed > just_now:
                self.made[name] = kept._replace(copy=kept.copy._replace(changed=0))
        return self.made

    def _tidy(self, folder: Path, prefix: str, wanted: set[str]) -> bool:
        """Remove what is not wanted or is no file; whether anything is left in ``folder``."""
        left = False
        with os.scandir(folder) as entries:
            for entry in list(entries):
                name = f"{prefix}{entry.name}"
                if entry.is_dir(follow_symlinks=False):
                    if self._tidy(Path(entry.path), f"{name}/", wanted):
                        left = True
                    else:
                        os.rmdir(entry.path)  # noqa: PTH106 - thousands of times
                elif name in wanted and entry.is_file(follow_symlinks=False):
                    self._present[name] = _marks(entry.stat(follow_symlinks=False))
                    left = True
                else:
                    os.unlink(entry.path)  # noqa: PTH108
        return left

    def _copy(self, name: str) -> None:
        path = f"{self.workspace}/{name}"
        if not self._in_real_folder(name):
            return self._drop(name)
        try:
            found = os.lstat(path)
        except (OSError, ValueError):
            return self._drop(name)
        if not stat.S_ISREG(found.st_mode) or found.st_size > LARGEST_FILE:
            return self._drop(name)
        self._count(found.st_size)
        kept = self.known.get(name)
        if kept and kept.original == _marks(found) and kept.copy == self._present.get(name):
            self.made[name] = kept
            return None
        now = time.time_ns()
        content = _read(path)
        if content is None:
            return self._drop(name)
        marks = _marks(found)
        if now - found.st_ctime_ns < RACY_NS:
            marks = marks._replace(changed=0)  # never trusted: copied anew next time
        return self._put(name, content, marks, found.st_mode)

    def _put_text(self, name: str, content: bytes) -> None:
        self._count(len(content))
        kept = self.known.get(name)
        present = self._present.get(name)
        if kept and kept.copy == present and kept.digest == _digest(content):
            self.made[name] = kept._replace(original=None)
            return
        try:
            mode = os.lstat(f"{self.workspace}/{name}").st_mode
        except (OSError, ValueError):
            mode = 0
        self._put(name, content, None, mode)

    def _put(self, name: str, content: bytes, original: Marks | None, mode: int) -> None:
        target = f"{self.root}/{name}"
        self._drop(name)
        try:
            handle = os.open(target, _MAKE, 0o755 if mode & 0o111 else 0o644)
        except FileNotFoundError:
            Path(target).parent.mkdir(parents=True, exist_ok=True)
            handle = os.open(target, _MAKE, 0o755 if mode & 0o111 else 0o644)
        with os.fdopen(handle, "wb", buffering=0):
            _write_all(handle, content)
            copy = _marks(os.fstat(handle))
        self.made[name] = Kept(original, copy, _digest(content))

    def _drop(self, name: str) -> None:
        if self._present.pop(name, None) is not None:
            os.unlink(f"{self.root}/{name}")  # noqa: PTH108

    def _in_real_folder(self, name: str) -> bool:
        """Whether no folder on the way is a link."""
        folder = name.rpartition("/")[0]
        if folder not in self._real:
            self._real[folder] = not folder or (
                self._in_real_folder(folder) and _is_real_folder(f"{self.workspace}/{folder}")
            )
        return self._real[folder]

    def _count(self, size: int) -> None:
        self._size += size
        if len(self.made) >= MOST_FILES or self._size > MOST_BYTES:
            raise RefusedError(f"{self.workspace.name} is too large to be copied for a sandbox.")


def _marks(found: os.stat_result) -> Marks:
    return Marks(found.st_ino, found.st_size, found.st_ctime_ns)


def _is_real_folder(path: str) -> bool:
    try:
        return stat.S_ISDIR(os.lstat(path).st_mode)
    except (OSError, ValueError):
        return False


def _read(path: str) -> bytes | None:
    """The bytes of a regular file; None for anything else, which may have taken its place."""
    try:
        handle = os.open(path, _OPEN)
    except OSError:
        return None
    with os.fdopen(handle, "rb", buffering=0) as file:
        found = os.fstat(handle)
        if not stat.S_ISREG(found.st_mode) or found.st_size > LARGEST_FILE:
            return None
        try:
            return file.read(LARGEST_FILE)
        except OSError:
            return None


def _write_all(handle: int, content: bytes) -> None:
    view = memoryview(content)
    while view:
        view = view[os.write(handle, view) :]


def _digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()

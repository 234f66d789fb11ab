"""The files that tools may see: none outside the workspace, no secrets, unsaved text first."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath

from architect_agents.sandbox.secret_paths import is_secret
from architect_agents.tools.open_beneath import open_beneath
from architect_agents.tools.tool import ToolFailure

LARGEST_FILE = 5 * 1024 * 1024
MOST_FILES = 20_000
#: Folders that nobody wants searched, and that can be huge.
SKIPPED = frozenset(
    {".git", ".hg", ".svn", "node_modules", "__pycache__", ".venv", ".tox", ".mypy_cache"}
)
NO_WORKSPACE = "This document belongs to no folder, so there are no files to look at."


@dataclass(frozen=True, slots=True)
class WorkspaceFiles:
    """Reads below ``root``. ``overlay`` has the unsaved text of open documents, by posix path
    relative to ``root``. Paths from the model are relative, or absolute ones below ``shown_as``,
    which is the workspace's own path where ``root`` is a copy of it.
    """

    root: Path
    overlay: Mapping[str, str] = field(default_factory=dict)
    shown_as: Path | None = None

    def relative(self, path: str) -> str:
        """``path`` as a posix path below the root, "" for the root itself.

        Raises:
            ToolFailure: it leads out of the workspace, or to what is kept from the model.
        """
        if "\0" in path:
            raise ToolFailure("A path can't hold a NUL.")
        base = self.shown_as or self.root
        normal = os.path.normpath(base / path)
        try:
            below = PurePosixPath(Path(normal).relative_to(base).as_posix())
        except ValueError:
            raise ToolFailure(f"{path} is outside of the workspace.") from None
        if is_secret(below.as_posix()):
            raise ToolFailure(f"{path} may hold secrets and is not shown.")
        return "" if below == PurePosixPath() else below.as_posix()

    def read(self, path: str) -> str:
        """The text of a file, the editor's unsaved text first.

        Raises:
            ToolFailure: in words for the model.
        """
        relative = self.relative(path)
        if relative in self.overlay:
            return self.overlay[relative]
        raw = self.read_bytes(relative)
        if b"\0" in raw[:8192]:
            raise ToolFailure(f"{path} is no text.")
        return raw.decode("utf-8", errors="replace")

    def read_bytes(self, relative: str) -> bytes:
        """The bytes of a regular file below the root."""
        self.check_target(relative)
        try:
            handle = open_beneath(self.root, relative, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0))
        except OSError as error:
            raise ToolFailure(f"{relative or '.'} can't be read: {error.strerror}.") from None
        try:
            facts = os.fstat(handle)
            if not stat.S_ISREG(facts.st_mode):
                raise ToolFailure(f"{relative or '.'} is no regular file.")
            if facts.st_size > LARGEST_FILE:
                raise ToolFailure(f"{relative} is larger than {LARGEST_FILE // 2**20} MB.")
            with os.fdopen(os.dup(handle), "rb") as file:
                return file.read(LARGEST_FILE + 1)
        finally:
            os.close(handle)

    def entries(self, path: str) -> list[os.DirEntry[str]]:
        """What a folder holds, by name, without what is kept from the model."""
        relative = self.relative(path)
        self.check_target(relative)
        folder = self.root / relative
        try:
            with os.scandir(folder) as scan:
                found = sorted(scan, key=lambda entry: entry.name)
        except OSError as error:
            raise ToolFailure(f"{path} can't be listed: {error.strerror}.") from None
        prefix = f"{relative}/" if relative else ""
        return [entry for entry in found if not is_secret(prefix + entry.name)]

    def check_target(self, relative: str) -> None:
        """See that no link on the way leads out, or to what is kept from the model."""
        try:
            target = (self.root / relative).resolve()
            below = target.relative_to(self.root.resolve())
        except (OSError, RuntimeError, ValueError):
            raise ToolFailure(f"{relative or '.'} leads out of the workspace.") from None
        if is_secret(below.as_posix()):
            raise ToolFailure(f"{relative} may hold secrets and is not shown.")

    def walk(self, path: str = "") -> Iterator[str]:
        """The posix paths of the files below ``path``, without links and skipped folders."""
        pending, count = [self.relative(path)], 0
        while pending:
            folder = pending.pop()
            prefix = f"{folder}/" if folder else ""
            try:
                found = self.entries(folder)
            except ToolFailure:
                continue  # vanished, or closed to us
            pending += [
                prefix + entry.name
                for entry in reversed(found)
                if entry.is_dir(follow_symlinks=False) and entry.name not in SKIPPED
            ]
            for entry in found:
                if entry.is_file(follow_symlinks=False):
                    count += 1
                    if count > MOST_FILES:
                        return
                    yield prefix + entry.name

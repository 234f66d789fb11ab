"""A copy of the workspace in which code may run and be changed, without touching a user's file.

What is copied: the files that git tracks, and the untracked ones that it does not ignore (all
but the usual build folders, where there is no git), less whatever may hold secrets, and on top
the unsaved text of open documents. Links are not copied, and files are copied, never linked: a
write in place would reach the user's file.
"""

from __future__ import annotations

import asyncio
import hashlib
import os
import shutil
import subprocess
import tempfile
from collections.abc import AsyncIterator, Iterable, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path

from architect_agents.sandbox.refused import RefusedError
from architect_agents.sandbox.secret_paths import is_secret

MOST_FILES = 50_000
MOST_BYTES = 512 * 1024 * 1024
_LARGEST_TEXT = 5 * 1024 * 1024
_BUILD_FOLDERS = frozenset(
    {
        *(".git", ".hg", ".svn", "node_modules", "__pycache__", ".venv", "venv", ".tox", ".nox"),
        *(".mypy_cache", ".ruff_cache", ".pytest_cache", "dist", "build", "target"),
    }
)


@dataclass(frozen=True, slots=True)
class Changes:
    """What differs in the shadow, by posix path relative to its root; texts are UTF-8.

    ``other`` are changed files that are no text, or too large to be shown.
    """

    modified: Mapping[str, str]
    created: Mapping[str, str]
    deleted: tuple[str, ...]
    other: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Shadow:
    """The copy at ``root`` of ``workspace``; ``base`` has the SHA-256 of each file as copied."""

    root: Path
    workspace: Path
    base: Mapping[str, str]

    def write(self, relative: str, text: str) -> None:
        """Replace or create one file of the copy; line ends are kept as they are in ``text``."""
        target = self.root / relative
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text, encoding="utf-8", newline="", errors="surrogatepass")

    def changes(self) -> Changes:
        """Compare the copy with what was copied."""
        now = {relative: _digest(self.root / relative) for relative in _walk(self.root)}
        texts: dict[bool, dict[str, str]] = {True: {}, False: {}}
        other: list[str] = []
        for relative, digest in sorted(now.items()):
            if self.base.get(relative) == digest:
                continue
            text = _text(self.root / relative)
            if text is None:
                other.append(relative)
            else:
                texts[relative in self.base][relative] = text
        deleted = tuple(sorted(self.base.keys() - now.keys()))
        return Changes(texts[True], texts[False], deleted, tuple(other))

    def moved_since(self, paths: Iterable[str], open_texts: Mapping[str, str]) -> list[str]:
        """The paths whose text in the workspace is no longer the one that was copied."""
        moved = []
        for relative in paths:
            text = open_texts.get(relative)
            path = self.workspace / relative
            now = _digest_of(_encoded(text)) if text is not None else _digest(path)
            if now != self.base.get(relative, ""):
                moved.append(relative)
        return moved


@asynccontextmanager
async def shadow_of(
    workspace: Path,
    open_texts: Mapping[str, str] | None = None,
    more_secrets: Sequence[str] = (),
) -> AsyncIterator[Shadow]:
    """A shadow in a private temporary folder that is gone afterwards.

    ``open_texts`` has the unsaved text of documents by posix path relative to ``workspace``;
    ``more_secrets`` are the user's own patterns of names to leave out.

    Raises:
        RefusedError: the workspace is too large, or can't be read.
    """
    folder = Path(await asyncio.to_thread(tempfile.mkdtemp, prefix="architect-"))
    try:
        yield await asyncio.to_thread(
            make_shadow, workspace, folder / "shadow", open_texts or {}, more_secrets
        )
    finally:
        # Shielded by a thread of its own: a cancelled run still has to clean up.
        await asyncio.shield(asyncio.to_thread(shutil.rmtree, folder, ignore_errors=True))


def make_shadow(
    workspace: Path,
    destination: Path,
    open_texts: Mapping[str, str],
    more_secrets: Sequence[str] = (),
) -> Shadow:
    """Copy ``workspace`` to the new folder ``destination``; see ``shadow_of``."""
    destination.mkdir(parents=True, mode=0o700)
    base: dict[str, str] = {}
    size = 0
    for relative in _listed(workspace):
        if relative in open_texts or is_secret(relative) or _matches(relative, more_secrets):
            continue
        content = _read(workspace, relative)
        if content is None:
            continue
        size += len(content)
        if len(base) >= MOST_FILES or size > MOST_BYTES:
            raise RefusedError(f"{workspace.name} is too large to be copied for a sandbox.")
        base[relative] = _place(destination / relative, content, workspace / relative)
    for relative, text in open_texts.items():
        if not is_secret(relative) and not _matches(relative, more_secrets):
            base[relative] = _place(destination / relative, _encoded(text), workspace / relative)
    return Shadow(destination, workspace, base)


def _listed(workspace: Path) -> Iterator[str]:
    """Relative posix paths by git, or by a walk where git can't say."""
    command = ["git", "-c", "core.fsmonitor=false", "-c", "core.untrackedCache=false", "ls-files"]
    command += ["-z", "--cached", "--others", "--exclude-standard", "--deduplicate"]
    environment = {**os.environ, "GIT_OPTIONAL_LOCKS": "0", "GIT_TERMINAL_PROMPT": "0"}
    try:
        found = subprocess.run(
            command, cwd=workspace, env=environment, capture_output=True, timeout=30, check=True
        )
    except (OSError, subprocess.SubprocessError):
        yield from _walk(workspace, _BUILD_FOLDERS)
        return
    yield from (os.fsdecode(one) for one in found.stdout.split(b"\0") if one)


def _walk(root: Path, skipped: frozenset[str] = frozenset()) -> Iterator[str]:
    for folder, folders, files in os.walk(root):
        folders[:] = sorted(name for name in folders if name not in skipped)
        for name in sorted(files):
            path = Path(folder, name)
            if not path.is_symlink():
                yield path.relative_to(root).as_posix()


def _matches(relative: str, patterns: Sequence[str]) -> bool:
    parts = (relative, *relative.split("/"))
    return any(fnmatchcase(part, pattern) for part in parts for pattern in patterns)


def _read(workspace: Path, relative: str) -> bytes | None:
    """The bytes of a regular file that no link leads to, else None."""
    path = workspace / relative
    try:
        if path.resolve() != workspace.resolve() / relative or not path.is_file():
            return None
        return path.read_bytes() if path.stat().st_size <= MOST_BYTES else None
    except OSError:
        return None


def _place(target: Path, content: bytes, origin: Path) -> str:
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_bytes(content)
    if os.access(origin, os.X_OK):
        target.chmod(0o755)
    return _digest_of(content)


def _encoded(text: str) -> bytes:
    return text.encode("utf-8", "surrogatepass")


def _digest_of(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def _digest(path: Path) -> str:
    """The hash of a regular file, or an empty string."""
    try:
        return "" if path.is_symlink() else _digest_of(path.read_bytes())
    except OSError:
        return ""


def _text(path: Path) -> str | None:
    try:
        content = path.read_bytes()
        return None if len(content) > _LARGEST_TEXT else content.decode("utf-8")
    except (OSError, UnicodeDecodeError):
        return None

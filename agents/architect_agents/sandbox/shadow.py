"""A copy of the workspace in which code may run and be changed, without touching a user's file.

What is copied: the files that git tracks, and the untracked ones that it does not ignore (all
but the usual build folders, where there is no git), less whatever may hold secrets, and on top
the unsaved text of open documents. Links are not copied, and files are copied, never linked: a
write in place would reach the user's file.
"""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path

from architect_agents.sandbox.copying import Copying, Kept, Manifest
from architect_agents.sandbox.kept_copies import give_back, take
from architect_agents.sandbox.listing import listed, walk
from architect_agents.sandbox.refused import RefusedError
from architect_agents.sandbox.secret_paths import is_secret

_LARGEST_TEXT = 5 * 1024 * 1024


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
        now = {relative: _digest(self.root / relative) for relative in walk(self.root)}
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
    """A shadow for one run, in a folder that nobody else can look into.

    ``open_texts`` has the unsaved text of documents by posix path relative to ``workspace``;
    ``more_secrets`` are the user's own patterns of names to leave out. The copy is kept for the
    next run, which only has what changed to copy.

    Raises:
        RefusedError: the workspace is too large, or can't be read.
    """
    place, known = await asyncio.to_thread(take, workspace)
    manifest: Manifest = {}
    try:
        # Shielded: a thread that still copies must not meet the one that tidies up.
        filling = asyncio.ensure_future(
            asyncio.to_thread(
                fill, workspace, place.copy, open_texts or {}, more_secrets, known, manifest
            )
        )
        try:
            shadow = await asyncio.shield(filling)
        except asyncio.CancelledError:
            await asyncio.wait([filling])
            raise
        yield shadow
    finally:
        await asyncio.shield(asyncio.to_thread(give_back, place, manifest))


def make_shadow(
    workspace: Path,
    destination: Path,
    open_texts: Mapping[str, str],
    more_secrets: Sequence[str] = (),
) -> Shadow:
    """Copy ``workspace`` to the folder ``destination``; see ``shadow_of``."""
    return fill(workspace, destination, open_texts, more_secrets, {}, {})


def fill(
    workspace: Path,
    destination: Path,
    open_texts: Mapping[str, str],
    more_secrets: Sequence[str],
    known: Mapping[str, Kept],
    manifest: Manifest,
) -> Shadow:
    """Bring ``destination`` up to date, starting from what is ``known`` of it.

    What it holds then stands in ``manifest``, which is left empty where that failed.
    """

    def shown(relative: str) -> bool:
        return not is_secret(relative) and not _matches(relative, more_secrets)

    destination.mkdir(parents=True, exist_ok=True, mode=0o700)
    copying = Copying(workspace, destination, known)
    texts = {name: _encoded(text) for name, text in open_texts.items() if shown(name)}
    try:
        manifest.update(copying.run(filter(shown, listed(workspace)), texts))
    except OSError as error:
        raise RefusedError(f"{workspace.name} can't be copied: {error.strerror}.") from error
    return Shadow(destination, workspace, {name: kept.digest for name, kept in manifest.items()})


def _matches(relative: str, patterns: Sequence[str]) -> bool:
    parts = (relative, *relative.split("/"))
    return any(fnmatchcase(part, pattern) for part in parts for pattern in patterns)


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

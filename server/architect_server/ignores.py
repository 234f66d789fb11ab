"""What is left out of a scan: by what git reads, by globs, and folders of nobody's own code."""

from __future__ import annotations

import os
from functools import cached_property, lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from architect_server.plain_file import read_plain

if TYPE_CHECKING:
    from pathspec import GitIgnoreSpec

#: Folders that hold nobody's own code; named by git, package managers and build tools.
SKIPPED_FOLDERS = frozenset(
    {".git", ".hg", ".svn", ".tox", ".nox", ".venv", "venv", "node_modules", "__pycache__",
     ".mypy_cache", ".ruff_cache", ".pytest_cache", ".eggs", "site-packages"}
)  # fmt: skip


def repository_of(folder: Path) -> Path | None:
    """The root of the git work tree that ``folder`` lies in; a linked work tree's is its own."""
    for place in (folder, *folder.parents):
        if os.path.lexists(f"{place}{os.sep}.git"):  # a Path would cost as much as the look
            return place
    return None


@lru_cache(maxsize=256)
def _spec(patterns: tuple[str, ...]) -> GitIgnoreSpec:
    from pathspec import GitIgnoreSpec  # many a scan meets no pattern

    return GitIgnoreSpec.from_lines(patterns)


def matches(patterns: tuple[str, ...], base: str | Path | None, path: str | Path | None) -> bool:
    """Whether globs (as in .gitignore) that are relative to ``base`` mean the file at ``path``."""
    if not patterns or path is None:
        return False
    return _spec(patterns).match_file(relative(os.fspath(path), base))


def relative(path: str, base: str | Path | None) -> str:
    """``path`` from ``base`` on, if that holds it, with slashes; no Path, as files are many."""
    if base is not None:
        start = _beginning(base)
        if os.path.normcase(path).startswith(start):
            path = path[len(start) :]
    return path if os.sep == "/" else path.replace(os.sep, "/")


@lru_cache(maxsize=64)
def _beginning(folder: str | Path) -> str:
    """How the path of everything in ``folder`` begins, in one case where that is no matter."""
    return os.path.normcase(os.path.join(folder, ""))  # noqa: PTH118


class Patterns:
    """The lines of one folder's ignore files, compiled once a path is held against them."""

    def __init__(self, lines: tuple[str, ...]) -> None:
        self.lines = lines

    @cached_property
    def _spec(self) -> GitIgnoreSpec:
        return _spec(self.lines)

    def verdict(self, relative: str, *, folder: bool) -> bool | None:
        """Whether they leave out (True) or take in (False) what lies there, or say nothing."""
        return self._spec.check_file(f"{relative}/" if folder else relative).include


class Ignores:
    """What git leaves out, by the .gitignore files from a root down; each is read once.

    Folders that hold nobody's own code are left out too. Paths must be absolute.
    """

    def __init__(self) -> None:
        self._patterns: dict[Path, Patterns | None] = {}
        self._folders: dict[tuple[Path, Path], bool] = {}
        self._roots: dict[Path, Path | None] = {}

    def leaves_out(self, path: Path, workspace: Path | None = None) -> bool:
        """Whether the file at ``path`` is left out of its repository, or else of ``workspace``."""
        if path.parent not in self._roots:
            self._roots[path.parent] = repository_of(path.parent)
        root = self._roots[path.parent] or workspace
        if root is None or not path.is_relative_to(root):
            return False
        return self.folder_is_out(path.parent, root) or self._entry_is_out(path, root, folder=False)

    def folder_is_out(self, folder: Path, root: Path) -> bool:
        """Whether ``folder`` or one that holds it below ``root`` is left out."""
        if folder == root:
            return False
        key = (folder, root)
        if key not in self._folders:
            self._folders[key] = self.folder_is_out(folder.parent, root) or self._entry_is_out(
                folder, root, folder=True
            )
        return self._folders[key]

    def _entry_is_out(self, path: Path, root: Path, *, folder: bool) -> bool:
        """Whether ``path`` itself is left out, whatever holds it."""
        if folder and path.name in SKIPPED_FOLDERS:
            return True
        return self.rules_above(path, root).leave_out(str(path), folder=folder)

    def rules_above(self, path: Path, root: Path) -> Rules:
        """The rules of all folders that hold ``path`` up to ``root``."""
        found = []
        for base in path.parents if path != root else ():
            if patterns := self.patterns_of(base, root):
                found.append((str(base), patterns))
            if base == root:
                break
        return Rules(self, root, tuple(found))

    def patterns_of(self, folder: Path, root: Path) -> Patterns | None:
        """What the files of ``folder`` itself say."""
        if folder not in self._patterns:
            lines = _lines(folder / ".gitignore")
            if folder == root and (own := _own_excludes(root)):
                lines = [*_lines(own), *lines]
            self._patterns[folder] = Patterns(tuple(lines)) if lines else None
        return self._patterns[folder]


class Rules:
    """What decides which entries of one folder are left out: each folder's with its path."""

    def __init__(
        self, ignores: Ignores, root: Path, said: tuple[tuple[str, Patterns], ...]
    ) -> None:
        self._ignores = ignores
        self._root = root
        self._said = said  # the innermost folder's first

    def inside(self, folder: str) -> Rules:
        """Those that hold in ``folder``, which may have ignore files of its own."""
        own = self._ignores.patterns_of(Path(folder), self._root)
        if own is None:
            return self
        return Rules(self._ignores, self._root, ((folder, own), *self._said))

    def leave_out(self, path: str, *, folder: bool) -> bool:
        """Whether ``path`` itself is left out. The innermost file that says something decides."""
        for base, patterns in self._said:
            relative = path[len(base) :].lstrip(os.sep).replace(os.sep, "/")
            verdict = patterns.verdict(relative, folder=folder)
            if verdict is not None:
                return verdict
        return False

    @cached_property
    def lines(self) -> tuple[tuple[str, tuple[str, ...]], ...]:
        """Each ignore file's folder and lines, the innermost first."""
        return tuple((base, patterns.lines) for base, patterns in self._said)


def _lines(path: Path) -> list[str]:
    try:
        return read_plain(path, "replace").splitlines()
    except OSError:
        return []


def _own_excludes(root: Path) -> Path | None:
    """The repository's unshared exclude file; linked work trees have it in common."""
    git = root / ".git"
    if not git.is_file():
        return git / "info" / "exclude"
    pointer = "".join(_lines(git)).removeprefix("gitdir:").strip()
    own = root / pointer
    common = "".join(_lines(own / "commondir")).strip()
    return own / common / "info" / "exclude" if common else own / "info" / "exclude"

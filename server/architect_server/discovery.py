"""Which files are somebody's own code: below a folder, and by what git and settings leave out."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from contextlib import suppress
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from architect_server.analysis.languages import language_of_name
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
        if (place / ".git").exists():
            return place
    return None


@lru_cache(maxsize=256)
def _spec(patterns: tuple[str, ...]) -> GitIgnoreSpec:
    from pathspec import GitIgnoreSpec  # many a scan meets no pattern

    return GitIgnoreSpec.from_lines(patterns)


def matches(patterns: tuple[str, ...], base: Path | None, path: Path | None) -> bool:
    """Whether globs (as in .gitignore) that are relative to ``base`` mean the file at ``path``."""
    if not patterns or path is None:
        return False
    if base is not None and path.is_relative_to(base):
        path = path.relative_to(base)
    return _spec(patterns).match_file(path.as_posix())


class Ignores:
    """What git leaves out, by the .gitignore files from a root down; each is read once.

    Folders that hold nobody's own code are left out too. Paths must be absolute.
    """

    def __init__(self) -> None:
        self._specs: dict[Path, GitIgnoreSpec | None] = {}
        self._folders: dict[tuple[Path, Path], bool] = {}
        self._roots: dict[Path, Path | None] = {}

    def leaves_out(self, path: Path, workspace: Path | None = None) -> bool:
        """Whether the file at ``path`` is left out of its repository, or else of ``workspace``."""
        if path.parent not in self._roots:
            self._roots[path.parent] = repository_of(path.parent)
        root = self._roots[path.parent] or workspace
        if root is None or not path.is_relative_to(root):
            return False
        return self.folder_is_out(path.parent, root) or self.entry_is_out(path, root, folder=False)

    def folder_is_out(self, folder: Path, root: Path) -> bool:
        """Whether ``folder`` or one that holds it below ``root`` is left out."""
        if folder == root:
            return False
        key = (folder, root)
        if key not in self._folders:
            self._folders[key] = self.folder_is_out(folder.parent, root) or self.entry_is_out(
                folder, root, folder=True
            )
        return self._folders[key]

    def entry_is_out(self, path: Path, root: Path, *, folder: bool) -> bool:
        """Whether ``path`` itself is left out, whatever holds it. The innermost file decides."""
        if folder and path.name in SKIPPED_FOLDERS:
            return True
        for base in path.parents:
            spec = self.spec_of(base, root)
            if spec is not None:
                relative = path.relative_to(base).as_posix()
                verdict = spec.check_file(f"{relative}/" if folder else relative).include
                if verdict is not None:
                    return verdict
            if base == root:
                break
        return False

    def rules_above(self, folder: Path, root: Path) -> tuple[tuple[int, GitIgnoreSpec], ...]:
        """The specs of all folders that hold ``folder`` up to ``root``, innermost first.

        Each comes with the length of its folder's path.
        """
        if folder == root:
            return ()
        found = []
        for base in folder.parents:
            if spec := self.spec_of(base, root):
                found.append((len(str(base)), spec))
            if base == root:
                break
        return tuple(found)

    def spec_of(self, folder: Path, root: Path) -> GitIgnoreSpec | None:
        """What the files of ``folder`` itself leave out."""
        if folder not in self._specs:
            lines = _lines(folder / ".gitignore")
            if folder == root and (own := _own_excludes(root)):
                lines = [*_lines(own), *lines]
            self._specs[folder] = _spec(tuple(lines)) if lines else None
        return self._specs[folder]


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


class Entry(NamedTuple):
    """A file that was found: ``shown`` as its folder was named, ``path`` absolute."""

    shown: str
    path: str
    language: str
    status: os.stat_result


def walk(folder: Path, ignores: Ignores) -> Iterator[Path]:
    """Every analysable file below ``folder``, in the order of names.

    A folder that is itself left out was asked for by name: only what lies in it decides then.
    """
    return (Path(entry.shown) for entry in entries(folder, ignores))


def entries(folder: Path, ignores: Ignores) -> Iterator[Entry]:
    """The same, with what the system says of each file."""
    absolute = Path(os.path.abspath(folder))  # noqa: PTH100 - resolve() would follow links
    root = repository_of(absolute) or absolute
    if ignores.folder_is_out(absolute, root):
        root = absolute
    above = ignores.rules_above(absolute, root)
    shown = "" if str(folder) == "." else str(folder)
    yield from _below(shown, str(absolute), _Rules(ignores, root, above))


class _Rules(NamedTuple):
    """What is left out of one folder: each spec with the length of its own folder's path."""

    ignores: Ignores
    root: Path
    specs: tuple[tuple[int, GitIgnoreSpec], ...]

    def inside(self, folder: str, names: Iterable[str]) -> _Rules:
        """Those that hold among ``names``, which ``folder`` holds."""
        if ".gitignore" not in names and Path(folder) != self.root:
            return self
        own = self.ignores.spec_of(Path(folder), self.root)
        if own is None:
            return self
        return _Rules(self.ignores, self.root, ((len(folder), own), *self.specs))

    def leave_out(self, path: str, *, folder: bool) -> bool:
        """Whether ``path`` itself is left out. The innermost file decides."""
        for length, spec in self.specs:
            relative = path[length:].lstrip(os.sep).replace(os.sep, "/")
            verdict = spec.check_file(f"{relative}/" if folder else relative).include
            if verdict is not None:
                return verdict
        return False


def _below(shown: str, absolute: str, rules: _Rules) -> Iterator[Entry]:
    try:
        with os.scandir(absolute) as found:
            listed = sorted(found, key=lambda entry: entry.name)
    except OSError:
        return
    rules = rules.inside(absolute, {entry.name for entry in listed})
    for entry in listed:
        name = entry.name
        folder = entry.is_dir(follow_symlinks=False)
        language = None if folder else language_of_name(name)
        if (not folder and language is None) or (folder and name in SKIPPED_FOLDERS):
            continue
        if rules.specs and rules.leave_out(entry.path, folder=folder):
            continue
        below = os.path.join(shown, name)  # noqa: PTH118 - a Path would cost as much as a look
        if folder:
            yield from _below(below, entry.path, rules)
        elif language is not None and entry.is_file(follow_symlinks=False):
            with suppress(OSError):  # it has gone meanwhile
                yield Entry(below, entry.path, language, entry.stat(follow_symlinks=False))

"""Which files are somebody's own code: below a folder, and in what state each of them is.

A folder that has not changed has the same entries, so it is looked at but not listed again.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from operator import attrgetter
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from architect_server.analysis.languages import language_of, language_of_name
from architect_server.ignores import SKIPPED_FOLDERS, Ignores, Rules, repository_of

if TYPE_CHECKING:
    from architect_server.folder_cache import FolderCache

#: Files whose change may change a setting or what is left out, by name.
SETTINGS_FILES = frozenset(
    {"pyproject.toml", ".gitignore", "ruff.toml", ".ruff.toml", "complexipy.toml",
     ".complexipy.toml", "setup.cfg", "tox.ini", ".flake8", "whitelizer.txt"}
)  # fmt: skip

#: Entries by which a folder may say something of its own about all that lies below it.
LANDMARKS = SETTINGS_FILES | {".git"}


#: Some file systems number their nodes higher than a cache can hold, and know later times.
_SIGNED = 2**63 - 1


class Stamp(NamedTuple):
    """One state of a file: times in nanoseconds, bytes, its node's number; each in 63 bits."""

    modified: int
    size: int
    changed: int
    node: int


class Found(NamedTuple):
    """``name`` is how the file was asked for, ``path`` is absolute.

    ``stamp`` is None for a file that can't be looked at. ``place`` is a folder at or above the
    file's own below which no folder, down to the file, has a landmark: what settings files say
    there holds for the file, and both lie in the same repository.
    """

    name: str
    path: str
    language: str
    stamp: Stamp | None
    place: str


def found_at(path: Path) -> Found:
    """The file that is named by ``path``, in whatever state it is."""
    absolute = os.path.abspath(path)  # noqa: PTH100 - resolve() would follow links
    try:
        one = path.stat()
        modified, changed = one.st_mtime_ns & _SIGNED, one.st_ctime_ns & _SIGNED
        stamp = Stamp(modified, one.st_size, changed, one.st_ino & _SIGNED)
    except OSError:
        stamp = None
    folder = os.path.dirname(absolute)  # noqa: PTH120
    return Found(str(path), absolute, language_of(path.name) or "", stamp, folder)


def found_below(
    folder: Path, ignores: Ignores, cache: FolderCache | None = None
) -> Iterator[Found]:
    """Every analysable file below ``folder``, in the order of names.

    A folder that is itself left out was asked for by name: only what lies in it decides then.
    With a ``cache`` the folders that it knows as they are need not be listed.
    """
    try:
        yield from _Walk(folder, ignores, cache).files()
    finally:
        if cache is not None:
            cache.flush()


def walk(folder: Path, ignores: Ignores) -> Iterator[Path]:
    """The same, as they were named."""
    return (Path(found.name) for found in found_below(folder, ignores))


def _bare(path: str) -> str:
    """A folder's path without the separator at its end."""
    return os.path.dirname(path)  # noqa: PTH120


class _Level(NamedTuple):
    """One folder on the way down; its path and how it was named both end in a separator.

    ``entries`` are those to be looked at, a folder's with a slash behind it; ``listed`` is what
    the system said of them, if they were listed just now.
    """

    path: str
    shown: str
    place: str
    rules: Rules
    entries: Iterator[str]
    listed: Mapping[str, os.DirEntry[str]]


class _Contents(NamedTuple):
    """What one folder holds: ``entries`` as a ``KnownFolder`` has them, and what leaves out."""

    entries: list[str]
    rules: Rules
    listed: Mapping[str, os.DirEntry[str]]


class _Walk:
    """One walk down from ``folder``, with what earlier ones kept of its folders.

    It passes some thousand folders and files, so it is written with no Path and few calls.
    """

    def __init__(self, folder: Path, ignores: Ignores, cache: FolderCache | None) -> None:
        self._cache = cache
        absolute = os.path.abspath(folder)  # noqa: PTH100 - resolve() would follow links
        top = Path(absolute)
        root = repository_of(top) or top
        rules = ignores.rules_above(top, root)
        if _is_out(top, root, ignores, rules, cache):
            root, rules = top, ignores.rules_above(top, top)
        self._root = os.path.join(root, "")  # noqa: PTH118
        if cache is not None:
            cache.load(absolute)
        shown = "" if str(folder) == "." else os.path.join(folder, "")  # noqa: PTH118
        path = os.path.join(absolute, "")  # noqa: PTH118
        # One object where both are one: of thousands of files each has both.
        self._top = self._level(path, path if shown == path else shown, absolute, rules)

    def files(self) -> Iterator[Found]:
        """Every file, with what the system says of it at that moment."""
        levels = [self._top]
        while levels:
            path, shown, place, rules, entries, listed = levels[-1]
            for name in entries:
                if name[-1] == "/":
                    inner = path + name[:-1] + os.sep
                    shown_inner = inner if shown is path else shown + name[:-1] + os.sep
                    levels.append(self._level(inner, shown_inner, place, rules))
                    break
                file = path + name
                try:
                    # Of what was just listed some systems have said all, and need not be asked.
                    one = listed[name].stat(follow_symlinks=False) if listed else os.lstat(file)
                except OSError:
                    continue  # it has gone meanwhile
                modified, changed = one.st_mtime_ns & _SIGNED, one.st_ctime_ns & _SIGNED
                stamp = Stamp(modified, one.st_size, changed, one.st_ino & _SIGNED)
                name_shown = file if shown is path else shown + name
                yield Found(name_shown, file, language_of_name(name) or "", stamp, place)
            else:
                levels.pop()

    def _level(self, path: str, shown: str, place: str, rules: Rules) -> _Level:
        """The folder at ``path``; ``place`` and ``rules`` are those of the folder that holds it."""
        entries, rules, listed = self._recalled(path, rules) or self._listed(path, rules)
        first = 0
        while first < len(entries) and entries[first][0] == "/":
            first += 1
            place = _bare(path)
        return _Level(path, shown, place, rules, iter(entries[first:]), listed)

    def _recalled(self, path: str, rules: Rules) -> _Contents | None:
        """What the folder holds, if that is known and nothing has changed since."""
        cache = self._cache
        known = cache.recall(path) if cache else None
        if cache is None or known is None:
            return None
        entries = known.entries
        if "/.gitignore" in entries or path == self._root:
            rules = rules.inside(_bare(path))
        return _Contents(entries, rules, {}) if cache.key(rules.lines) == known.lines else None

    def _listed(self, path: str, rules: Rules) -> _Contents:
        before = self._cache.about_to_list(path) if self._cache else None
        try:
            with os.scandir(path) as found:
                listed = {entry.name: entry for entry in sorted(found, key=attrgetter("name"))}
        except OSError:
            return _Contents([], rules, {})
        if ".gitignore" in listed or path == self._root:
            rules = rules.inside(_bare(path))
        marks = [f"/{name}" for name in sorted(LANDMARKS & listed.keys())]
        entries = [*marks, *_kept(path, listed, rules)]
        if self._cache is not None and before is not None:
            self._cache.keep(before, rules.lines, entries)
        return _Contents(entries, rules, listed)


def _is_out(
    folder: Path, root: Path, ignores: Ignores, rules: Rules, cache: FolderCache | None
) -> bool:
    """Whether ``folder`` is left out by ``rules``, those of what holds it."""
    if cache is None or not rules.lines:
        return ignores.folder_is_out(folder, root)
    about = (str(folder), str(root), rules.lines)
    return cache.verdict(about, lambda: ignores.folder_is_out(folder, root))


def _kept(path: str, listed: Mapping[str, os.DirEntry[str]], rules: Rules) -> Iterator[str]:
    """The names of what is to be looked at, a folder's with a slash behind it."""
    for name, entry in listed.items():
        folder = entry.is_dir(follow_symlinks=False)
        if name in SKIPPED_FOLDERS if folder else language_of_name(name) is None:
            continue
        if rules.leave_out(path + name, folder=folder):
            continue
        if folder:
            yield f"{name}/"
        elif entry.is_file(follow_symlinks=False):
            yield name

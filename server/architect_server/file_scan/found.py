"""A file on disk as a search finds it, with what tells one state of it from another."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from architect_server.analysis.languages import language_of
from architect_server.discovery import Ignores, entries


class Stamp(NamedTuple):
    """One state of a file: times in nanoseconds, bytes, and the number of its node."""

    modified: int
    size: int
    changed: int
    node: int


class Found(NamedTuple):
    """``name`` is how the file was asked for, ``path`` is absolute.

    ``stamp`` is None for a file that can't be looked at.
    """

    name: str
    path: str
    language: str
    stamp: Stamp | None


def found_at(path: Path) -> Found:
    """The file that is named by ``path``, in whatever state it is."""
    absolute = os.path.abspath(path)  # noqa: PTH100 - resolve() would follow links
    try:
        stamp = _stamp(path.stat())
    except OSError:
        stamp = None
    return Found(str(path), absolute, language_of(path.name) or "", stamp)


def found_below(folder: Path, ignores: Ignores) -> Iterator[Found]:
    """Every analysable file below ``folder``, as ``discovery.walk`` finds them."""
    for entry in entries(folder, ignores):
        yield Found(entry.shown, entry.path, entry.language, _stamp(entry.status))


def _stamp(status: os.stat_result) -> Stamp:
    return Stamp(status.st_mtime_ns, status.st_size, status.st_ctime_ns, status.st_ino)

"""Which files a command line means: the files named, and what is analysable below the folders."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

from architect_server.analysis.languages import language_of
from architect_server.cli.failure import Failure
from architect_server.discovery import Found, found_at, found_below
from architect_server.folder_cache import FolderCache
from architect_server.ignores import Ignores


def files_to_check(paths: Iterable[str], cache: FolderCache) -> Iterator[Found]:
    """Every analysable file, once, in the order of the arguments and then by name.

    A file or folder that is named is taken even if an ignore file would leave it out. ``cache``
    knows folders that need not be listed again.

    Raises:
        Failure: a path that does not exist, or a named file in no language that lizard reads.
    """
    seen: set[str] = set()
    ignores = Ignores()
    for name in paths:
        path = Path(name)
        if not path.exists():
            raise Failure(f"{name} does not exist.")
        if path.is_file() and language_of(path.name) is None:
            raise Failure(f"{name} is in no language that lizard reads.")
        for found in [found_at(path)] if path.is_file() else found_below(path, ignores, cache):
            if found.path not in seen:
                seen.add(found.path)
                yield found

"""Which files a command line means: the files named, and what is analysable below the folders."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

import pathspec

from architect_server.analysis.languages import language_of
from architect_server.cli.failure import Failure

#: Folders that hold nobody's own code; named by git, package managers and build tools.
SKIPPED_FOLDERS = frozenset(
    {".git", ".hg", ".svn", ".tox", ".nox", ".venv", "venv", "node_modules", "__pycache__",
     ".mypy_cache", ".ruff_cache", ".pytest_cache", ".eggs", "site-packages"}
)  # fmt: skip


def files_to_check(paths: Iterable[str]) -> Iterator[Path]:
    """Every analysable file, once, in the order of the arguments and then by name.

    A file that is named is taken even if an ignore file would leave it out.

    Raises:
        Failure: a path that does not exist, or a named file in no language that lizard reads.
    """
    seen: set[Path] = set()
    for name in paths:
        path = Path(name)
        if not path.exists():
            raise Failure(f"{name} does not exist.")
        if path.is_file() and language_of(path.name) is None:
            raise Failure(f"{name} is in no language that lizard reads.")
        for found in [path] if path.is_file() else _below(path, []):
            key = found.absolute()
            if key not in seen:
                seen.add(key)
                yield found


def _below(folder: Path, ignores: list[tuple[Path, pathspec.GitIgnoreSpec]]) -> Iterator[Path]:
    try:
        patterns = (folder / ".gitignore").read_text(encoding="utf-8", errors="replace")
        spec = pathspec.GitIgnoreSpec.from_lines(patterns.splitlines())
        ignores = [*ignores, (folder, spec)]
    except OSError:
        pass
    try:
        entries = sorted(folder.iterdir())
    except OSError:
        return
    for entry in entries:
        if entry.is_symlink() or _is_ignored(entry, ignores):
            continue
        if entry.is_dir():
            if entry.name not in SKIPPED_FOLDERS:
                yield from _below(entry, ignores)
        elif entry.is_file() and language_of(entry.name) is not None:
            yield entry


def _is_ignored(entry: Path, ignores: list[tuple[Path, pathspec.GitIgnoreSpec]]) -> bool:
    for base, spec in reversed(ignores):
        relative = entry.relative_to(base).as_posix() + ("/" if entry.is_dir() else "")
        verdict = spec.check_file(relative)
        if verdict.include is not None:
            return verdict.include
    return False

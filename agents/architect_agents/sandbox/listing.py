"""Which files of a workspace are its own: what git tracks and what it does not ignore."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

_BUILD_FOLDERS = frozenset(
    {
        *(".git", ".hg", ".svn", "node_modules", "__pycache__", ".venv", "venv", ".tox", ".nox"),
        *(".mypy_cache", ".ruff_cache", ".pytest_cache", "dist", "build", "target"),
    }
)
#: A repository's own configuration may name programs; these stay off, and nothing is written.
_GIT = (
    *("git", "-c", "core.fsmonitor=false", "-c", "core.untrackedCache=false"),
    *("-c", "core.hooksPath=/dev/null", "ls-files", "-z", "--cached", "--others"),
    *("--exclude-standard", "--deduplicate"),
)
SECONDS = 30


def listed(workspace: Path) -> Iterator[str]:
    """Relative posix paths by git, or by a walk where git can't say. May hold what is no file."""
    environment = {**os.environ, "GIT_OPTIONAL_LOCKS": "0", "GIT_TERMINAL_PROMPT": "0"}
    try:
        found = subprocess.run(
            _GIT,
            cwd=workspace,
            env=environment,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=SECONDS,
            check=True,
        )
    except (OSError, subprocess.SubprocessError):
        yield from walk(workspace, _BUILD_FOLDERS)
        return
    yield from (os.fsdecode(one) for one in found.stdout.split(b"\0") if one)


def walk(root: Path, skipped: frozenset[str] = frozenset()) -> Iterator[str]:
    """Relative posix paths of all that is no folder and no link."""
    for folder, folders, files in os.walk(root):
        folders[:] = sorted(name for name in folders if name not in skipped)
        for name in sorted(files):
            path = Path(folder, name)
            if not path.is_symlink():
                yield path.relative_to(root).as_posix()

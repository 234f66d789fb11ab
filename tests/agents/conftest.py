"""Small workspaces for the sandbox to copy and to run."""

from __future__ import annotations

import subprocess
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from architect_agents.sandbox.jail import why_no_jail

MakeWorkspace = Callable[[Mapping[str, str]], Path]


@pytest.fixture
def make_workspace(tmp_path: Path) -> MakeWorkspace:
    """Writes files into a new git repository, tracked but for those that .gitignore names."""

    def make(files: Mapping[str, str]) -> Path:
        root = tmp_path / "workspace"
        for name, text in files.items():
            path = root / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8", newline="")
        subprocess.run(["git", "init", "-q"], cwd=root, check=True)
        subprocess.run(["git", "add", "."], cwd=root, check=True)
        return root

    return make


@pytest.fixture
def needs_jail() -> None:
    reason = why_no_jail()
    if reason:
        pytest.skip(reason)

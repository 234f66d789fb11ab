"""The import contracts bite: a planted wrong import is found."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]

WRONG = {
    "analysis knows the protocol": ("server/architect_server/analysis/model.py", "import pygls"),
    "an architect knows the server": (
        "agents/architect_agents/types.py",
        "import architect_server.settings",
    ),
    "a room imports upwards": (
        "server/architect_server/document.py",
        "import architect_server.session",
    ),
    "lizard is imported in a second file": ("server/architect_server/target.py", "import lizard"),
    "anthropic is imported in a second file": (
        "agents/architect_agents/loop.py",
        "import anthropic",
    ),
    "a handler speaks to the architects itself": (
        "server/architect_server/handlers/text_sync.py",
        "import architect_agents.types",
    ),
}


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the code to plant imports in."""
    folder = tmp_path_factory.mktemp("copy")
    ignored = shutil.ignore_patterns("__pycache__")
    for name in ("server", "agents"):
        shutil.copytree(ROOT / name, folder / name, ignore=ignored)
    shutil.copy(ROOT / ".importlinter", folder)
    return folder


def lint(folder: Path) -> subprocess.CompletedProcess[str]:
    """Check the contracts of the copy, not of what is installed."""
    program = (
        "import sys; sys.path[:0] = ['server', 'agents'];"
        "from importlinter.cli import lint_imports; sys.exit(lint_imports(no_cache=True))"
    )
    return subprocess.run(
        [sys.executable, "-P", "-c", program], cwd=folder, capture_output=True, text=True
    )


def test_the_contracts_are_kept(copy: Path) -> None:
    done = lint(copy)
    assert done.returncode == 0, done.stdout


@pytest.mark.parametrize("planted", WRONG)
def test_a_planted_wrong_import_is_caught(planted: str, copy: Path) -> None:
    name, statement = WRONG[planted]
    path = copy / name
    text = path.read_text("utf-8")
    try:
        path.write_text(f"{text}\n{statement}\n", "utf-8")
        done = lint(copy)
    finally:
        path.write_text(text, "utf-8")
    assert done.returncode == 1
    assert "BROKEN" in done.stdout

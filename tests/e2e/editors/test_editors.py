"""The whole road in real editors: squiggle on the name, ask, buffer changed, one undo."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

HERE = Path(__file__).parent
ROOT = HERE.parents[2]
EXAMPLE = ROOT / "examples" / "order_service.py"


def program(name: str, *places: Path) -> str:
    """The editor's program. Absent, the test fails in CI and is skipped elsewhere."""
    found = next((str(place) for place in places if place.exists()), None) or shutil.which(name)
    if found is None:
        reason = f"{name} is not installed; .ci/setup-e2e installs it"
        if os.environ.get("CI"):
            pytest.fail(reason)
        pytest.skip(reason)
    return found


def drive(command: list[str], tmp_path: Path, source: str) -> dict[str, Any]:
    """Run an editor's script on a copy of ``source``; its report."""
    path = tmp_path / "workspace" / "order_service.py"
    path.parent.mkdir()
    path.write_text(source, "utf-8")
    home = tmp_path / "home"
    home.mkdir()
    environment = {
        "PATH": os.environ["PATH"],
        "HOME": str(home),
        "XDG_STATE_HOME": str(home / "state"),
        "LANG": "C.UTF-8",
        "FILE": str(path),
        "NAME": "place_order",
        "PYTHON": sys.executable,
    }
    done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=180)
    lines = [line for line in done.stdout.splitlines() if line.startswith("{")]
    assert lines, done.stdout + done.stderr
    report: dict[str, Any] = json.loads(lines[-1])
    assert "failure" not in report, report["failure"] + done.stderr
    assert path.read_text("utf-8") == source, "the server wrote the user's file"
    return report


def commands() -> dict[str, tuple[str, list[Path], list[str]]]:
    """Each editor: its program, where else it may lie, and its arguments."""
    lua = ["--headless", "--clean", "-u", "NONE", "-S", str(HERE / "neovim.lua")]
    return {
        "Neovim 0.11": ("nvim", [ROOT / ".tools" / "nvim" / "bin" / "nvim"], lua),
        "Emacs with eglot": ("emacs", [], ["--batch", "-l", str(HERE / "eglot.el")]),
    }


SOURCES = {
    "plain": lambda text: text,
    "beyond the BMP": lambda text: text.replace(
        'raise OrderError("An order', 'note = "𝄞😋"; raise OrderError("An order'
    ),
}


@pytest.mark.parametrize("source", SOURCES)
@pytest.mark.parametrize("editor", commands())
def test_a_function_is_simplified_and_one_undo_brings_it_back(
    editor: str, source: str, tmp_path: Path
) -> None:
    name, places, arguments = commands()[editor]
    text = SOURCES[source](EXAMPLE.read_text("utf-8"))
    report = drive([program(name, *places), *arguments], tmp_path, text)
    assert "OrderService.place_order has cyclomatic complexity 25 (limit 15)" in report["message"]
    assert any(title.startswith("Ask architect") for title in report["actions"])
    compile(report["after"], "after", "exec")
    assert report["undone"]

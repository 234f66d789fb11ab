"""The whole road in real editors, set up by the very text of docs/editors: squiggle, ask, undo."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from dataclasses import dataclass
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


def recipe(page: str, language: str, number: int = 0) -> str:
    """The code block of that language in a page of docs/editors, as a user would copy it."""
    text = (ROOT / "docs" / "editors" / page).read_text("utf-8")
    return re.findall(rf"^```{language}\n(.*?)^```", text, re.MULTILINE | re.DOTALL)[number]


def drive(command: list[str], tmp_path: Path, source: str, configuration: str) -> dict[str, Any]:
    """Run an editor's script on a copy of ``source``, set up by ``configuration``; its report."""
    path = tmp_path / "workspace" / "order_service.py"
    path.parent.mkdir()
    path.write_text(source, "utf-8")
    home = tmp_path / "home"
    home.mkdir()
    (home / "recipe").write_text(configuration, "utf-8")
    environment = {
        # `architect` is found as after an installation.
        "PATH": os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]]),
        "HOME": str(home),
        "XDG_STATE_HOME": str(home / "state"),
        "LANG": "C.UTF-8",
        "FILE": str(path),
        "NAME": "place_order",
        "RECIPE": str(home / "recipe"),
    }
    done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=180)
    lines = [line for line in done.stdout.splitlines() if line.startswith("{")]
    assert lines, done.stdout + done.stderr
    report: dict[str, Any] = json.loads(lines[-1])
    assert "failure" not in report, report["failure"] + done.stderr
    assert path.read_text("utf-8") == source, "the server wrote the user's file"
    return report


@dataclass(frozen=True)
class Client:
    """An editor: its program, where else it may lie, its arguments, and its recipe."""

    name: str
    arguments: list[str]
    configuration: str
    places: tuple[Path, ...] = ()


LUA = ["--headless", "--clean", "-u", "NONE", "-S", str(HERE / "neovim.lua")]
CLIENTS = {
    "Neovim 0.11": Client(
        "nvim", LUA, recipe("neovim.md", "lua"), (ROOT / ".tools" / "nvim" / "bin" / "nvim",)
    ),
    "Neovim 0.7": Client("nvim", LUA, recipe("neovim.md", "lua", 1), (Path("/usr/bin/nvim"),)),
    "Emacs with eglot": Client(
        "emacs", ["--batch", "-l", str(HERE / "eglot.el")], recipe("emacs.md", "elisp")
    ),
    "Emacs with lsp-mode": Client(
        "emacs", ["--batch", "-l", str(HERE / "lsp-mode.el")], recipe("emacs.md", "elisp", 1)
    ),
}


SOURCES = {
    "plain": lambda text: text,
    "beyond the BMP": lambda text: text.replace(
        'raise OrderError("An order', 'note = "𝄞😋"; raise OrderError("An order'
    ),
}


@pytest.mark.parametrize("source", SOURCES)
@pytest.mark.parametrize("editor", CLIENTS)
def test_a_function_is_simplified_and_one_undo_brings_it_back(
    editor: str, source: str, tmp_path: Path
) -> None:
    client = CLIENTS[editor]
    text = SOURCES[source](EXAMPLE.read_text("utf-8"))
    command = [program(client.name, *client.places), *client.arguments]
    report = drive(command, tmp_path, text, client.configuration)
    assert "OrderService.place_order has cyclomatic complexity 25 (limit 15)" in report["message"]
    assert any(title.startswith("Ask architect") for title in report["actions"])
    compile(report["after"], "after", "exec")
    assert report["undone"]

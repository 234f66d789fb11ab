"""Drives a real editor, set up by the very text of docs/editors: squiggle, ask, undo.

What each editor does stands in its script beside this file; here is how it is started and heard.
"""

from __future__ import annotations

import contextlib
import json
import os
import pty
import re
import shutil
import subprocess
import sys
import threading
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

HERE = Path(__file__).parent
ROOT = HERE.parents[2]
RECORDINGS = ROOT / "tests" / "clients"
#: Seconds after which an editor is ended; a quiet machine needs 3 to 11.
TIME_LIMIT = 400
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


#: Where `architect` lies after `make setup`.
INSTALLED = Path(sys.executable).parent


def drive(
    client: Client,
    tmp_path: Path,
    source: str,
    *,
    record: bool = False,
    installed: Path = INSTALLED,
) -> dict[str, Any]:
    """Run the editor's script on a copy of ``source``, set up by its recipe; its report.

    The editor finds the `architect` of the folder ``installed``. With ``record`` a recorder stands
    before the server, and the report holds its ``recording``.
    """
    path = tmp_path / "workspace" / "order_service.py"
    path.parent.mkdir()
    (path.parent / "pyproject.toml").write_text('[project]\nname = "orders"\n')  # marks the root
    path.write_text(source, "utf-8")
    home = tmp_path / "home"
    home.mkdir()
    (home / "recipe").write_text(client.configuration, "utf-8")
    environment = {
        "PATH": os.pathsep.join([str(installed), os.environ["PATH"]]),
        "HOME": str(home),
        "XDG_STATE_HOME": str(home / "state"),
        "LANG": "C.UTF-8",
        "TERM": "xterm",
        "FILE": str(path),
        "NAME": "place_order",
        "RECIPE": str(home / "recipe"),
        "REPORT": str(home / "report"),
    }
    if record:
        put_recorder_first(environment, home)
    command = [program(client.name, *client.places), *client.arguments]
    report = run_in_terminal(command, environment, home / "report")
    assert "failure" not in report, report["failure"]
    assert path.read_text("utf-8") == source, "the server wrote the user's file"
    if record:
        report["recording"] = json.loads((home / "recording.json").read_text("utf-8"))
    return report


def put_recorder_first(environment: dict[str, str], home: Path) -> None:
    """Have the editor find the recorder where its recipe says ``architect``."""
    server = shutil.which("architect", path=environment["PATH"])
    assert server, "make setup installs the server"
    stand_in = home / "bin" / "architect"
    stand_in.parent.mkdir()
    stand_in.write_text(f'#!/bin/sh\nexec "{sys.executable}" "{HERE / "recorder.py"}" "$@"\n')
    stand_in.chmod(0o755)
    environment["PATH"] = f"{stand_in.parent}{os.pathsep}{environment['PATH']}"
    environment["SERVER"] = server
    environment["RECORDING"] = str(home / "recording.json")


def run_in_terminal(
    command: list[str], environment: dict[str, str], report: Path
) -> dict[str, Any]:
    """Run an editor on a terminal of its own until it ends; what it wrote into ``report``."""
    ours, theirs = pty.openpty()
    editor = subprocess.Popen(
        command, env=environment, stdin=theirs, stdout=theirs, stderr=theirs, start_new_session=True
    )
    os.close(theirs)
    shown: list[bytes] = []
    reader = threading.Thread(target=_read_all, args=(ours, shown), daemon=True)
    reader.start()
    try:
        editor.wait(TIME_LIMIT)
    finally:
        editor.kill()  # nothing to end after a good run
        reader.join(10)
        screen = b"".join(shown).decode(errors="replace")
    assert report.exists(), f"{command[0]} left no report:\n{screen}"
    found: dict[str, Any] = json.loads(report.read_text("utf-8"))
    if "failure" in found:
        found["failure"] += f"\n{screen}"
    return found


def _read_all(terminal: int, shown: list[bytes]) -> None:
    """Collect what is written to a terminal, until the last program leaves it."""
    with contextlib.suppress(OSError):  # Linux says so when the other side is closed
        while chunk := os.read(terminal, 65536):
            shown.append(chunk)
    os.close(terminal)


@dataclass(frozen=True)
class Client:
    """An editor: its recording's name, its program, its arguments, its recipe, where it may lie."""

    label: str
    name: str
    arguments: list[str]
    configuration: str
    places: tuple[Path, ...] = ()

    @property
    def recording(self) -> Path:
        """Where its capabilities are kept for the protocol tests."""
        return RECORDINGS / f"{self.label}.json"


LUA = ["--headless", "--clean", "-u", "NONE", "-S", str(HERE / "neovim.lua")]
BATCH = ["--batch", "-l"]
VIM = ["--clean", "-N", "-c", "packadd ale", "-S", str(HERE / "ale.vim")]
CLIENTS = {
    "Neovim 0.11": Client(
        "neovim-0.11",
        "nvim",
        LUA,
        recipe("neovim.md", "lua"),
        (ROOT / ".tools" / "nvim" / "bin" / "nvim",),
    ),
    "Neovim 0.7": Client(
        "neovim-0.7", "nvim", LUA, recipe("neovim.md", "lua", 1), (Path("/usr/bin/nvim"),)
    ),
    "Emacs with eglot": Client(
        "emacs-eglot", "emacs", [*BATCH, str(HERE / "eglot.el")], recipe("emacs.md", "elisp")
    ),
    "Emacs with lsp-mode": Client(
        "emacs-lsp-mode",
        "emacs",
        [*BATCH, str(HERE / "lsp-mode.el")],
        recipe("emacs.md", "elisp", 1),
    ),
    "Vim with ALE": Client(
        "vim-ale", "vim", VIM, recipe("vim.md", "vim"), (Path("/usr/bin/vim.nox"),)
    ),
}

"""Helix, set up by the very text of docs/editors/helix.md: squiggle, ask, undo.

Debian 12 has no Helix: `.ci/setup-nightly` unpacks that of the next Debian into .tools/trixie. It
runs from there with the C library that it was built for. It is driven and read through tmux.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from e2e.editors.driver import EXAMPLE, INSTALLED, RECORDINGS, ROOT, program, put_recorder_first
from e2e.editors.driver import recipe as recipe_of

TRIXIE = ROOT / ".tools" / "trixie"
HELIX = TRIXIE / "usr" / "bin" / "hx"
LOADER = TRIXIE / "lib64" / "ld-linux-x86-64.so.2"
#: Seconds to wait for something to appear; a quiet machine needs 1.
PATIENCE = 120

pytestmark = pytest.mark.timeout(900)


@dataclass(frozen=True)
class Terminal:
    """Helix in a terminal of its own."""

    socket: Path
    file: Path

    def tmux(self, *words: str) -> str:
        """Run a command of tmux; what it prints."""
        command = ["tmux", "-S", str(self.socket), "-f", os.devnull, *words]
        return subprocess.run(command, check=True, capture_output=True, text=True).stdout

    def screen(self) -> str:
        return self.tmux("capture-pane", "-p")

    def press(self, *keys: str) -> None:
        self.tmux("send-keys", *keys)

    def until(self, what: str, condition: Callable[[], bool]) -> None:
        """Look again and again, as a person does; tmux has no way to be told."""
        end = time.monotonic() + PATIENCE
        while not condition():
            assert time.monotonic() < end, f"waited in vain for {what}:\n{self.screen()}"
            time.sleep(0.1)

    def see(self, words: str) -> None:
        self.until(words, lambda: words in self.screen())

    def saved(self) -> str:
        """The buffer's text, by way of the file."""
        stamp = self.file.stat().st_mtime_ns
        self.press(":write!", "Enter")
        self.until("the file to be written", lambda: self.file.stat().st_mtime_ns != stamp)
        return self.file.read_text("utf-8")


@pytest.fixture
def terminal(tmp_path: Path) -> Iterator[Terminal]:
    """Helix on the example, at the function with the finding, through a recorder."""
    program("hx (of .ci/setup-nightly)", HELIX)
    program("tmux")
    home = tmp_path / "home"
    settings = home / ".config" / "helix"
    settings.mkdir(parents=True)
    (settings / "languages.toml").write_text(recipe_of("helix.md", "toml"), "utf-8")
    (settings / "config.toml").write_text('[editor]\nend-of-line-diagnostics = "hint"\n', "utf-8")
    file = tmp_path / "workspace" / EXAMPLE.name
    file.parent.mkdir()
    shutil.copyfile(EXAMPLE, file)
    line = EXAMPLE.read_text("utf-8").split("def place_order")[0].count("\n") + 1
    environment = {
        "PATH": os.pathsep.join([str(INSTALLED), os.environ["PATH"]]),
        "HOME": str(home),
        "XDG_STATE_HOME": str(home / "state"),
        "HELIX_RUNTIME": str(TRIXIE / "usr" / "lib" / "hx" / "runtime"),
        "LANG": "C.UTF-8",
        "COLORTERM": "truecolor",
    }
    put_recorder_first(environment, home)
    libraries = TRIXIE / "usr" / "lib" / "x86_64-linux-gnu"
    variables = [f"{name}={value}" for name, value in environment.items()]
    helix = [LOADER, "--library-path", libraries, HELIX, f"{file}:{line}:9"]
    # A path of a socket may have 107 characters only.
    window = Terminal(Path(tempfile.gettempdir(), f"hx-{os.getpid()}"), file)
    size = ("-x", "160", "-y", "40")
    window.tmux("new-session", "-d", *size, "env", *variables, *map(str, helix))
    try:
        yield window
    finally:
        window.tmux("kill-server")
        window.socket.unlink(missing_ok=True)


def test_a_function_is_simplified_and_one_undo_brings_it_back(
    terminal: Terminal, tmp_path: Path
) -> None:
    before = terminal.file.read_text("utf-8")
    terminal.see("has cyclomatic complexity 25 (limit 15)")
    terminal.press("Space", "a")
    terminal.see("Ask architect: simplify OrderService.place_order")
    # Helix sorts by kind: quick fixes first, rewrites last. Up goes around to the last one.
    terminal.press("Up")
    terminal.press("Enter")
    terminal.see("verified extraction")
    after = terminal.saved()
    assert after != before
    compile(after, "after", "exec")
    terminal.press("u")
    assert terminal.saved() == before
    terminal.see("has cyclomatic complexity 25 (limit 15)")

    recording = RECORDINGS / "helix.json"
    seen = (tmp_path / "home" / "recording.json").read_text("utf-8")
    if os.environ.get("RECORD"):
        recording.write_text(seen, "utf-8")
    assert json.loads(seen) == json.loads(recording.read_text("utf-8")), (
        "Helix says other things of itself than tests/clients/helix.json: make recordings"
    )

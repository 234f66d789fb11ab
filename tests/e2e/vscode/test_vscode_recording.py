"""What VS Code says of itself when it connects is what the protocol tests play."""

from __future__ import annotations

import json
import os
import shutil
import sys
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[3]
EXAMPLE = ROOT / "examples" / "order_service.py"
RECORDER = ROOT / "tests" / "e2e" / "editors" / "recorder.py"
RECORDING = ROOT / "tests" / "clients" / "vscode.json"

pytestmark = pytest.mark.timeout(300)


def test_the_protocol_tests_play_what_vscode_can_do(vscode: Any, tmp_path: Path) -> None:
    shutil.copyfile(EXAMPLE, vscode.workspace / EXAMPLE.name)
    seen = tmp_path / "seen.json"
    python = tmp_path / "python"
    python.write_text(
        "#!/bin/sh\n"
        # The extension first asks for its version.
        f'case "$1" in -c) exec "{sys.executable}" "$@";; esac\n'
        f'export SERVER="{sys.executable}" RECORDING="{seen}"\n'
        f'exec "{sys.executable}" "{RECORDER}" "$@"\n'
    )
    python.chmod(0o755)
    vscode.configure(machine={"architect.interpreter": str(python)})
    line = EXAMPLE.read_text("utf-8").split("def place_order")[0].count("\n") + 1
    finding = {"name": "place_order", "line": line, "column": 9}
    vscode.run("askReject", EXAMPLE.name, finding=finding)
    said = json.loads(seen.read_text("utf-8"))
    said["capabilities"].pop("experimental", None)  # what our own extension adds
    if os.environ.get("RECORD"):
        RECORDING.write_text(json.dumps(said, indent=2, sort_keys=True) + "\n", "utf-8")
    assert said == json.loads(RECORDING.read_text("utf-8")), (
        "VS Code says other things of itself than tests/clients/vscode.json: make recordings"
    )

"""What is started in the server reads nothing of what the editor sends."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

SENT = "what the editor sends"
STARTED = {
    "git": "from architect_agents.sandbox.listing import listed; list(listed(Path.cwd()))",
    "bwrap": "from architect_agents.sandbox.jail import why_no_bubblewrap; why_no_bubblewrap()",
}


@pytest.mark.skipif(sys.platform == "win32", reason="the program is a shell script")
@pytest.mark.parametrize("program", STARTED)
def test_a_program_that_reads_does_not_read_ours(program: str, tmp_path: Path) -> None:
    greedy = tmp_path / program
    greedy.write_text(f"#!/bin/sh\ntouch {tmp_path}/started\ncat > /dev/null\nexit 1\n", "utf-8")
    greedy.chmod(0o755)
    code = f"import sys; from pathlib import Path; {STARTED[program]}; print(sys.stdin.read())"
    done = subprocess.run(
        [sys.executable, "-P", "-c", code],
        cwd=tmp_path,
        env={**os.environ, "PATH": f"{tmp_path}:{os.environ['PATH']}"},
        input=SENT,
        capture_output=True,
        text=True,
        check=True,
    )
    assert (tmp_path / "started").exists()
    assert done.stdout.strip() == SENT

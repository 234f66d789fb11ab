"""Which Python a project's tests run with."""

from __future__ import annotations

import os
import sys
from pathlib import Path

_ENVIRONMENTS = (".venv", "venv", "env")


def project_interpreter(workspace: Path) -> Path:
    """The workspace's own virtual environment, else the active one, else the one we run on."""
    active = os.environ.get("VIRTUAL_ENV")
    folders = [workspace / name for name in _ENVIRONMENTS]
    folders += [Path(active)] if active else []
    for folder in folders:
        python = folder / "bin" / "python"
        if (folder / "pyvenv.cfg").is_file() and python.exists():
            return python
    return Path(sys.executable)

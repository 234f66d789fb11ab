"""The servers and tools that ours is set against: pinned, in a folder of their own."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

from keystrokes import OPTIONS, OURS

ROOT = Path(__file__).parents[1]
TOOLS = ROOT / ".tools" / "bench"
PINNED = (
    "ruff==0.15.8",
    "complexipy==8.3.0",
    "python-lsp-server==1.15.0",
    "mccabe==0.7.0",
    "radon==6.0.1",
    "lizard==1.24.3",
)
#: A server of pygls that can do nothing: what its import alone costs.
EMPTY_PYGLS = [
    sys.executable,
    "-P",
    "-c",
    "from pygls.lsp.server import LanguageServer; LanguageServer('e', '1').start_io()",
]
_RUFF = {"settings": {"lint": {"select": ["C901", "PLR09"], "preview": True}}}
#: These wait a fixed time before they look at an edit.
WAITING = ("complexipy", "pylsp")


def install() -> None:
    """Install what is pinned, unless it is there."""
    python = TOOLS / "bin" / "python"
    if not python.exists():
        subprocess.run([sys.executable, "-m", "venv", str(TOOLS)], check=True)
    command = [str(python), "-m", "pip", "install", "-q", "--disable-pip-version-check"]
    subprocess.run([*command, *PINNED], check=True)


def tool(name: str) -> str:
    """The path of one of the installed commands."""
    return str(TOOLS / "bin" / name)


def servers(names: list[str] | None = None) -> dict[str, tuple[list[str], Any]]:
    """Command and options of each server by its name; ours is first."""
    everyone: dict[str, tuple[list[str], Any]] = {
        "architect": (OURS, OPTIONS),
        "ruff": ([tool("ruff"), "server"], _RUFF),
        "complexipy": ([tool("complexipy"), "lsp"], None),
        "pylsp": ([tool("pylsp")], None),
    }
    return {name: everyone[name] for name in names or everyone}

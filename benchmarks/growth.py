"""How cost grows with size: an edit in 500 to 50,000 lines, a scan of 10 to 5,000 files."""

from __future__ import annotations

import os
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

from corpus import file_of
from keystrokes import keystrokes
from lsp import Server
from peers import servers, tool

SIZES = (500, 1_000, 2_000, 5_000, 10_000, 20_000, 50_000)
COUNTS = (10, 30, 100, 300, 1_000, 3_000, 5_000)


def edits(folder: Path, repeats: int) -> dict[str, dict[int, float]]:
    """Median milliseconds of an edit by server and lines; the servers take turns."""
    found: dict[str, dict[int, float]] = {}
    pair = servers(["architect", "ruff"])
    running = {name: Server(command) for name, (command, _) in pair.items()}
    for name, server in running.items():
        server.start(folder, pair[name][1])
    for size in SIZES:
        for name, server in running.items():
            uri = (folder / f"{name}_{size}_growth.py").as_uri()
            times = keystrokes(server, uri, file_of(size), repeats)
            found.setdefault(name, {})[size] = statistics.median(times)
    for server in running.values():
        server.stop()
    return found


def scans(source: Path) -> dict[str, dict[int, float]]:
    """Processor seconds of a cold scan, by tool and the number of files taken from ``source``."""
    files = sorted(path for path in source.rglob("*.py") if path.is_file())
    found: dict[str, dict[int, float]] = {}
    for count in (count for count in COUNTS if count <= len(files)):
        with tempfile.TemporaryDirectory() as name:
            folder = Path(name)
            for number, path in enumerate(files[:count]):
                shutil.copy(path, folder / f"f{number}.py")
            for who, command in commands(folder).items():
                seconds = processor_seconds(command, {"XDG_CACHE_HOME": f"{name}/.cache-{who}"})
                found.setdefault(who, {})[count] = seconds
    return found


def commands(folder: Path) -> dict[str, list[str]]:
    """What scans ``folder`` without a cache, by its name."""
    return {
        "architect": check(folder),
        "lizard -t1": [tool("lizard"), "-t1", "-l", "python", str(folder)],
        "ruff": [*ruff(folder), "--no-cache"],
    }


def check(folder: Path) -> list[str]:
    """Our own scan."""
    ours = [sys.executable, "-P", "-m", "architect_server"]
    return [*ours, "check", "--format", "json", str(folder)]


def ruff(folder: Path) -> list[str]:
    """ruff's rules that are like ours."""
    return [tool("ruff"), "check", "--select", "C901,PLR09", "-q", "--isolated", str(folder)]


def processor_seconds(command: list[str], environment: dict[str, str]) -> float:
    """Of the command and all its children."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run(
        command,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        env={**os.environ, **environment},
        check=False,
    )
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime - before.ru_utime + after.ru_stime - before.ru_stime

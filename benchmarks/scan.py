"""A scan of a folder: ours beside lizard's and ruff's, and beside what any scan has to do.

    python benchmarks/scan.py FOLDER [--rounds N] [--growth]

Everything is the processor time of all processes of a run, taken in turns; ratios are made round
by round. The floor is one read of every file, and one pass of lizard's token pattern over every
text. ``--growth`` adds scans of 10, 100, ... files that are spread over the folder. Peak memory is
that of the process that was started, not of those that it starts.
"""

from __future__ import annotations

import argparse
import compileall
import json
import os
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))

from peers import TOOLS, install, tool

from architect_server.analysis import lizard_adapter
from architect_server.discovery import walk
from architect_server.ignores import Ignores

SIZES = (10, 30, 100, 300, 1_000, 3_000, 5_000)
#: What is set beside what, as one's time divided by the other's.
AGAINST = (
    ("architect cold", "lizard"),
    ("architect cold", "ruff cold"),
    ("architect cold json", "lizard"),
    ("architect warm", "ruff warm"),
    ("architect warm json", "ruff warm"),
    ("architect warm", "architect cold"),
)
_GROWING = ("architect cold", "ruff cold", "lizard", "architect warm", "ruff warm")
_RULES = ("--select", "C901,PLR09", "-q", "--isolated")
#: Seconds after which a file's times are believed (``COARSE`` of the cache).
_SETTLED = 2.1


def _command(name: str, targets: list[str], caches: Path) -> list[str]:
    kind, _, state = name.partition(" ")
    if kind == "lizard":
        return [tool("lizard"), "-t1", "-l", "python", *targets]
    if kind == "radon":
        return [tool("radon"), "cc", "-s", *targets]
    if kind == "ruff":
        return [tool("ruff"), "check", *_RULES, "--cache-dir", str(caches / "ruff"), *targets]
    own = [sys.executable, "-P", "-m", "architect_server", "check"]
    return [*own, *(["--json"] if "json" in state else []), *targets]


def _run(name: str, targets: list[str], caches: Path) -> tuple[float, float]:
    """Processor seconds with all children, and peak memory in MB of the process itself."""
    cache = tempfile.mkdtemp(dir=caches) if "cold" in name else str(caches / "warm")
    # Ours is compiled as an installed package is.
    environment = {key: it for key, it in os.environ.items() if key != "PYTHONDONTWRITEBYTECODE"}
    process = subprocess.Popen(
        _command(name, targets, Path(cache)),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        env={**environment, "XDG_CACHE_HOME": cache},
    )
    _, _, used = os.wait4(process.pid, 0)
    return used.ru_utime + used.ru_stime, used.ru_maxrss / 1024


def measure(
    targets: list[str], names: list[str], rounds: int
) -> tuple[dict[str, list[float]], dict[str, float]]:
    """Processor seconds of each command by its name, a value for each round; and peaks in MB."""
    found: dict[str, list[float]] = {name: [] for name in names}
    peaks: dict[str, float] = {}
    with tempfile.TemporaryDirectory() as folder:
        for name in names:
            if "warm" in name:
                _run(name, targets, Path(folder))  # what it is to find
        for _ in range(rounds):
            for name in names:
                seconds, peak = _run(name, targets, Path(folder))
                found[name].append(seconds)
                peaks[name] = max(peak, peaks.get(name, 0))
    return found, peaks


def python_files(folder: Path) -> list[Path]:
    """Every Python file that a scan of ``folder`` looks at."""
    return [path for path in walk(folder.absolute(), Ignores()) if path.suffix == ".py"]


def growth(source: Path, rounds: int) -> dict[str, dict[int, float]]:
    """Median processor seconds by command and number of files.

    The files are copies, in the folders of the ``source`` and spread over it, so that many are
    like few; and compiled, as those of a project are that somebody works on.
    """
    files = python_files(source)
    found: dict[str, dict[int, float]] = {name: {} for name in _GROWING}
    for size in (size for size in SIZES if size <= len(files)):
        with tempfile.TemporaryDirectory() as name:
            for number in range(size):
                path = files[number * len(files) // size]
                copy = Path(name) / path.relative_to(source.absolute())
                copy.parent.mkdir(parents=True, exist_ok=True)
                shutil.copy2(path, copy)
            compileall.compile_dir(name, quiet=2, workers=0)
            time.sleep(_SETTLED)
            times, _ = measure([name], list(_GROWING), rounds)
        for command, seconds in times.items():
            found[command][size] = statistics.median(seconds)
    return found


def floor(files: list[Path]) -> Iterator[tuple[str, float]]:
    """Processor seconds of what no scan can do without."""
    begun = time.process_time()
    texts = [path.read_bytes().decode("utf-8", "replace") for path in files]
    yield "one read", time.process_time() - begun
    tokens = re.compile(lizard_adapter.python_pattern(), re.M | re.S)
    begun = time.process_time()
    for text in texts:
        tokens.subn("", text)
    yield "one pass of the pattern", time.process_time() - begun


def said(ours: list[float], theirs: list[float]) -> str:
    """Median and extremes of the ratio, round by round."""
    each = [one / other for one, other in zip(ours, theirs, strict=True)]
    return f"{statistics.median(each):.2f} ({min(each):.2f} to {max(each):.2f})"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--growth", action="store_true")
    arguments = parser.parse_args()
    install()
    files = python_files(arguments.folder)
    lines = sum(path.read_bytes().count(b"\n") for path in files)
    print(f"{len(files):,} files, {lines:,} lines")
    names = list(dict.fromkeys(name for pair in AGAINST for name in pair))
    found, peaks = measure([str(arguments.folder)], names, arguments.rounds)
    print("peak MB:", {name: round(peak) for name, peak in peaks.items()})
    for one, other in AGAINST:
        print(f"{one}, to {other}: {said(found[one], found[other])}")
    for name, seconds in floor(files):
        print(
            f"architect cold, to {name}: {statistics.median(found['architect cold']) / seconds:.1f}"
        )
    if arguments.growth:
        for name, values in growth(arguments.folder, arguments.rounds).items():
            print(name, {size: round(seconds, 3) for size, seconds in values.items()})
    (TOOLS / "scan.json").write_text(json.dumps(found, indent=2) + "\n", "utf-8")


if __name__ == "__main__":
    main()

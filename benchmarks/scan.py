"""A scan of a folder: ours beside lizard's and ruff's, and beside what any scan has to do.

    python benchmarks/scan.py FOLDER [--rounds N] [--growth]

Everything is the processor time of all processes of a run, taken in turns; ratios are made round
by round. The floor is one read of every file, and one pass of lizard's token pattern over every
text. ``--growth`` adds scans of the first 10, 100, ... files. Peak memory is that of the process
that was started, not of those that it starts.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))

from run import TOOLS, install

from architect_server.analysis import lizard_adapter
from architect_server.discovery import walk
from architect_server.ignores import Ignores

_RULES = ("--select", "C901,PLR09", "-q", "--isolated")
_SIZES = (10, 100, 1_000, 5_000)


def _command(name: str, targets: list[str], caches: Path) -> list[str]:
    tool, _, state = name.partition(" ")
    if tool == "lizard":
        return [str(TOOLS / "bin" / "lizard"), "-t1", "-l", "python", *targets]
    if tool == "ruff":
        cache = str(caches / f"ruff {state}")
        return [str(TOOLS / "bin" / "ruff"), "check", *_RULES, "--cache-dir", cache, *targets]
    own = [sys.executable, "-P", "-m", "architect_server", "check"]
    return [*own, *(["--json"] if "json" in state else []), *targets]


def _run(name: str, targets: list[str], caches: Path) -> tuple[float, float]:
    """Processor seconds with all children, and peak memory in MB of the process itself."""
    state = "cold" if "cold" in name else "warm"
    cache = tempfile.mkdtemp(dir=caches) if state == "cold" else str(caches / "warm")
    process = subprocess.Popen(
        _command(name, targets, Path(cache)),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        env={**os.environ, "XDG_CACHE_HOME": cache},
    )
    _, _, used = os.wait4(process.pid, 0)
    return used.ru_utime + used.ru_stime, used.ru_maxrss / 1024


def measure(targets: list[str], names: list[str], rounds: int) -> dict[str, list[float]]:
    """Processor seconds of each command by its name, one value for each round."""
    found: dict[str, list[float]] = {name: [] for name in names}
    peaks: dict[str, float] = {}
    with tempfile.TemporaryDirectory() as folder:
        for name in names:
            if "cold" not in name and name != "lizard":
                _run(name, targets, Path(folder))  # what it is to find
        for _ in range(rounds):
            for name in names:
                seconds, peak = _run(name, targets, Path(folder))
                found[name].append(seconds)
                peaks[name] = max(peak, peaks.get(name, 0))
    print("peak MB:", {name: round(peak) for name, peak in peaks.items()})
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


_AGAINST = (
    ("architect cold", "lizard"),
    ("architect cold", "ruff cold"),
    ("architect cold json", "lizard"),
    ("architect warm", "ruff warm"),
    ("architect warm json", "ruff warm"),
    ("architect warm", "architect cold"),
)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--growth", action="store_true")
    arguments = parser.parse_args()
    install()
    files = [path for path in walk(arguments.folder.absolute(), Ignores()) if path.suffix == ".py"]
    lines = sum(path.read_bytes().count(b"\n") for path in files)
    print(f"{len(files):,} files, {lines:,} lines")
    names = list(dict.fromkeys(name for pair in _AGAINST for name in pair))
    found = measure([str(arguments.folder)], names, arguments.rounds)
    for one, other in _AGAINST:
        print(f"{one}, to {other}: {said(found[one], found[other])}")
    for name, seconds in floor(files):
        print(
            f"architect cold, to {name}: {statistics.median(found['architect cold']) / seconds:.1f}"
        )
    if arguments.growth:
        for size in (size for size in _SIZES if size <= len(files)):
            print(f"the first {size:,} files:")
            pairs = ("architect cold", "ruff cold", "architect warm", "ruff warm")
            grown = measure([str(path) for path in files[:size]], list(pairs), arguments.rounds)
            print(f"  cold, to ruff: {said(grown[pairs[0]], grown[pairs[1]])}")
            print(f"  warm, to ruff: {said(grown[pairs[2]], grown[pairs[3]])}")
    (TOOLS / "scan.json").write_text(json.dumps(found, indent=2) + "\n", "utf-8")


if __name__ == "__main__":
    main()

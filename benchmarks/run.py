"""Our server and its peers, interleaved in one run on the same files.

    python benchmarks/run.py [--rounds N] [--edits N] [--sizes 500,2000,8600] [--scan FOLDER]

The peers are installed once, pinned, into .tools/bench. Prints and writes ratios with their
spread over the rounds: figures of a machine mean little, ratios within one run do. Writes
.tools/bench/result.json and docs/keystrokes.svg.
"""

from __future__ import annotations

import argparse
import json
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parent))

from corpus import file_of
from keystrokes import OPTIONS, OURS, keystrokes, percentile
from lsp import Server
from plot import bars

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
_EMPTY = "from pygls.lsp.server import LanguageServer; LanguageServer('e', '1').start_io()"
_RUFF = {"settings": {"lint": {"select": ["C901", "PLR09"], "preview": True}}}
_PYLSP = {"pylsp": {"plugins": {"mccabe": {"enabled": True, "threshold": 10}}}}
# These wait a fixed time before they look at an edit.
_WAITING = ("complexipy", "pylsp")

Row = dict[str, list[float]]


def install() -> None:
    """The peers, in a folder of their own."""
    python = TOOLS / "bin" / "python"
    if not python.exists():
        subprocess.run([sys.executable, "-m", "venv", str(TOOLS)], check=True)
    command = [str(python), "-m", "pip", "install", "-q", "--disable-pip-version-check"]
    subprocess.run([*command, *PINNED], check=True)


def peers() -> dict[str, tuple[list[str], Any]]:
    """Command and options of each server by its name; ours is first."""
    tool = str(TOOLS / "bin")
    return {
        "architect": (OURS, OPTIONS),
        "ruff": ([f"{tool}/ruff", "server"], _RUFF),
        "complexipy": ([f"{tool}/complexipy", "lsp"], None),
        "pylsp": ([f"{tool}/pylsp"], _PYLSP),
    }


def measure_keystrokes(sizes: list[int], rounds: int, edits: int) -> dict[str, dict[int, Row]]:
    """p50 and p95 (ms) by server and size, one value for each round."""
    found: dict[str, dict[int, Row]] = {name: {} for name in peers()}
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name).resolve()
        servers = {}
        for peer, (command, options) in peers().items():
            servers[peer] = Server(command)
            servers[peer].start(folder, options)
        for turn in range(rounds):
            for size in sizes:
                text = file_of(size)
                for peer, server in servers.items():
                    uri = (folder / f"{peer}_{size}_{turn}.py").as_uri()
                    count = max(3, edits // 20) if peer in _WAITING else edits
                    times = keystrokes(server, uri, text, count, seed=turn)
                    row = found[peer].setdefault(size, {"p50": [], "p95": []})
                    row["p50"].append(statistics.median(times))
                    row["p95"].append(percentile(times, 0.95))
        memory = {peer: server.resident() for peer, server in servers.items()}
        for server in servers.values():
            server.stop()
    print("resident MB:", {peer: round(value) for peer, value in memory.items()})
    return found


def measure_starts(rounds: int) -> Row:
    """Seconds from the process's start to the answered ``initialize``."""
    commands = {peer: command for peer, (command, _) in peers().items()}
    commands["empty pygls"] = [sys.executable, "-P", "-c", _EMPTY]
    found: Row = {name: [] for name in commands}
    for _ in range(rounds):
        for name, command in commands.items():
            server = Server(command)
            found[name].append(server.start(ROOT))
            server.stop()
    return found


def measure_scan(folder: Path) -> Row:
    """CPU seconds (of all processes) for a scan of ``folder``."""
    tool = str(TOOLS / "bin")
    runs: dict[str, Callable[[str], list[str]]] = {
        "lizard -t1": lambda _: [f"{tool}/lizard", "-t1", "-l", "python", str(folder)],
        "ruff cold": lambda cache: [*_ruff(tool, folder), "--cache-dir", f"{cache}/ruff"],
        "ruff warm": lambda cache: [*_ruff(tool, folder), "--cache-dir", f"{cache}/ruff"],
        "architect cold": lambda _: [*_check(folder)],
        "architect warm": lambda _: [*_check(folder)],
    }
    found: Row = {}
    with tempfile.TemporaryDirectory() as cache:
        for name, command in runs.items():
            found[name] = [_processor_seconds(command(cache), {"XDG_CACHE_HOME": cache})]
    return found


def _ruff(tool: str, folder: Path) -> list[str]:
    return [f"{tool}/ruff", "check", "--select", "C901,PLR09", "-q", "--isolated", str(folder)]


def _check(folder: Path) -> list[str]:
    return [
        sys.executable,
        "-P",
        "-m",
        "architect_server",
        "check",
        "--format",
        "json",
        str(folder),
    ]


def _processor_seconds(command: list[str], environment: dict[str, str]) -> float:
    import os
    import resource

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


def ratios(ours: list[float], theirs: list[float]) -> dict[str, float]:
    """Median and extremes of the ratio, round by round."""
    each = [one / other for one, other in zip(ours, theirs, strict=True)]
    middle = statistics.median(each)
    return {"median": round(middle, 2), "low": round(min(each), 2), "high": round(max(each), 2)}


def _said(ratio: dict[str, float]) -> str:
    return f"{ratio['median']:.2f} ({ratio['low']:.2f} to {ratio['high']:.2f})"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--edits", type=int, default=100)
    parser.add_argument("--sizes", default="500,2000,8600")
    parser.add_argument("--scan", type=Path, help="a folder of Python files to scan")
    arguments = parser.parse_args()
    install()
    sizes = [int(size) for size in arguments.sizes.split(",")]
    strokes = measure_keystrokes(sizes, arguments.rounds, arguments.edits)
    result: dict[str, Any] = {"keystrokes": strokes, "ratios": {}, "pinned": PINNED}
    for peer in strokes:
        if peer != "architect":
            for size in sizes:
                for what in ("p50", "p95"):
                    ratio = ratios(strokes["architect"][size][what], strokes[peer][size][what])
                    result["ratios"][f"{what} of an edit, {size} lines, to {peer}"] = ratio
    result["start"] = starts = measure_starts(arguments.rounds)
    for name in ("ruff", "empty pygls"):
        result["ratios"][f"start, to {name}"] = ratios(starts["architect"], starts[name])
    if arguments.scan:
        result["scan"] = scan = measure_scan(arguments.scan)
        for one, other in (
            ("architect cold", "lizard -t1"),
            ("architect cold", "ruff cold"),
            ("architect warm", "ruff warm"),
        ):
            result["ratios"][f"{one}, CPU, to {other}"] = ratios(scan[one], scan[other])
    for name, ratio in result["ratios"].items():
        print(f"{name}: {_said(ratio)}")
    result["when"] = time.strftime("%Y-%m-%d")
    (TOOLS / "result.json").write_text(json.dumps(result, indent=2) + "\n", "utf-8")
    plotted = {
        peer: {size: statistics.median(row["p50"]) for size, row in rows.items()}
        for peer, rows in strokes.items()
    }
    picture = bars("p50 of an edit in ms (logarithmic), by lines of the file", plotted)
    (ROOT / "docs" / "keystrokes.svg").write_text(picture, "utf-8")


if __name__ == "__main__":
    main()

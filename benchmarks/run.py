"""Our server and its peers, interleaved in one run on the same files.

    python benchmarks/run.py [--rounds N] [--edits N] [--sizes 500,2000,8600] [--scan FOLDER]
                             [--parts keystrokes,requests,start,growth,scan,floor]

The peers are installed once, pinned, into .tools/bench. Prints and writes ratios with their
spread over the rounds: figures of a machine mean little, ratios within one run do. Writes
.tools/bench/result.json and the plots in docs/. ``short.py`` is what CI runs.
"""

from __future__ import annotations

import argparse
import json
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parent))

import asked
import floor
import growth
import scan as scans
from corpus import file_of
from keystrokes import OPTIONS, OURS, keystrokes, percentile
from lsp import Server
from peers import EMPTY_PYGLS, PINNED, ROOT, TOOLS, WAITING, install, servers
from plot import bars, lines

Row = dict[str, list[float]]
Ratio = dict[str, float]


def ratios(ours: list[float], theirs: list[float]) -> Ratio:
    """Median and extremes of the ratio, round by round."""
    each = [one / other for one, other in zip(ours, theirs, strict=True)]
    middle = statistics.median(each)
    return {"median": round(middle, 2), "low": round(min(each), 2), "high": round(max(each), 2)}


class Run:
    """What was asked for, and what was found: measured values, and ratios by their names."""

    def __init__(self, options: argparse.Namespace, folder: Path) -> None:
        self.options = options
        self.folder = folder
        self.sizes = [int(size) for size in options.sizes.split(",")]
        self.values: dict[str, Any] = {}
        self.ratios: dict[str, Ratio] = {}

    def keystrokes(self) -> None:
        """p50 and p95 of an edit by server and size, in milliseconds, a value for each round."""
        found: dict[str, dict[int, Row]] = {name: {} for name in servers()}
        running = {name: Server(command) for name, (command, _) in servers().items()}
        for name, server in running.items():
            server.start(self.folder, servers()[name][1])
        for turn in range(self.options.rounds):
            for size in self.sizes:
                for name, server in running.items():
                    uri = (self.folder / f"{name}_{size}_{turn}.py").as_uri()
                    edits = self.options.edits
                    count = max(3, edits // 20) if name in WAITING else edits
                    times = keystrokes(server, uri, file_of(size), count, seed=turn)
                    row = found[name].setdefault(size, {"p50": [], "p95": []})
                    row["p50"].append(statistics.median(times))
                    row["p95"].append(percentile(times, 0.95))
        self.values["resident MB"] = {name: server.resident() for name, server in running.items()}
        for server in running.values():
            server.stop()
        self.values["keystrokes"] = found
        for name in found:
            for size in self.sizes if name != "architect" else ():
                for what in ("p50", "p95"):
                    ours, theirs = found["architect"][size][what], found[name][size][what]
                    title = f"{what} of an edit, {size} lines, to {name}"
                    self.ratios[title] = ratios(ours, theirs)
        plotted = {
            name: {size: statistics.median(row["p50"]) for size, row in rows.items()}
            for name, rows in found.items()
        }
        title = "p50 of an edit in ms (logarithmic), by lines of the file"
        _draw("keystrokes.svg", bars(title, plotted))

    def requests(self) -> None:
        """Hover, code actions and pulled diagnostics."""
        for size in self.sizes:
            options = self.options
            found = asked.measure(self.folder, size, options.rounds, max(10, options.edits // 2))
            self.values[f"requests, {size} lines, ms"] = found
            for what in ("hover", "codeAction"):
                title = f"p50 of {what}, {size} lines, to ruff's codeAction"
                ours = found[f"architect {what}"]
                self.ratios[title] = ratios(ours, found["ruff codeAction"])
            pulled = ratios(found["architect pull"], found["architect push"])
            self.ratios[f"p50 of a pull after an edit, {size} lines, to our push"] = pulled

    def start(self) -> None:
        """From the process's start to the answered ``initialize``, and to the first diagnostics
        of a file with 500 lines.
        """
        commands = {name: command for name, (command, _) in servers().items()}
        commands["empty pygls"] = EMPTY_PYGLS
        found: Row = {name: [] for name in (*commands, "first diagnostics")}
        for turn in range(self.options.rounds):
            for name, command in commands.items():
                server = Server(command)
                found[name].append(server.start(self.folder, OPTIONS))
                if command is OURS:
                    uri = (self.folder / f"first_{turn}.py").as_uri()
                    server.open(uri, file_of(500))
                    came, _ = server.diagnostics(uri, 0)
                    found["first diagnostics"].append(came - server.started)
                server.stop()
        self.values["start, s"] = found
        for other in ("ruff", "empty pygls"):
            self.ratios[f"start, to {other}"] = ratios(found["architect"], found[other])
        first = ratios(found["first diagnostics"], found["empty pygls"])
        self.ratios["first diagnostics, to the start of empty pygls"] = first

    def growth(self) -> None:
        """How cost grows with size."""
        found = growth.edits(self.folder, max(10, self.options.edits // 3))
        self.values["growth of an edit, ms"] = found
        _draw("growth-edit.svg", lines("p50 of an edit, by lines of the file", "ms", found))
        if self.options.scan:
            found = scans.growth(self.options.scan, min(3, self.options.rounds))
            self.values["growth of a scan, s"] = found
            for one, other in (("architect cold", "lizard"), ("architect warm", "ruff warm")):
                for size, seconds in found[one].items():
                    title = f"{one}, CPU, {size} files, to {other}"
                    self.ratios[title] = ratios([seconds], [found[other][size]])
            title = "Processor seconds of a scan, by files"
            _draw("growth-scan.svg", lines(title, "s", found))

    def scan(self) -> None:
        """Processor seconds, of all processes, for a scan."""
        folder = self.options.scan
        if folder is None:
            return
        against = (*scans.AGAINST, ("architect cold", "radon"))
        names = list(dict.fromkeys(name for pair in against for name in pair))
        found, peaks = scans.measure([str(folder)], names, min(3, self.options.rounds))
        self.values["scan, s"] = found
        self.values["scan, peak MB of the process that was started"] = peaks
        for one, other in against:
            self.ratios[f"{one}, CPU, to {other}"] = ratios(found[one], found[other])

    def floor(self) -> None:
        """Our figures beside what can't be undercut."""
        for size in self.sizes:
            least = floor.regex_pass(size)
            self.values[f"one regex pass, {size} lines, ms"] = least
            edits = self.values.get("keystrokes", {}).get("architect", {}).get(size)
            if edits:
                title = f"p50 of an edit, {size} lines, to one regex pass over the text"
                self.ratios[title] = ratios(edits["p50"], [least] * len(edits["p50"]))
        if self.options.scan and "scan, s" in self.values:
            least = floor.read_all(self.options.scan) / 1000
            self.values["one read of the files, s"] = least
            for name in ("architect cold", "architect warm"):
                seconds = self.values["scan, s"][name]
                ratio = ratios(seconds, [least] * len(seconds))
                self.ratios[f"{name}, CPU, to one read of the files"] = ratio


def _draw(name: str, picture: str) -> None:
    (ROOT / "docs" / name).write_text(picture, "utf-8")


PARTS: dict[str, Callable[[Run], None]] = {
    "keystrokes": Run.keystrokes,
    "requests": Run.requests,
    "start": Run.start,
    "growth": Run.growth,
    "scan": Run.scan,
    "floor": Run.floor,
}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--edits", type=int, default=100)
    parser.add_argument("--sizes", default="500,2000,8600")
    parser.add_argument("--scan", type=Path, help="a folder of Python files to scan")
    parser.add_argument("--parts", default=",".join(PARTS))
    options = parser.parse_args()
    install()
    with tempfile.TemporaryDirectory() as name:
        run = Run(options, Path(name).resolve())
        for part in options.parts.split(","):
            PARTS[part](run)
    for title, ratio in run.ratios.items():
        print(f"{title}: {ratio['median']:.2f} ({ratio['low']:.2f} to {ratio['high']:.2f})")
    result = {
        "when": time.strftime("%Y-%m-%d"),
        "pinned": PINNED,
        "ratios": run.ratios,
        "values": run.values,
    }
    (TOOLS / "result.json").write_text(json.dumps(result, indent=2) + "\n", "utf-8")


if __name__ == "__main__":
    main()

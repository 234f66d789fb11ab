"""Does measuring in pieces equal measuring the whole by lizard, in every field?

    python benchmarks/incremental_parity.py [FOLDER ...] [--files N] [--edits N] [--seed N]

Every file is measured as it is and after random half-typed edits, each time in pieces with
what is known from before, and as a whole without the fast pass. The first differences are
printed; the exit code is 1 if there is any.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import sys
import sysconfig
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))

from architect_server.analysis.incremental.measured import NotProvableError
from architect_server.analysis.incremental.memory import Memory
from architect_server.analysis.incremental.stretches import Stretch, edited
from architect_server.analysis.incremental.text import IncrementalText
from architect_server.analysis.measure import measure
from architect_server.analysis.model import FileMetrics
from half_typing import random_edit, random_line_edit

_LARGEST = 120_000
#: How many edits come in one message.
_AT_ONCE = (1, 1, 1, 2, 3)
#: The share of those that are about one line.
_IN_LINES = 0.5


def python_files(folders: list[Path]) -> Iterator[Path]:
    """Every Python file below ``folders`` that is not too large."""
    for folder in folders:
        for path in sorted(folder.rglob("*.py")):
            if path.is_file() and path.stat().st_size < _LARGEST:
                yield path


def difference(one: FileMetrics, other: FileMetrics) -> str:
    """The first field in which two results differ."""
    if one.confidence != other.confidence:
        return f"confidence: {one.confidence} != {other.confidence}"
    if len(one.functions) != len(other.functions):
        mine = {(function.name, function.start_line) for function in one.functions}
        theirs = {(function.name, function.start_line) for function in other.functions}
        return f"functions: {sorted(mine ^ theirs)[:4]}"
    for mine_, theirs_ in zip(one.functions, other.functions, strict=True):
        for field in mine_.__slots__:
            if getattr(mine_, field) != getattr(theirs_, field):
                values = f"{getattr(mine_, field)} != {getattr(theirs_, field)}"
                return f"{mine_.qualified_name}:{mine_.start_line} {field}: {values}"
    return ""


def check_file(path: Path, edits: int, seed: int) -> tuple[Counter[str], list[str]]:
    """Compare one file and its edits; counts and descriptions of differences."""
    counts: Counter[str] = Counter()
    found: list[str] = []
    chance = random.Random(f"{seed} {path.name} {path.stat().st_size}")
    text = path.read_bytes().decode("utf-8", errors="replace").replace("\r", "")
    memory = Memory()
    pieces: IncrementalText | None = None
    for number in range(edits + 1):
        made: list[tuple[int, int, str]] = []
        stretches: list[Stretch] = []
        for _ in range(chance.choice(_AT_ONCE) if number else 0):
            kind = random_line_edit if chance.random() < _IN_LINES else random_edit
            start, end, new = kind(chance, text)
            made.append((start, end, new))
            stretches = edited(stretches, start, end, len(new))
            text = text[:start] + new + text[end:]
        started = time.process_time()
        try:
            if pieces is None:
                pieces = IncrementalText(text, "python", memory)
            else:
                pieces.become(text, stretches)
        except NotProvableError:
            pieces = None
            counts["left to the whole"] += 1
            continue
        metrics = pieces.metrics()
        between = time.process_time()
        whole = measure(text, "python", fast=False)
        counts["microseconds in pieces"] += round((between - started) * 1e6)
        counts["microseconds whole"] += round((time.process_time() - between) * 1e6)
        counts["compared" if number else "files"] += 1
        counts[whole.confidence.level] += 1
        if message := difference(metrics, whole):
            counts["different"] += 1
            found.append(f"{path} edit {number} {made}: {message}")
            break
        if number and chance.random() < 0.3:
            # Most edits are made in a text that is sound.
            text = path.read_bytes().decode("utf-8", errors="replace").replace("\r", "")
            pieces = None
    return counts, found


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folders", nargs="*", type=Path)
    parser.add_argument("--files", type=int, default=5_000)
    parser.add_argument("--edits", type=int, default=4, help="edits of each file")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1)
    arguments = parser.parse_args()
    folders = arguments.folders or [
        Path(sysconfig.get_path("stdlib")),
        Path(sysconfig.get_path("purelib")),
    ]
    files = list(python_files(folders))
    random.Random(arguments.seed).shuffle(files)
    files = files[: arguments.files]
    total: Counter[str] = Counter()
    with ProcessPoolExecutor(arguments.jobs) as pool:
        runs = [pool.submit(check_file, path, arguments.edits, arguments.seed) for path in files]
        for run in runs:
            counts, found = run.result()
            total += counts
            for line in found:
                print(line, flush=True)
    print(json.dumps(dict(sorted(total.items())), indent=2))
    return 1 if total["different"] else 0


if __name__ == "__main__":
    sys.exit(main())

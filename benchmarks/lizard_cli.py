"""Runs lizard as its users run it, in a process of its own, and reads what it prints."""

from __future__ import annotations

import csv
import os
import subprocess
import sys
import tempfile
from collections import defaultdict
from pathlib import Path

BATCH_SECONDS = 600
FILE_SECONDS = 30

#: Start line, end line, CCN, NLOC, tokens, parameters.
Row = tuple[int, int, int, int, int, int]


def run(files: list[Path]) -> tuple[dict[str, dict[Row, list[str]]], set[Path]]:
    """What lizard prints for each file, and the files at which it dies or does not end."""
    try:
        return _run_lizard(files, BATCH_SECONDS), set()
    except (subprocess.TimeoutExpired, subprocess.CalledProcessError):
        if len(files) == 1:
            return defaultdict(dict), set(files)
    printed: dict[str, dict[Row, list[str]]] = defaultdict(dict)
    dead = set()
    for path in files:
        try:
            printed.update(_run_lizard([path], FILE_SECONDS))
        except (subprocess.TimeoutExpired, subprocess.CalledProcessError):
            dead.add(path)
    return printed, dead


def _run_lizard(files: list[Path], seconds: int) -> dict[str, dict[Row, list[str]]]:
    printed: dict[str, dict[Row, list[str]]] = defaultdict(lambda: defaultdict(list))
    with tempfile.NamedTemporaryFile("w", suffix=".txt", encoding="utf-8") as names:
        names.write("\n".join(map(str, files)))
        names.flush()
        run = subprocess.run(
            [sys.executable, "-m", "lizard", "--csv", "-i", "-1", "-f", names.name],
            capture_output=True,
            text=True,
            encoding="utf-8",
            errors="replace",
            timeout=seconds,
            check=True,
            env={**os.environ, "PYTHONIOENCODING": "utf-8", "PYTHONUTF8": "1"},
        )
    for nloc, ccn, tokens, parameters, _, _, path, name, _, start, end in csv.reader(
        run.stdout.splitlines(keepends=True)
    ):
        if name != "*global*":
            row = (int(start), int(end), int(ccn), int(nloc), int(tokens), int(parameters))
            printed[path][row].append(name)
    return printed

"""``architect check``: measure files and report the functions above the limits."""

from __future__ import annotations

import argparse
import asyncio
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from architect_server.cli.files import files_to_check
from architect_server.cli.formats import FORMATS
from architect_server.cli.scan import Checked, SettingsByFolder, scan

#: Seconds before a progress bar appears.
_PATIENCE = 1.0


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the options of this subcommand."""
    parser.add_argument("paths", nargs="+", metavar="PATH", help="files, or folders to search")
    parser.add_argument("--format", choices=sorted(FORMATS), default="text")
    parser.add_argument("--json", dest="format", action="store_const", const="json")
    for rule, what in (
        ("ccn", "cyclomatic complexity"),
        ("parameters", "number of parameters"),
        ("length", "lines of a function"),
        ("cognitive", "cognitive complexity"),
        ("nesting", "depth of nested blocks"),
    ):
        parser.add_argument(
            f"--max-{rule}",
            type=int,
            metavar="N",
            help=f"highest {what} without a finding, over pyproject.toml's (0: rule off)",
        )


def run(options: argparse.Namespace) -> int:
    """Check; 1 if there is a finding, 2 if a file could not be read."""
    settings = SettingsByFolder({"limits": _limits(options)})
    files = list(files_to_check(options.paths))
    with _progress(len(files)) as advance:
        results = asyncio.run(scan(files, settings, advance))
    for problem in settings.problems:
        print(f"architect: {problem}", file=sys.stderr)
    sys.stdout.write(FORMATS[options.format](results))
    sys.stdout.flush()
    return exit_code(results)


def exit_code(results: list[Checked]) -> int:
    """2 for a file that was skipped, else 1 for a finding, else 0."""
    if any(result.metrics.confidence.level == "skipped" for result in results):
        return 2
    return 1 if any(result.findings for result in results) else 0


def _limits(options: argparse.Namespace) -> dict[str, Any]:
    limits = {}
    for rule in ("ccn", "parameters", "length", "cognitive", "nesting"):
        value = getattr(options, f"max_{rule}")
        if value is not None:
            limits[rule] = value
    return limits


@contextmanager
def _progress(total: int) -> Iterator[Any]:
    """A progress bar on a terminal, for scans of more than a second."""
    if not sys.stderr.isatty():
        yield lambda path: None
        return
    import time

    from rich.console import Console
    from rich.progress import Progress

    begun = time.monotonic()
    bar = Progress(console=Console(stderr=True), transient=True)
    task = bar.add_task("Measuring", total=total)

    def advance(path: Path) -> None:
        bar.update(task, advance=1)
        if not bar.live.is_started and time.monotonic() - begun > _PATIENCE:
            bar.start()

    try:
        yield advance
    finally:
        bar.stop()

"""``architect check``: measure files and report the functions above the limits."""

from __future__ import annotations

import argparse
import gc
import io
import sys
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

from architect_server.analysis.languages import language_of
from architect_server.cli.failure import Failure
from architect_server.cli.files import files_to_check
from architect_server.cli.formats import (
    EXPLAINING,
    FORMATS,
    WITH_DETAILS,
    WITH_FIGURES,
    WITHOUT_DOUBTS,
    written,
)
from architect_server.cli.formats.reported import active, doubts, shown_path
from architect_server.cli.scan import scan_files
from architect_server.discovery import found_at
from architect_server.file_scan.checked import Checked
from architect_server.result_cache import ResultCache, cache_path
from architect_server.settings import Layer, SettingsByPlace

#: So many files that could not be read are named.
_NAMED = 5

#: Objects after which to look for those that refer to themselves.
_COLLECT_AFTER = 100_000

#: Seconds before a progress bar appears.
_PATIENCE = 1.0


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the options of this subcommand."""
    parser.add_argument("paths", nargs="*", metavar="PATH", help="files, or folders to search")
    parser.add_argument(
        "--format",
        choices=FORMATS,
        default="text",
        help="how to write the findings (default: %(default)s)",
    )
    parser.add_argument(
        "--json", dest="format", action="store_const", const="json", help="as --format json"
    )
    parser.add_argument(
        "--explain", action="store_true", help="show each +1 of every figure (text and json)"
    )
    parser.add_argument(
        "--stdin-filename",
        metavar="FILE",
        help="read one text from stdin; its language and settings are those of FILE",
    )
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
    if options.explain and options.format not in EXPLAINING:
        raise Failure(f"--explain goes with --format {' or '.join(sorted(EXPLAINING))}.")
    # What is made here lives until the report is written, and little of it refers to itself.
    gc.set_threshold(_COLLECT_AFTER)
    settings = SettingsByPlace(Layer("the command line", {"limits": _limits(options)}))
    texts = _texts_from_stdin(options)
    figures = options.explain or options.format in WITH_FIGURES
    details = options.explain or options.format in WITH_DETAILS
    with closing(ResultCache(cache_path())) as cache:
        if texts:
            files = [found_at(Path(options.stdin_filename))]
        else:
            files = list(files_to_check(options.paths, cache.folders))
        with _progress(len(files)) as advance:
            results = scan_files(
                files, settings, cache, advance, texts, figures=figures, details=details
            )
    for problem in settings.problems:
        print(f"architect: {problem}", file=sys.stderr)
    if options.format in WITHOUT_DOUBTS:
        for doubt in doubts(results):
            print(f"architect: {doubt}", file=sys.stderr)
    parts = written(results, options.format, explain=options.explain)
    _write(parts, machine=options.format != "text")
    if unread := [shown_path(result.file.name) for result in results if is_unread(result)]:
        print(f"architect: {_unread_sentence(unread)}", file=sys.stderr)
    return exit_code(results)


def _texts_from_stdin(options: argparse.Namespace) -> dict[str, str]:
    """The one text on stdin under its file's path, or nothing where files are named."""
    if options.stdin_filename is None:
        if not options.paths:
            raise Failure("name files or folders to check, or use --stdin-filename FILE.")
        return {}
    if options.paths not in ([], ["-"]):
        raise Failure("--stdin-filename reads one text from stdin and goes with no other PATH.")
    path = Path(options.stdin_filename)
    if language_of(path.name) is None:
        raise Failure(f"{path} is in no language that lizard reads.")
    return {found_at(path).path: sys.stdin.buffer.read().decode("utf-8", errors="replace")}


def _write(parts: Iterable[str], *, machine: bool) -> None:
    """Print; what machines read is UTF-8 with LF whatever this terminal or platform prefers."""
    if isinstance(sys.stdout, io.TextIOWrapper):
        # A file's name may hold bytes that are no text; it must not cost the whole report.
        sys.stdout.reconfigure(errors="backslashreplace")
        if machine:
            sys.stdout.reconfigure(encoding="utf-8", errors="backslashreplace", newline="\n")
    sys.stdout.writelines(parts)
    sys.stdout.flush()


def exit_code(results: Sequence[Checked]) -> int:
    """2 for a file of which nothing could be read, else 1 for a finding that counts, else 0."""
    if any(is_unread(result) for result in results):
        return 2
    return 1 if any(active(results)) else 0


def is_unread(result: Checked) -> bool:
    """Whether nothing is known of a file that counts.

    Vendored and generated code counts for nothing. Of a file that is partly known what is known
    decides; that it is not all is said beside it.
    """
    level = result.said.level
    nothing = level == "skipped" or (level == "partial" and not result.function_count)
    return nothing and not result.said.set_aside


def _unread_sentence(paths: Sequence[str]) -> str:
    more = f" and {len(paths) - _NAMED} more files" if len(paths) > _NAMED else ""
    return (
        f"nothing could be measured in {', '.join(paths[:_NAMED])}{more}, so the exit code is 2; "
        "mend them, or leave them out with `exclude` or `suppress.vendored` in [tool.architect]."
    )


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
        yield lambda: None
        return
    import time

    from rich.console import Console
    from rich.progress import Progress

    begun = time.monotonic()
    bar = Progress(console=Console(stderr=True), transient=True)
    task = bar.add_task("Measuring", total=total)

    def advance() -> None:
        bar.update(task, advance=1)
        if not bar.live.is_started and time.monotonic() - begun > _PATIENCE:
            bar.start()

    try:
        yield advance
    finally:
        bar.stop()

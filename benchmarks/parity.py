"""Compares every function of ours with what lizard's own command line prints, over real code.

    python benchmarks/parity.py [FOLDER ...] [--write docs/parity.md] [--list differences.csv]

Without folders it takes the running interpreter's standard library. lizard runs as its users run
it (``python -m lizard --csv``), in a process of its own. A function is equal if lines, CCN, NLOC,
tokens and parameters are; each other one is put into a class that says why it is not. Exit 1 if
a function differs that is not marked as corrected, or if one is lost.
"""

from __future__ import annotations

import argparse
import csv
import os
import re
import subprocess
import sys
import sysconfig
import tempfile
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path

from parity_report import write_report
from rich.progress import Progress

from architect_server.analysis.languages import language_of
from architect_server.analysis.measure import measure
from architect_server.analysis.model import FileMetrics, FunctionMetrics

BATCH = 60
BATCH_SECONDS = 600
FILE_SECONDS = 30
SKIPPED_FOLDERS = {"__pycache__", ".git", "node_modules", "site-packages"}

Row = tuple[int, int, int, int, int, int]  # start, end, CCN, NLOC, tokens, parameters


@dataclass(frozen=True)
class Difference:
    """A function that is not equal, or a file that could not be compared."""

    root: str
    path: str
    line: int
    function: str
    kind: str
    ours: str = ""
    lizards: str = ""


@dataclass
class Outcome:
    """What one batch of files gave: counts by (root, figure) and every difference."""

    counts: Counter[tuple[str, str]]
    differences: list[Difference]


def main() -> int:
    arguments = _arguments()
    roots = [Path(folder).resolve() for folder in arguments.folders]
    jobs = [
        (root.name if root != _standard_library() else "standard library", batch)
        for root in roots
        for batch in _batches(_files(root))
    ]
    counts: Counter[tuple[str, str]] = Counter()
    differences: list[Difference] = []
    with Progress(transient=True) as progress, ProcessPoolExecutor(arguments.jobs) as pool:
        task = progress.add_task("Comparing with lizard", total=len(jobs))
        for outcome in pool.map(_compare_batch, *zip(*jobs, strict=True)):
            counts += outcome.counts
            differences += outcome.differences
            progress.advance(task)
    subject = f"Python {sys.version.split()[0]}, lizard {version('lizard')}"
    report = write_report(subject, _versions(roots), counts, differences)
    print(report)
    if arguments.write:
        Path(arguments.write).write_text(report, encoding="utf-8")
    if arguments.list:
        _list(Path(arguments.list), differences)
    return int(any(difference.kind in ("not equal", "lost") for difference in differences))


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("folders", nargs="*", default=[str(_standard_library())])
    parser.add_argument("--write", help="write the report as Markdown to this file")
    parser.add_argument("--list", help="write every difference as CSV to this file")
    parser.add_argument("--jobs", type=int, default=os.cpu_count())
    return parser.parse_args()


def _standard_library() -> Path:
    return Path(sysconfig.get_path("stdlib")).resolve()


def _files(root: Path) -> Iterator[Path]:
    for folder, folders, names in os.walk(root):
        folders[:] = sorted(name for name in folders if name not in SKIPPED_FOLDERS)
        for name in sorted(names):
            if language_of(name) and not Path(folder, name).is_symlink():
                yield Path(folder, name)


def _batches(files: Iterable[Path]) -> Iterator[list[Path]]:
    batch: list[Path] = []
    for path in files:
        batch.append(path)
        if len(batch) == BATCH:
            yield batch
            batch = []
    if batch:
        yield batch


def _versions(roots: Iterable[Path]) -> dict[str, str]:
    """Root → version, where the folder beside it says so (``name-1.2.dist-info``)."""
    versions = {}
    for root in roots:
        for info in root.parent.glob("*.dist-info"):
            names = (
                (info / "top_level.txt").read_text().split()
                if (info / "top_level.txt").exists()
                else [info.name.partition("-")[0]]
            )
            if root.name in names or info.name.startswith(f"{root.name}-"):
                versions[root.name] = info.name.removesuffix(".dist-info").rpartition("-")[2]
    return versions


def _compare_batch(root: str, files: list[Path]) -> Outcome:
    printed, dead = _lizard(files)
    outcome = Outcome(Counter(), [])
    for path in files:
        text = _read(path)
        language = language_of(path) or ""
        outcome.counts[root, "files"] += 1
        outcome.counts[language, "files of the language"] += 1
        outcome.counts[root, "lines"] += text.count("\n")
        metrics = measure(text, language)
        if path in dead:
            difference = Difference(root, str(path), 1, "", "lizard's command line dies")
            outcome.differences.append(difference)
        else:
            _compare(root, path, text, metrics, printed[str(path)], outcome)
    return outcome


def _read(path: Path) -> str:
    """The text as lizard reads it: UTF-8, a BOM dropped, what does not decode left out."""
    return path.read_bytes().decode("utf-8", "ignore").removeprefix("\ufeff")


def _compare(
    root: str,
    path: Path,
    text: str,
    metrics: FileMetrics,
    printed: dict[Row, list[str]],
    outcome: Outcome,
) -> None:
    left = {row: list(names) for row, names in printed.items()}
    lines = text.split("\n")
    counts = outcome.counts
    if metrics.confidence.level != "complete":
        counts[root, metrics.confidence.level] += 1
    for function in metrics.functions:
        counts[root, "functions"] += 1
        row = _row(function)
        names = left.get(row)
        if names and not function.corrected:
            counts[root, "equal"] += 1
            name = names.pop()
            counts[root, "class added to the name"] += name != function.qualified_name
        else:
            kind = _kind(function, metrics, lines)
            counts[root, kind] += 1
            lizards = _printed_at(left, function)
            outcome.differences.append(
                Difference(
                    root,
                    str(path),
                    function.start_line,
                    function.qualified_name,
                    kind,
                    _say(row),
                    _say(lizards),
                )
            )
            if lizards:
                left[lizards].pop()
    for row, names in left.items():
        for name in names:
            kind = (
                "not a function" if metrics.confidence.level == "complete" else "in a broken file"
            )
            counts[root, kind] += 1
            outcome.differences.append(
                Difference(root, str(path), row[0], name, kind, "", _say(row))
            )


def _row(function: FunctionMetrics) -> Row:
    return (
        function.start_line,
        function.end_line,
        function.ccn,
        function.nloc,
        function.tokens,
        function.parameters,
    )


def _printed_at(left: dict[Row, list[str]], function: FunctionMetrics) -> Row | None:
    """What lizard printed for the function that starts on the same line, if anything."""
    return next(
        (row for row, names in left.items() if names and row[0] == function.start_line), None
    )


def _say(row: Row | None) -> str:
    if row is None:
        return "nothing"
    return "lines {}-{} CCN {} NLOC {} tokens {} parameters {}".format(*row)


_WRAPPED_RETURN = re.compile(r"\)\s*->[^:\n]*[\[({]\s*(?:#.*)?$", re.M)


def _kind(function: FunctionMetrics, metrics: FileMetrics, lines: list[str]) -> str:
    """Why this function is not equal; "not equal" if there is no reason for it."""
    if function.suppressed:
        return "forgiven by a comment"
    if metrics.confidence.level != "complete":
        return "in a broken file"
    if not function.corrected:
        return "not equal"
    if metrics.language != "python":
        return "corrected"
    own = "\n".join(lines[function.start_line - 1 : function.end_line])
    inner = [
        other
        for other in metrics.functions
        if function.start_line < other.start_line <= function.end_line and other.corrected
    ]
    if _body_on_header(own):
        return "body on the header's line"
    if inner:
        return "around such a function"
    if _WRAPPED_RETURN.search(own):
        return "wrapped return annotation"
    return "dedented continuation line"


def _body_on_header(source: str) -> bool:
    """Whether the colon that ends the header has code behind it on its line."""
    depth = 0
    for match in re.finditer(r"#.*|\"(?:\\.|[^\"\\])*\"|'(?:\\.|[^'\\])*'|[()\[\]{}]|:", source):
        if match[0] == ":" and depth == 0:
            rest = source[match.end() :].split("\n", 1)[0].strip()
            return bool(rest) and not rest.startswith("#")
        depth += (match[0] in "([{") - (match[0] in ")]}")
    return False


def _lizard(files: list[Path]) -> tuple[dict[str, dict[Row, list[str]]], set[Path]]:
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


def _list(path: Path, differences: list[Difference]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(("root", "path", "line", "function", "class", "ours", "lizard"))
        for item in differences:
            writer.writerow(vars(item).values())


if __name__ == "__main__":
    sys.exit(main())

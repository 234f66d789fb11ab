"""Compares every function of ours with what lizard's own command line prints, over real code.

    python benchmarks/parity.py [FOLDER[@VERSION] ...] [--write docs/parity.md] [--list all.csv]

Without folders it takes the running interpreter's standard library. lizard runs as its users run
it (``python -m lizard --csv``), in a process of its own. A function is equal if lines, CCN, NLOC,
tokens and parameters are; each other one is put into a class that says why it is not. Exit 1 if
a function differs and nothing explains it.
"""

from __future__ import annotations

import argparse
import csv
import os
import re
import sys
import sysconfig
from collections import Counter
from collections.abc import Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path

import lizard
import lizard_cli
from lizard_cli import Row
from parity_report import write_report
from rich.progress import Progress

from architect_server.analysis import template_strings
from architect_server.analysis.languages import language_of, lizard_name
from architect_server.analysis.measure_once import measure_once
from architect_server.analysis.model import FileMetrics, FunctionMetrics

BATCH = 60
SKIPPED_FOLDERS = {"__pycache__", ".git", "node_modules", "site-packages"}


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
    versions = dict(_root(folder) for folder in arguments.folders)
    jobs = [(_name(root), batch) for root in versions for batch in _batches(_files(root))]
    if not jobs:
        print("There are no source files in these folders.", file=sys.stderr)
        return 2
    counts: Counter[tuple[str, str]] = Counter()
    differences: list[Difference] = []
    with Progress(transient=True) as progress, ProcessPoolExecutor(arguments.jobs) as pool:
        task = progress.add_task("Comparing with lizard", total=len(jobs))
        for outcome in pool.map(_compare_batch, *zip(*jobs, strict=True)):
            counts += outcome.counts
            differences += outcome.differences
            progress.advance(task)
    subject = f"Python {sys.version.split()[0]}, lizard {version('lizard')}"
    report = write_report(
        subject, {_name(root): versions[root] for root in versions}, counts, differences
    )
    print(report)
    if arguments.write:
        Path(arguments.write).write_text(report, encoding="utf-8")
    if arguments.list:
        _list(Path(arguments.list), differences)
    return int(any(difference.kind == "not equal" for difference in differences))


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


def _root(folder: str) -> tuple[Path, str]:
    """The folder and its version: behind the ``@``, or of the installed package beside it."""
    written, _, given = folder.partition("@")
    root = Path(written).resolve()
    if root == _standard_library():
        return root, sys.version.split()[0]
    infos = [
        info.name.removesuffix(".dist-info").rpartition("-")[2]
        for info in root.parent.glob("*.dist-info")
        if info.name.startswith((f"{root.name}-", f"{root.name}_core-"))
    ]
    return root, given or "".join(infos[:1])


def _name(root: Path) -> str:
    return "standard library" if root == _standard_library() else root.name


def _compare_batch(root: str, files: list[Path]) -> Outcome:
    printed, dead = lizard_cli.run(files)
    outcome = Outcome(Counter(), [])
    for path in files:
        text = _read(path)
        language = language_of(path) or ""
        outcome.counts[root, "files"] += 1
        outcome.counts[language, "files of the language"] += 1
        outcome.counts[root, "lines"] += text.count("\n")
        metrics = measure_once(text, language)
        comparison = _Comparison(root, path, text, metrics, outcome)
        if path in dead:
            comparison.note("lizard's command line dies", 1, "", None, None)
        elif not _lizard_reads(path, language):
            for function in metrics.functions:
                comparison.differs("a file that lizard cannot read", function, None)
        else:
            comparison.run(printed[str(path)])
    return outcome


def _read(path: Path) -> str:
    """The text as lizard reads it: UTF-8, a BOM dropped, what does not decode left out."""
    return path.read_bytes().decode("utf-8", "ignore").removeprefix("\ufeff")


def _lizard_reads(path: Path, language: str) -> bool:
    """Whether lizard has the same reader for the file's own name as we take."""
    own = lizard.get_reader_for(path.name)
    return own is lizard.get_reader_for(lizard_name(language))


class _Comparison:
    """One file: our functions against what lizard printed."""

    def __init__(
        self, root: str, path: Path, text: str, metrics: FileMetrics, outcome: Outcome
    ) -> None:
        self.root = root
        self.path = path
        self.lines = text.split("\n")
        self.metrics = metrics
        self.outcome = outcome

    def run(self, printed: dict[Row, list[str]]) -> None:
        left = {row: list(names) for row, names in printed.items()}
        confidence = self.metrics.confidence
        if confidence.level != "complete":
            self.count("misread" if confidence.misread else confidence.level)
        for function in self.metrics.functions:
            names = left.get(_row(function))
            if names and not function.corrected:
                self.count("functions")
                self.count("equal")
                self.count("class added to the name", names.pop() != function.qualified_name)
                continue
            row = _printed_at(left, function)
            kind = _kind(function, self.metrics, self.lines, seen=row is not None)
            self.differs(kind, function, row)
            if row:
                names = left[row]
                names.remove(function.name if function.name in names else names[0])
        # Outside Python nothing says what is a function, but a recount of the file.
        recounted = confidence.misread or any(
            function.corrected for function in self.metrics.functions
        )
        kind = "not a function" if self.metrics.language == "python" or recounted else "not equal"
        if _is_broken(self.metrics):
            kind = "in a broken file"
        for row, names in left.items():
            for name in names:
                self.note(kind, row[0], name, None, row)

    def count(self, figure: str, number: int = 1) -> None:
        self.outcome.counts[self.root, figure] += number

    def differs(self, kind: str, function: FunctionMetrics, row: Row | None) -> None:
        self.count("functions")
        self.note(kind, function.start_line, function.qualified_name, _row(function), row)

    def note(self, kind: str, line: int, name: str, ours: Row | None, row: Row | None) -> None:
        self.count(kind)
        self.outcome.differences.append(
            Difference(self.root, str(self.path), line, name, kind, _say(ours), _say(row))
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
    """What lizard printed for the function: on the same line, or where its lines are wrong,
    under the same name.
    """
    rows = [row for row, names in left.items() if names]
    for row in rows:
        if row[0] == function.start_line:
            return row
    misplaced = function.corrected and function.raw_ccn is not None
    return next((row for row in rows if misplaced and function.name in left[row]), None)


def _say(row: Row | None) -> str:
    if row is None:
        return "nothing"
    return "lines {}-{} CCN {} NLOC {} tokens {} parameters {}".format(*row)


def _is_broken(metrics: FileMetrics) -> bool:
    return metrics.confidence.level != "complete" and not metrics.confidence.misread


_WRAPPED_RETURN = re.compile(r"\)\s*->[^:\n]*[\[({]\s*(?:#.*)?$", re.M)


def _kind(function: FunctionMetrics, metrics: FileMetrics, lines: list[str], *, seen: bool) -> str:
    """Why this function is not equal; "not equal" if there is no reason for it."""
    if function.suppressed:
        return "forgiven by a comment"
    if _is_broken(metrics):
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
    if template_strings.present(own):
        return "t-string"
    if _body_on_header(own):
        return "body on the header's line"
    if inner:
        return "around such a function"
    if _WRAPPED_RETURN.search(own):
        return "wrapped return annotation"
    return "dedented continuation line" if seen else "swallowed by a misread neighbour"


def _body_on_header(source: str) -> bool:
    """Whether the colon that ends the header has code behind it on its line."""
    depth = 0
    for match in re.finditer(r"#.*|\"(?:\\.|[^\"\\])*\"|'(?:\\.|[^'\\])*'|[()\[\]{}]|:", source):
        if match[0] == ":" and depth == 0:
            rest = source[match.end() :].split("\n", 1)[0].strip()
            return bool(rest) and not rest.startswith("#")
        depth += (match[0] in "([{") - (match[0] in ")]}")
    return False


def _list(path: Path, differences: list[Difference]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(("root", "path", "line", "function", "class", "ours", "lizard"))
        for item in differences:
            writer.writerow(vars(item).values())


if __name__ == "__main__":
    sys.exit(main())

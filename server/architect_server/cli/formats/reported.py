"""What every format says of a finding: its file as shown, its place, and a fingerprint."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from architect_server.analysis.model import Finding, Severity
from architect_server.analysis.suppression import SuppressionFinding
from architect_server.analysis.text import LineTable
from architect_server.file_scan.checked import Checked

#: Hexadecimal digits of a fingerprint.
_DIGITS = 32


#: What can be wrong with a suppression of ours, by the rule's code.
PROBLEMS: Mapping[str, str] = {
    "suppression-without-reason": "A suppression that gives no reason is not honoured.",
    "unknown-rule": "A suppression names a rule that does not exist.",
    "stale-suppression": "A suppression has nothing left to silence.",
}


@dataclass(frozen=True, slots=True)
class Reported:
    """One finding. ``line`` and ``column`` are 1-based, ``end_column`` is exclusive.

    It is about a function (``finding``), or about one of our own suppressions, which has no
    figure. ``identity`` is the file, the rule and the function's qualified name; what has the
    same name is told apart by its order.
    """

    path: str
    rule: str
    severity: Severity
    message: str
    line: int
    column: int
    end_column: int
    identity: tuple[str, ...]
    finding: Finding | None = None

    @property
    def fingerprint(self) -> str:
        """It stays when lines move and when the figure changes.

        So a service which keeps findings over time knows an old one again.
        """
        return sha256(os.fsencode("\0".join(self.identity))).hexdigest()[:_DIGITS]

    @property
    def suppressed(self) -> str:
        """What asks for silence about this finding; empty for most."""
        return self.finding.suppressed if self.finding else ""


def reported(results: Iterable[Checked]) -> Iterator[Reported]:
    """Every finding, suppressed ones too, in the order of the files and then of the lines."""
    for result in results:
        if result.is_silent:
            continue
        path = shown_path(result.path)
        marks = _Identities(path)
        yield from (_of_function(path, marks, finding) for finding in result.judged.findings)
        table = LineTable(result.text) if result.judged.problems else LineTable("")
        yield from (
            _of_suppression(path, marks, table, problem) for problem in result.judged.problems
        )


def _of_function(path: str, marks: _Identities, finding: Finding) -> Reported:
    span = finding.function.name_span
    return Reported(
        path=path,
        rule=finding.rule,
        severity=finding.severity,
        message=finding.message,
        line=span.line,
        column=span.start + 1,
        end_column=span.end + 1,
        identity=marks.next(finding.rule, finding.function.qualified_name),
        finding=finding,
    )


def _of_suppression(
    path: str, marks: _Identities, table: LineTable, problem: SuppressionFinding
) -> Reported:
    line, column = table.position(problem.start)
    length = min(problem.end, table.line_end(line)) - problem.start
    return Reported(
        path=path,
        rule=problem.rule,
        severity="warning",
        message=problem.message,
        line=line + 1,
        column=column + 1,
        end_column=column + length + 1,
        identity=marks.next(problem.rule, ""),
    )


class _Identities:
    """Tells the findings of one file apart."""

    def __init__(self, path: str) -> None:
        self._path = path
        self._seen: Counter[tuple[str, str]] = Counter()

    def next(self, rule: str, symbol: str) -> tuple[str, ...]:
        self._seen[rule, symbol] += 1
        return self._path, rule, symbol, str(self._seen[rule, symbol])


def active(results: Iterable[Checked]) -> Iterator[Reported]:
    """The findings that count: those that no comment and no setting suppresses."""
    return (found for found in reported(results) if not found.suppressed)


def doubts(results: Iterable[Checked]) -> Iterator[str]:
    """A line for each file that was not read whole, and why."""
    for result in results:
        confidence = result.confidence
        if confidence.level != "complete":
            where = f" from line {confidence.from_line}" if confidence.from_line else ""
            path = shown_path(result.path)
            yield f"{path}: {confidence.level}{where}: {confidence.reason}"


def shown_path(path: Path) -> str:
    """``path`` as services expect it: with slashes, and from the working directory if inside."""
    if path.is_absolute() and path.is_relative_to(Path.cwd()):
        path = path.relative_to(Path.cwd())
    return path.as_posix()

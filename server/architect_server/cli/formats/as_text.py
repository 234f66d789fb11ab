"""The text format: a table of the findings, the worst first; colour only on a terminal."""

from __future__ import annotations

import io
import sys
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from architect_server.cli.formats.reported import doubts, shown_path
from architect_server.file_scan.checked import Checked
from architect_server.file_scan.said import Remark

_COLOUR = {"error": "bold red", "warning": "yellow"}
_HEADER = ("place", "severity", "rule", "figure", "limit", "function")


class _Line(NamedTuple):
    """One line: its cells as wide as their columns, and a style for all of them."""

    cells: tuple[str, ...]
    style: str = ""


class _Row(NamedTuple):
    """A remark about the file at ``path``, as it is shown, and where that is from."""

    path: str
    remark: Remark
    result: Checked


def as_text(results: Sequence[Checked], explain: bool = False) -> str:
    """A row for each finding, beginning with ``path:line:column``, then what sums up.

    With ``explain`` each finding's +1s follow it, line by line.
    """
    lines = _lines(results, explain)
    if sys.stdout.isatty():
        return _coloured(lines)
    return "".join([f"{'  '.join(line.cells)}\n" for line in lines])


def _lines(results: Sequence[Checked], explain: bool) -> Iterator[_Line]:
    with_remarks = [result for result in results if not result.is_silent]
    everything = [
        _Row(path, remark, result)
        for result in with_remarks
        for path in (shown_path(result.file.name),)
        for remark in result.said.remarks
    ]
    found = _worst_first(everything)
    for line, row in zip(_table(found), [None, *found], strict=False):
        yield line
        if explain and row is not None:
            yield from _explained(row)
    for note in _suppressed(everything):
        yield _Line((note,), "dim")
    for note in doubts(with_remarks):
        yield _Line((note,), "dim")
    yield _Line((_sum(results, everything),))


def _explained(row: _Row) -> Iterator[_Line]:
    from architect_server.cli.formats.explained import explanation

    for line in explanation(row.result, row.result.finding_of(row.remark)):
        yield _Line((f"    {line}",))


def _coloured(lines: Iterable[_Line]) -> str:
    """The lines with the codes that a terminal takes for colours."""
    # It takes longer to import than many a scan to run.
    from rich.console import Console
    from rich.text import Text

    stream = io.StringIO()
    console = Console(file=stream, force_terminal=True, soft_wrap=True, highlight=False)
    for line in lines:
        console.print(Text.assemble(*_parts(line)))
    return stream.getvalue()


def _parts(line: _Line) -> list[tuple[str, str]]:
    """Each part with its style: a severity has its own."""
    if len(line.cells) == 1:
        return [(line.cells[0], line.style)]
    place, severity, rule, figure, limit, function = line.cells
    return [
        (f"{place}  ", line.style),
        (severity, _COLOUR.get(severity.rstrip(), line.style)),
        (f"  {rule}  {figure}  {limit}  ", line.style),
        (function, line.style),
    ]


def _worst_first(everything: Iterable[_Row]) -> list[_Row]:
    """Those that count, by how far each figure lies above its limit, then by place."""
    return sorted([row for row in everything if not row.remark.suppressed], key=_weight)


def _weight(row: _Row) -> tuple[float, str, int, str]:
    remark = row.remark
    above = remark.value / remark.limit if remark.value and remark.limit else 0
    return -above, row.path, remark.line, remark.rule


def _table(found: Sequence[_Row]) -> Iterator[_Line]:
    if not found:
        return
    rows = [_HEADER, *map(_cells, found)]
    # The last column is as wide as it is, and figures stand at the right of theirs.
    places, severities, rules, figures, limits = (
        max(map(len, column)) for column in list(zip(*rows, strict=True))[:-1]
    )
    style = "dim"
    for place, severity, rule, figure, limit, function in rows:
        cells = (
            place.ljust(places),
            severity.ljust(severities),
            rule.ljust(rules),
            figure.rjust(figures),
            limit.rjust(limits),
            function,
        )
        yield _Line(cells, style)
        style = ""


def _cells(row: _Row) -> tuple[str, ...]:
    path, remark, _ = row
    return (
        f"{path}:{remark.line}:{remark.column}",
        remark.severity,
        remark.rule,
        "" if remark.value is None else str(remark.value),
        "" if remark.limit is None else str(remark.limit),
        remark.function or remark.message,
    )


def _suppressed(everything: Iterable[_Row]) -> Iterator[str]:
    """What is not in the table."""
    for path, remark, _ in everything:
        if remark.suppressed:
            yield f"{path}:{remark.line}: suppressed ({remark.suppressed}): {remark.message}"


def _sum(results: Sequence[Checked], everything: Sequence[_Row]) -> str:
    functions = sum([result.function_count for result in results])
    suppressed = sum(1 for row in everything if row.remark.suppressed)
    findings = len(everything) - suppressed
    return (
        f"{findings} finding{'' if findings == 1 else 's'}"
        f"{f' and {suppressed} suppressed' if suppressed else ''}"
        f" in {functions:,} function{'' if functions == 1 else 's'}"
        f" of {len(results):,} file{'' if len(results) == 1 else 's'}"
    )

"""The text format: a table of the findings, the worst first; colour only on a terminal."""

from __future__ import annotations

import io
import sys
from collections.abc import Iterator, Sequence

from rich.console import Console
from rich.text import Text

from architect_server.cli.formats.explained import explanation
from architect_server.cli.formats.reported import Reported, doubts, reported, shown_path
from architect_server.file_check import Checked

_COLOUR = {"error": "bold red", "warning": "yellow"}
_HEADER = ("place", "severity", "rule", "figure", "limit", "function")
#: Columns that hold numbers stand flush right.
_NUMBERS = {3, 4}


def as_text(results: Sequence[Checked], explain: bool = False) -> str:
    """A row for each finding, beginning with ``path:line:column``, then what sums up.

    With ``explain`` each finding's +1s follow it, line by line.
    """
    stream = io.StringIO()
    terminal = sys.stdout.isatty()
    console = Console(
        file=stream,
        force_terminal=terminal,
        no_color=None if terminal else True,
        soft_wrap=True,
        highlight=False,
    )
    texts = {shown_path(result.path): result for result in results}
    found = _worst_first(results)
    for row, one in zip(_table(found), [None, *found], strict=False):
        console.print(row)
        if explain and one is not None:
            for line in explanation(texts[one.path], one):
                console.print(Text(f"    {line}"))
    for note in _notes(results):
        console.print(Text(note, "dim"))
    console.print(Text(_sum(results)))
    return stream.getvalue()


def _worst_first(results: Sequence[Checked]) -> list[Reported]:
    """Those that count, by how far each figure lies above its limit, then by place."""
    return sorted(
        (found for found in reported(results) if not found.suppressed),
        key=lambda found: (
            -(found.finding.value / found.finding.limit if found.finding else 0),
            found.path,
            found.line,
            found.rule,
        ),
    )


def _table(found: Sequence[Reported]) -> Iterator[Text]:
    if not found:
        return
    rows = [_HEADER, *(_cells(one) for one in found)]
    widths = [max(len(row[column]) for row in rows) for column in range(len(_HEADER))]
    widths[-1] = 0
    for row in rows:
        line = Text(style="dim" if row is _HEADER else "")
        for column, (cell, width) in enumerate(zip(row, widths, strict=True)):
            padded = cell.rjust(width) if column in _NUMBERS else cell.ljust(width)
            line.append(padded, _COLOUR.get(cell, "") if column == 1 else None)
            line.append("" if column == len(row) - 1 else "  ")
        yield line


def _cells(found: Reported) -> tuple[str, ...]:
    finding = found.finding
    return (
        f"{found.path}:{found.line}:{found.column}",
        found.severity,
        found.rule,
        str(finding.value) if finding else "",
        str(finding.limit) if finding else "",
        finding.function.qualified_name if finding else found.message,
    )


def _notes(results: Sequence[Checked]) -> Iterator[str]:
    """What is not in the table: suppressed findings, and files that were not read whole."""
    for found in reported(results):
        if found.suppressed:
            yield f"{found.path}:{found.line}: suppressed ({found.suppressed}): {found.message}"
    yield from doubts(results)


def _sum(results: Sequence[Checked]) -> str:
    functions = sum(len(result.metrics.functions) for result in results)
    everything = list(reported(results))
    suppressed = sum(1 for found in everything if found.suppressed)
    findings = len(everything) - suppressed
    return (
        f"{findings} finding{'' if findings == 1 else 's'}"
        f"{f' and {suppressed} suppressed' if suppressed else ''}"
        f" in {functions:,} function{'' if functions == 1 else 's'}"
        f" of {len(results):,} file{'' if len(results) == 1 else 's'}"
    )

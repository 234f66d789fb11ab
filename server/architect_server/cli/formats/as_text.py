"""The text format: a table of the findings, the worst first; colour only on a terminal."""

from __future__ import annotations

import io
import sys
from collections.abc import Iterable, Iterator, Sequence

from architect_server.cli.formats.reported import Reported, doubts, reported, shown_path
from architect_server.file_scan.checked import Checked

#: One line: its parts, each with its style.
_Line = list[tuple[str, str]]

_COLOUR = {"error": "bold red", "warning": "yellow"}
_HEADER = ("place", "severity", "rule", "figure", "limit", "function")


def as_text(results: Sequence[Checked], explain: bool = False) -> str:
    """A row for each finding, beginning with ``path:line:column``, then what sums up.

    With ``explain`` each finding's +1s follow it, line by line.
    """
    lines = list(_lines(results, explain))
    if sys.stdout.isatty():
        return _coloured(lines)
    return "".join(f"{''.join(part for part, _ in line)}\n" for line in lines)


def _lines(results: Sequence[Checked], explain: bool) -> Iterator[_Line]:
    everything = list(reported(results))
    found = _worst_first(everything)
    texts = {shown_path(one.path): one for one in results if explain and not one.is_silent}
    for row, one in zip(_table(found), [None, *found], strict=False):
        yield row
        if explain and one is not None:
            yield from _explained(texts[one.path], one)
    for note in _suppressed(everything):
        yield [(note, "dim")]
    for note in doubts(results):
        yield [(note, "dim")]
    yield [(_sum(results, everything), "")]


def _explained(result: Checked, found: Reported) -> Iterator[_Line]:
    from architect_server.cli.formats.explained import explanation

    for line in explanation(result, found):
        yield [(f"    {line}", "")]


def _coloured(lines: Iterable[_Line]) -> str:
    """The lines with the codes that a terminal takes for colours."""
    # It takes longer to import than many a scan to run.
    from rich.console import Console
    from rich.text import Text

    stream = io.StringIO()
    console = Console(file=stream, force_terminal=True, soft_wrap=True, highlight=False)
    for line in lines:
        console.print(Text.assemble(*line))
    return stream.getvalue()


def _worst_first(everything: Iterable[Reported]) -> list[Reported]:
    """Those that count, by how far each figure lies above its limit, then by place."""
    return sorted(
        (found for found in everything if not found.suppressed),
        key=lambda found: (
            -(found.finding.value / found.finding.limit if found.finding else 0),
            found.path,
            found.line,
            found.rule,
        ),
    )


def _table(found: Sequence[Reported]) -> Iterator[_Line]:
    if not found:
        return
    rows = [_HEADER, *(_cells(one) for one in found)]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    for row in rows:
        place, severity, rule, figure, limit, function = row
        style = "dim" if row is _HEADER else ""
        yield [
            (f"{place:<{widths[0]}}  ", style),
            (f"{severity:<{widths[1]}}", _COLOUR.get(severity, style)),
            (f"  {rule:<{widths[2]}}  {figure:>{widths[3]}}  {limit:>{widths[4]}}  ", style),
            (function, style),
        ]


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


def _suppressed(everything: Iterable[Reported]) -> Iterator[str]:
    """What is not in the table."""
    for found in everything:
        if found.suppressed:
            yield f"{found.path}:{found.line}: suppressed ({found.suppressed}): {found.message}"


def _sum(results: Sequence[Checked], everything: Sequence[Reported]) -> str:
    functions = sum(result.function_count for result in results)
    suppressed = sum(1 for found in everything if found.suppressed)
    findings = len(everything) - suppressed
    return (
        f"{findings} finding{'' if findings == 1 else 's'}"
        f"{f' and {suppressed} suppressed' if suppressed else ''}"
        f" in {functions:,} function{'' if functions == 1 else 's'}"
        f" of {len(results):,} file{'' if len(results) == 1 else 's'}"
    )

"""The text format: a line for each finding, the worst first; colour only on a terminal."""

from __future__ import annotations

import io
import sys
from collections.abc import Sequence

from rich.console import Console
from rich.text import Text

from architect_server.analysis.model import Finding
from architect_server.cli.scan import Checked

_COLOUR = {"error": "bold red", "warning": "yellow"}


def as_text(results: Sequence[Checked]) -> str:
    """``path:line:column: severity [rule] message``, then a line that sums up."""
    stream = io.StringIO()
    console = Console(
        file=stream,
        force_terminal=sys.stdout.isatty(),
        no_color=None if sys.stdout.isatty() else True,
        soft_wrap=True,
        highlight=False,
    )
    for result, finding in _worst_first(results):
        console.print(_line(result, finding))
    for result in results:
        confidence = result.metrics.confidence
        if confidence.level != "complete":
            where = f" from line {confidence.from_line}" if confidence.from_line else ""
            console.print(
                Text(f"{result.path}: {confidence.level}{where}: {confidence.reason}", "dim")
            )
    console.print(Text(_sum(results)))
    return stream.getvalue()


def _worst_first(results: Sequence[Checked]) -> list[tuple[Checked, Finding]]:
    """By how far each figure lies above its limit, then by place."""
    found = [(result, finding) for result in results for finding in result.findings]
    return sorted(
        found,
        key=lambda pair: (
            -pair[1].value / max(pair[1].limit, 1),
            pair[0].path.as_posix(),
            pair[1].function.start_line,
            pair[1].rule,
        ),
    )


def _line(result: Checked, finding: Finding) -> Text:
    span = finding.function.name_span
    line = Text(f"{result.path}:{span.line}:{span.start + 1}: ")
    line.append(finding.severity, _COLOUR.get(finding.severity, ""))
    line.append(f" [{finding.rule}] {finding.message}")
    return line


def _sum(results: Sequence[Checked]) -> str:
    functions = sum(len(result.metrics.functions) for result in results)
    findings = sum(len(result.findings) for result in results)
    return (
        f"{findings} finding{'' if findings == 1 else 's'} in {functions:,} functions "
        f"of {len(results):,} file{'' if len(results) == 1 else 's'}"
    )

"""A finding in full: each +1 with its line and text, and how other tools count the function."""

from __future__ import annotations

from collections.abc import Iterator

from architect_server.analysis.explain import explain
from architect_server.analysis.model import Finding
from architect_server.analysis.text import LineTable
from architect_server.file_scan.checked import Checked

#: Characters of a source line that are shown.
_WIDTH = 60


def explanation(result: Checked, finding: Finding | None) -> Iterator[str]:
    """Lines for a person. Only complexity is made of parts; other figures explain themselves."""
    if finding is None or finding.rule != "ccn":
        return
    function = finding.function
    lines = LineTable(result.text)
    yield "   1  the function itself"
    for decision in function.decisions:
        source = lines.line_text(decision.line - 1).strip()
        shown = source if len(source) <= _WIDTH else f"{source[: _WIDTH - 1]}…"
        yield f"  +1  line {decision.line:<5} {decision.kind:<16} {shown}".rstrip()
    whole = explain(lines, result.language, function)
    c901 = "" if whole.c901 is None else f", ruff's C901 {whole.c901}"
    yield f"      lizard {function.ccn}{c901}, cognitive {function.cognitive}"
    for sentence in whole.differences:
        yield f"      {sentence}"

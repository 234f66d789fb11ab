"""A finding in full: each +1 of its function with its line and the line's own text."""

from __future__ import annotations

from collections.abc import Iterator

from architect_server.analysis.model import Finding
from architect_server.analysis.text import LineTable
from architect_server.cli.scan import Checked

#: Characters of a source line that are shown.
_WIDTH = 60


def explanation(result: Checked, finding: Finding) -> Iterator[str]:
    """Lines for a person. Only complexity is made of parts; other figures explain themselves."""
    function = finding.function
    if finding.rule != "ccn":
        return
    lines = LineTable(result.text)
    yield "   1  the function itself"
    for decision in function.decisions:
        source = lines.line_text(decision.line - 1).strip()
        shown = source if len(source) <= _WIDTH else f"{source[: _WIDTH - 1]}…"
        yield f"  +1  line {decision.line:<5} {decision.kind:<16} {shown}".rstrip()
    if function.corrected:
        raw = "does not see the function" if function.raw_ccn is None else f"has {function.raw_ccn}"
        yield f"      corrected: lizard's own command line {raw}"

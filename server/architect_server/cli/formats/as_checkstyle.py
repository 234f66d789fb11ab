"""Checkstyle's XML, which many CI servers and review bots read."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from itertools import groupby
from xml.sax.saxutils import quoteattr

from architect_server import __version__
from architect_server.analysis.model import Severity
from architect_server.cli.formats.reported import Reported, active
from architect_server.file_scan.checked import Checked

# Checkstyle knows ignore, info, warning and error.
_SEVERITY: dict[Severity, str] = {
    "error": "error",
    "warning": "warning",
    "information": "info",
    "hint": "info",
}

# Characters that XML 1.0 cannot carry, not even escaped.
_UNWRITABLE = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def as_checkstyle(results: Sequence[Checked]) -> str:
    """A ``file`` for each file with findings that count, an ``error`` for each of them."""
    lines = [
        '<?xml version="1.0" encoding="utf-8"?>',
        f"<checkstyle version={_attribute(f'architect-lsp {__version__}')}>",
    ]
    for path, found in groupby(active(results), key=lambda one: one.path):
        lines += _file(path, found)
    return "\n".join([*lines, "</checkstyle>", ""])


def _file(path: str, found: Iterable[Reported]) -> list[str]:
    errors = [
        f'    <error line="{one.line}" column="{one.column}"'
        f' severity="{_SEVERITY[one.severity]}"'
        f" message={_attribute(one.message)}"
        f" source={_attribute(f'architect.{one.rule}')}/>"
        for one in (each.remark for each in found)
    ]
    return [f"  <file name={_attribute(path)}>", *errors, "  </file>"]


def _attribute(value: str) -> str:
    return quoteattr(_UNWRITABLE.sub("\ufffd", value))

"""GitHub's workflow commands: a line for each finding becomes an annotation in the diff."""

from __future__ import annotations

from collections.abc import Sequence

from architect_server.analysis.model import Severity
from architect_server.cli.formats.reported import Reported, active
from architect_server.file_scan.checked import Checked

_COMMAND: dict[Severity, str] = {
    "error": "error",
    "warning": "warning",
    "information": "notice",
    "hint": "notice",
}


def as_github(results: Sequence[Checked]) -> str:
    """``::warning file=…,line=…::message`` for each finding that counts."""
    return "".join(_line(found) for found in active(results))


def _line(found: Reported) -> str:
    remark = found.remark
    properties = {
        "file": found.path,
        "line": str(remark.line),
        "col": str(remark.column),
        "endColumn": str(remark.end_column),
        "title": f"architect {remark.rule}",
    }
    written = ",".join(f"{key}={_property(value)}" for key, value in properties.items())
    return f"::{_COMMAND[remark.severity]} {written}::{_data(remark.message)}\n"


def _data(text: str) -> str:
    """Escaped as the runner unescapes it, so that no name can begin a command of its own."""
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")

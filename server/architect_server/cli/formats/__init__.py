"""How results are written: one function for each format, from results to a whole text.

Every format is stable byte for byte: same input, same output.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from architect_server.cli.formats.as_checkstyle import as_checkstyle
from architect_server.cli.formats.as_github import as_github
from architect_server.cli.formats.as_gitlab import as_gitlab
from architect_server.cli.formats.as_json import as_json
from architect_server.cli.formats.as_sarif import as_sarif
from architect_server.cli.formats.as_text import as_text
from architect_server.file_check import Checked

FORMATS: Mapping[str, Callable[[Sequence[Checked]], str]] = {
    "checkstyle": as_checkstyle,
    "github": as_github,
    "gitlab": as_gitlab,
    "json": as_json,
    "sarif": as_sarif,
    "text": as_text,
}

#: The formats that can't say of a file that it was not read whole.
WITHOUT_DOUBTS = frozenset({"checkstyle", "github", "gitlab"})

#: The formats that can show each +1 of every figure.
EXPLAINING: Mapping[str, Callable[[Sequence[Checked], bool], str]] = {
    "json": as_json,
    "text": as_text,
}

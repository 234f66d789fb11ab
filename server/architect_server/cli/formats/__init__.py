"""How results are written: one function for each format, from results to a whole text.

Every format is stable byte for byte: same input, same output.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from architect_server.cli.formats.as_json import as_json
from architect_server.cli.formats.as_text import as_text
from architect_server.cli.scan import Checked

FORMATS: Mapping[str, Callable[[Sequence[Checked]], str]] = {
    "json": as_json,
    "text": as_text,
}

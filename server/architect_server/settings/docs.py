"""Writes docs/settings.md from the table of settings; a test says that it is current.

``python -m architect_server.settings.docs docs/settings.md``
"""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Iterator
from importlib.resources import files
from pathlib import Path
from typing import Any

from architect_server.settings.table import SETTINGS, Kind, Setting

_KINDS: dict[Kind, str] = {
    "integer": "whole number",
    "number": "number",
    "boolean": "true or false",
    "string": "string",
    "strings": "list of strings",
    "overrides": "list of tables",
    "prices": "table of models",
}


def page() -> str:
    """The whole page: the text beside this module, with the tables in it."""
    frame = (files("architect_server.settings") / "docs_frame.md").read_text(encoding="utf-8")
    groups = {"table": "", "limits": "limits.", "surfaces": "surfaces."}
    return re.sub(r"<!-- (\w+) -->", lambda mark: _table(groups, mark[1]), frame)


def _table(groups: dict[str, str], name: str) -> str:
    """The rows of one group; ``table`` are all that stand in no other."""
    prefix = groups[name]
    others = tuple(prefix for prefix in groups.values() if prefix)
    rows = ["| setting | value | default | |", "|---|---|---|---|"]
    for setting in SETTINGS:
        belongs = setting.key.startswith(prefix) if prefix else not setting.key.startswith(others)
        rows += [_row(setting)] if belongs else []
    return "\n".join(rows)


def _row(setting: Setting) -> str:
    return f"| {' | '.join(_cells(setting))} |"


def _cells(setting: Setting) -> Iterator[str]:
    yield f"`{setting.key}`"
    yield _KINDS[setting.kind]
    yield _written(setting.default)
    yield setting.description + (" Only from your own settings." if setting.user_only else "")


def _written(value: Any) -> str:
    return f"`{json.dumps(value)}`" if value not in ("", [], {}) else "empty"


if __name__ == "__main__":
    Path(sys.argv[1]).write_text(page(), encoding="utf-8")

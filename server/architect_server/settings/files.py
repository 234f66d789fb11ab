"""The files that hold settings: ours in pyproject.toml, with the line of every key."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any

from architect_server.discovery import SETTINGS_FILES
from architect_server.plain_file import read_plain
from architect_server.settings.resolved import Layer

#: Files whose change may change a setting, as globs for a watcher.
WATCHED = (
    "**/pyproject.toml",
    "**/.gitignore",
    "**/{*ruff*,complexipy,.complexipy}.toml",
    "**/{setup.cfg,tox.ini,.flake8,whitelizer.txt}",
)


def holds_settings(uri: str) -> bool:
    """Whether a change of the file behind ``uri`` may change a setting."""
    name = uri.rpartition("/")[2]
    # ruff may be told to extend a file of any name; this is what they are called.
    return name in SETTINGS_FILES or ("ruff" in name and name.endswith(".toml"))


def project_layer(folder: Path) -> tuple[Layer | None, tuple[str, ...]]:
    """Read ``[tool.architect]`` of the nearest pyproject.toml at or above ``folder``.

    A pyproject.toml without that table ends nothing: the search goes on upwards, so that a
    nested package inherits its repository's limits.

    Returns:
        The layer or None, and one sentence for every file that could not be read.
    """
    problems: list[str] = []
    for place in (folder, *folder.parents):
        path = place / "pyproject.toml"
        try:
            text = read_plain(path)
            tools = _parsed(text).get("tool", {})
        except (FileNotFoundError, NotADirectoryError):
            continue
        except (OSError, ValueError) as error:
            problems.append(f"{path}: its settings are not used, it can't be read ({error}).")
            continue
        table = tools.get("architect") if isinstance(tools, Mapping) else None
        if isinstance(table, Mapping):
            lines = toml_lines(text, "tool.architect")
            return Layer(str(path), table, True, lines, place), tuple(problems)
    return None, tuple(problems)


@lru_cache(maxsize=16)
def _parsed(text: str) -> dict[str, Any]:
    """A large project's file is looked at for each of its folders. Not to be altered.

    Raises:
        ValueError: it is no TOML.
    """
    import tomllib  # many a project has none of these files

    return tomllib.loads(text)


def read_toml(path: Path) -> tuple[dict[str, Any], str]:
    """A TOML file and its text; both are empty if it is not there or can't be read."""
    try:
        text = read_plain(path)
        return _parsed(text), text
    except (OSError, ValueError):
        return {}, ""


@lru_cache(maxsize=64)
def toml_lines(text: str, table: str) -> Mapping[str, int]:
    """Where each key below ``table`` stands, by its dotted name within; 1-based.

    The n-th ``[[name]]`` of an array of tables is ``name.n``. Good enough to point a person at
    a line: a key inside an inline table has none of its own.
    """
    lines: dict[str, int] = {}
    arrays: Counter[str] = Counter()
    inside = ""
    for number, line in enumerate(text.splitlines(), start=1):
        if header := re.match(r"\s*(\[\[?)\s*([^\[\]]+?)\s*\]", line):
            inside = header[2].replace('"', "").replace(" ", "")
            if header[1] == "[[":
                arrays[inside] += 1
                inside = f"{inside}.{arrays[inside] - 1}"
            _note(lines, inside, table, number)
        elif key := re.match(r"\s*([\w.\"-]+)\s*=", line):
            written = key[1].replace('"', "")
            _note(lines, f"{inside}.{written}" if inside else written, table, number)
    return lines


def _note(lines: dict[str, int], dotted: str, table: str, number: int) -> None:
    if not table:
        lines.setdefault(dotted, number)
    elif dotted.startswith(f"{table}."):
        lines.setdefault(dotted.removeprefix(f"{table}."), number)

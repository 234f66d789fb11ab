"""Limits that a project has given other tools already: ruff, flake8, complexipy, lizard."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Mapping
from itertools import islice
from pathlib import Path
from typing import Any

from architect_server.plain_file import read_plain
from architect_server.settings.files import read_toml, toml_lines
from architect_server.settings.overrides import Override
from architect_server.settings.resolved import ReadLayer

_PYTHON = frozenset({"python"})

# Where ruff keeps the figures that are ours too; older files have no "lint" in front.
_RUFF = {
    "ccn": ("mccabe.max-complexity", "ruff's limit for C901"),
    "parameters": ("pylint.max-args", "ruff's limit for PLR0913"),
}

# A file of ruff's may extend another, which may extend another; this also ends a circle.
_MOST_EXTENDED = 10

# Another machine's file: a repository shall not make us ask for it.
_ELSEWHERE = ("//", "\\\\")


def other_tools_layer(folder: Path) -> ReadLayer:
    """What the nearest configuration of each tool says, as overrides for Python files."""
    found = [*_flake8(folder), *_ruff(folder), *_complexipy(folder)]
    return ReadLayer(overrides=tuple(found))


def _limit(rule: str, value: Any, reason: str, path: Path, line: int | None) -> Iterator[Override]:
    """One limit; a value that is no count is that tool's own business."""
    if isinstance(value, int) and not isinstance(value, bool) and value > 0:
        origin = f"{path}:{line}" if line else str(path)
        yield Override({rule: value}, reason, origin, languages=_PYTHON)


def _ruff(folder: Path) -> Iterator[Override]:
    for place in (folder, *folder.parents):
        for name in (".ruff.toml", "ruff.toml", "pyproject.toml"):
            path = place / name
            if _ruff_options(path) is None:
                continue
            chain = list(_extended(path))
            for rule, (key, reason) in _RUFF.items():
                said = (limit for one in chain for limit in _ruff_limit(one, rule, key, reason))
                yield from islice(said, 1)
            return


def _ruff_options(path: Path) -> tuple[Mapping[str, Any], Mapping[str, int]] | None:
    """What ``path`` holds for ruff, with the line of each key; None if it is no file of ruff's."""
    table = "tool.ruff" if path.name == "pyproject.toml" else ""
    options, text = read_toml(path)
    ours = _at(options, table)
    if not isinstance(ours, Mapping) or not (text or path.is_file()):
        return None
    return ours, toml_lines(text, table)


def _ruff_limit(path: Path, rule: str, key: str, reason: str) -> Iterator[Override]:
    options, lines = _ruff_options(path) or ({}, {})
    for dotted in (f"lint.{key}", key):
        yield from _limit(rule, _at(options, dotted), reason, path, lines.get(dotted))


def _extended(path: Path) -> Iterator[Path]:
    """``path`` and what it ``extend``s, in the order in which they decide."""
    for _ in range(_MOST_EXTENDED):
        yield path
        options, _ = _ruff_options(path) or ({}, {})
        base = options.get("extend")
        if not isinstance(base, str) or base.startswith(_ELSEWHERE):
            return
        written = os.path.expandvars(Path(base).expanduser())
        path = Path(os.path.normpath(path.parent / written))
        if not path.is_file():
            return


def _complexipy(folder: Path) -> Iterator[Override]:
    names = ("complexipy.toml", ".complexipy.toml", "pyproject.toml")
    for place in (folder, *folder.parents):
        for name in names:
            table = "tool.complexipy" if name == "pyproject.toml" else ""
            options, text = read_toml(place / name)
            ours = _at(options, table)
            if not isinstance(ours, Mapping) or not text:
                continue
            key = "max-complexity-allowed"
            line = toml_lines(text, table).get(key)
            reason = "complexipy's limit"
            yield from _limit("cognitive", ours.get(key), reason, place / name, line)
            return


def _flake8(folder: Path) -> Iterator[Override]:
    for place in (folder, *folder.parents):
        for name in ("setup.cfg", "tox.ini", ".flake8"):
            path = place / name
            try:
                text = read_plain(path)
                options = _flake8_options(text)
            except (OSError, ValueError):
                continue
            if options is None:
                continue
            for key in ("max-complexity", "max_complexity"):
                value = options.get(key, "")
                if value.strip().isdecimal():
                    line = _line_of(key, text)
                    yield from _limit("ccn", int(value), "flake8's limit for C901", path, line)
            return


def _flake8_options(text: str) -> Mapping[str, str] | None:
    """What a configuration file holds for flake8; None if it is none of flake8's.

    Raises:
        ValueError: it can't be parsed.
    """
    import configparser  # few projects have one

    parser = configparser.RawConfigParser()
    try:
        parser.read_string(text)
    except configparser.Error as error:
        raise ValueError(str(error)) from error
    return dict(parser["flake8"]) if parser.has_section("flake8") else None


def _at(options: Any, dotted: str) -> Any:
    """The value below a dotted key, or None."""
    for key in dotted.split(".") if dotted else []:
        options = options.get(key) if isinstance(options, Mapping) else None
    return options


def _line_of(key: str, text: str) -> int | None:
    pattern = re.compile(rf"\s*{re.escape(key)}\s*[=:]")
    for number, line in enumerate(text.splitlines(), start=1):
        if pattern.match(line):
            return number
    return None


class Whitelist:
    """lizard's whitelizer.txt: functions (by lizard's names) that it does not warn about."""

    def __init__(self, path: Path, text: str) -> None:
        self._folder = path.parent
        self._entries: list[tuple[str, str, str]] = []
        for number, line in enumerate(text.splitlines(), start=1):
            entry = line.split("#")[0].replace("::", "\0")
            file, _, names = entry.rpartition(":")
            for name in names.split(","):
                if name.strip():
                    place = f"{path}:{number}"
                    self._entries.append((_plain(file), name.strip().replace("\0", "::"), place))

    def allowed_in(self, file: Path | None) -> Mapping[str, str]:
        """The functions that may pass in ``file``, each with the place that says so."""
        relative = ""
        if file is not None and file.is_relative_to(self._folder):
            relative = file.relative_to(self._folder).as_posix()
        return {
            name: place for wanted, name, place in self._entries if not wanted or wanted == relative
        }


def _plain(file: str) -> str:
    return file.strip().replace("\\", "/").removeprefix("./")


def whitelist_for(folder: Path) -> Whitelist | None:
    """The nearest whitelizer.txt at or above ``folder``, up to the repository's root."""
    for place in (folder, *folder.parents):
        path = place / "whitelizer.txt"
        try:
            return Whitelist(path, read_plain(path, "replace"))
        except OSError:
            if (place / ".git").exists():
                break
    return None

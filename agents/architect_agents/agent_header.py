"""Reads the header of an agent file the way people write it, which is not always YAML."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any

#: The keys that agent files use. Values of other keys are kept, and reported by agent_file.
KNOWN_KEYS = (
    "name",
    "description",
    "tools",
    "disallowedTools",
    "model",
    "permissionMode",
    "maxTurns",
    "skills",
    "mcpServers",
    "hooks",
    "memory",
    "background",
    "effort",
    "isolation",
    "initialPrompt",
    "color",
)
FENCE = "---"
_KEY = re.compile(r"([A-Za-z][\w-]*)[ \t]*:(?:[ \t]|$)")
BOUNDARIES = {*KNOWN_KEYS, "allowed-tools", "version"}


@dataclass(frozen=True, slots=True)
class Header:
    """The keys of an agent file, the line (1-based) of each, and the text after the header.

    ``found`` is False if there is no header; then everything is body. ``not_yaml`` holds the
    keys whose values had to be taken as plain text, ``marked`` says that a byte order mark stood
    in front.
    """

    values: dict[str, Any]
    lines: dict[str, int]
    body: str
    found: bool = True
    not_yaml: tuple[str, ...] = ()
    marked: bool = False
    #: The lines of the whole file, so that mistakes can be placed.
    text_lines: tuple[str, ...] = field(default=(), repr=False)

    def line_of(self, key: str, word: str = "") -> int:
        """The 1-based line of ``key``, or of ``word`` in its value, which may be a list below."""
        first = self.lines.get(key, 1)
        following = [line for line in self.lines.values() if line > first]
        last = min(following, default=first + 200)
        for number in range(first, min(last, len(self.text_lines) + 1)):
            if word and re.search(rf"(?<![\w-]){re.escape(word)}(?![\w-])", self.text(number)):
                return number
        return first

    def text(self, line: int) -> str:
        """The text of a 1-based line; "" beyond the end."""
        return self.text_lines[line - 1] if 0 < line <= len(self.text_lines) else ""


def read_header(text: str) -> Header:
    """Split ``text`` and read its header; never raises for bad input."""
    marked = text.startswith("\ufeff")
    lines = text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n").split("\n")
    ends = [number for number, line in enumerate(lines) if line.rstrip() == FENCE][:2]
    if len(ends) < 2 or any(line.strip() for line in lines[: ends[0]]):
        body = "\n".join(lines).strip()
        return Header({}, {}, body, found=False, marked=marked, text_lines=tuple(lines))
    head = lines[ends[0] + 1 : ends[1]]
    body = "\n".join(lines[ends[1] + 1 :]).strip()
    values = _as_yaml(head)
    not_yaml: tuple[str, ...] = ()
    if values is None:
        values, not_yaml = _line_by_line(head)
    places = {
        match[1]: ends[0] + 2 + number
        for number, line in enumerate(head)
        if (match := _KEY.match(line))
    }
    return Header(values, places, body, True, not_yaml, marked, tuple(lines))


def _as_yaml(lines: list[str]) -> dict[str, Any] | None:
    """The mapping that ``lines`` are in YAML, or None if they are none."""
    import frontmatter  # with PyYAML it costs 30 ms, which no server start should pay

    try:
        values, _ = frontmatter.parse("\n".join([FENCE, *lines, FENCE, ""]))
    except Exception:
        return None  # scanner, parser and constructor errors, dates out of range, …
    has_content = any(line.strip() and not line.lstrip().startswith("#") for line in lines)
    return None if has_content and not values else {str(key): values[key] for key in values}


def _line_by_line(lines: list[str]) -> tuple[dict[str, Any], tuple[str, ...]]:
    """Each known key with everything up to the next one; YAML where that much of it is YAML."""
    values: dict[str, Any] = {}
    not_yaml: list[str] = []
    for key, section in _sections(lines):
        read = _as_yaml(section)
        if read is None:
            first = section[0].split(":", 1)[1]
            values[key] = "\n".join([first, *section[1:]]).strip()
            not_yaml.append(key)
        else:
            values.update(read)
    return values, tuple(not_yaml)


def _sections(lines: list[str]) -> list[tuple[str, list[str]]]:
    sections: list[tuple[str, list[str]]] = []
    for line in lines:
        match = _KEY.match(line)
        if match and (match[1] in BOUNDARIES or not sections):
            sections.append((match[1], [line]))
        elif sections:
            sections[-1][1].append(line)
    return sections

"""Searches files for a pattern, in a process of its own: a pattern can run for ever, a process not.

Stands alone, so that any interpreter can run it by its path: JSON on stdin, the answer on stdout.
"""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

LONGEST_LINE = 400
LARGEST_FILE = 5 * 1024 * 1024


def search(request: Mapping[str, Any]) -> str:
    """The matches in the files of ``request``, in the wanted form, up to ``head_limit`` lines."""
    options = re.IGNORECASE if request["ignore_case"] else 0
    if request["multiline"]:
        options |= re.DOTALL
    pattern = re.compile(request["pattern"], options | re.MULTILINE)
    lines: list[str] = []
    for path in request["paths"]:
        text = _text(request, path)
        if text is not None:
            lines += _matches(pattern, text, path, request)
        if len(lines) >= request["head_limit"]:
            break
    return "\n".join(lines[: request["head_limit"]])


def _text(request: Mapping[str, Any], path: str) -> str | None:
    if path in request["overlay"]:
        return str(request["overlay"][path])
    try:
        file = Path(request["root"], path)
        raw = b"" if file.stat().st_size > LARGEST_FILE else file.read_bytes()
    except OSError:
        return None
    return None if b"\0" in raw[:8192] else raw.decode("utf-8", errors="replace")


def _matches(
    pattern: re.Pattern[str], text: str, path: str, request: Mapping[str, Any]
) -> Iterable[str]:
    lines = text.split("\n")
    hits = sorted(_hit_lines(pattern, text, lines, request["multiline"]))
    if not hits:
        return []
    if request["mode"] == "files_with_matches":
        return [path]
    if request["mode"] == "count":
        return [f"{path}:{len(hits)}"]
    return _shown(lines, hits, path, request)


def _hit_lines(pattern: re.Pattern[str], text: str, lines: list[str], across: bool) -> set[int]:
    """The numbers (from 0) of the lines where a match begins, or goes through if ``across``."""
    if not across:
        return {number for number, line in enumerate(lines) if pattern.search(line)}
    hits: set[int] = set()
    for match in pattern.finditer(text):
        first = text.count("\n", 0, match.start())
        hits.update(range(first, first + match[0].count("\n") + 1))
    return hits


def _shown(
    lines: list[str], hits: list[int], path: str, request: Mapping[str, Any]
) -> Iterable[str]:
    wanted: dict[int, bool] = {}
    for hit in hits:
        first, last = hit - request["before"], hit + request["after"]
        for number in range(max(0, first), min(len(lines), last + 1)):
            wanted[number] = wanted.get(number, False) or number == hit
    previous = -1
    for number, is_hit in sorted(wanted.items()):
        if previous >= 0 and number > previous + 1:
            yield "--"
        mark = ":" if is_hit else "-"
        place = f"{path}{mark}{number + 1}{mark}" if request["numbers"] else f"{path}{mark}"
        yield place + lines[number].rstrip("\r")[:LONGEST_LINE]
        previous = number


if __name__ == "__main__":
    sys.stdout.reconfigure(encoding="utf-8", errors="replace")  # type: ignore[union-attr]
    sys.stdout.write(search(json.loads(sys.stdin.buffer.read())))

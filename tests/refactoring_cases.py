"""Reads the cases of tests/cases/refactoring: a heading, a line of settings, code before and after.

Each case is ``## title``, a line such as ``lines 4-9`` or ``refused closure-outside``, a fenced
block of Python, and unless it is refused a second one with the text expected afterwards. The
first function of the code is the one to be cut unless ``in NAME`` names another.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

CASES = Path(__file__).parent / "cases" / "refactoring"
_CASE = re.compile(r"^## (?P<title>.+?)\n(?P<body>.*?)(?=^## |\Z)", re.MULTILINE | re.DOTALL)
_SETTING = re.compile(
    r"^(lines|in|refused|name|rule|needs|live|assigned|caught|writes) (.+)$", re.MULTILINE
)
_FENCE = re.compile(r"^```python\n(.*?)^```$", re.MULTILINE | re.DOTALL)


@dataclass(frozen=True)
class RefactoringCase:
    title: str
    settings: dict[str, str]
    before: str
    after: str | None

    def __str__(self) -> str:
        return re.sub(r"\W+", "-", self.title)

    @property
    def function(self) -> str:
        if "in" in self.settings:
            return self.settings["in"]
        first = re.search(r"(?:^class (\w+)[^@]*?^ +(?:@.*\s+)?)?def (\w+)", self.before, re.M)
        assert first
        return ".".join(filter(None, first.groups()))

    @property
    def lines(self) -> tuple[int, int]:
        first, _, last = self.settings["lines"].partition("-")
        return int(first), int(last or first)


def read_cases(name: str) -> Iterator[RefactoringCase]:
    text = (CASES / name).read_text(encoding="utf-8")
    for found in _CASE.finditer(text):
        body = found["body"]
        head = body.partition("```")[0]
        settings = dict(_SETTING.findall(head))
        blocks = _FENCE.findall(body)
        after = blocks[1] if len(blocks) > 1 else None
        yield RefactoringCase(found["title"], settings, blocks[0], after)

"""Reads the cases of tests/cases/gate: a heading, lines of expectations, code before and after.

Each case is ``## title``, lines such as ``fails target-only, lint`` (exactly these checks fail;
``fails nothing`` for an accepted one), ``proof round-trip`` or ``proof none``, ``function NAME``,
``not-run round-trip``, ``says …`` (words of the first failed check), and two fenced blocks.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

CASES = Path(__file__).parent / "cases" / "gate"
_CASE = re.compile(r"^## (?P<title>.+?)\n(?P<body>.*?)(?=^## |\Z)", re.MULTILINE | re.DOTALL)
_FENCE = re.compile(r"^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_SETTING = re.compile(r"^(fails|proof|function|not-run|says) (.+)$", re.MULTILINE)


@dataclass(frozen=True)
class GateCase:
    title: str
    settings: dict[str, str]
    language: str
    before: str
    after: str

    def __str__(self) -> str:
        return re.sub(r"\W+", "-", self.title)

    @property
    def fails(self) -> set[str]:
        listed = self.settings["fails"]
        return set() if listed == "nothing" else set(listed.split(", "))


def read_cases(name: str) -> Iterator[GateCase]:
    text = (CASES / name).read_text(encoding="utf-8")
    for found in _CASE.finditer(text):
        body = found["body"]
        settings = dict(_SETTING.findall(body.partition("```")[0]))
        (language, before), (_, after) = _FENCE.findall(body)
        yield GateCase(found["title"], settings, language, before, after)

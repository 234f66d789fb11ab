"""Edits at random places of a text that keeps changing: no text is ever sent twice."""

from __future__ import annotations

import random
import re
from dataclasses import dataclass
from typing import Any

_STATEMENT = re.compile(r"^([ ]+)(?:return\b|self\.\w+ = |[a-z]\w* = |raise\b|if )", re.M)
_HALF_TYPED = ("(", "[", '"', "'", "x.", "def ", "if ", "{", ")", "\\", "    ", "= ", '"""')


@dataclass(frozen=True, slots=True)
class Edit:
    """Content changes of one didChange, and whether the text behind them is half typed."""

    changes: list[dict[str, Any]]
    half_typed: bool


class TypedText:
    """A text under the fingers. Texts must be ASCII, so that every encoding counts alike."""

    def __init__(self, text: str, seed: int) -> None:
        self.lines = text.split("\n")
        self._chance = random.Random(seed)
        self._number = 0
        self._half_typed: tuple[int, int, str] | None = None

    def edit(self) -> Edit:
        """The next edit: a new line, or something half typed and then its removal."""
        if self._half_typed is not None:
            line, column, new = self._half_typed
            self._half_typed = None
            removed = self._replace(line, column, column + len(new), "")
            return Edit([removed, self._new_line()], half_typed=False)
        if self._chance.random() < 0.3:
            line = self._chance.randrange(len(self.lines))
            column = self._chance.randrange(len(self.lines[line]) + 1)
            new = self._chance.choice(_HALF_TYPED)
            self._half_typed = (line, column, new)
            return Edit([self._replace(line, column, column, new)], half_typed=True)
        return Edit([self._new_line()], half_typed=False)

    def _new_line(self) -> dict[str, Any]:
        self._number += 1
        line, indent = self._statement()
        new = f"{indent}value_{self._number} = {self._number} or 1"
        self.lines.insert(line, new)
        place = {"line": line, "character": 0}
        return {"range": {"start": place, "end": place}, "text": new + "\n"}

    def _statement(self) -> tuple[int, str]:
        """A random line before which another statement can stand, and its indentation."""
        for _ in range(200):
            line = self._chance.randrange(1, len(self.lines))
            match = _STATEMENT.match(self.lines[line])
            if match and self.lines[line - 1].rstrip().endswith((":", ")", "1")):
                return line, match[1]
        return 0, ""

    def _replace(self, line: int, start: int, end: int, new: str) -> dict[str, Any]:
        text = self.lines[line]
        self.lines[line] = text[:start] + new + text[end:]
        places = [{"line": line, "character": column} for column in (start, end)]
        return {"range": {"start": places[0], "end": places[1]}, "text": new}

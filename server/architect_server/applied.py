"""What becomes of an applied proposal: it stands, it is undone, or somebody works on it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from architect_server.answers import Answer

Fate = Literal["stands", "undone", "changed"]


@dataclass(frozen=True, slots=True)
class Applied:
    """An applied proposal with the whole text before it and after it."""

    answer: Answer
    before: str
    after: str

    def is_undone(self, text: str) -> bool:
        """Whether ``text`` is again what it was; cheap, for every keystroke."""
        return len(text) == len(self.before) and text == self.before

    def fate(self, text: str) -> Fate:
        """What became of the changed lines, wherever they stand now; layout does not count."""
        old, new = self._changed_lines()
        shown = _without_layout(text)
        if new in shown:
            return "stands"
        return "undone" if old in shown else "changed"

    def _changed_lines(self) -> tuple[str, str]:
        """The lines as they were, with a line around them that stayed, and as they are now."""
        before, after = _solid_lines(self.before), _solid_lines(self.after)
        first = _common(before, after)
        last = _common(before[first:][::-1], after[first:][::-1])
        old = before[max(0, first - 1) : len(before) - last + 1]
        return "".join(old), "".join(after[first : len(after) - last])


def _solid_lines(text: str) -> list[str]:
    return [solid for line in text.splitlines() if (solid := _without_layout(line))]


def _common(one: list[str], other: list[str]) -> int:
    """How many lines are the same at the beginning."""
    pairs = enumerate(zip(one, other, strict=False))
    return next((at for at, (a, b) in pairs if a != b), min(len(one), len(other)))


def _without_layout(text: str) -> str:
    return "".join(text.split())

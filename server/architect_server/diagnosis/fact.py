"""One line of the report, and the report as text: nothing in it is secret."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path

from architect_agents.sandbox.redaction import redact


@dataclass(frozen=True, slots=True)
class Fact:
    """One line of the report; ``fix`` says what to do where ``ok`` is false."""

    area: str
    value: str
    ok: bool = True
    fix: str = ""

    def fit_to_paste(self) -> Fact:
        """The same without secrets, and with ``~`` for the home folder."""
        return replace(self, value=_masked(self.value), fix=_masked(self.fix))


def as_text(facts: Iterable[Fact]) -> str:
    """The report as it is read and pasted."""
    lines = []
    for fact in facts:
        lines.append(f"{'ok ' if fact.ok else 'FIX'}  {fact.area}: {fact.value}")
        if fact.fix:
            lines.append(f"     {fact.fix}")
    return "\n".join(lines)


def _masked(text: str) -> str:
    home = str(Path.home())
    masked = redact(text)
    return masked.replace(home, "~") if len(home) > 1 else masked

"""Puts the outcome of the seeded mistakes into a page of Markdown."""

from __future__ import annotations

import statistics
import sys
from collections import Counter
from collections.abc import Iterable
from typing import Protocol


class _Tally(Protocol):
    functions: int
    right: Counter[str]
    wrongly_rejected: list[str]
    cpu: list[float]
    lines: list[int]
    by_kind: dict[str, Counter[str]]
    missed: list[str]

    @property
    def mistakes(self) -> int: ...


def write_report(tally: _Tally, folders: Iterable[str]) -> str:
    """The whole page."""
    names = ", ".join(sorted({folder.rstrip("/").rpartition("/")[2] for folder in folders}))
    caught = tally.mistakes - len(tally.missed)
    share = 100 * caught / max(1, tally.mistakes)
    rejected = sum(counts["rejected"] for counts in tally.by_kind.values())
    parts = [
        "# Seeded mistakes",
        "",
        f"Python {sys.version.split()[0]}, functions with a CCN above 10 from: {names}.",
        "",
        f"- Right proposals: {tally.functions}; proved {tally.right['proved']}, accepted without "
        f"proof {tally.right['not proved']}, rejected {tally.right['rejected']}.",
        f"- Mistakes: {tally.mistakes} of {len(tally.by_kind)} kinds; caught {caught} "
        f"({share:.1f} %), of these {rejected} rejected outright, {caught - rejected} unproved.",
        f"- CPU of the static checks: {_times(tally.cpu)}; files of {_middle(tally.lines)} lines "
        f"in the median, {max(tally.lines, default=0)} at most.",
        "",
        "| kind of mistake | made | rejected | left unproved | shown as proved |",
        "|---|---|---|---|---|",
    ]
    for kind, counts in sorted(tally.by_kind.items()):
        row = (sum(counts.values()), counts["rejected"], counts["not proved"], counts["proved"])
        parts.append(f"| {kind.replace('_', ' ')} | {' | '.join(map(str, row))} |")
    parts += ["", "## Right proposals without a proof", "", *_listed(tally.wrongly_rejected)]
    parts += ["", "## Mistakes shown as proved", "", *_listed(tally.missed), ""]
    return "\n".join(parts)


def _times(cpu: list[float]) -> str:
    if len(cpu) < 2:
        return "too few to say"
    ordered = sorted(cpu)
    at_95 = ordered[int(0.95 * (len(ordered) - 1))]
    return f"median {statistics.median(cpu):.2f} s, p95 {at_95:.2f} s, worst {ordered[-1]:.2f} s"


def _middle(lines: list[int]) -> int:
    return int(statistics.median(lines)) if lines else 0


def _listed(items: list[str]) -> list[str]:
    return [f"- {item}" for item in items] or ["None."]

"""The decision points of a long function in a few groups, for places with little room."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from itertools import pairwise

from architect_server.analysis.model import Decision


def neighbours(decisions: Sequence[Decision], most: int) -> list[Sequence[Decision]]:
    """``decisions`` in at most ``most`` runs, cut where the most lines lie between two of them.

    Points on one line stay together.
    """
    ordered = sorted(decisions, key=lambda decision: decision.line)
    gaps = [
        (after.line - before.line, number)
        for number, (before, after) in enumerate(pairwise(ordered), 1)
        if after.line > before.line
    ]
    widest = sorted(gaps, key=lambda gap: (-gap[0], gap[1]))[: most - 1]
    cuts = [0, *sorted(number for _, number in widest), len(ordered)]
    return [ordered[start:end] for start, end in pairwise(cuts)]


def counted_kinds(decisions: Sequence[Decision]) -> list[str]:
    """``["3x if", "and"]``: each kind once, in the order in which it first appears."""
    counts = Counter(decision.kind for decision in decisions)
    return [f"{count}x {kind}" if count > 1 else kind for kind, count in counts.items()]

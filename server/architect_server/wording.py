"""What a person is told of an outcome, in a sentence or a few words."""

from __future__ import annotations

import re

from architect_agents.types import Outcome, Usage, Verdict

#: What the strongest evidence is called, for a person.
_PROOF = {
    "round-trip": "verified extraction",
    "equivalence": "verified rewrite",
    "tests": "tests pass",
    None: "not proved",
}


def headline(verdict: Verdict) -> str:
    """What was shown of a proposal in a few words: "CCN 19 → 7, verified extraction"."""
    return f"CCN {verdict.before.ccn} → {verdict.after.ccn}, {_PROOF[verdict.proof]}"


def titled(title: str, verdict: Verdict) -> str:
    """The title with what was shown of it; figures that it names itself are not said twice."""
    known = re.search(r"\d → \d", title)
    return f"{title} ({_PROOF[verdict.proof] if known else headline(verdict)})"


def summary(verdict: Verdict) -> str:
    """A line for each check."""
    return "\n".join(
        f"{check.name}: {check.status}{f' ({check.detail})' if check.detail else ''}"
        for check in verdict.checks
    )


def message(outcome: Outcome, verdict: Verdict | None) -> str:
    """How it ended, in a sentence."""
    if outcome.status == "proposed" and verdict is not None:
        return f"Architect: {titled(outcome.title, verdict)}.{cost(outcome.usage)}"
    if outcome.status == "rejected" and verdict is not None:
        reasons = "; ".join(f"{c.name}: {c.detail or c.status}" for c in verdict.failures)
        return f"Architect: a proposal was made and rejected. {reasons}{cost(outcome.usage)}"
    return f"Architect: {outcome.rationale or outcome.title}{cost(outcome.usage)}"


def cost(usage: Usage) -> str:
    """What a model cost, to be put behind a sentence; empty where none was asked."""
    if not usage.model:
        return ""
    turns = "1 turn" if usage.turns == 1 else f"{usage.turns} turns"
    return f" ({turns}, about {usage.usd:.2f} USD)"

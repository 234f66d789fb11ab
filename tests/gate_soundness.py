"""Mistakes in extractions of random functions: is what the gate proves ever wrong?

A mutant that the round trip passes must behave as the original does (most of these sit in code
that nothing reaches).
"""

from __future__ import annotations

import random
import re
from collections import Counter
from dataclasses import dataclass, field
from itertools import islice

from architect_agents.gate import RefactoringGate
from lizard_measure import lizard_measure
from mutation_operators import OPERATORS, mutants, rewritten
from random_extractions import difference, extractions

#: A random extraction need not make anything simpler.
_FIGURES = frozenset({"complexity", "own-count", "no-new-findings"})
_HELPER = re.compile(r"def (_\w+)")


@dataclass
class Soundness:
    """``outcomes`` of right extractions and of mistakes in them; ``wrong``: the wrong proofs."""

    outcomes: Counter[str] = field(default_factory=Counter)
    wrong: list[str] = field(default_factory=list)

    def try_function(self, source: str, rng: random.Random, most: int = 3, each: int = 4) -> None:
        """Judge up to ``most`` extractions, and ``each`` mistakes in those that are proved."""
        found = extractions(source)
        for after in rng.sample(found, min(most, len(found))):
            outcome = _judged(source, after)
            self.outcomes[f"right, {outcome}"] += 1
            if outcome == "proved":
                self._make_mistakes(source, after, rng, each)

    def _make_mistakes(self, source: str, after: str, rng: random.Random, each: int) -> None:
        names = {"f", *_HELPER.findall(after)}
        if _judged(source, rewritten(after, names)) != "proved":
            self.outcomes["right, not proved when written anew"] += 1
            return
        kinds = rng.sample(sorted(OPERATORS), len(OPERATORS))
        for mutant in islice(mutants(after, names, rng, per_kind=1, kinds=kinds), each):
            outcome = _judged(source, mutant.source)
            self.outcomes[f"mistake, {outcome}"] += 1
            differs = difference(source, mutant.source) if outcome == "proved" else ""
            if differs:
                self.wrong.append(f"{mutant.kind} in {mutant.function}\n{differs}")


def _judged(before: str, after: str) -> str:
    function = "C.f" if before.startswith("class") else "f"
    verdict = RefactoringGate(lizard_measure).verify(
        before, after, path="a.py", language="python", function=function
    )
    if {check.name for check in verdict.failures} - _FIGURES:
        return "rejected"
    passed = {check.name for check in verdict.checks if check.status == "passed"}
    return "proved" if "round-trip" in passed else "not proved"

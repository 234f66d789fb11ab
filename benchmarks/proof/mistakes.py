"""Makes mistakes in right proposals: what do the static checks let through, and then the tests?"""

from __future__ import annotations

import ast
import difflib
import random
import sys
from collections import Counter
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING

from architect_agents.gate import RefactoringGate
from architect_agents.refactoring.module_source import Function, read_module
from architect_agents.types import RefactorRequest, Verdict
from architect_server.asking import figures

sys.path.insert(0, str(Path(__file__).parents[2] / "tests"))
from mutation_operators import OPERATORS, Mutant, mutants, rewritten

if TYPE_CHECKING:
    from suite import Suite


@dataclass
class Mistakes:
    """``outcomes``: by kind, how many were rejected, left unproved, or shown as proved.

    A kind's ``proved`` are the ones that the static checks let through; of these, ``by tests``
    says which the project's own tests caught. ``unusable`` counts right proposals that were not
    proved once they were merely written out anew: a mistake in these would prove nothing.
    """

    outcomes: dict[str, dict[str, int]] = field(default_factory=dict)
    missed: list[dict[str, str]] = field(default_factory=list)
    unusable: int = 0

    def count(self, kind: str, outcome: str) -> None:
        of_kind = self.outcomes.setdefault(kind, {"rejected": 0, "not proved": 0, "proved": 0})
        of_kind[outcome] += 1


def make_mistakes(
    request: RefactorRequest,
    after: str,
    added: frozenset[str],
    suite: Suite,
    covering: list[str],
    wanted: int,
    rng: random.Random,
    made: Mistakes,
) -> None:
    """Up to ``wanted`` mistakes, each of another kind, in the function and its helpers."""
    gate = RefactoringGate(figures)
    names = _touched(after, added | {request.function})
    if not names or _outcome(gate.judge(request, rewritten(after, names))) != "proved":
        made.unusable += 1
        return
    kinds = rng.sample(sorted(OPERATORS), len(OPERATORS))
    for mutant in islice(mutants(after, names, rng, per_kind=1, kinds=kinds), wanted):
        outcome = _outcome(gate.judge(request, mutant.source))
        made.count(mutant.kind, outcome)
        if outcome == "proved":
            broken = suite.broken_by({request.path: mutant.source}, covering)
            made.missed.append(_miss(request, after, mutant, broken))


def _outcome(verdict: Verdict) -> str:
    if not verdict.accepted:
        return "rejected"
    return "proved" if verdict.proof else "not proved"


def _touched(after: str, qualified: frozenset[str]) -> set[str]:
    """The plain names of these functions, where no other function of the file has the name."""
    functions: tuple[Function, ...] = read_module(after.removeprefix("\ufeff")).functions
    counts = Counter(one.name for one in functions)
    return {
        one.name for one in functions if one.qualified_name in qualified and counts[one.name] == 1
    }


def _miss(
    request: RefactorRequest, after: str, mutant: Mutant, broken: list[str]
) -> dict[str, str]:
    lines = difflib.unified_diff(
        _function(after, mutant.function),
        _function(mutant.source, mutant.function),
        lineterm="",
        n=1,
    )
    return {
        "kind": mutant.kind,
        "place": f"{request.path} `{request.function}`",
        "difference": "\n".join(list(lines)[2:30]),
        "caught by tests": broken[0] if broken else "",
    }


def _function(source: str, name: str) -> list[str]:
    """One function written out from its tree, so that only the mistake differs."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.name == name:
            return ast.unparse(node).splitlines()
    return []

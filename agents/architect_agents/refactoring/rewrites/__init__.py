"""Refactorings that stay where they are: they make a function simpler without a helper.

| module              | what it does                                        | lowers  |
|---------------------|-----------------------------------------------------|---------|
| `or_chain`          | ``x == 1 or x == 2`` → ``x in (1, 2)``, and the like | CCN     |
| `flag_loop`         | a loop that looks for something → ``any``, ``all``  | CCN     |
| `merged_ifs`        | ``if a: if b:`` → ``if a and b:``                   | nesting |
| `guard_clause`      | ``if a: …`` at the end → ``if not a: return``       | nesting |
| `else_after_return` | ``else`` behind a branch that leaves → no ``else``  | nesting |

Each module says under which preconditions the code means the same afterwards. What does not
meet them is refused by name. The gate proves the last three by the normal form of the round trip;
for the first two it brings both versions to the same form (see ``equivalence``).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from architect_agents.refactoring.refusal import Refusal
from architect_agents.refactoring.rewrites import (
    else_after_return,
    flag_loop,
    guard_clause,
    merged_ifs,
    or_chain,
)
from architect_agents.refactoring.rewrites.rewrite import Rewrite
from architect_agents.refactoring.subject import Subject

__all__ = ["COLLAPSING", "Rewrite", "rewrites"]

#: The rules that need more than the round trip's normal form.
COLLAPSING = (or_chain.find, flag_loop.find)
_RULES = {
    "ccn": COLLAPSING,
    "nesting": (merged_ifs.find, else_after_return.find, guard_clause.find),
}


def rewrites(subject: Subject, figure: str, note: Callable[[Refusal], None]) -> Iterator[Rewrite]:
    """The rewrites of ``subject`` that lower ``figure``; ``note`` is told what was refused."""
    for find in _RULES.get(figure, ()):
        yield from find(subject, note)

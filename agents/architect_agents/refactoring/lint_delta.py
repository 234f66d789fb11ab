"""What pyflakes finds in the new version and did not find in the old one."""

from __future__ import annotations

from collections import Counter
from functools import lru_cache

from pyflakes import checker

from architect_agents.refactoring.comparison import Comparison
from architect_agents.refactoring.module_source import parse_quietly
from architect_agents.types import Check

NAME = "lint"

#: Said of a name each time that it is mentioned, which a signature may do once more.
_ONCE_IS_ENOUGH = frozenset({"ImportStarUsage"})


def check_lint(comparison: Comparison) -> Check:
    """No name got undefined or unused, nothing else that pyflakes knows got worse."""
    before = _messages(comparison.before.text)
    after = _messages(comparison.after.text)
    if before is None or after is None:
        return Check(NAME, "not-run", "Pyflakes gave up on this file.")
    known = Counter(key for key, _ in before)
    for key, text in after:
        if known[key] == 0:
            return Check(NAME, "failed", f"New for pyflakes: {text}.")
        if key[0] not in _ONCE_IS_ENOUGH:
            known[key] -= 1
    return Check(NAME, "passed", "Pyflakes finds nothing that it did not find before.")


_Message = tuple[tuple[str, str], str]


@lru_cache(maxsize=8)
def _messages(text: str) -> tuple[_Message, ...] | None:
    """The messages as ((kind, name), sentence), or None where pyflakes itself breaks."""
    # Pyflakes hangs links to the parents into the nodes, so it gets a tree of its own.
    tree = parse_quietly(text)
    try:
        found = checker.Checker(tree, "<module>").messages
    except Exception:  # its bugs on odd code, and its recursion, must not become ours
        return None
    return tuple(
        (
            (type(one).__name__, str(one.message_args[0]) if one.message_args else ""),
            f"line {one.lineno}, {one.message % one.message_args}",
        )
        for one in sorted(found, key=lambda one: (one.lineno, one.col))
    )

"""Whether two versions mean the same though one was rewritten in place (see ``rewrites``).

Both versions are brought to one form: every chain of tests and every searching loop that the
rules may join is joined, in the changed functions and in their helpers. If the round trip holds
between the results, the change is moved code and such rewrites, nothing else. Each rule checks
its own preconditions on the version that it is applied to.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from architect_agents.refactoring.comparison import Comparison
from architect_agents.refactoring.flow import FlowTooLargeError
from architect_agents.refactoring.module_source import (
    ModuleSource,
    UnreadableSourceError,
    read_module,
)
from architect_agents.refactoring.refusal import Refusal, RefusedError
from architect_agents.refactoring.rewrites import COLLAPSING, Rewrite
from architect_agents.refactoring.round_trip import check_round_trip
from architect_agents.refactoring.splice import apply_edits
from architect_agents.refactoring.subject import Subject
from architect_agents.types import Check

NAME = "equivalence"

#: More rewrites in one function than anybody writes by hand.
_MOST = 50

Key = tuple[str, int]


def check_equivalence(comparison: Comparison, round_trip: Check) -> Check:
    """The round trip of the collapsed versions; ``round_trip`` is that of the versions as given."""
    if round_trip.status == "passed":
        return Check(NAME, "not-run", "The round trip holds without it.")
    assumed: set[str] = set()
    before = _collapsed(comparison.before, [one.before.key for one in comparison.targets], assumed)
    keys = [one.after.key for one in comparison.targets]
    keys += [one.key for one in comparison.helpers]
    after = _collapsed(comparison.after, keys, assumed)
    if before is comparison.before and after is comparison.after:
        return Check(NAME, "not-run", "Nothing was rewritten by a rule that is known to be safe.")
    target = before.by_key.get(comparison.target.key) if comparison.target else None
    found = check_round_trip(Comparison(before, after, target))
    if found.status != "passed":
        return Check(NAME, "not-run", f"Also joined, the versions differ. {found.detail}")
    text = "With chains of tests and searching loops joined in both versions, they are the same"
    given = f", if {'; '.join(sorted(assumed))}" if assumed else ""
    return Check(NAME, "passed", f"{text}{given}.")


def _collapsed(module: ModuleSource, keys: list[Key], assumed: set[str]) -> ModuleSource:
    """``module`` with every rewrite done in the functions of ``keys``; itself if there is none."""
    for key in keys:
        for _ in range(_MOST):
            rewrite = next(_rewrites(module, key), None)
            if rewrite is None:
                break
            try:
                module = read_module(apply_edits(module.text, rewrite.edits))
            except UnreadableSourceError:
                break
            if rewrite.assumption:
                assumed.add(rewrite.assumption)
    return module


def _rewrites(module: ModuleSource, key: Key) -> Iterator[Rewrite]:
    function = module.by_key.get(key)
    if function is None:
        return
    try:
        subject = Subject(module, function)
        for find in COLLAPSING:
            yield from find(subject, _ignore)
    except (RefusedError, FlowTooLargeError, RecursionError):
        return


_ignore: Callable[[Refusal], None] = lambda _: None  # noqa: E731

"""What is known of a function stays while another line is half typed."""

from __future__ import annotations

import pytest

from architect_server.analysis.incremental.completing import Completed, complete
from architect_server.analysis.incremental.memory import Memory
from architect_server.analysis.incremental.text import IncrementalText

TEXT = (
    "class A:\n    def f(self, a):\n        return a or 1\n\n    def g(self, a):\n"
    "        b = a\n        return a and b\n\n\n"
    "class B:\n    @deco\n    def h(self):\n        return 1 if self else 2\n\n\n"
    "def last(a):\n    return a"
)
FUNCTIONS = [("A.f", 2), ("A.g", 5), ("B.h", 12), ("last", 16)]


def _known(completed: Completed | None) -> list[tuple[str, int]]:
    assert completed is not None
    metrics = completed.layout.metrics()
    return [(one.qualified_name, one.start_line) for one in metrics.functions]


@pytest.mark.parametrize("typed", ['"""', "'''", "(", "{", "x = [", "if a:\n", "\n    )"])
@pytest.mark.parametrize("before", ["        b = a\n", "a and b\n", "\n\n\nclass B:"])
def test_functions_above_and_below_a_half_typed_line_stay(typed: str, before: str) -> None:
    pieces = IncrementalText(TEXT, "python", Memory())
    sound = complete(pieces.layout(), None)
    assert _known(sound) == FUNCTIONS
    at, added = TEXT.index(before), typed.count("\n")
    pieces.edit(at, at, typed)
    broken = complete(pieces.layout(), sound)
    others = [("A.f", 2), ("B.h", 12 + added), ("last", 16 + added)]
    assert [one for one in _known(broken) if one[0] != "A.g"] == others
    pieces.edit(at, at + len(typed), "")
    assert _known(complete(pieces.layout(), broken)) == FUNCTIONS


def test_what_was_carried_over_is_carried_on_while_more_is_typed() -> None:
    pieces = IncrementalText(TEXT, "python", Memory())
    known = complete(pieces.layout(), None)
    at = TEXT.index("        b = a\n")
    for typed in ('"""', "a", " note", "\n", "        of two lines"):
        pieces.edit(at, at, typed)
        at += len(typed)
        known = complete(pieces.layout(), known)
        names = [name for name, _ in _known(known)]
        assert {"A.f", "B.h", "last"} <= set(names)
        assert len(names) == len(set(names))
    assert ("last", 17) in _known(known)


def test_a_text_that_was_broken_from_the_start_has_nothing_to_be_completed_from() -> None:
    pieces = IncrementalText("def f(a):\n    return (\n", "python", Memory())
    assert complete(pieces.layout(), None) is None

"""Edits between two texts: exact, small, apart from one another."""

from __future__ import annotations

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from architect_agents.refactoring.splice import apply_edits, edits_between
from architect_agents.types import SourceEdit

LINES = st.lists(st.sampled_from(["a\n", "b\r\n", "c\r", "\n", "\U0001d518\n", "e\f f\n", "g"]))
TEXTS = LINES.map("".join)


@given(TEXTS, TEXTS)
def test_the_edits_give_the_new_text_exactly(before: str, after: str) -> None:
    assert apply_edits(before, edits_between(before, after)) == after


@given(TEXTS, TEXTS)
def test_the_edits_are_in_order_and_do_not_touch(before: str, after: str) -> None:
    edits = edits_between(before, after)
    for one, other in itertools.pairwise(edits):
        assert one.end < other.start
    assert not edits or before != after


def test_only_the_lines_that_differ_are_touched() -> None:
    before = "one\ntwo\nthree\nfour\n"
    assert edits_between(before, "one\n2\nthree\nfour\nfive\n") == (
        SourceEdit(4, 8, "2\n"),
        SourceEdit(19, 19, "five\n"),
    )


@pytest.mark.parametrize(
    "edits",
    [
        [SourceEdit(0, 3, ""), SourceEdit(2, 4, "")],
        [SourceEdit(2, 1, "")],
        [SourceEdit(0, 99, "")],
        [SourceEdit(-1, 0, "")],
    ],
)
def test_edits_that_overlap_or_leave_the_text_are_refused(edits: list[SourceEdit]) -> None:
    with pytest.raises(ValueError, match="offset"):
        apply_edits("abcdef", edits)


def test_edits_may_come_in_any_order() -> None:
    edits = [SourceEdit(4, 6, "X"), SourceEdit(0, 1, "")]
    assert apply_edits("abcdef", edits) == "bcdX"

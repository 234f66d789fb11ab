"""Many decision points in a few entries: nothing lost, neighbours together."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from architect_server.analysis.decision_groups import counted_kinds, neighbours
from architect_server.analysis.model import Decision


def at(*lines: int) -> list[Decision]:
    return [Decision(line, "if") for line in lines]


def lines(groups: list[list[Decision]]) -> list[list[int]]:
    return [[decision.line for decision in group] for group in groups]


def test_they_are_cut_where_the_most_lines_lie_between() -> None:
    groups = neighbours(at(3, 4, 20, 21, 23, 60), 3)
    assert lines(groups) == [[3, 4], [20, 21, 23], [60]]


def test_points_on_one_line_stay_together() -> None:
    assert lines(neighbours(at(3, 3, 3), 3)) == [[3, 3, 3]]


def test_each_kind_is_named_once_with_its_number() -> None:
    points = [Decision(1, "if"), Decision(1, "and"), Decision(2, "if")]
    assert counted_kinds(points) == ["2x if", "and"]


@given(st.lists(st.integers(1, 200), min_size=1), st.integers(1, 9))
def test_none_is_lost_and_there_are_no_more_groups_than_asked_for(
    places: list[int], most: int
) -> None:
    groups = neighbours(at(*places), most)
    assert len(groups) <= most
    assert [line for group in lines(groups) for line in group] == sorted(places)
    assert all(groups)

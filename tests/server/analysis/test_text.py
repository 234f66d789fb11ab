"""Lines and offsets follow the protocol: only LF, CRLF and CR end a line."""

from __future__ import annotations

import re

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from architect_server.analysis.text import LineTable, unify_line_ends

TEXTS = st.text(alphabet="ab\r\n\f\v\x85\u2028😀\ufeff", max_size=40)


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        ("", [""]),
        ("a", ["a"]),
        ("a\n", ["a", ""]),
        ("a\r\nb\rc\nd", ["a", "b", "c", "d"]),
        ("\r\r\n\n", ["", "", "", ""]),
        ("a\fb\vc\x85d\u2028e\x1c", ["a\fb\vc\x85d\u2028e\x1c"]),
    ],
)
def test_only_three_marks_end_a_line(text: str, lines: list[str]) -> None:
    table = LineTable(text)
    assert table.line_count == len(lines)
    assert [table.line_text(line) for line in range(table.line_count)] == lines
    assert unify_line_ends(text).split("\n") == lines


@given(TEXTS)
def test_lines_are_those_of_a_plain_reference(text: str) -> None:
    table = LineTable(text)
    reference = re.split(r"\r\n|\n|\r", text)
    assert [table.line_text(line) for line in range(table.line_count)] == reference


@given(TEXTS, st.integers(-3, 45))
def test_an_offset_comes_back_from_its_position(text: str, offset: int) -> None:
    table = LineTable(text)
    line, column = table.position(offset)
    inside = min(max(offset, 0), len(text))
    back = table.offset(line, column)
    # A place inside a line end has no position of its own: it is the end of its line.
    assert back == inside or (back < inside and set(text[back:inside]) <= {"\r", "\n"})


@pytest.fixture
def small_blocks(monkeypatch: pytest.MonkeyPatch) -> None:
    """Tables of a few lines then have as many blocks as those of a large file."""
    monkeypatch.setattr("architect_server.analysis.text._BLOCK", 2)


@pytest.mark.usefixtures("small_blocks")
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(TEXTS, st.lists(st.tuples(st.integers(0, 60), st.integers(0, 9), TEXTS), max_size=6))
def test_a_spliced_table_is_that_of_the_new_text(
    text: str, edits: list[tuple[int, int, str]]
) -> None:
    table = LineTable(text)
    for start, length, new in edits:
        start = min(start, len(text))
        end = min(start + length, len(text))
        table, text = table.spliced(start, end, new), text[:start] + new + text[end:]
        fresh = LineTable(text)
        assert table.text == text
        assert table.line_count == fresh.line_count
        for line in range(-1, fresh.line_count + 2):
            assert table.line_start(line) == fresh.line_start(line)
            assert table.line_text(line) == fresh.line_text(line)
        for offset in range(len(text) + 1):
            assert table.position(offset) == fresh.position(offset)


def test_positions_outside_are_moved_to_the_nearest_inside() -> None:
    table = LineTable("ab\ncd")
    assert table.offset(0, 99) == 2
    assert table.offset(9, 0) == 5
    assert table.offset(-1, -1) == 0
    assert table.line_text(7) == ""
    assert table.line_start(7) == 5
    assert table.line_end(7) == 5

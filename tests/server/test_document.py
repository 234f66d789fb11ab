"""Texts are kept as the protocol says, held against the plainest reading of it."""

from __future__ import annotations

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from architect_server.document import Change, Document, Encoding, Place, Splice, rebase

#: Line ends of the protocol, characters that only look like one, and characters of every width.
ALPHABET = "ab \t\n\r\f\v\x1c\x85\u2028\ufeff\u00e9\u20ac\U0001f60b"
TEXTS = st.text(ALPHABET, max_size=40)
ENCODINGS: dict[Encoding, tuple[str, int]] = {
    "utf-8": ("utf-8", 1),
    "utf-16": ("utf-16-le", 2),
    "utf-32": ("utf-32-le", 4),
}


def reference_lines(text: str) -> list[str]:
    """The lines without their ends, by the protocol's own sentence: '\\n', '\\r\\n' and '\\r'."""
    return re.split(r"\r\n|\n|\r", text)


def reference_offset(text: str, place: Place, encoding: Encoding) -> int:
    """Count lines and code units one by one."""
    lines = [match.end() for match in re.finditer(r"\r\n|\n|\r", text)]
    starts = [0, *lines]
    if place.line >= len(starts):
        return len(text)
    line = reference_lines(text)[place.line]
    codec, width = ENCODINGS[encoding]
    units, column = 0, 0
    for character in line:
        units += len(character.encode(codec)) // width
        if units > place.character:
            break
        column += 1
    return starts[place.line] + column


@st.composite
def edits(draw: st.DrawFn) -> tuple[str, list[tuple[Place, Place, str]]]:
    """A text, and edits at places that may lie inside, beside or beyond it."""
    text = draw(TEXTS)
    place = st.builds(Place, st.integers(0, 8), st.integers(0, 12))
    changes = st.tuples(place, place, TEXTS)
    return text, draw(st.lists(changes, min_size=1, max_size=5))


@pytest.mark.parametrize("encoding", ENCODINGS)
@given(case=edits())
@settings(max_examples=400, deadline=None)
def test_incremental_edits_give_what_the_protocol_says(
    encoding: Encoding, case: tuple[str, list[tuple[Place, Place, str]]]
) -> None:
    text, changes = case
    document = Document("file:///a", 1, "python", text)
    for version, (one, other, new) in enumerate(changes, start=2):
        start, end = sorted((one, other), key=lambda p: reference_offset(text, p, encoding))
        document = document.changed(version, [Change(new, start, end)], encoding)
        first = reference_offset(text, start, encoding)
        last = max(first, reference_offset(text, end, encoding))
        text = text[:first] + new + text[last:]
        assert document.text == text
        assert document.version == version
        lines = reference_lines(text)
        assert document.lines.line_count == len(lines)
        assert [document.lines.line_text(n) for n in range(len(lines))] == lines


@pytest.mark.parametrize("encoding", ENCODINGS)
@given(text=TEXTS)
@settings(max_examples=200, deadline=None)
def test_a_place_and_its_offset_are_the_same_spot(encoding: Encoding, text: str) -> None:
    document = Document("file:///a", 1, "python", text)
    for offset in range(len(text) + 1):
        if text[offset - 1 : offset + 1] == "\r\n":
            continue  # there is no place between the two
        place = document.place(offset, encoding)
        assert document.offset(place, encoding) == offset
        assert reference_offset(text, place, encoding) == offset


@given(TEXTS, TEXTS, TEXTS, TEXTS, TEXTS)
@settings(max_examples=300, deadline=None)
def test_an_edit_elsewhere_moves_a_splice_or_withdraws_it(
    head: str, old: str, middle: str, edited: str, tail: str
) -> None:
    """Whatever moves, the splice replaces the very text that it was made for."""
    before = head + old + middle + tail
    after = head + old + edited + tail
    splice = Splice(len(head), len(head) + len(old), "NEW")
    moved = rebase([splice], before, after)
    if moved is not None:
        (now,) = moved
        assert after[now.start : now.end] == old


def test_an_edit_that_touches_a_splice_withdraws_it() -> None:
    before = "def f():\n    return 1\n\nx = 1\n"
    splice = Splice(0, before.index("\n\nx"), "def f(): ...")
    assert rebase([splice], before, before.replace("return 1", "return 2")) is None
    (moved,) = rebase([splice], before, f"# above\n{before}") or ()
    assert moved == Splice(splice.start + 8, splice.end + 8, splice.text)
    assert rebase([splice], before, before.replace("x = 1", "x = 2")) == (splice,)

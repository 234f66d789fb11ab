"""Where only simple statements of a piece changed, its figures are what reading it whole gives."""

from __future__ import annotations

import random
import sysconfig
from pathlib import Path

import pytest

from architect_server.analysis.incremental.lines import measure_lines
from architect_server.analysis.incremental.measured import (
    NotProvableError,
    measure_parsed,
    piece_parses,
)
from architect_server.analysis.incremental.memory import Memory
from architect_server.analysis.incremental.text import IncrementalText
from half_typing import random_line_edit

PIECE = (
    "def f(a, b):\n"
    "    x = a or b\n"
    "    if a and b:\n"
    "        x += 1\n"
    "        y = (\n"
    "            a\n"
    "        )\n"
    "    else:\n"
    "        return a\n"
    "\n"
    "    def g(c):\n"
    "        z = c\n"
    "        return z or g\n"
    "\n"
    "    # a comment\n"
    "    f.h = g(x)\n"
    "    x = 'a' 'b'  # another\n"
    "    return x\n"
    "\n"
    "\n"
)

#: What becomes of a line, and whether that can be known without reading the piece.
EDITS = {
    "one more operator": ("x = a or b\n", "x = a or b and a\n", True),
    "one operator less": ("x = a or b\n", "x = a\n", True),
    "a line more": ("        x += 1\n", "        x += 1\n        x = b or 2\n", True),
    "two lines for one, in an inner function": (
        "        z = c\n", "        z = c\n        z = z and c\n", True,
    ),
    "the last line": ("    return x\n", "    x = x or 1\n    return x\n", True),
    "a line less": ("    x = 'a' 'b'  # another\n    return x\n", "    return x\n", True),
    "an expression in a formatted string": ("'a' 'b'", "F'{a or b}'", True),
    "a prefix that is called as the function is": ("'a' 'b'", "f'{a or b}'", False),
    "a comment behind a line": ("        x += 1\n", "        x += 1  # or not\n", True),
    "a conditional expression": ("x = a or b\n", "x = a if b else 1\n", False),
    "a comprehension": ("x = a or b\n", "x = [i for i in a]\n", False),
    "a lambda": ("x = a or b\n", "x = lambda: a or b\n", False),
    "a with statement in one line": ("        x += 1\n", "        with a: b\n", False),
    "a loop in one line": ("        x += 1\n", "        while a: b()\n", False),
    "a string like a comment of C": ("'a' 'b'", "'/*' '*/'", True),
    "an operator of one character": ("'a' 'b'", "-a * b[{1: ~b}] << 2", True),
    "a call of itself": ("        z = c\n", "        z = f(c)\n", False),
    "a bracket in front": ("    return x\n", "    (x)\n", False),
    "a line that is continued": ("    return x\n", "    return \\\n", False),
    "an open string": ("    return x\n", "    return '''\n", False),
    "a line inside a bracket": ("            a\n", "            b\n", False),
    "a header": ("    if a and b:\n", "    if a or b or 1:\n", False),
    "another depth": ("        x += 1\n", "    x += 1\n", False),
    "a blank line": ("        x += 1\n", "\n", False),
    "a comment alone": ("    # a comment\n", "    # another comment\n", False),
    "a comment of lizard's": ("        x += 1\n", "        x += 1  # lizard forgives\n", False),
    "no code at all": ("        x += 1\n", "        x +\n", False),
    "white space that is none": ("        x += 1\n", "        x += 1\u00a0\n", False),
}  # fmt: skip


@pytest.mark.parametrize("edit", EDITS.values(), ids=EDITS.keys())
def test_a_changed_line_is_measured_alone_where_that_can_be_known(
    edit: tuple[str, str, bool],
) -> None:
    old, new, alone = edit
    assert old in PIECE
    changed = PIECE.replace(old, new, 1)
    found = measure_lines(PIECE, measure_parsed(PIECE, indented=False), changed)
    assert (found is not None) == alone
    if found is not None:
        whole = measure_parsed(changed, indented=False)
        assert found == whole
        assert found.line_kinds == whole.line_kinds


def _sample() -> list[Path]:
    folder = Path(sysconfig.get_path("stdlib"))
    files = sorted(path for path in folder.glob("*.py") if 3_000 < path.stat().st_size < 40_000)
    return random.Random(20261126).sample(files, 12)


def test_lines_typed_into_real_code_are_measured_as_in_the_whole_piece() -> None:
    alone = sum(map(_type_into, _sample()))
    assert alone > 50


def _type_into(path: Path) -> int:
    """How many edits of the file's pieces could be measured by their lines, all of them rightly."""
    chance = random.Random(path.name)
    text = path.read_bytes().decode("utf-8", errors="replace").replace("\r", "")
    try:
        parts = IncrementalText(text, "python", Memory()).parts
    except NotProvableError:
        return 0
    at = alone = 0
    for part in parts:
        indented, piece = part.piece.inside is not None, text[at : at + part.piece.length]
        at += len(piece)
        known = part.measured
        for _ in range(12):
            start, end, new = random_line_edit(chance, piece)
            changed = piece[:start] + new + piece[end:]
            found = measure_lines(piece, known, changed)
            if found is not None:
                assert piece_parses(changed, indented), (start, end, new)
                whole = measure_parsed(changed, indented)
                assert found == whole, (start, end, new)
                assert not whole.line_kinds or found.line_kinds == whole.line_kinds
                piece, known, alone = changed, found, alone + 1
    return alone

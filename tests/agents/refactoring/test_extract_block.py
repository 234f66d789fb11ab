"""Extracting a block: the right text, or a refusal with a name."""

from __future__ import annotations

import ast
import sys

import pytest

from architect_agents.refactoring.extract_lines import extract_lines
from architect_agents.refactoring.refusal import Refusal
from refactoring_cases import RefactoringCase, read_cases

EXTRACTED = [
    case
    for name in ("extract_block.md", "exit_forms.md", "placement.md", "annotations.md")
    for case in read_cases(name)
]
REFUSED = list(read_cases("refusals.md"))


def extract(case: RefactoringCase, before: str | None = None) -> str | Refusal:
    first, last = case.lines
    return extract_lines(
        case.before if before is None else before,
        function=case.function,
        start_line=1,
        first_line=first,
        last_line=last,
        name=case.settings.get("name"),
    )


@pytest.mark.parametrize("case", EXTRACTED, ids=str)
def test_a_block_becomes_a_helper_and_a_call(case: RefactoringCase) -> None:
    after = extract(case)
    assert after == case.after
    ast.parse(str(after))


@pytest.mark.parametrize("case", REFUSED, ids=str)
def test_what_would_change_the_meaning_is_refused_by_name(case: RefactoringCase) -> None:
    refusal = extract(case)
    assert isinstance(refusal, Refusal), refusal
    assert refusal.code == case.settings["refused"]
    assert refusal.sentence.endswith(".")


@pytest.mark.parametrize("newline", ["\r\n", "\r"])
@pytest.mark.parametrize("case", EXTRACTED, ids=str)
def test_line_ends_are_kept(case: RefactoringCase, newline: str) -> None:
    assert case.after is not None
    after = extract(case, case.before.replace("\n", newline))
    assert after == case.after.replace("\n", newline)


@pytest.mark.parametrize("case", EXTRACTED, ids=str)
def test_a_byte_order_mark_and_a_missing_last_newline_are_no_matter(case: RefactoringCase) -> None:
    assert case.after is not None
    after = extract(case, "\ufeff" + case.before.rstrip("\n"))
    assert isinstance(after, str)
    assert after.rstrip("\n") == "\ufeff" + case.after.rstrip("\n")


@pytest.mark.skipif(sys.version_info < (3, 12), reason="the syntax came with Python 3.12")
def test_type_aliases_are_variables_and_type_parameters_do_not_leave_their_function() -> None:
    source = (
        "def f[T: int](items: list[T], size: int) -> None:\n"
        "    type Row = list[size]\n"
        "    if items and size:\n"
        "        print(items)\n"
        "    print(Row)\n"
    )
    after = extract_lines(source, function="f", start_line=1, first_line=2, last_line=4, name="_g")
    assert "    Row = _g(items, size)\n" in str(after)
    assert "def _g(items, size: int):\n" in str(after)

"""A function is found again after other lines moved, and not after it changed itself."""

from __future__ import annotations

from textwrap import indent

import pytest

from architect_server.analysis.anchor import fingerprint, relocate
from architect_server.analysis.measure import measure

_OWN = "@cached\ndef total(a):\n    if a:\n        return 1\n    return 2\n"


def _relocate(before: str, after: str, name: str) -> int | None:
    (function,) = [
        found for found in measure(before, "python").functions if found.qualified_name == name
    ]
    mark = fingerprint(before, function)
    found = relocate(measure(after, "python"), after, name, mark)
    return found.start_line if found else None


@pytest.mark.parametrize(
    ("after", "line"),
    [
        (_OWN, 2),
        ("import os\n\n\n" + _OWN, 5),
        (_OWN.replace("\n", "\r\n"), 2),
        (_OWN.replace(":\n", ":   \n"), 2),
        ("if True:\n" + indent(_OWN, "    "), 3),
        (_OWN + "\n\ndef other():\n    pass\n", 2),
        (_OWN.replace("return 2", "return 3"), None),
        (_OWN.replace("@cached", "@slow"), None),
        (_OWN.replace("total", "sum_up"), None),
        (_OWN + _OWN, None),
        ("", None),
    ],
)
def test_only_an_unchanged_and_single_function_is_found(after: str, line: int | None) -> None:
    assert _relocate(_OWN, after, "total") == line


def test_two_of_one_name_are_told_apart_by_their_text() -> None:
    before = "class A:\n    def x(self):\n        return 1\n    def x(self, a):\n        return a\n"
    metrics = measure(before, "python")
    after = "\n\n" + before
    for function in metrics.functions:
        found = relocate(measure(after, "python"), after, "A.x", fingerprint(before, function))
        assert found is not None
        assert found.start_line == function.start_line + 2

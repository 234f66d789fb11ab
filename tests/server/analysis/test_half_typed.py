"""While one function is half typed, the figures of all the others stand still."""

from __future__ import annotations

import random
import sysconfig
from pathlib import Path

import pytest

from architect_server.analysis.measure import measure
from architect_server.analysis.model import FileMetrics

_FIGURES = tuple[int, int, int, int]

_STARTS = [
    "x = foo(",
    "x = [1,",
    '"""',
    "x.",
    "if a:",
    "def ",
    "'",
    'x = "abc',
    "for i in",
    "try:",
    "else:",
    "@",
    ")",
    "return (",
    'f"{a',
    "lambda",
    "\\",
    "async",
]


def _others(metrics: FileMetrics, line: int, shift: int) -> dict[tuple[str, int], _FIGURES]:
    """Figures of the functions that do not hold ``line``, where they stand after an insertion."""
    return {
        (function.qualified_name, function.start_line + shift * (function.start_line > line)): (
            function.ccn,
            function.nloc,
            function.tokens,
            function.parameters,
        )
        for function in metrics.functions
        if not function.start_line <= line <= function.end_line
    }


@pytest.mark.parametrize("start", _STARTS)
def test_a_line_begun_inside_a_function_leaves_the_others_alone(start: str) -> None:
    folder = Path(sysconfig.get_path("stdlib"))
    files = sorted(path for path in folder.glob("*.py") if 8_000 < path.stat().st_size < 25_000)
    chance = random.Random(start)
    kept = lost = 0
    for path in chance.sample(files, 3):
        text = path.read_text(encoding="utf-8")
        before = measure(text, "python")
        if not before.functions:
            continue
        function = chance.choice(before.functions)
        line = function.end_line
        lines = text.split("\n")
        blank = lines[line - 1][: len(lines[line - 1]) - len(lines[line - 1].lstrip())]
        lines.insert(line, f"{blank}{start}")
        after = measure("\n".join(lines), "python")
        now = _others(after, 0, 0)
        for key, figures in _others(before, line, 1).items():
            kept += now.get(key) == figures
            lost += now.get(key) != figures
    # An open quote may take its neighbour along.
    assert lost * 10 <= kept


def test_the_broken_function_itself_is_still_counted() -> None:
    text = (
        "class A:\n    def f(self, a):\n        if a:\n            x = g(\n\n"
        "    def g(self):\n        pass\n"
    )
    metrics = measure(text, "python")
    assert [(found.qualified_name, found.ccn) for found in metrics.functions] == [
        ("A.f", 2),
        ("A.g", 1),
    ]
    assert metrics.confidence.level == "partial"
    assert metrics.confidence.from_line == 4
    assert "line 4" in metrics.confidence.reason


def test_a_header_without_its_colon_is_counted_by_lizard() -> None:
    text = "def f(a)\n    return 1\n\ndef g(a):\n    return a or 1\n"
    metrics = measure(text, "python")
    assert [found.qualified_name for found in metrics.functions] == ["f", "g"]
    assert metrics.confidence.from_line == 1

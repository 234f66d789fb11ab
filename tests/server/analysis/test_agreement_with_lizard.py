"""Equal to lizard's own analyzer wherever it saw the whole function, over real files."""

from __future__ import annotations

import random
import sysconfig
from pathlib import Path

import lizard
import pytest

from architect_server.analysis.measure import measure
from architect_server.analysis.model import FunctionMetrics

_FILES = 40
_LARGEST = 80_000


def _sample() -> list[Path]:
    """The same files of the standard library on every run of one interpreter."""
    folder = Path(sysconfig.get_path("stdlib"))
    packages = ("", "asyncio", "email", "json", "logging", "unittest", "xml/dom", "concurrent")
    files = sorted(
        path
        for package in packages
        for path in (folder / package).glob("*.py")
        if 1_000 < path.stat().st_size < _LARGEST
    )
    return random.Random(20261122).sample(files, _FILES)


def _plain(text: str) -> dict[int, tuple[int, ...]]:
    """What lizard prints, by start line: end line, CCN, NLOC, tokens, parameters."""
    functions = lizard.analyze_file.analyze_source_code("source.py", text).function_list
    return {
        function.start_line: (
            function.end_line,
            function.cyclomatic_complexity,
            function.nloc,
            function.token_count,
            function.parameter_count,
        )
        for function in functions
    }


def _figures(function: FunctionMetrics) -> tuple[int, ...]:
    return (
        function.end_line,
        function.ccn,
        function.nloc,
        function.tokens,
        function.parameters,
    )


@pytest.mark.parametrize("path", _sample(), ids=lambda path: path.name)
def test_every_function_is_lizards_or_marked_as_corrected(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    plain = _plain(text)
    metrics = measure(text, "python")
    assert metrics.confidence.level == "complete"
    for function in metrics.functions:
        own = plain.get(function.start_line)
        if function.corrected:
            assert own != _figures(function)
            assert function.raw_ccn == (own[1] if own else None)
        else:
            assert own == _figures(function)
        assert len(function.decisions) == function.ccn - 1
        assert "condition" not in {decision.kind for decision in function.decisions}
        lines = [decision.line for decision in function.decisions]
        assert all(function.start_line <= line <= function.end_line for line in lines)

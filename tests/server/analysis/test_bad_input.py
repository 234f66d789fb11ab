"""Inputs that freeze, kill or mislead lizard end quickly, in a result that says what it is."""

from __future__ import annotations

import time

import pytest

from architect_server.analysis.guards import MAX_CHARACTERS
from architect_server.analysis.measure import measure
from architect_server.analysis.model import FileMetrics

# Generous for a slow machine; the inputs take lizard itself from 20 seconds to for ever.
_SECONDS = 15

_FIRST = "def first(a):\n    if a:\n        return 1\n"


def _names(metrics: FileMetrics) -> list[str]:
    return [function.qualified_name for function in metrics.functions]


HOSTILE = {
    "quotes that never close, then backslashes": (
        "python",
        _FIRST + 'x = """abc' + "\\n" * 60 + "\n",
        "partial",
        ["first"],
    ),
    "the same in single quotes, with pairs of quotes": (
        "python",
        _FIRST + "x = '''abc" + "\\\\ '' " * 400 + "\n",
        "partial",
        ["first"],
    ),
    "a parameter list that never ends": (
        "python",
        _FIRST + "def second(a,\n" + "    x = call(a, b)\n" * 15_000,
        "partial",
        ["first"],
    ),
    "parameters that never end in C": (
        "c",
        "int f(int a) { return a; }\nint g(int a,\n" + "int b, c(d),\n" * 30_000,
        "partial",
        ["f"],
    ),
    "comments that never end": (
        "c",
        "int f(int a) { return a; }\n" + "/* " * 50_000,
        "skipped",
        [],
    ),
    "raw strings that never end": ("cpp", 'R"(' * 30_000, "skipped", []),
    "a comparison before very many ternaries": (
        "typescript",
        "function f(a) { if (a < 3) { return 1; }\n" + "x = a ? b : c;\n" * 8_000 + "}\n",
        "complete",
        ["f"],
    ),
    "many type parameters and a conditional type": (
        "typescript",
        "function f(a) { return 1; }\ntype A<" + "T extends B, " * 60 + " U ? (x) > y\n",
        "complete",
        ["f"],
    ),
    "functions nested too deeply": (
        "javascript",
        "function f() {" * 3_000 + "}" * 3_000,
        "skipped",
        [],
    ),
    "more text than we take": ("python", _FIRST + "#" * MAX_CHARACTERS, "skipped", []),
    "a language that lizard does not read": ("cobol", "MOVE A TO B.", "skipped", []),
    "a NUL": ("python", _FIRST + "\0\n", "partial", ["first"]),
    "half of a surrogate pair": ("python", _FIRST + "x = '\ud800'\n", "partial", ["first"]),
    "an f-string where a parameter should be": (
        "python",
        _FIRST + 'def second(f"{a}"):\n    pass\n',
        "partial",
        None,
    ),
    "parentheses nested too deeply": ("python", "x = " + "(" * 5_000, "partial", []),
    "nothing": ("python", "", "complete", []),
    "only a BOM": ("python", "\ufeff", "complete", []),
}


@pytest.mark.parametrize(
    ("language", "text", "level", "names"), HOSTILE.values(), ids=HOSTILE.keys()
)
def test_hostile_text_ends_quickly_in_an_honest_result(
    language: str, text: str, level: str, names: list[str] | None
) -> None:
    started = time.process_time()
    metrics = measure(text, language)
    assert time.process_time() - started < _SECONDS
    assert metrics.confidence.level == level
    assert (level == "complete") == (metrics.confidence.reason == "")
    if names is not None:
        assert _names(metrics) == names


def test_nested_functions_do_not_double_their_names() -> None:
    text = "".join(" " * depth + f"def f{depth}(a):\n" for depth in range(90)) + " " * 90 + "a\n"
    metrics = measure(text, "python")
    assert metrics.confidence.level == "complete"
    assert len(metrics.functions) == 90
    assert metrics.functions[2].qualified_name == "f0.f1.f2"
    assert all(function.end_line == 91 for function in metrics.functions)


def test_five_hundred_nested_functions_are_measured_where_ast_gives_up() -> None:
    text = "".join(" " * depth + f"def f{depth}(a):\n" for depth in range(500)) + " " * 500 + "a\n"
    metrics = measure(text, "python")
    assert metrics.confidence.level == "partial"
    assert len(metrics.functions) == 500


_LINES = ["class A:", "    def f(self):", "        if self:", "            return 1", ""]


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"], ids=["LF", "CRLF", "CR"])
def test_line_ends_of_every_kind_give_the_same_lines(end: str) -> None:
    metrics = measure(end.join(_LINES), "python")
    assert metrics.confidence.level == "complete"
    assert metrics == measure("\n".join(_LINES), "python")
    (function,) = metrics.functions
    assert (function.start_line, function.end_line, function.ccn) == (2, 4, 2)


@pytest.mark.parametrize("character", "\v\f\x1c\x1d\x1e\x85\u2028\u2029", ids=ascii)
@pytest.mark.parametrize("language", ["python", "c"])
def test_characters_that_only_look_like_line_ends_move_nothing(
    character: str, language: str
) -> None:
    mark = "#" if language == "python" else "//"
    body = "def f(a):\n    return a\n" if language == "python" else "int f(int a) {\n return a; }\n"
    metrics = measure(f"{mark} one{character}two{character}\n{body}", language)
    (function,) = metrics.functions
    assert (function.start_line, function.end_line) == (2, 3)


def test_a_bom_shifts_the_columns_of_the_first_line_only() -> None:
    text = "\ufeffdef f(a):\n    return a\ndef g(a):\n    return a\n"
    first, second = measure(text, "python").functions
    assert (first.name_span.start, first.name_span.end) == (5, 6)
    assert (second.name_span.start, second.name_span.end) == (4, 5)


def test_a_character_beyond_the_bmp_counts_as_one_column() -> None:
    (function,) = measure("/* 😀 */ int name(int a) { return a; }\n", "c").functions
    assert (function.name_span.start, function.name_span.end) == (12, 16)

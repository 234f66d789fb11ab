"""A function by itself: its own parameters, and its own lines as a text that parses."""

from __future__ import annotations

import ast

import pytest

from architect_server.analysis import c901
from architect_server.analysis.guards import prepare
from architect_server.analysis.measure import measure
from architect_server.analysis.own_parameters import own_parameters
from architect_server.analysis.own_text import own_text
from architect_server.analysis.text import LineTable

PARAMETERS = {
    "def f(a, b): pass": 2,
    "def f(): pass": 0,
    "def f(self): pass": 0,
    "async def f(self, a): pass": 1,
    "def f[T](\n    cls, a: T\n):\n    pass\n": 1,
    "def f(self, /, a): pass": 1,
    "def f(\n    self,\n    a,\n): pass": 1,
    "def f(selfish, a): pass": 2,
    "def f(self: int, a): pass": 1,
}


@pytest.mark.parametrize(("source", "own"), PARAMETERS.items())
def test_self_and_cls_are_no_parameters_of_the_callers(source: str, own: int) -> None:
    (function,) = measure(source, "python").functions
    counted = own_parameters(source, 0, "python", function)
    assert counted == own


def test_other_languages_have_no_self_to_leave_out() -> None:
    source = "function f(self, a) { return a; }\n"
    (function,) = measure(source, "javascript").functions
    assert own_parameters(source, 0, "javascript", function) == 2


SOURCE = """\
@first
def plain(a):
    if a:
        return 1


class A:
\tdef tabbed(self):
\t\tfor x in y:
\t\t\tdef inner():
\t\t\t\treturn x if x else 1
\t\treturn inner

    # a comment
\t@decorated(
\t    1,
\t)
\tdef late(self):
\t\ttry:
\t\t\tpass
\t\texcept E:
\t\t\treturn \"\"\"
not indented
\"\"\"
"""


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("bom", ["", "\ufeff"])
def test_a_functions_own_lines_are_counted_as_in_the_whole(end: str, bom: str) -> None:
    text = bom + SOURCE.replace("\n", end)
    whole = c901.count(prepare(text))
    functions = measure(text, "python").functions
    assert functions[0].name == "plain"
    assert len(functions) == 4
    for function in functions:
        own = own_text(LineTable(text), function)
        ast.parse(own)
        assert c901.count(own)[function.start_line] == whole[function.start_line]

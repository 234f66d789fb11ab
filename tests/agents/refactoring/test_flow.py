"""What is live and what is bound, for each form of statement."""

from __future__ import annotations

import ast
import sys

import pytest

from architect_agents.refactoring.extract_lines import find_block
from architect_agents.refactoring.flow import FlowTooLargeError, FunctionFlow, free_names
from architect_agents.refactoring.module_source import read_module
from architect_agents.refactoring.subject import Subject
from refactoring_cases import RefactoringCase, read_cases

CASES = list(read_cases("flow.md"))


def function_of(source: str) -> ast.FunctionDef:
    (node,) = [one for one in ast.parse(source).body if isinstance(one, ast.FunctionDef)]
    return node


@pytest.mark.parametrize("case", CASES, ids=str)
def test_what_is_live_after_and_bound_before_some_lines(case: RefactoringCase) -> None:
    needed = tuple(map(int, case.settings.get("needs", "3.11").split(".")))
    if sys.version_info < needed:
        pytest.skip(f"the syntax came with Python {case.settings['needs']}")
    module = read_module(case.before)
    subject = Subject(module, module.functions[0])
    block = find_block(subject, *case.lines)
    flow = subject.flow
    found = {
        "live": flow.live_after(block.statements),
        "assigned": flow.assigned_before(block.statements[0]),
        "caught": flow.live_on_exception(block.statements),
        "writes": flow.writes(block.statements),
    }
    for question, answer in case.settings.items():
        if question in found:
            names = found[question]
            told = "unreachable" if names is None else ", ".join(sorted(names)) or "nothing"
            assert told == answer, question


def test_free_names_of_nested_scopes() -> None:
    node = function_of(
        "def f(a, b=default):\n"
        "    c = [x + d for x in a]\n"
        "    def g(e):\n"
        "        nonlocal c\n"
        "        return lambda: (e, c, h)\n"
        "    class K(base):\n"
        "        m = n\n"
        "    return g\n"
    )
    assert free_names(node) >= {"d", "h", "base", "n"}
    assert not free_names(node) & {"a", "b", "c", "e", "x", "default"}


def test_closures_and_what_they_rebind_are_told() -> None:
    flow = FunctionFlow(
        function_of(
            "def f(a):\n"
            "    n = 0\n"
            "    def g():\n"
            "        nonlocal n\n"
            "        n += a\n"
            "    later = (a for _ in range(n))\n"
            "    now = sum(a for _ in range(n))\n"
            "    return g, later, now\n"
        )
    )
    assert flow.rebound_by_closures == {"n"}
    assert sorted(type(one.node).__name__ for one in flow.closures) == [
        "FunctionDef",
        "GeneratorExp",
    ]


def test_a_statement_in_finally_answers_for_all_ways_through_it() -> None:
    node = function_of(
        "def f(a):\n"
        "    try:\n"
        "        b = a()\n"
        "        if b:\n"
        "            return 1\n"
        "        c = 2\n"
        "    finally:\n"
        "        a.close()\n"
        "    return b, c\n"
    )
    flow = FunctionFlow(node)
    tried = node.body[0]
    assert isinstance(tried, ast.Try)
    closing = tried.finalbody[0]
    assert len(flow.nodes_of(closing)) == 3  # going on, an exception, the return
    assert flow.assigned_before(closing) == {"a"}
    assert flow.assigned_before(node.body[1]) == {"a", "b", "c"}


def test_finally_in_finally_without_end_is_refused() -> None:
    inner = "pass\n"
    for depth in range(18, 0, -1):
        pad = " " * depth
        inner = f"try:\n{pad} g()\n{pad} return\n{pad}finally:\n{pad} {inner}"
    with pytest.raises(FlowTooLargeError):
        FunctionFlow(function_of(f"def f():\n {inner}"))

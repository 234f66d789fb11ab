"""Several tests of one variable as one: ``isinstance``, ``startswith``, ``endswith`` and ``==``.

    isinstance(x, A) or isinstance(x, B)        isinstance(x, (A, B))
    not isinstance(x, A) and not isinstance(…)  not isinstance(x, (A, B))
    s.startswith("a") or s.startswith("b")      s.startswith(("a", "b"))
    x == 1 or x == 2                            x in (1, 2)

Preconditions: the tests are neighbours. What is tested is a variable of the function that no
closure rebinds: an attribute would be read once instead of several times. ``isinstance`` is
Python's own. All that is tested for is evaluated at once now, so it has to be constants, or for
``isinstance`` names that are surely bound. For ``startswith`` the variable has to be a ``str``.
For ``==`` only the truth of the result may count, since classes may give anything back; that
the constant now stands on the left changes nothing, as constants leave the comparison to a
class that is not their own. ``!=`` is left alone: a class may define it as anything.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from architect_agents.refactoring.conditions import header_nodes, operand_offsets
from architect_agents.refactoring.flow.scopes import SCOPES
from architect_agents.refactoring.refusal import Refusal
from architect_agents.refactoring.rewrites.names import Names
from architect_agents.refactoring.rewrites.rewrite import Note, Rewrite
from architect_agents.refactoring.subject import Subject
from architect_agents.types import SourceEdit

_AFFIXES = ("startswith", "endswith")
_CONSTANTS = (str, bytes, int, float, bool, type(None))


@dataclass(frozen=True, slots=True)
class _Test:
    """One test: its ``kind``, the variable, what it is compared with, and whether negated."""

    kind: str
    variable: str
    values: tuple[ast.expr, ...]
    negated: bool = False

    def joins(self, other: _Test) -> bool:
        """Whether both are the same question about different values."""
        same = (self.kind, self.variable, self.negated)
        return same == (other.kind, other.variable, other.negated)


def find(subject: Subject, note: Note) -> Iterator[Rewrite]:
    """Every chain that may be joined, in the order of the text."""
    names: Names | None = None
    for statement in subject.own_nodes:
        if not isinstance(statement, ast.stmt) or isinstance(statement, SCOPES):
            continue
        for node in header_nodes(statement):
            if not isinstance(node, ast.BoolOp):
                continue
            for first, tests in _runs(node):
                names = names or Names(subject)
                refusal = _refusal(names, statement, node, tests)
                if refusal is None:
                    yield from _rewrite(subject, names, node, first, tests)
                else:
                    note(refusal)


def _runs(node: ast.BoolOp) -> Iterator[tuple[int, list[_Test]]]:
    """Runs of two or more tests that belong together, with the place of the first."""
    negated = isinstance(node.op, ast.And)
    run: list[_Test] = []
    for place, value in enumerate([*node.values, None]):
        test = _test(value) if value is not None else None
        if test is not None and test.negated != negated:
            test = None
        if run and (test is None or not run[-1].joins(test)):
            if len(run) > 1:
                yield place - len(run), run
            run = []
        if test is not None:
            run.append(test)


def _test(value: ast.expr) -> _Test | None:
    if isinstance(value, ast.UnaryOp) and isinstance(value.op, ast.Not):
        inner = _test(value.operand)
        if inner is None or inner.negated or inner.kind == "==":
            return None
        return _Test(inner.kind, inner.variable, inner.values, negated=True)
    if isinstance(value, ast.Compare) and len(value.ops) == 1:
        if isinstance(value.ops[0], ast.Eq) and isinstance(value.left, ast.Name):
            return _Test("==", value.left.id, (value.comparators[0],))
        return None
    if isinstance(value, ast.Call) and not value.keywords:
        return _call(value)
    return None


def _call(call: ast.Call) -> _Test | None:
    func, arguments = call.func, call.args
    if isinstance(func, ast.Name) and func.id == "isinstance" and len(arguments) == 2:
        tested, classes = arguments
        if isinstance(tested, ast.Name):
            return _Test("isinstance", tested.id, _items(classes))
    if not isinstance(func, ast.Attribute) or not isinstance(func.value, ast.Name):
        return None
    if func.attr in _AFFIXES and len(arguments) == 1:
        return _Test(func.attr, func.value.id, _items(arguments[0]))
    return None


def _items(node: ast.expr) -> tuple[ast.expr, ...]:
    return tuple(node.elts) if isinstance(node, ast.Tuple) and node.elts else (node,)


def _refusal(
    names: Names, statement: ast.stmt, node: ast.BoolOp, tests: Sequence[_Test]
) -> Refusal | None:
    """The precondition that fails, if one does."""
    kind, variable = tests[0].kind, tests[0].variable
    if not names.is_steady(variable):
        return Refusal("not-a-variable", f"`{variable}` may change between two tests.")
    if kind == "isinstance":
        return _class_refusal(names, statement, tests)
    constants = [_constant(value) for test in tests for value in test.values]
    if kind == "==":
        if not all(constants):
            return Refusal("not-constant", f"`{variable}` is compared with more than constants.")
        if id(node) not in set(_truths(statement)):
            return Refusal("value-used", f"What `{variable} == …` gives is used as a value.")
        return None
    if not all(constant and constant.is_text for constant in constants):
        return Refusal("not-constant", f"`{kind}` is asked about more than constants.")
    if names.string_reason(variable) is None:
        return Refusal("not-a-string", f"`{variable}` may be something else than a `str`.")
    return None


def _class_refusal(names: Names, statement: ast.stmt, tests: Sequence[_Test]) -> Refusal | None:
    if not names.is_builtin("isinstance"):
        return Refusal("not-builtin", "`isinstance` may be another function here.")
    for value in (one for test in tests[1:] for one in test.values):
        if not names.is_readable(value, statement):
            text = f"`{ast.unparse(value)}` would be evaluated where it was not before."
            return Refusal("evaluated-early", text)
    return None


@dataclass(frozen=True, slots=True)
class _Constant:
    value: object

    @property
    def is_text(self) -> bool:
        return isinstance(self.value, str)


def _constant(node: ast.expr) -> _Constant | None:
    """A literal whose class is Python's own and which equals itself."""
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub):
        inner = _constant(node.operand)
        number = inner is not None and type(inner.value) in (int, float)
        return inner if number else None
    if isinstance(node, ast.Constant) and isinstance(node.value, _CONSTANTS):
        return _Constant(node.value)
    return None


def _truths(statement: ast.stmt) -> Iterator[int]:
    """Identities of the expressions of a statement of which only the truth counts."""
    pending: list[ast.expr] = []
    if isinstance(statement, ast.If | ast.While | ast.Assert):
        pending.append(statement.test)
    for node in header_nodes(statement):
        if isinstance(node, ast.IfExp):
            pending.append(node.test)
        elif isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not):
            pending.append(node.operand)
    while pending:
        node = pending.pop()
        yield id(node)
        if isinstance(node, ast.BoolOp):
            pending += node.values


def _rewrite(
    subject: Subject, names: Names, node: ast.BoolOp, first: int, tests: Sequence[_Test]
) -> Iterator[Rewrite]:
    places = operand_offsets(subject.lines, node)
    if not places:
        return  # a comment in between, or a text that can't be told apart
    last = first + len(tests) - 1
    start, end = places[first][0], places[last][1]
    text = _joined(subject, tests)
    assumption = names.string_reason(tests[0].variable) if tests[0].kind in _AFFIXES else ""
    yield Rewrite(
        "or-chain",
        (SourceEdit(start, end, text),),
        (node.values[first].lineno, node.values[last].end_lineno or node.lineno),
        len(tests) - 1,
        f"`{_shortened(text)}` stands for {len(tests)} tests",
        assumption or "",
    )


def _joined(subject: Subject, tests: Sequence[_Test]) -> str:
    kind, variable = tests[0].kind, tests[0].variable
    items = ", ".join(subject.lines.segment(value) for test in tests for value in test.values)
    denial = "not " if tests[0].negated else ""
    if kind == "==":
        return f"{variable} in ({items})"
    if kind == "isinstance":
        return f"{denial}isinstance({variable}, ({items}))"
    return f"{denial}{variable}.{kind}(({items}))"


def _shortened(text: str) -> str:
    return text if len(text) <= 60 else f"{text[:57]}…"

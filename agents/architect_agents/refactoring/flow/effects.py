"""What evaluating one piece of syntax does to the variables of its function."""

from __future__ import annotations

import ast
from collections.abc import Iterable
from dataclasses import dataclass

from architect_agents.refactoring.flow.scopes import (
    COMPREHENSIONS,
    FUNCTIONS,
    SCOPES,
    Comprehension,
    evaluated_inside,
    evaluated_outside,
    free_names,
    names_written_by,
    seeing_type_parameters,
    target_names,
    type_parameters,
    within_scope,
)

#: Calls that use up a generator expression or a ``key=`` lambda before they return, so that no
#: closure outlives the statement.
CONSUMING = frozenset(
    {
        *("all", "any", "bytearray", "bytes", "dict", "extend", "frozenset", "join", "list"),
        *("max", "min", "set", "sort", "sorted", "sum", "tuple", "update"),
    }
)


@dataclass(frozen=True, slots=True)
class Effects:
    """Names, in the order of evaluation already taken into account.

    ``reads``: the value from before may be read. ``writes``: surely bound afterwards, if no
    exception comes. ``may_write``: bound on some ways only. ``deletes``: unbound by ``del`` or
    at the end of an ``except … as name``. ``captures``: held by a closure that may live on.
    ``closures``: the nodes of these closures.
    """

    reads: frozenset[str] = frozenset()
    writes: frozenset[str] = frozenset()
    may_write: frozenset[str] = frozenset()
    deletes: frozenset[str] = frozenset()
    captures: frozenset[str] = frozenset()
    closures: tuple[ast.AST, ...] = ()

    @property
    def touched(self) -> frozenset[str]:
        """Every name that may have another binding afterwards."""
        return self.writes | self.may_write | self.deletes


NOTHING = Effects()


def effects_of(*parts: ast.AST | None) -> Effects:
    """Effects of ``parts`` evaluated one after the other.

    A part is an expression, an assignment target, a pattern or a simple statement; bodies of
    compound statements are not entered, those of comprehensions are.
    """
    walker = _Walker()
    for part in parts:
        walker.visit(part)
    return walker.result()


class _Walker:
    """Visits syntax in the order of evaluation and notes what happens to names."""

    def __init__(self) -> None:
        self.reads: set[str] = set()
        self.touched: set[str] = set()
        self.deletes: set[str] = set()
        self.captures: set[str] = set()
        self.closures: list[ast.AST] = []
        self.bound: set[str] = set()  # surely bound by what was visited so far
        self.hidden: frozenset[str] = frozenset()  # variables of the comprehensions around

    def result(self) -> Effects:
        return Effects(
            frozenset(self.reads),
            frozenset(self.bound),
            frozenset(self.touched - self.bound),
            frozenset(self.deletes - self.bound),
            frozenset(self.captures),
            tuple(self.closures),
        )

    def visit(self, node: ast.AST | None) -> None:
        if node is None:
            return
        if isinstance(node, COMPREHENSIONS):
            self._comprehension(node, deferred=isinstance(node, ast.GeneratorExp))
            return
        if isinstance(node, SCOPES):
            self._scope(node)
            return
        special = getattr(self, f"_visit_{type(node).__name__.lower()}", None)
        if special is not None:
            special(node)
            return
        for child in ast.iter_child_nodes(node):
            self.visit(child)
        for name in names_written_by(node):
            self._write(name)

    def _all(self, nodes: Iterable[ast.AST | None]) -> None:
        for node in nodes:
            self.visit(node)

    def _read(self, name: str) -> None:
        if name not in self.hidden and name not in self.bound:
            self.reads.add(name)

    def _write(self, name: str) -> None:
        if name not in self.hidden:
            self.touched.add(name)
            self.bound.add(name)

    def _capture(self, node: ast.AST, names: frozenset[str]) -> None:
        """A closure: it reads now for all we know, and holds the variables from now on."""
        self.captures |= names - self.hidden
        self.closures.append(node)
        for name in names:
            self._read(name)

    def _perhaps(self, *nodes: ast.AST | None) -> set[str]:
        """Visit what may not be evaluated at all; returns what it would surely bind."""
        before = set(self.bound)
        self._all(nodes)
        after, self.bound = self.bound, before
        return after

    def _visit_name(self, node: ast.Name) -> None:
        if isinstance(node.ctx, ast.Load):
            self._read(node.id)
        elif isinstance(node.ctx, ast.Store):
            self._write(node.id)
        else:
            self._read(node.id)
            self.deletes.add(node.id)
            self.touched.add(node.id)
            self.bound.discard(node.id)

    def _visit_boolop(self, node: ast.BoolOp) -> None:
        self.visit(node.values[0])
        before = set(self.bound)
        self._all(node.values[1:])  # each is reached only after the one before it
        self.bound = before

    def _visit_compare(self, node: ast.Compare) -> None:
        self.visit(node.left)
        self.visit(node.comparators[0])
        before = set(self.bound)
        self._all(node.comparators[1:])
        self.bound = before

    def _visit_ifexp(self, node: ast.IfExp) -> None:
        self.visit(node.test)
        body = self._perhaps(node.body)
        self.bound = body & self._perhaps(node.orelse)

    def _visit_assert(self, node: ast.Assert) -> None:
        # Under ``python -O`` nothing of it is evaluated.
        self._perhaps(node.test, node.msg)

    def _visit_namedexpr(self, node: ast.NamedExpr) -> None:
        self.visit(node.value)
        name = node.target.id
        self.touched.add(name)
        self.bound.add(name)

    def _visit_assign(self, node: ast.Assign) -> None:
        self.visit(node.value)
        self._all(node.targets)

    def _visit_annassign(self, node: ast.AnnAssign) -> None:
        self.visit(node.value)
        if node.value is not None or not isinstance(node.target, ast.Name):
            self.visit(node.target)
        self.visit(node.annotation)

    def _visit_augassign(self, node: ast.AugAssign) -> None:
        if isinstance(node.target, ast.Name):
            self._read(node.target.id)
        self.visit(node.value)
        self.visit(node.target)

    def _visit_matchor(self, node: ast.MatchOr) -> None:
        branches = [self._perhaps(pattern) for pattern in node.patterns]
        self.bound = set.intersection(*branches)

    def _visit_global(self, node: ast.Global) -> None:
        """A declaration does nothing."""

    _visit_nonlocal = _visit_global

    def _visit_call(self, node: ast.Call) -> None:
        self.visit(node.func)
        consumes = _called_name(node) in CONSUMING
        for argument in node.args:
            if consumes and isinstance(argument, ast.GeneratorExp):
                self._comprehension(argument, deferred=False)
            else:
                self.visit(argument)
        for keyword in node.keywords:
            if consumes and keyword.arg == "key" and isinstance(keyword.value, ast.Lambda):
                self._immediate_lambda(keyword.value)
            else:
                self.visit(keyword.value)

    def _immediate_lambda(self, node: ast.Lambda) -> None:
        self._all(evaluated_outside(node))
        for name in free_names(node):
            self._read(name)

    def _comprehension(self, node: Comprehension, *, deferred: bool) -> None:
        """The first iterable is evaluated here; the rest sees the comprehension's variables."""
        self.visit(node.generators[0].iter)
        if deferred:
            own = {name for part in node.generators for name in target_names(part.target)}
            self._capture(node, free_names(node) - own)
            self.touched |= _walrus_names(node)
            return
        outside, bound = self.hidden, set(self.bound)
        for position, part in enumerate(node.generators):
            if position:
                self.visit(part.iter)
            self.hidden |= target_names(part.target)
            self._target_expressions(part.target)
            self._all(part.ifs)
        self._all([node.key, node.value] if isinstance(node, ast.DictComp) else [node.elt])
        self.hidden, self.bound = outside, bound

    def _target_expressions(self, target: ast.AST) -> None:
        """``[… for box[i] in …]`` reads ``box`` and ``i``."""
        for node in ast.walk(target):
            if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load):
                self._read(node.id)

    def _scope(self, node: ast.AST) -> None:
        later = seeing_type_parameters(node)
        self._all(part for part in evaluated_outside(node) if part not in later)
        hidden, self.hidden = self.hidden, self.hidden | type_parameters(node)
        self._all(later)
        held = effects_of(*later).reads if isinstance(node, FUNCTIONS) else frozenset()
        if held:  # from Python 3.14 on, annotations are closures
            self._capture(node, held)
        self.hidden = hidden
        if isinstance(node, ast.ClassDef):
            self._class_body(node)
        else:
            self._capture(node, free_names(node))
        if isinstance(node, (*FUNCTIONS, ast.ClassDef)):
            self._write(node.name)

    def _class_body(self, node: ast.ClassDef) -> None:
        """A class body runs at once; functions in it, and its annotations, hold variables."""
        for inner in within_scope(evaluated_inside(node)):
            if isinstance(inner, (*SCOPES, ast.GeneratorExp)):
                self._capture(inner, free_names(inner))
            elif isinstance(inner, ast.AnnAssign):
                self._capture(inner, effects_of(inner.annotation).reads - type_parameters(node))
        for name in free_names(node):
            self._read(name)


def _called_name(node: ast.Call) -> str:
    if isinstance(node.func, ast.Name):
        return node.func.id
    return node.func.attr if isinstance(node.func, ast.Attribute) else ""


def _walrus_names(node: ast.AST) -> set[str]:
    return {inner.target.id for inner in ast.walk(node) if isinstance(inner, ast.NamedExpr)}

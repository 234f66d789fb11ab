"""The control-flow graph of one function, with the ways that exceptions take.

Built from the last statement to the first, so that the node which follows is always known.
Each statement owns a few nodes: one for its own evaluation, more where it can leave in between
(the head and the target of a ``for``, the pattern and the guard of a ``case``).

A ``finally`` clause is copied once for each way through it: going on, an exception, ``return``,
``break``, ``continue``. So what holds after a normal end isn't blurred by the exceptional one.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable, Sequence

from architect_agents.refactoring.flow.effects import NOTHING, Effects, effects_of
from architect_agents.refactoring.flow.managers import may_suppress
from architect_agents.refactoring.flow.nodes import (
    MOST_NODES,
    FlowTooLargeError,
    Graph,
    Node,
    Ways,
)
from architect_agents.refactoring.flow.scopes import FunctionNode


def build_graph(function: FunctionNode) -> Graph:
    """Build the graph of ``function``'s own body.

    Raises:
        FlowTooLargeError: more than ``MOST_NODES`` nodes.
    """
    builder = _Builder()
    leave = builder.node(None)
    raised = builder.node(None)
    ways = Ways((raised,), {"return": lambda: leave})
    entry = builder.sequence(function.body, leave, ways)
    return Graph(entry, leave, builder.nodes, builder.entries, builder.follows, builder.owned)


class _Builder:
    def __init__(self) -> None:
        self.nodes: list[Node] = []
        self.entries: dict[int, list[Node]] = {}
        self.follows: dict[int, list[Node]] = {}
        self.owned: dict[int, list[Node]] = {}
        self.way = "next"

    def node(
        self,
        statement: ast.stmt | None,
        *parts: ast.AST | None,
        to: Iterable[Node] = (),
        ways: Ways | None = None,
    ) -> Node:
        """A node that evaluates ``parts``; with ``ways`` its evaluation may raise."""
        if len(self.nodes) >= MOST_NODES:
            raise FlowTooLargeError
        made = Node(
            len(self.nodes),
            statement,
            effects_of(*parts) if parts else NOTHING,
            list(to),
            ways.raises if ways else (),
            self.way,
        )
        self.nodes.append(made)
        if statement is not None:
            self.owned.setdefault(id(statement), []).append(made)
        return made

    def sequence(self, statements: Sequence[ast.stmt], follow: Node, ways: Ways) -> Node:
        """Nodes for ``statements``, one after the other, then ``follow``; returns the first."""
        for statement in reversed(statements):
            self.follows.setdefault(id(statement), []).append(follow)
            build = getattr(self, f"_{type(statement).__name__.lower()}", self._simple)
            follow = build(statement, follow, ways)
            self.entries.setdefault(id(statement), []).append(follow)
        return follow

    def _simple(self, statement: ast.stmt, follow: Node, ways: Ways) -> Node:
        return self.node(statement, statement, to=[follow], ways=ways)

    def _pass(self, statement: ast.Pass, follow: Node, ways: Ways) -> Node:
        return self.node(statement, to=[follow])

    def _return(self, statement: ast.Return, follow: Node, ways: Ways) -> Node:
        return self.node(statement, statement.value, to=[ways.jumps["return"]()], ways=ways)

    def _raise(self, statement: ast.Raise, follow: Node, ways: Ways) -> Node:
        return self.node(statement, statement.exc, statement.cause, ways=ways)

    def _break(self, statement: ast.Break, follow: Node, ways: Ways) -> Node:
        return self.node(statement, to=[ways.jumps["break"]()])

    def _continue(self, statement: ast.Continue, follow: Node, ways: Ways) -> Node:
        return self.node(statement, to=[ways.jumps["continue"]()])

    def _if(self, statement: ast.If, follow: Node, ways: Ways) -> Node:
        branches = [
            self.sequence(statement.body, follow, ways),
            self.sequence(statement.orelse, follow, ways),
        ]
        return self.node(statement, statement.test, to=branches, ways=ways)

    def _while(self, statement: ast.While, follow: Node, ways: Ways) -> Node:
        test = self.node(statement, statement.test, ways=ways)
        inside = ways.in_loop(after=follow, again=test)
        test.successors.append(self.sequence(statement.body, test, inside))
        if not _always_true(statement.test):
            test.successors.append(self.sequence(statement.orelse, follow, ways))
        return test

    def _for(self, statement: ast.For | ast.AsyncFor, follow: Node, ways: Ways) -> Node:
        head = self.node(statement, ways=ways)  # asks the iterator, which may raise
        inside = ways.in_loop(after=follow, again=head)
        body = self.sequence(statement.body, head, inside)
        target = self.node(statement, statement.target, to=[body], ways=ways)
        head.successors += [target, self.sequence(statement.orelse, follow, ways)]
        return self.node(statement, statement.iter, to=[head], ways=ways)

    _asyncfor = _for

    def _with(self, statement: ast.With | ast.AsyncWith, follow: Node, ways: Ways) -> Node:
        return self._with_items(statement, statement.items, follow, ways)

    _asyncwith = _with

    def _with_items(
        self,
        statement: ast.With | ast.AsyncWith,
        items: Sequence[ast.withitem],
        follow: Node,
        ways: Ways,
    ) -> Node:
        """``with a, b`` is ``with a: with b``; a manager may swallow what is raised inside."""
        if not items:
            return self.sequence(statement.body, follow, ways)
        item, *rest = items
        inside = ways
        if may_suppress(item.context_expr):
            swallowed = self.node(statement, to=[follow], ways=ways)
            inside = ways.raising_to(swallowed)
        body = self._with_items(statement, rest, follow, inside)
        bound = self.node(statement, item.optional_vars, to=[body], ways=inside)
        return self.node(statement, item.context_expr, to=[bound], ways=ways)

    def _try(self, statement: ast.Try | ast.TryStar, follow: Node, ways: Ways) -> Node:
        if statement.finalbody:
            follow, ways = self._finally(statement, follow, ways)
        handled = ways
        if statement.handlers:
            handled = ways.raising_to(self._handlers(statement, follow, ways))
        otherwise = self.sequence(statement.orelse, follow, ways)
        body = self.sequence(statement.body, otherwise, handled)
        return self.node(statement, to=[body])

    _trystar = _try

    def _finally(
        self, statement: ast.Try | ast.TryStar, follow: Node, outer: Ways
    ) -> tuple[Node, Ways]:
        """The node after the inside, and the ways of the inside: all through the clause."""

        def passage(kind: str, target: Node) -> Node:
            way, self.way = self.way, self.way if kind == "next" else kind
            try:
                return self.sequence(statement.finalbody, target, outer)
            finally:
                self.way = way

        raised_again = self.node(statement, ways=outer)
        inner = outer.through(passage).raising_to(passage("raise", raised_again))
        return passage("next", follow), inner

    def _handlers(self, statement: ast.Try | ast.TryStar, follow: Node, ways: Ways) -> Node:
        """Handlers are tried in turn; what none of them wants goes on to ``ways.raises``.

        Of ``except*`` clauses several can run, each after the one before.
        """
        nobody = self.node(statement, ways=ways)
        untried = nobody
        for handler in reversed(statement.handlers):
            after = follow
            if isinstance(statement, ast.TryStar):
                after = self.node(statement, to=[follow, untried])
            taken = self._handler(statement, handler, after, ways)
            others = [] if _catches_all(handler) else [untried]
            untried = self.node(statement, handler.type, to=[taken, *others], ways=ways)
        return untried

    def _handler(
        self, statement: ast.stmt, handler: ast.ExceptHandler, follow: Node, ways: Ways
    ) -> Node:
        """``except … as name`` unbinds the name again on every way out."""
        if handler.name is None:
            return self.sequence(handler.body, follow, ways)
        unbound = Effects(deletes=frozenset({handler.name}))

        def unbinding(kind: str, target: Node) -> Node:
            node = self.node(statement, to=[target])
            node.effects = unbound
            node.way = self.way if kind == "next" else kind
            return node

        raising = self.node(statement, ways=ways)
        raising.effects = unbound
        inside = ways.through(unbinding).raising_to(raising)
        body = self.sequence(handler.body, unbinding("next", follow), inside)
        binding = self.node(statement, to=[body])
        binding.effects = Effects(writes=frozenset({handler.name}))
        return binding

    def _match(self, statement: ast.Match, follow: Node, ways: Ways) -> Node:
        unmatched = follow
        for case in reversed(statement.cases):
            body = self.sequence(case.body, follow, ways)
            others = [unmatched]
            if case.guard is not None:
                body = self.node(statement, case.guard, to=[body, unmatched], ways=ways)
            elif _irrefutable(case.pattern):
                others = []
            unmatched = self._pattern(statement, case.pattern, body, others, ways)
        return self.node(statement, statement.subject, to=[unmatched], ways=ways)

    def _pattern(
        self,
        statement: ast.Match,
        pattern: ast.pattern,
        body: Node,
        others: list[Node],
        ways: Ways,
    ) -> Node:
        """Names are sure only when the whole pattern matched; else some may be bound already."""
        found = effects_of(pattern)
        if not found.writes:
            return self.node(statement, pattern, to=[body, *others], ways=ways)
        binding = self.node(statement, to=[body])
        binding.effects = Effects(writes=found.writes)
        trying = self.node(statement, to=[binding, *others], ways=ways)
        trying.effects = Effects(found.reads, may_write=found.touched)
        return trying


def _always_true(test: ast.expr) -> bool:
    return isinstance(test, ast.Constant) and bool(test.value)


def _catches_all(handler: ast.ExceptHandler) -> bool:
    return handler.type is None or (
        isinstance(handler.type, ast.Name) and handler.type.id == "BaseException"
    )


def _irrefutable(pattern: ast.pattern) -> bool:
    """``case _`` and ``case name``, which take whatever comes."""
    return isinstance(pattern, ast.MatchAs) and pattern.pattern is None

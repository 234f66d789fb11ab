"""Put helpers back where they are called, and refuse where that would not be exact.

The reverse of extraction. A call is replaced by the helper's body under the names of the caller;
each ``return`` of the helper becomes what the caller does with that result:

- ``return h()``: the returns stay;
- ``h()`` and ``x, y = h()``: an assignment (``x = x`` is dropped), then on behind the call;
- ``done, x = h()`` and ``if h():``, followed by an ``if`` on the result: for every ``return`` of
  the helper it has to be known which way the ``if`` goes, and the jump found there takes its place;
- anywhere in an expression, if the helper is nothing but ``return expression``.

``yield from h()`` and ``await h()`` are calls of a generator and of an ``async def``.
"""

from __future__ import annotations

import ast
from collections.abc import Mapping, Sequence

from architect_agents.refactoring.binding import (
    Binding,
    BrokenCallError,
    Helper,
    NotAnExtractionError,
    Receiver,
    bind,
    looks_swapped,
    rename,
)
from architect_agents.refactoring.exits import may_fall_through
from architect_agents.refactoring.module_source import called_name
from architect_agents.refactoring.normal_form import (
    Tail,
    absorb,
    clone,
    inner_tail,
    never_falls,
    without_docstring,
)
from architect_agents.refactoring.outcome import Outcome
from architect_agents.refactoring.split_result import split_result
from architect_agents.refactoring.surface import is_generator

_SCOPES = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)


class Inliner:
    """Inlines ``helpers`` into statements of one caller.

    ``used`` are the helpers that were inlined, ``swapped`` those of them whose arguments bear
    the names of other parameters; ``unread`` the variables that the caller assigns
    None on its way out where the original does not. ``known`` are the names that the original
    function mentions: a result under any other name is only handed over, and has to vanish.
    """

    def __init__(
        self, helpers: Mapping[str, Helper], receiver: Receiver | None, known: frozenset[str]
    ) -> None:
        self._helpers = helpers
        self._receiver = receiver
        self._known = known
        self._open: list[str] = []
        self.used: set[str] = set()
        self.unread: set[str] = set()
        self.swapped: set[str] = set()

    def block(self, statements: Sequence[ast.stmt], tail: Tail) -> list[ast.stmt]:
        """``statements`` (they are changed) with all helpers inlined.

        Raises:
            NotAnExtractionError: with the reason, if that can't be done exactly.
        """
        done: list[ast.stmt] = []
        remaining = list(statements)
        while remaining:
            statement, *remaining = split_result(remaining, self._is_block_call)
            call = self._handed_over(statement)
            if call is None:
                self._inside(statement, None if remaining else tail)
                done.append(statement)
                continue
            outcome = Outcome.of(statement, remaining, self._known)
            remaining = remaining[outcome.length :]
            body = self._body(call)
            if isinstance(statement, ast.Return):
                done += [*body, ast.Return(value=None)] if may_fall_through(body) else body
            else:
                site = _Site(outcome, None if remaining else tail)
                done += site.without_returns([*body, ast.Return(value=None)])
                self.unread |= site.unread
        return done

    def helper_call(self, expression: ast.expr | None) -> ast.Call | None:
        """The call if ``expression`` is one of a helper, with the right ``await`` around it."""
        inner = expression
        if isinstance(inner, ast.Await | ast.YieldFrom):
            inner = inner.value
        if not isinstance(inner, ast.Call):
            return None
        helper = self._helpers.get(called_name(inner))
        if helper is None:
            return None
        awaited, delegated = (
            isinstance(expression, ast.Await),
            isinstance(expression, ast.YieldFrom),
        )
        if isinstance(helper.node, ast.AsyncFunctionDef) != awaited:
            raise NotAnExtractionError(f"`{helper.name}` is async, or awaited without being so")
        if is_generator(helper.node) != delegated:
            raise NotAnExtractionError(f"`{helper.name}` yields where its caller does not")
        return inner

    def _is_block_call(self, expression: ast.expr) -> bool:
        call = self.helper_call(expression)
        return call is not None and not self._helpers[called_name(call)].is_expression

    def _handed_over(self, statement: ast.stmt) -> ast.Call | None:
        """The helper call whose result is all that ``statement`` is about."""
        if not isinstance(statement, ast.Return | ast.Expr | ast.Assign):
            return None
        if isinstance(statement, ast.Assign) and len(statement.targets) != 1:
            return None
        return self.helper_call(statement.value)

    def _inside(self, statement: ast.stmt, tail: Tail) -> None:
        """Inline in the blocks and the expressions of a statement."""
        if isinstance(statement, _SCOPES):
            return
        for field in ("body", "orelse", "finalbody"):
            inner = getattr(statement, field, None)
            if isinstance(inner, list):
                setattr(statement, field, self.block(inner, inner_tail(statement, field, tail)))
        for part in [*getattr(statement, "handlers", ()), *getattr(statement, "cases", ())]:
            part.body = self.block(part.body, tail)
        _Expressions(self).visit_own(statement)

    def _body(self, call: ast.Call) -> list[ast.stmt]:
        """The statements of the called helper under the caller's names, helpers in it inlined."""
        helper = self._helpers[called_name(call)]
        if helper.name in self._open:
            raise NotAnExtractionError(f"`{helper.name}` calls itself")
        binding: Binding = bind(helper, call, self._receiver)
        if looks_swapped(binding):
            self.swapped.add(helper.name)
        self.used.add(helper.name)
        self._open.append(helper.name)
        body = [clone(one) for one in without_docstring(helper.node.body)]
        body = self.block(body, "return")
        self._open.pop()
        return rename(helper, body, binding)

    def expression(self, call: ast.Call) -> ast.expr:
        """What a helper that is nothing but ``return expression`` would evaluate."""
        body = self._body(call)
        if len(body) == 1 and isinstance(body[0], ast.Return) and body[0].value is not None:
            return body[0].value
        raise NotAnExtractionError(
            f"`{called_name(call)}` is called in the middle of an expression"
        )


class _Expressions(ast.NodeTransformer):
    """Inlines calls in the expressions of one statement, not in its blocks."""

    def __init__(self, inliner: Inliner) -> None:
        self._inliner = inliner

    def visit_own(self, statement: ast.stmt) -> None:
        for name in statement._fields:
            value = getattr(statement, name, None)
            if isinstance(value, ast.expr):
                setattr(statement, name, self.visit(value))
            elif isinstance(value, list):
                items = [self._item(item) for item in value]
                setattr(statement, name, items)

    def _item(self, item: object) -> object:
        if isinstance(item, ast.stmt) or not isinstance(item, ast.AST):
            return item
        if isinstance(item, ast.ExceptHandler):
            item.type = self.visit(item.type) if item.type else None
            return item
        if isinstance(item, ast.match_case):
            item.guard = self.visit(item.guard) if item.guard else None
            return item
        return self.visit(item)

    def visit_Call(self, node: ast.Call) -> ast.expr:
        self.generic_visit(node)
        return self._replaced(node, node)

    def visit_Await(self, node: ast.Await) -> ast.expr:
        call = self._inliner.helper_call(node)
        if call is None:
            self.generic_visit(node)
            return node
        return self._replaced(node, call)

    def _replaced(self, node: ast.expr, call: ast.Call) -> ast.expr:
        if self._inliner.helper_call(node) is None:
            return node
        return self._inliner.expression(call)


class _Site:
    """One place where a helper's result is used, and the helper goes on behind it."""

    def __init__(self, outcome: Outcome, tail: Tail) -> None:
        self._outcome = outcome
        self._tail = tail
        self.unread: set[str] = set()

    def without_returns(
        self,
        statements: Sequence[ast.stmt],
        *,
        is_end: bool = True,
        in_loop: bool = False,
        guarded: bool = False,
    ) -> list[ast.stmt]:
        """Replace every ``return`` by what the caller does with its result.

        ``is_end``: falling off these statements ends the helper. ``in_loop``: a loop of the
        helper is around. ``guarded``: a ``try`` or ``with`` of the helper is around.
        """
        done: list[ast.stmt] = []
        remaining = list(statements)
        while remaining:
            statement, *remaining = remaining
            if isinstance(statement, ast.Return):
                return done + self._exit(
                    statement.value, is_end=is_end, in_loop=in_loop, guarded=guarded
                )
            if isinstance(statement, ast.If) and remaining and absorb(statement, remaining):
                remaining = []
            done.append(statement)
            if not isinstance(statement, _SCOPES):
                last = is_end and not remaining
                self._blocks(statement, is_end=last, in_loop=in_loop, guarded=guarded)
        return done

    def _blocks(self, statement: ast.stmt, *, is_end: bool, in_loop: bool, guarded: bool) -> None:
        is_loop = isinstance(statement, ast.For | ast.AsyncFor | ast.While)
        guards = isinstance(statement, ast.Try | ast.TryStar | ast.With | ast.AsyncWith)
        for field in ("body", "orelse", "finalbody"):
            inner = getattr(statement, field, None)
            if not isinstance(inner, list):
                continue
            here = inner_tail(statement, field, "return" if is_end else None)
            changed = self.without_returns(
                inner,
                is_end=here == "return",
                in_loop=in_loop or (is_loop and field == "body"),
                guarded=guarded or guards,
            )
            setattr(statement, field, changed)
        for part in [*getattr(statement, "handlers", ()), *getattr(statement, "cases", ())]:
            part.body = self.without_returns(
                part.body, is_end=is_end, in_loop=in_loop, guarded=guarded or guards
            )

    def _exit(
        self, value: ast.expr | None, *, is_end: bool, in_loop: bool, guarded: bool
    ) -> list[ast.stmt]:
        """What stands in the place of ``return value``."""
        found = self._outcome.after(value)
        done = found.statements
        self.unread |= found.unread
        if guarded and not found.quiet:
            raise NotAnExtractionError("what follows the call would run inside a `try` or `with`")
        if in_loop and any(isinstance(one, ast.Break | ast.Continue) for one in done):
            raise NotAnExtractionError("a jump of the caller would leave a loop of the helper")
        if never_falls(done) or is_end:
            return done
        if self._tail == "return":
            return [*done, ast.Return(value=None)]
        if self._tail == "continue" and not in_loop:
            return [*done, ast.Continue()]
        if self._outcome.drops(value):
            raise BrokenCallError("what the helper returns early is dropped by its caller")
        raise NotAnExtractionError("the helper returns early, but its caller goes on")

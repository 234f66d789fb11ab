"""How control leaves a block, and the form in which a caller can do the same with a helper.

| the block                                       | the caller                              |
|-------------------------------------------------|-----------------------------------------|
| only falls through                              | ``h()`` or ``x = h()``                  |
| never falls through, only returns               | ``return h()``                          |
| is the function's tail, and returns             | ``return h()``                          |
| is a loop body's tail, and only continues       | ``h()``: ``continue`` becomes ``return``|
| has one kind of ``break``/``continue``/bare     | ``if h(): break``                       |
| ``return`` beside falling through               |                                         |
| returns values that are surely not None         | ``r = h()``, ``if r is not None: …``    |
| returns any values, or has outputs beside       | ``done, r = h()``, ``if done: …``       |
| a single kind of jump                           |                                         |
"""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from architect_agents.refactoring.blocks import LOOPS, Block, Place
from architect_agents.refactoring.flow.managers import may_suppress
from architect_agents.refactoring.flow.scopes import SCOPES
from architect_agents.refactoring.refusal import RefusedError

Jump = ast.Return | ast.Break | ast.Continue
FormKind = Literal["plain", "return", "always", "flag", "optional", "flag-and-values"]


@dataclass(frozen=True, slots=True)
class Exits:
    """The jumps that leave a block, and whether it may fall off its end."""

    jumps: tuple[Jump, ...]
    falls_through: bool

    @property
    def returns(self) -> list[ast.Return]:
        return [jump for jump in self.jumps if isinstance(jump, ast.Return)]


@dataclass(frozen=True, slots=True)
class Form:
    """How the caller goes on: ``jump`` is what the helper can tell it to do ("break", …).

    The ``fallen`` are the jumps that mean the same as falling through (``continue`` at the tail of
    a loop); ``told`` those that the helper reports to its caller.
    """

    kind: FormKind
    jump: str = ""
    told: tuple[Jump, ...] = ()
    fallen: tuple[Jump, ...] = ()

    @property
    def returns_value(self) -> bool:
        """Whether the reported jump is a ``return`` with a value of its own."""
        return self.kind == "flag-and-values" and any(
            isinstance(jump, ast.Return) and not is_bare(jump) for jump in self.told
        )


def exits_of(statements: Sequence[ast.stmt]) -> Exits:
    return Exits(tuple(_leaving_jumps(statements)), may_fall_through(statements))


def _leaving_jumps(statements: Sequence[ast.stmt]) -> Iterator[Jump]:
    pending: list[tuple[ast.AST, bool]] = [(node, False) for node in reversed(statements)]
    while pending:
        node, in_loop = pending.pop()
        if isinstance(node, ast.Return) or (
            isinstance(node, ast.Break | ast.Continue) and not in_loop
        ):
            yield node
        if isinstance(node, (*SCOPES, ast.expr)):
            continue
        own_body = set(map(id, node.body)) if isinstance(node, LOOPS) else set()
        children = reversed(list(ast.iter_child_nodes(node)))
        pending += [(child, in_loop or id(child) in own_body) for child in children]


def may_fall_through(statements: Sequence[ast.stmt]) -> bool:
    """False only if control surely never reaches the end of ``statements``."""
    return all(_falls(statement) for statement in statements)


def _falls(statement: ast.stmt) -> bool:
    if isinstance(statement, ast.Return | ast.Raise | ast.Break | ast.Continue):
        return False
    if isinstance(statement, ast.If):
        return may_fall_through(statement.body) or may_fall_through(statement.orelse)
    if isinstance(statement, ast.While):
        endless = isinstance(statement.test, ast.Constant) and bool(statement.test.value)
        return not endless or _has_own_break(statement)
    if isinstance(statement, ast.With | ast.AsyncWith):
        swallows = any(may_suppress(item.context_expr) for item in statement.items)
        return swallows or may_fall_through(statement.body)
    if isinstance(statement, ast.Try | ast.TryStar):
        return _try_falls(statement)
    if isinstance(statement, ast.Match):
        last = statement.cases[-1]
        takes_all = isinstance(last.pattern, ast.MatchAs) and last.pattern.pattern is None
        total = takes_all and last.guard is None
        return not total or any(may_fall_through(case.body) for case in statement.cases)
    return True


def _try_falls(statement: ast.Try | ast.TryStar) -> bool:
    if not may_fall_through(statement.finalbody):
        return False
    body = may_fall_through(statement.body) and may_fall_through(statement.orelse)
    return body or any(may_fall_through(handler.body) for handler in statement.handlers)


def _has_own_break(loop: ast.While) -> bool:
    return any(isinstance(jump, ast.Break) for jump in _leaving_jumps(loop.body))


def is_bare(statement: ast.Return) -> bool:
    """``return`` and ``return None``."""
    return statement.value is None or (
        isinstance(statement.value, ast.Constant) and statement.value.value is None
    )


def surely_not_none(value: ast.expr) -> bool:
    """Whether an expression can't be None, told by its syntax alone."""
    if isinstance(value, ast.Constant):
        return value.value is not None
    if isinstance(value, ast.UnaryOp):
        return isinstance(value.op, ast.Not)
    if isinstance(value, ast.IfExp):
        return surely_not_none(value.body) and surely_not_none(value.orelse)
    return isinstance(
        value,
        ast.Tuple
        | ast.List
        | ast.Dict
        | ast.Set
        | ast.JoinedStr
        | ast.ListComp
        | ast.SetComp
        | ast.DictComp
        | ast.GeneratorExp
        | ast.Lambda,
    )


def tail_of(block: Block) -> Literal["function", "loop", None]:
    """What falling off the block's end leads to: the function's end, or the loop's next turn."""
    if not block.ends_its_list:
        return None
    for place in reversed(block.ancestors):
        if isinstance(place.statement, LOOPS):
            return "loop" if place.field == "body" else None
        if not _leads_on(place):
            return None
    return "function"


def _leads_on(place: Place) -> bool:
    """Whether the end of this part is the end of the statement, and that of its list.

    A ``finally`` clause runs on either way, but going on from inside one ends no exception.
    """
    statement = place.statement
    if isinstance(statement, ast.Try | ast.TryStar) and (
        place.field == "finalbody" or (place.field == "body" and statement.orelse)
    ):
        return False
    return place.is_last


def choose_form(block: Block, exits: Exits, *, has_outputs: bool) -> Form:
    """The simplest form that keeps all exits.

    Raises:
        RefusedError: no form does.
    """
    tail = tail_of(block)
    returns = exits.returns
    only_returns = len(returns) == len(exits.jumps)
    if only_returns and not exits.falls_through:
        return Form("return")
    if only_returns and returns and tail == "function" and not all(map(is_bare, returns)):
        return Form("return")
    fallen = tuple(jump for jump in exits.jumps if _means_falling(jump, tail))
    told = tuple(jump for jump in exits.jumps if jump not in fallen)
    if not told:
        return Form("plain", fallen=fallen)
    if len({type(jump) for jump in told}) > 1:
        raise RefusedError("mixed-exits", "The block leaves by more than one kind of jump.")
    jump = type(told[0]).__name__.lower()
    if not exits.falls_through and not fallen:
        return Form("always", jump, told)
    return Form(_reporting_kind(told, has_outputs=has_outputs), jump, told, fallen)


def _means_falling(jump: Jump, tail: str | None) -> bool:
    if isinstance(jump, ast.Continue):
        return tail == "loop"
    return isinstance(jump, ast.Return) and tail == "function" and is_bare(jump)


def _reporting_kind(told: Sequence[Jump], *, has_outputs: bool) -> FormKind:
    values = [jump.value for jump in told if isinstance(jump, ast.Return) and not is_bare(jump)]
    if has_outputs:
        return "flag-and-values"
    if not values:
        return "flag"
    if len(values) == len(told) and all(value and surely_not_none(value) for value in values):
        return "optional"
    return "flag-and-values"

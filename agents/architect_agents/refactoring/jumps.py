"""The jumps that leave a run of statements, and whether control may reach its end."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from architect_agents.refactoring.flow.managers import may_suppress
from architect_agents.refactoring.flow.scopes import SCOPES

Jump = ast.Return | ast.Break | ast.Continue
LOOPS = (ast.For, ast.AsyncFor, ast.While)


@dataclass(frozen=True, slots=True)
class Exits:
    """The jumps that leave a block, and whether it may fall off its end."""

    jumps: tuple[Jump, ...]
    falls_through: bool

    @property
    def returns(self) -> list[ast.Return]:
        return [jump for jump in self.jumps if isinstance(jump, ast.Return)]


#: An expression, or statements without jumps.
FALLS = Exits((), falls_through=True)


def exits_of(statements: Sequence[ast.stmt]) -> Exits:
    return Exits(tuple(_leaving_jumps(statements)), may_fall_through(statements))


def exits_in_turn(exits: Iterable[Exits]) -> Exits:
    """The exits of several statements, one after the other."""
    parts = list(exits)
    return Exits(
        tuple(jump for one in parts for jump in one.jumps),
        all(one.falls_through for one in parts),
    )


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
    return _match_falls(statement) if isinstance(statement, ast.Match) else True


def _match_falls(statement: ast.Match) -> bool:
    last = statement.cases[-1]
    takes_all = isinstance(last.pattern, ast.MatchAs) and last.pattern.pattern is None
    total = takes_all and last.guard is None
    return not total or any(may_fall_through(case.body) for case in statement.cases)


def _try_falls(statement: ast.Try | ast.TryStar) -> bool:
    if not may_fall_through(statement.finalbody):
        return False
    body = may_fall_through(statement.body) and may_fall_through(statement.orelse)
    return body or any(may_fall_through(handler.body) for handler in statement.handlers)


def _has_own_break(loop: ast.While) -> bool:
    return any(isinstance(jump, ast.Break) for jump in _leaving_jumps(loop.body))

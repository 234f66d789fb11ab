"""Give a result that has no name one, so that a call stands alone in front of its use."""

from __future__ import annotations

import ast
from collections.abc import Callable

from architect_agents.refactoring.normal_form import is_simple

#: No variable has this name.
_ANONYMOUS = "<result>"


def split_result(
    statements: list[ast.stmt], is_block_call: Callable[[ast.expr], bool]
) -> list[ast.stmt]:
    """``if h(): …`` as two statements: an assignment, and an ``if`` on the assigned name.

    Also ``if not h():``, ``if (x := h()) is not None:`` and ``return True, h()``. Calls for which
    ``is_block_call`` is false stay where they are. The first statement is changed.
    """
    first = statements[0]
    if isinstance(first, ast.If):
        return _split_test(first, is_block_call) + statements[1:]
    if isinstance(first, ast.Return) and isinstance(first.value, ast.Tuple):
        return _split_tuple(first, first.value, is_block_call) + statements[1:]
    return statements


def _split_test(choice: ast.If, is_block_call: Callable[[ast.expr], bool]) -> list[ast.stmt]:
    holder: ast.AST = choice
    field, test = "test", choice.test
    while isinstance(test, ast.UnaryOp | ast.Compare):
        holder, field = test, "operand" if isinstance(test, ast.UnaryOp) else "left"
        test = getattr(holder, field)
    name, value = _ANONYMOUS, test
    if isinstance(test, ast.NamedExpr):
        name, value = test.target.id, test.value
    if not is_block_call(value):
        return [choice]
    setattr(holder, field, ast.Name(id=name, ctx=ast.Load()))
    return [_assigned(name, value, choice), choice]


def _split_tuple(
    statement: ast.Return, values: ast.Tuple, is_block_call: Callable[[ast.expr], bool]
) -> list[ast.stmt]:
    """The other values are names and constants, which a helper can't change."""
    others = [one for one in values.elts if not is_simple(one)]
    if len(others) != 1 or not is_block_call(others[0]):
        return [statement]
    values.elts[values.elts.index(others[0])] = ast.Name(id=_ANONYMOUS, ctx=ast.Load())
    return [_assigned(_ANONYMOUS, others[0], statement), statement]


def _assigned(name: str, value: ast.expr, place: ast.stmt) -> ast.stmt:
    target = ast.Name(id=name, ctx=ast.Store())
    return ast.Assign(targets=[target], value=value, lineno=place.lineno)

"""A McCabe count of our own that sees what lizard can't: nested, one-line and hidden branches."""

from __future__ import annotations

import ast
from collections.abc import Iterable

_ONE_BRANCH = (
    ast.If,
    ast.IfExp,
    ast.For,
    ast.AsyncFor,
    ast.While,
    ast.ExceptHandler,
    ast.match_case,
)


def count_branches(root: ast.AST) -> int:
    """1 + the decisions anywhere inside ``root``.

    The rules are lizard's (a ``finally`` and every ``and``/``or`` count), with two differences:
    functions, lambdas and classes defined inside count for the function around them, and
    ``all((a, b))`` is the ``a and b`` that it stands for.
    """
    return 1 + sum(_decisions(node) for node in ast.walk(root))


def highest_count(roots: Iterable[ast.AST]) -> int:
    """The highest count of several functions, 0 if there are none."""
    return max((count_branches(root) for root in roots), default=0)


def spelled_out_quantifier(node: ast.AST) -> int:
    """How many values an ``all``/``any`` over a literal tuple, list or set has, else 0."""
    if (
        isinstance(node, ast.Call)
        and isinstance(node.func, ast.Name)
        and node.func.id in {"all", "any"}
        and len(node.args) == 1
        and isinstance(node.args[0], ast.Tuple | ast.List | ast.Set)
    ):
        return len(node.args[0].elts)
    return 0


def _decisions(node: ast.AST) -> int:
    if isinstance(node, _ONE_BRANCH):
        return 1
    if isinstance(node, ast.comprehension):
        return 1 + len(node.ifs)
    if isinstance(node, ast.BoolOp):
        return len(node.values) - 1
    if isinstance(node, ast.Try | ast.TryStar):
        return 1 if node.finalbody else 0
    return max(0, spelled_out_quantifier(node) - 1)

"""Tricks that lower a number and no one's effort: refused wherever the new version adds one."""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Iterator

from architect_agents.refactoring.ast_count import spelled_out_quantifier
from architect_agents.refactoring.comparison import Comparison, outermost
from architect_agents.refactoring.module_source import Function, ModuleSource
from architect_agents.types import Check

NAME = "no-gaming"

_SILENCERS = re.compile(
    r"#.*?(lizard\s+forgive|GENERATED CODE|\bnoqa\b|type:\s*ignore|pyright:\s*ignore"
    r"|pylint:\s*disable|pragma:\s*no\s*cover)",
)
_ARITHMETIC = ast.Add | ast.Sub | ast.Mult | ast.BitAnd | ast.BitOr | ast.BitXor


def check_no_gaming(comparison: Comparison) -> Check:
    """Nothing was moved to where the metric does not look."""
    for problem in _problems(comparison):
        return Check(NAME, "failed", problem)
    return Check(NAME, "passed", "No branch was hidden from the count.")


def _problems(comparison: Comparison) -> Iterator[str]:
    for function in comparison.added:
        if function.is_nested and function not in comparison.moved:
            yield f"The new function `{function.qualified_name}` is nested in another one."
    yield from _one_line_definitions(comparison)
    for what, count in _TRICKS.items():
        if _total(comparison.touched_after, count) > _total(comparison.touched_before, count):
            yield f"The new version adds {what}."
    before = len(_SILENCERS.findall(comparison.before.text))
    if len(_SILENCERS.findall(comparison.after.text)) > before:
        yield "The new version adds a comment that silences a checker."


def _one_line_definitions(comparison: Comparison) -> Iterator[str]:
    earlier = {one.key for one in comparison.touched_before if _is_one_line(comparison.before, one)}
    for one in comparison.touched_after:
        is_old = one.key in earlier or one in comparison.moved
        if not is_old and _is_one_line(comparison.after, one):
            yield f"The body of `{one.qualified_name}` stands on the line of its `def`."


def _is_one_line(module: ModuleSource, function: Function) -> bool:
    """Whether something of the header precedes the body on the body's first line."""
    first = function.node.body[0]
    # Column offsets count bytes of UTF-8.
    head = module.lines[first.lineno - 1].encode("utf-8", "replace")[: first.col_offset]
    return bool(head.strip())


def _total(functions: tuple[Function, ...], count: Callable[[ast.AST], int]) -> int:
    """Count in every function once, though nested functions are listed beside their outer one."""
    return sum(count(node) for one in outermost(functions) for node in ast.walk(one.node))


def _is_boolean(node: ast.AST) -> bool:
    if isinstance(node, ast.Compare | ast.BoolOp):
        return True
    if isinstance(node, ast.UnaryOp):
        return isinstance(node.op, ast.Not)
    return isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "bool"


def _boolean_arithmetic(node: ast.AST) -> int:
    if isinstance(node, ast.BinOp) and isinstance(node.op, _ARITHMETIC):
        return int(_is_boolean(node.left) or _is_boolean(node.right))
    if isinstance(node, ast.AugAssign) and isinstance(node.op, _ARITHMETIC):
        return int(_is_boolean(node.value))
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "sum":
        return sum(
            _is_boolean(item)
            for one in node.args
            if isinstance(one, ast.Tuple | ast.List)
            for item in one.elts
        )
    return 0


def _boolean_lookup(node: ast.AST) -> int:
    """``(a, b)[x > 1]`` and ``{True: a, False: b}[x > 1]``."""
    if not isinstance(node, ast.Subscript):
        return 0
    if not isinstance(node.value, ast.Tuple | ast.List | ast.Dict):
        return 0
    return int(_is_boolean(node.slice))


def _inner_class(node: ast.AST) -> int:
    return int(isinstance(node, ast.ClassDef))


_TRICKS: dict[str, Callable[[ast.AST], int]] = {
    "`all` or `any` over a written-out list, an `and` or `or` in disguise": lambda node: int(
        spelled_out_quantifier(node) > 1
    ),
    "arithmetic on booleans, a branch in disguise": _boolean_arithmetic,
    "a lookup by a boolean, a branch in disguise": _boolean_lookup,
    "a class inside a function": _inner_class,
}

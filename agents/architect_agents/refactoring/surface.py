"""The public surface of a module: what other files may rely on must stand as it stood."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from architect_agents.refactoring.comparison import Comparison
from architect_agents.refactoring.module_source import (
    Function,
    FunctionNode,
    ModuleSource,
    bound_name,
    statement_children,
    walk_definitions,
)
from architect_agents.refactoring.same_tree import same_tree
from architect_agents.types import Check

NAME = "public-surface"

# A method added to one of these becomes part of what the class asks of others.
_CLASSES_WITHOUT_HELPERS = frozenset({"Protocol", "TypedDict"})


def check_surface(comparison: Comparison) -> Check:
    """Names, signatures, decorators, docstrings, bases and ``__all__`` stand; helpers are private.

    Functions defined inside other functions are no surface.
    """
    for problem in _problems(comparison):
        return Check(NAME, "failed", problem)
    return Check(NAME, "passed", "Names, signatures, decorators and docstrings are as they were.")


def _problems(comparison: Comparison) -> Iterator[str]:
    yield from _lost_names(comparison.before, comparison.after)
    for change in comparison.changed:
        if not change.before.is_nested:
            yield from _signature_problems(change.before, change.after)
    yield from _class_problems(comparison.before, comparison.after)
    for helper in comparison.helpers:
        yield from _helper_problems(comparison, helper)


def _lost_names(before: ModuleSource, after: ModuleSource) -> Iterator[str]:
    for name in sorted(module_names(before.tree) - module_names(after.tree)):
        yield f"The module no longer defines `{name}`."
    keys = after.by_key
    for function in before.functions:
        if not function.is_nested and function.key not in keys:
            yield f"`{function.qualified_name}` is gone."
    if not same_tree(_dunder_all(before.tree), _dunder_all(after.tree)):
        yield "`__all__` changed."


def module_names(tree: ast.Module) -> frozenset[str]:
    """The names that the module's own statements bind (not those of star imports)."""
    names: set[str] = set()
    stack: list[ast.AST] = [tree]
    while stack:
        node = stack.pop()
        if isinstance(node, FunctionNode | ast.ClassDef):
            names.add(node.name)
            continue
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            names.add(node.id)
        elif isinstance(node, ast.alias):
            names.add(bound_name(node))
        stack.extend(ast.iter_child_nodes(node))
    return frozenset(names)


def _dunder_all(tree: ast.Module) -> list[ast.AST]:
    """The statements, outside functions and classes, that set or extend ``__all__``."""
    found: list[ast.AST] = []
    stack: list[ast.AST] = [tree]
    while stack:
        node = stack.pop()
        inner = list(statement_children(node))
        if inner and not isinstance(node, FunctionNode | ast.ClassDef):
            stack.extend(reversed(inner))
        elif not inner and any(
            isinstance(one, ast.Name) and one.id == "__all__" for one in ast.walk(node)
        ):
            found.append(node)
    return found


def _signature_problems(before: Function, after: Function) -> Iterator[str]:
    one, other = before.node, after.node
    name = f"`{before.qualified_name}`"
    if type(one) is not type(other):
        yield f"{name} is no longer {'async' if isinstance(one, ast.AsyncFunctionDef) else 'sync'}."
    if not same_tree(one.args, other.args) or not same_tree(one.returns, other.returns):
        yield f"The signature of {name} changed."
    if not same_tree(getattr(one, "type_params", []), getattr(other, "type_params", [])):
        yield f"The type parameters of {name} changed."
    if not same_tree(one.decorator_list, other.decorator_list):
        yield f"The decorators of {name} changed."
    if ast.get_docstring(one, clean=False) != ast.get_docstring(other, clean=False):
        yield f"The docstring of {name} changed."
    if is_generator(one) != is_generator(other):
        yield f"{name} {'is no longer' if is_generator(one) else 'became'} a generator."


def is_generator(node: FunctionNode) -> bool:
    """Whether the function's own body (not a nested function's) yields."""
    stack: list[ast.AST] = list(node.body)
    while stack:
        one = stack.pop()
        if isinstance(one, ast.Yield | ast.YieldFrom):
            return True
        if not isinstance(one, FunctionNode | ast.Lambda | ast.ClassDef):
            stack.extend(ast.iter_child_nodes(one))
    return False


def _class_problems(before: ModuleSource, after: ModuleSource) -> Iterator[str]:
    others = _classes(after.tree)
    for name, one in _classes(before.tree).items():
        other = others.get(name)
        if other is None:
            yield f"The class `{name}` is gone."
        elif not all(
            same_tree(getattr(one, field, []), getattr(other, field, []))
            for field in ("bases", "keywords", "decorator_list", "type_params")
        ):
            yield f"The bases, keywords or decorators of the class `{name}` changed."
        elif ast.get_docstring(one, clean=False) != ast.get_docstring(other, clean=False):
            yield f"The docstring of the class `{name}` changed."


def _classes(tree: ast.Module) -> dict[str, ast.ClassDef]:
    """The classes outside functions by qualified name; of equal names the last one counts."""
    return {
        ".".join([*(scope.name for scope in scopes), node.name]): node
        for node, scopes in walk_definitions(tree)
        if isinstance(node, ast.ClassDef)
        and all(isinstance(scope, ast.ClassDef) for scope in scopes)
    }


def _helper_problems(comparison: Comparison, helper: Function) -> Iterator[str]:
    name = helper.name
    if not name.startswith("_") or (name.startswith("__") and name.endswith("__")):
        yield f"The new function `{helper.qualified_name}` is public; call it `_{name.strip('_')}`."
    if name in comparison.before.identifiers:
        yield f"The name of the new function `{helper.qualified_name}` was already in use."
    if helper.class_node is not None:
        bases = {_last_name(base) for base in helper.class_node.bases}
        if bases & _CLASSES_WITHOUT_HELPERS:
            yield f"A helper in `{helper.class_node.name}` would become part of that protocol."
    if _splits_a_group(comparison.after, helper):
        yield f"`{helper.qualified_name}` stands between two definitions that belong together."


def _last_name(base: ast.expr) -> str:
    if isinstance(base, ast.Subscript):
        base = base.value
    return base.attr if isinstance(base, ast.Attribute) else getattr(base, "id", "")


def _splits_a_group(module: ModuleSource, helper: Function) -> bool:
    """Whether definitions of one name (overloads, a property's parts) stand on both sides."""
    parent = helper.scopes[-1] if helper.scopes else module.tree
    siblings = list(statement_children(parent))
    if helper.node not in siblings:
        return False
    place = siblings.index(helper.node)
    earlier = siblings[place - 1] if place else None
    later = siblings[place + 1] if place + 1 < len(siblings) else None
    return (
        isinstance(earlier, FunctionNode)
        and isinstance(later, FunctionNode)
        and earlier.name == later.name
    )

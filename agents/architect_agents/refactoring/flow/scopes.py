"""Which names a scope binds, and which it takes from the scopes around it."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

FunctionNode = ast.FunctionDef | ast.AsyncFunctionDef
Comprehension = ast.ListComp | ast.SetComp | ast.DictComp | ast.GeneratorExp

FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)
COMPREHENSIONS = (ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)
# ``type X = …`` (Python 3.12) binds X at once and evaluates its value lazily in a scope.
_TYPE_ALIAS: tuple[type[Any], ...] = (ast.TypeAlias,) if hasattr(ast, "TypeAlias") else ()
#: Nodes whose inside is a scope of its own.
SCOPES: tuple[type[Any], ...] = (*FUNCTIONS, ast.Lambda, ast.ClassDef, *_TYPE_ALIAS)
#: Nodes that bind the name in their ``name`` field.
_NAMING = (*FUNCTIONS, ast.ClassDef, ast.ExceptHandler, ast.MatchAs, ast.MatchStar)


@dataclass(frozen=True, slots=True)
class Bindings:
    """The names of one function: ``locals`` includes ``parameters``; the rest are declarations."""

    parameters: frozenset[str]
    locals: frozenset[str]
    globals: frozenset[str]
    nonlocals: frozenset[str]


def parameters_of(arguments: ast.arguments) -> list[ast.arg]:
    """All parameters in the order in which they are written, with ``*args`` and ``**kwargs``."""
    found = [*arguments.posonlyargs, *arguments.args]
    if arguments.vararg:
        found.append(arguments.vararg)
    found += arguments.kwonlyargs
    if arguments.kwarg:
        found.append(arguments.kwarg)
    return found


def evaluated_outside(node: ast.AST) -> list[ast.AST]:
    """The parts of a nested scope that belong around it: decorators, defaults, bases, an alias."""
    return [*_plainly_outside(node), *seeing_type_parameters(node)]


def _plainly_outside(node: ast.AST) -> list[ast.AST]:
    if isinstance(node, ast.ClassDef):
        return list(node.decorator_list)
    if not isinstance(node, (*FUNCTIONS, ast.Lambda)):
        return [node.name] if isinstance(node, _TYPE_ALIAS) else []
    decorators = node.decorator_list if isinstance(node, FUNCTIONS) else []
    return [*decorators, *node.args.defaults, *filter(None, node.args.kw_defaults)]


def seeing_type_parameters(node: ast.AST) -> list[ast.AST]:
    """What is evaluated around a nested scope, but knows its type parameters (PEP 695).

    The bases of a class, and the annotations of a function. Until Python 3.13 annotations are
    evaluated with the ``def``, from 3.14 on (PEP 649) only when somebody asks for them.
    """
    if isinstance(node, ast.ClassDef):
        return [*node.bases, *(item.value for item in node.keywords)]
    if not isinstance(node, FUNCTIONS):
        return []
    annotations = [arg.annotation for arg in parameters_of(node.args)]
    return [one for one in (*annotations, node.returns) if one is not None]


def type_parameters(node: ast.AST) -> frozenset[str]:
    """The names of a scope's own type parameters: ``T`` of ``def f[T](…)``."""
    return frozenset(item.name for item in getattr(node, "type_params", []))


def evaluated_inside(node: ast.AST) -> list[ast.AST]:
    """The parts of a nested scope that belong to it alone."""
    if isinstance(node, ast.Lambda):
        return [node.body]
    parts: list[ast.AST] = list(getattr(node, "type_params", []))
    body = getattr(node, "body", None)
    return parts + body if isinstance(body, list) else [*parts, node.value]  # type: ignore[attr-defined]


def names_written_by(node: ast.AST) -> Iterator[str]:
    """The names which this one node, not its children, binds or unbinds."""
    if isinstance(node, ast.Name):
        if not isinstance(node.ctx, ast.Load):
            yield node.id
    elif isinstance(node, ast.alias):
        if node.name != "*":
            yield node.asname or node.name.split(".")[0]
    elif isinstance(node, ast.MatchMapping):
        if node.rest:
            yield node.rest
    elif isinstance(node, _NAMING) and node.name:
        yield node.name


def within_scope(roots: Iterable[ast.AST]) -> Iterator[ast.AST]:
    """``roots`` and what stands below, without the insides of nested scopes.

    Comprehensions are yielded but entered only for ``:=``, which binds in the scope around.
    """
    pending = list(roots)
    while pending:
        node = pending.pop()
        yield node
        if isinstance(node, SCOPES):
            pending += evaluated_outside(node)
        elif isinstance(node, COMPREHENSIONS):
            pending += [
                inner.target for inner in ast.walk(node) if isinstance(inner, ast.NamedExpr)
            ]
        else:
            pending += ast.iter_child_nodes(node)


def bindings_of(function: FunctionNode | ast.Lambda) -> Bindings:
    """Sort the names that ``function`` binds itself."""
    parameters = frozenset(arg.arg for arg in parameters_of(function.args))
    bound = set(parameters)
    declared_global: set[str] = set()
    declared_nonlocal: set[str] = set()
    body = function.body if isinstance(function.body, list) else [function.body]
    for node in within_scope(body):
        bound.update(names_written_by(node))
        if isinstance(node, ast.Global):
            declared_global.update(node.names)
        elif isinstance(node, ast.Nonlocal):
            declared_nonlocal.update(node.names)
    return Bindings(
        parameters,
        frozenset(bound - declared_global - declared_nonlocal),
        frozenset(declared_global),
        frozenset(declared_nonlocal),
    )


def free_names(node: ast.AST) -> frozenset[str]:
    """Names that the *inside* of a nested scope (or comprehension) takes from around it.

    A class body looks a name up outside when it has not bound it yet, so every name that it
    reads counts.
    """
    if isinstance(node, COMPREHENSIONS):
        return _free_in_comprehension(node)
    used = _names_used(evaluated_inside(node))
    if isinstance(node, (*FUNCTIONS, ast.Lambda)):
        bindings = bindings_of(node)
        used = (used - bindings.locals - bindings.globals) | bindings.nonlocals
    return frozenset(used - type_parameters(node))


def _names_used(roots: Iterable[ast.AST]) -> set[str]:
    """Names read or written among ``roots``, and what nested scopes take from here."""
    used: set[str] = set()
    pending = list(roots)
    while pending:
        node = pending.pop()
        if isinstance(node, COMPREHENSIONS):
            used |= free_names(node)
        elif isinstance(node, SCOPES):
            used |= free_names(node)
            pending += evaluated_outside(node)
        else:
            if isinstance(node, ast.Name):
                used.add(node.id)
            elif isinstance(node, ast.Nonlocal):
                used.update(node.names)
            pending += ast.iter_child_nodes(node)
    return used


def _free_in_comprehension(node: Comprehension) -> frozenset[str]:
    own = {name for part in node.generators for name in target_names(part.target)}
    inside = _names_used(ast.iter_child_nodes(node))
    return frozenset(inside - own) | _names_used([node.generators[0].iter])


def target_names(target: ast.AST) -> set[str]:
    """Names bound by an assignment target."""
    return {
        node.id
        for node in ast.walk(target)
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)
    }


def rebound_names(node: ast.AST) -> frozenset[str]:
    """Names around a nested scope that it, or a scope inside it, may write (``nonlocal``)."""
    found: set[str] = set()
    for inner in within_scope(evaluated_inside(node)):
        if isinstance(inner, ast.Nonlocal):
            found.update(inner.names)
        elif isinstance(inner, SCOPES):
            own = bindings_of(node).locals if isinstance(node, (*FUNCTIONS, ast.Lambda)) else set()
            found |= rebound_names(inner) - own
    return frozenset(found)

"""Which argument of a call meets which parameter of a helper, and the helper's text in those names.

Only what is exact is accepted: plain names and constants as arguments, no defaults, no stars.
"""

from __future__ import annotations

import ast
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from architect_agents.refactoring.flow import bindings_of
from architect_agents.refactoring.flow.scopes import names_written_by
from architect_agents.refactoring.module_source import Function, FunctionNode
from architect_agents.refactoring.normal_form import clone

#: Parameter to the name or constant that is handed in.
Binding = Mapping[str, ast.expr]

_INNER_SCOPES = (
    *(ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Lambda),
    *(ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp),
)


#: Methods whose first argument is a class without saying so.
_IMPLICIT_CLASS_METHODS = frozenset({"__new__", "__init_subclass__", "__class_getitem__"})


class NotAnExtractionError(Exception):
    """The edit is more than moving code into helpers; ``str(error)`` is half a sentence."""


class BrokenCallError(Exception):
    """A helper is called in a way that fails or means something else; half a sentence, too."""


@dataclass(frozen=True, slots=True)
class Helper:
    """A new function: plain, or the method of a class by ``kind``."""

    name: str
    node: FunctionNode
    kind: str  # "function", "method", "classmethod" or "staticmethod"
    class_node: ast.ClassDef | None

    @classmethod
    def of(cls, function: Function) -> Helper:
        """Read it off the definition.

        Raises:
            NotAnExtractionError: a decorator makes it something else.
        """
        decorators = [getattr(one, "id", "?") for one in function.node.decorator_list]
        owner = function.class_node
        if not decorators:
            kind = "function" if owner is None else "method"
        elif owner is not None and decorators in (["staticmethod"], ["classmethod"]):
            kind = decorators[0]
        else:
            raise NotAnExtractionError(f"`{function.name}` is decorated")
        return cls(function.name, function.node, kind, owner)

    @property
    def is_expression(self) -> bool:
        """Whether it is nothing but ``return expression``, apart from a docstring."""
        last = self.node.body[-1]
        rest = self.node.body[:-1]
        only_text = all(
            isinstance(one, ast.Expr) and isinstance(one.value, ast.Constant) for one in rest
        )
        return only_text and isinstance(last, ast.Return) and last.value is not None


@dataclass(frozen=True, slots=True)
class Receiver:
    """The first parameter of a method: ``kind`` is "method" (an instance) or "classmethod"."""

    name: str
    kind: str
    class_node: ast.ClassDef

    @classmethod
    def of(cls, function: Function) -> Receiver | None:
        """That of ``function``; None if it has none, rebinds it, or if it is not known what it is.

        A decorator that we don't know may make ``cls`` of what would be ``self``.
        """
        arguments = function.node.args
        positional = [*arguments.posonlyargs, *arguments.args]
        owner = function.class_node
        decorators = {getattr(one, "id", "?") for one in function.node.decorator_list}
        if owner is None or not positional or "staticmethod" in decorators:
            return None
        name = positional[0].arg
        if _is_rebound(function.node, name):
            return None
        if "classmethod" in decorators or function.name in _IMPLICIT_CLASS_METHODS:
            return cls(name, "classmethod", owner)
        if decorators and name != "self":
            return None
        return cls(name, "method", owner)


def _is_rebound(function: FunctionNode, name: str) -> bool:
    return any(
        isinstance(node, ast.Name) and node.id == name and not isinstance(node.ctx, ast.Load)
        for node in ast.walk(function)
    )


def bind(helper: Helper, call: ast.Call, receiver: Receiver | None) -> Binding:
    """Match the call's arguments with the helper's parameters.

    ``receiver`` is what the caller's own first parameter gets, if the caller is a method.

    Raises:
        BrokenCallError: the call would raise a TypeError or reach another object.
        NotAnExtractionError: an argument is more than a name or a constant.
    """
    arguments = helper.node.args
    if arguments.vararg or arguments.kwarg or arguments.defaults or any(arguments.kw_defaults):
        raise NotAnExtractionError(f"`{helper.name}` has optional parameters")
    positional = [one.arg for one in [*arguments.posonlyargs, *arguments.args]]
    given = [*_received(helper, call, receiver), *call.args]
    if len(given) > len(positional):
        raise BrokenCallError(f"`{helper.name}` is called with too many arguments")
    bound = dict(zip(positional, given, strict=False))
    by_name = {*positional, *(one.arg for one in arguments.kwonlyargs)}
    for keyword in call.keywords:
        if keyword.arg not in by_name or keyword.arg in bound:
            raise BrokenCallError(f"`{helper.name}` is called with a wrong `{keyword.arg}=`")
        bound[keyword.arg] = keyword.value
    if set(bound) != by_name:
        raise BrokenCallError(f"`{helper.name}` is called with too few arguments")
    for value in bound.values():
        if not isinstance(value, ast.Name | ast.Constant):
            raise NotAnExtractionError(f"`{helper.name}` is handed more than names")
    return bound


def _received(helper: Helper, call: ast.Call, receiver: Receiver | None) -> list[ast.expr]:
    """The object before the dot, where it becomes the first argument."""
    func = call.func
    if isinstance(func, ast.Name):
        if helper.kind != "function":
            raise BrokenCallError(f"`{helper.name}` is a method, but called as a function")
        return []
    owner = func.value if isinstance(func, ast.Attribute) else None
    if helper.kind == "function" or helper.class_node is None or not isinstance(owner, ast.Name):
        raise NotAnExtractionError(f"`{helper.name}` is called on another object")
    if helper.kind == "staticmethod" and owner.id == helper.class_node.name:
        return []
    if receiver is None or owner.id != receiver.name:
        raise NotAnExtractionError(f"`{helper.name}` is called on another object")
    if helper.class_node is not receiver.class_node:
        raise BrokenCallError(f"`{helper.name}` is a method of another class")
    if helper.kind == "staticmethod":
        return []
    if helper.kind != receiver.kind:
        raise BrokenCallError(f"`{helper.name}` gets another object than its caller has")
    return [owner]


def looks_swapped(binding: Binding) -> bool:
    """Whether an argument has the name of another parameter than the one that it meets."""
    return any(
        isinstance(value, ast.Name) and value.id != name and value.id in binding
        for name, value in binding.items()
    )


def rename(helper: Helper, body: Sequence[ast.stmt], binding: Binding) -> list[ast.stmt]:
    """``body`` (which is changed) under the names of the caller.

    Raises:
        NotAnExtractionError: a name would come to mean two things.
    """
    renamed = {
        name: value
        for name, value in binding.items()
        if not (isinstance(value, ast.Name) and value.id == name)
    }
    if not renamed:
        return list(body)
    given = [value.id for value in binding.values() if isinstance(value, ast.Name)]
    if len(given) != len(set(given)):
        raise NotAnExtractionError(f"`{helper.name}` is handed one variable twice")
    mentioned = _mentioned(body)
    if any(
        isinstance(value, ast.Name) and value.id in mentioned and value.id not in binding
        for value in renamed.values()
    ):
        raise NotAnExtractionError(f"`{helper.name}` has a variable named like an argument")
    _refuse_rebinding(helper, body, renamed)
    replacing = _Replacing(renamed)
    return [replacing.visit(one) for one in body]


def _refuse_rebinding(
    helper: Helper, body: Sequence[ast.stmt], renamed: Mapping[str, ast.expr]
) -> None:
    """Names bound other than by plain assignment, or in inner scopes, are not renamed."""
    written = bindings_of(helper.node).locals & _written(body)
    constants = {name for name, value in renamed.items() if isinstance(value, ast.Constant)}
    if constants & written:
        raise NotAnExtractionError(f"`{helper.name}` assigns to a parameter that is a constant")
    others = {value.id for value in renamed.values() if isinstance(value, ast.Name)}
    for node in (inner for statement in body for inner in ast.walk(statement)):
        names: set[str] = set()
        if isinstance(node, _INNER_SCOPES):
            names = {name for inner in ast.walk(node) for name in _bound_by(inner)}
        elif not isinstance(node, ast.Name):
            names = set(names_written_by(node))
        if names & (renamed.keys() | others):
            raise NotAnExtractionError(f"`{helper.name}` uses a parameter's name anew")


def _bound_by(node: ast.AST) -> list[str]:
    return [node.arg] if isinstance(node, ast.arg) else list(names_written_by(node))


def _written(body: Sequence[ast.stmt]) -> set[str]:
    return {
        name
        for statement in body
        for node in ast.walk(statement)
        for name in names_written_by(node)
    }


def _mentioned(body: Sequence[ast.stmt]) -> set[str]:
    found = _written(body)
    for statement in body:
        for node in ast.walk(statement):
            if isinstance(node, ast.Name):
                found.add(node.id)
            elif isinstance(node, ast.arg):
                found.add(node.arg)
    return found


class _Replacing(ast.NodeTransformer):
    def __init__(self, renamed: Mapping[str, ast.expr]) -> None:
        self._renamed = renamed

    def visit_Name(self, node: ast.Name) -> ast.expr:
        value = self._renamed.get(node.id)
        if isinstance(value, ast.Name):
            return ast.Name(id=value.id, ctx=node.ctx)
        return node if value is None else clone(value)

"""The types of a function's variables, as far as the text of its file tells them.

The rule is that of type checkers: a variable has the type of what is assigned to it first. What
is not sure stays unknown. A type is its own source text, such as ``list[Order]``.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from architect_agents.refactoring.file_types import FileTypes, parts_of, plain
from architect_agents.refactoring.flow.scopes import names_written_by, parameters_of, within_scope
from architect_agents.refactoring.module_source import Function, ModuleSource

#: Built-in functions whose result always has the same type.
_RESULTS = {
    **dict.fromkeys(("bool", "callable", "hasattr", "isinstance", "issubclass"), "bool"),
    **dict.fromkeys(("ascii", "bin", "chr", "hex", "oct", "repr", "str"), "str"),
    **dict.fromkeys(("hash", "id", "int", "len", "ord"), "int"),
    "bytes": "bytes",
    "float": "float",
}
_LITERALS = (bool, int, float, str, bytes)
_ARITHMETIC = (ast.Add, ast.Sub, ast.Mult)
#: One of these and another, or an ``int``, give a third.
_NUMBERS = frozenset({"Decimal", "Fraction", "float", "int"})
_SURELY_BOOLEAN = (ast.Is, ast.IsNot, ast.In, ast.NotIn)
#: The method that fills what was empty.
_FILLING = {"list": "append", "set": "add"}
#: Calls that go through the elements of what they are handed.
_PASSING_ON = frozenset({"frozenset", "list", "reversed", "set", "sorted", "tuple"})


@dataclass(frozen=True, slots=True)
class _Source:
    """What says the type: a value, what a loop goes through, or an annotation.

    Of a tuple with ``count`` parts it is the one at ``place``; 0: it is not taken apart.
    """

    how: Literal["value", "item", "annotation"]
    value: ast.expr
    place: int = 0
    count: int = 0


class VariableTypes:
    """Asked for one function of a module; ``receiver`` is what its ``self`` is called, if any."""

    def __init__(self, module: ModuleSource, function: Function, receiver: str | None) -> None:
        self._file = FileTypes.of(module)
        self._own_class = function.class_node.name if function.class_node else ""
        self._receiver = receiver
        owner = function.class_node
        self._class_names = frozenset(
            name
            for node in (within_scope(owner.body) if owner else ())
            for name in names_written_by(node)
        )
        self._parameters = {
            arg.arg: arg.annotation for arg in parameters_of(function.node.args) if arg.annotation
        }
        starred = (function.node.args.vararg, function.node.args.kwarg)
        for arg in filter(None, starred):
            self._parameters.pop(arg.arg, None)
        self._nodes = list(within_scope(function.node.body))
        self._locals = {name for node in self._nodes for name in names_written_by(node)}
        self._sources = {id(name): source for name, source in self._assignments()}
        self._known: dict[str, str | None] = {}

    def of(self, name: str) -> str | None:
        """The type of a variable; None where it is not known."""
        known = self._of(name)
        return known if known and self._file.can_name(known, self._class_names) else None

    def _of(self, name: str) -> str | None:
        if name not in self._known:
            self._known[name] = None  # while it is being asked for
            self._known[name] = self._variable(name)
        return self._known[name]

    def _variable(self, name: str) -> str | None:
        if name not in self._locals:
            annotation = self._parameters.get(name)
            return None if annotation is None else plain(annotation)
        bindings = [node for node in self._nodes if name in names_written_by(node)]
        if name in self._parameters or not all(isinstance(one, ast.Name) for one in bindings):
            return None
        bindings.sort(key=_place)
        changed = {id(one.target) for one in self._nodes if isinstance(one, ast.AugAssign)}
        types = [self._bound(one) for one in bindings if id(one) not in changed]
        if not types or any(one not in (None, types[0]) for one in types):
            return None
        return types[0]

    def _assignments(self) -> Iterator[tuple[ast.AST, _Source]]:
        """What is bound, and where its type comes from."""
        for node in self._nodes:
            if isinstance(node, ast.AnnAssign):
                yield node.target, _Source("annotation", node.annotation)
            elif isinstance(node, ast.Assign):
                for target in node.targets:
                    yield from _unpacked(target, _Source("value", node.value))
            elif isinstance(node, ast.For):
                yield from _unpacked(node.target, _Source("item", node.iter))

    def _bound(self, name: ast.AST) -> str | None:
        source = self._sources.get(id(name))
        if source is None:
            return None
        if source.how == "annotation":
            return plain(source.value)
        whole = self._item(source.value) if source.how == "item" else self._type(source.value)
        if not source.count:
            return whole or self._filled(name, source)
        parts = parts_of(whole or "", "tuple")
        fits = len(parts) == source.count and "..." not in parts
        return parts[source.place] if fits else None

    def _filled(self, name: ast.AST, source: _Source) -> str | None:
        """The type of an empty list or set by what is put into it first."""
        kind = _empty_kind(source.value) if source.how == "value" else ""
        if not kind or not isinstance(name, ast.Name):
            return None
        calls = [
            node
            for node in self._nodes
            if isinstance(node, ast.Call)
            and isinstance(node.func, ast.Attribute)
            and node.func.attr == _FILLING[kind]
            and isinstance(node.func.value, ast.Name)
            and node.func.value.id == name.id
            and len(node.args) == 1
        ]
        first = min(calls, key=_place, default=None)
        item = self._type(first.args[0]) if first and not self._file.defines(kind) else None
        return f"{kind}[{item}]" if item else None

    def _type(self, value: ast.expr) -> str | None:
        """The type of an expression."""
        if isinstance(value, ast.Constant):
            return type(value.value).__name__ if isinstance(value.value, _LITERALS) else None
        if isinstance(value, ast.JoinedStr):
            return "str"
        if isinstance(value, ast.Name):
            return self._own_class if value.id == self._receiver else self._of(value.id)
        if isinstance(value, ast.Attribute):
            owner = self._type(value.value)
            return self._file.attribute(owner, value.attr) if owner else None
        if isinstance(value, ast.Call):
            return self._result(value)
        return self._operation(value)

    def _operation(self, value: ast.expr) -> str | None:
        if isinstance(value, ast.IfExp):
            return self._common([value.body, value.orelse])
        if isinstance(value, ast.BinOp):
            return self._arithmetic(value)
        if isinstance(value, ast.UnaryOp):
            operand = self._type(value.operand)
            return "bool" if isinstance(value.op, ast.Not) else _number(operand)
        if isinstance(value, ast.Compare) and isinstance(value.ops[0], _SURELY_BOOLEAN):
            return "bool" if len(value.ops) == 1 else None
        return self._display(value)

    def _display(self, value: ast.expr) -> str | None:
        """``[a, b]`` and ``{a, b}`` of one known type; an empty one says nothing."""
        if not isinstance(value, ast.List | ast.Set) or not value.elts:
            return None
        item = self._common(value.elts)
        return f"{type(value).__name__.lower()}[{item}]" if item else None

    def _common(self, values: Sequence[ast.expr]) -> str | None:
        types = {self._type(one) for one in values}
        return types.pop() if len(types) == 1 else None

    def _arithmetic(self, value: ast.BinOp) -> str | None:
        types = {self._type(value.left), self._type(value.right)}
        if types <= _NUMBERS and isinstance(value.op, _ARITHMETIC) and len(types - {"int"}) < 2:
            return next(iter(types - {"int"}), "int")
        joined = types in ({"str"}, {"bytes"}) and isinstance(value.op, ast.Add)
        return types.pop() if joined else None

    def _result(self, call: ast.Call) -> str | None:
        func = call.func
        if isinstance(func, ast.Name):
            if func.id in self._locals:
                return None
            known = None if self._file.defines(func.id) else _RESULTS.get(func.id)
            return known or self._file.result(func.id)
        if isinstance(func, ast.Attribute):
            owner = self._type(func.value)
            return self._file.method_result(owner, func.attr) if owner else None
        return None

    def _item(self, value: ast.expr) -> str | None:
        """The type of what a loop over ``value`` gets."""
        if isinstance(value, ast.Call) and isinstance(value.func, ast.Name):
            name, first = value.func.id, value.args[0] if value.args else None
            if name in self._locals or self._file.defines(name) or first is None:
                return None
            if name == "range":
                return "int"
            if name == "enumerate":
                item = self._item(first)
                return f"tuple[int, {item}]" if item else None
            if name in _PASSING_ON:
                return self._item(first)
        whole = self._type(value)
        return self._file.item(whole) if whole else None


def _unpacked(target: ast.expr, source: _Source) -> Iterator[tuple[ast.AST, _Source]]:
    """``a, b = …``: each name gets one of so many parts."""
    if not isinstance(target, ast.Tuple):
        yield target, source
    elif not any(isinstance(item, ast.Starred) for item in target.elts):
        for place, item in enumerate(target.elts):
            yield item, replace(source, place=place, count=len(target.elts))


def _empty_kind(value: ast.expr) -> str:
    """What an empty list or set is called; nothing for all else."""
    if isinstance(value, ast.List):
        return "" if value.elts else "list"
    if isinstance(value, ast.Call) and not value.args and not value.keywords:
        return "set" if getattr(value.func, "id", "") == "set" else ""
    return ""


def _number(known: str | None) -> str | None:
    return known if known in _NUMBERS else None


def _place(node: ast.AST) -> tuple[int, int]:
    return getattr(node, "lineno", 0), getattr(node, "col_offset", 0)

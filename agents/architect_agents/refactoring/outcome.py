"""What a caller does with a helper's result, worked out for each ``return`` of the helper."""

from __future__ import annotations

import ast
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import takewhile

from architect_agents.refactoring.binding import NotAnExtractionError
from architect_agents.refactoring.normal_form import clone, never_falls

_NONE = ast.Constant(value=None)
# Displays, comprehensions and the like build an object of their own.
_NEVER_NONE = (
    *(ast.Tuple, ast.List, ast.Set, ast.Dict, ast.ListComp, ast.SetComp, ast.DictComp),
    *(ast.GeneratorExp, ast.JoinedStr, ast.Lambda),
)
_OWN_RESULT = frozenset(
    {
        *("bool", "bytes", "dict", "enumerate", "float", "frozenset", "int", "isinstance"),
        *("len", "list", "repr", "set", "sorted", "str", "tuple", "zip"),
    }
)
_ALWAYS_BOOLEAN = (ast.Is, ast.IsNot)


@dataclass(frozen=True, slots=True)
class Outcome:
    """A result assigned to ``target`` (None: dropped), and the ``choices`` made on it.

    ``handed_over`` are the names that exist only to carry the result: the original function does
    not know them. ``choices`` are the ``if`` statements right behind the call that ask for one.
    """

    target: ast.expr | None
    handed_over: frozenset[str]
    choices: tuple[ast.If, ...]

    @classmethod
    def of(
        cls, statement: ast.stmt, following: Sequence[ast.stmt], known: frozenset[str]
    ) -> Outcome:
        """The outcome of ``statement``, which is a call, an assignment of one or a return."""
        if not isinstance(statement, ast.Assign):
            return cls(None, frozenset(), ())
        target = statement.targets[0]
        handed_over = frozenset(name for name in _target_names(target) if name not in known)
        choices = takewhile(
            lambda one: isinstance(one, ast.If) and bool(_names_in(one.test) & handed_over),
            following,
        )
        return cls(target, handed_over, tuple(one for one in choices if isinstance(one, ast.If)))

    def after(self, value: ast.expr | None) -> tuple[list[ast.stmt], bool]:
        """What happens after the helper returned ``value``, and whether that can't raise.

        Raises:
            NotAnExtractionError: it depends on more than the text shows.
        """
        result = value or _NONE
        if self.target is None:
            if not _is_constant(result, None):
                raise NotAnExtractionError("a result of the helper is dropped")
            return [], True
        carried, done = self._assigned(result)
        quiet = all(isinstance(one, ast.Assign) and _target_names(one.targets[0]) for one in done)
        used = 0
        for choice in self.choices:
            chosen = choice.body if _truth(choice.test, carried) else choice.orelse
            quiet = quiet and all(_is_quiet(one) for one in chosen)
            replacing = _Replacing(carried)
            done += [replacing.visit(clone(one)) for one in chosen]
            used += replacing.used
            if never_falls(chosen):
                break
        effects = [one for one in carried.values() if not _is_simple(one)]
        if effects and used != 1:
            raise NotAnExtractionError("a result of the helper is not used exactly once")
        return done, quiet

    def _assigned(self, value: ast.expr) -> tuple[dict[str, ast.expr], list[ast.stmt]]:
        """The values that are only handed over, by name, and the assignment of the others."""
        pairs = _pairs(self.target, value)
        if pairs is None:
            assert self.target is not None
            if self.handed_over:
                raise NotAnExtractionError("the helper's results can't be told apart")
            return {}, [ast.Assign(targets=[clone(self.target)], value=clone(value))]
        carried = {name: item for name, item in pairs if name in self.handed_over}
        kept = [
            (name, item)
            for name, item in pairs
            if name not in self.handed_over and not (isinstance(item, ast.Name) and item.id == name)
        ]
        names = {name for name, _ in kept}
        for item in carried.values():
            if _names_in(item) & names or (kept and not _is_simple(item)):
                raise NotAnExtractionError("the order of the helper's results matters")
        return carried, _assignment(kept)


def _pairs(target: ast.expr | None, value: ast.expr) -> list[tuple[str, ast.expr]] | None:
    """Which name gets which value, if that can be read off."""
    if isinstance(target, ast.Name):
        return [(target.id, value)]
    names = _target_names(target) if target is not None else []
    if not names or not isinstance(value, ast.Tuple) or len(value.elts) != len(names):
        return None
    if any(isinstance(item, ast.Starred) for item in value.elts):
        return None
    return list(zip(names, value.elts, strict=True))


def _assignment(pairs: Sequence[tuple[str, ast.expr]]) -> list[ast.stmt]:
    if not pairs:
        return []
    targets: list[ast.expr] = [ast.Name(id=name, ctx=ast.Store()) for name, _ in pairs]
    values = [clone(item) for _, item in pairs]
    if len(pairs) == 1:
        return [ast.Assign(targets=targets, value=values[0])]
    target = ast.Tuple(elts=targets, ctx=ast.Store())
    return [ast.Assign(targets=[target], value=ast.Tuple(elts=values, ctx=ast.Load()))]


def _target_names(target: ast.expr) -> list[str]:
    """The names of ``x`` or ``x, y``; nothing for any other target."""
    items = target.elts if isinstance(target, ast.Tuple | ast.List) else [target]
    names = [item.id for item in items if isinstance(item, ast.Name)]
    return names if len(names) == len(items) else []


def _names_in(node: ast.AST) -> frozenset[str]:
    return frozenset(one.id for one in ast.walk(node) if isinstance(one, ast.Name))


def _is_constant(node: ast.expr, value: object) -> bool:
    return isinstance(node, ast.Constant) and node.value is value


def _is_simple(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant | ast.Name)


def _is_quiet(statement: ast.stmt) -> bool:
    """Whether the statement can't raise, so that it may stand inside a ``try``."""
    if isinstance(statement, ast.Return):
        value = statement.value
        items = value.elts if isinstance(value, ast.Tuple) else [value]
        return all(item is None or _is_simple(item) for item in items)
    return isinstance(statement, ast.Break | ast.Continue | ast.Pass)


def _truth(test: ast.expr, carried: Mapping[str, ast.expr]) -> bool:
    """Which way an ``if`` on a result goes.

    Raises:
        NotAnExtractionError: that is known only when the code runs.
    """
    if isinstance(test, ast.UnaryOp) and isinstance(test.op, ast.Not):
        return not _truth(test.operand, carried)
    if isinstance(test, ast.Name) and test.id in carried:
        value = carried[test.id]
        if isinstance(value, ast.Constant):
            return bool(value.value)
    if isinstance(test, ast.Compare) and len(test.ops) == 1 and isinstance(test.left, ast.Name):
        same = _same(carried.get(test.left.id), test.comparators[0], test.ops[0])
        if same is not None:
            return same is isinstance(test.ops[0], ast.Is | ast.Eq)
    raise NotAnExtractionError("what the caller does with the result can't be told from the text")


def _same(value: ast.expr | None, other: ast.expr, operator: ast.cmpop) -> bool | None:
    """Whether a result is the thing it is compared with; None if that is not known."""
    if value is None or not isinstance(operator, ast.Is | ast.IsNot | ast.Eq | ast.NotEq):
        return None
    if isinstance(value, ast.Constant) and isinstance(other, ast.Constant):
        same = type(value.value) is type(other.value) and value.value == other.value
        return same if same or not isinstance(value.value, int | float) else None
    if _is_constant(other, None) and isinstance(operator, _ALWAYS_BOOLEAN):
        return False if _never_none(value) else None
    if isinstance(other, ast.Name):
        # A sentinel: in the new code it stands only here and in returns, or else the round trip
        # would find a name that the original does not have.
        if isinstance(value, ast.Name) and value.id == other.id:
            return True
        return False if other.id.startswith("_") and other.id not in _names_in(value) else None
    return None


def _never_none(value: ast.expr) -> bool:
    """Whether the value is surely an object other than None, whatever the classes involved."""
    if isinstance(value, ast.Constant):
        return value.value is not None
    if isinstance(value, ast.Call) and isinstance(value.func, ast.Name):
        return value.func.id in _OWN_RESULT
    if isinstance(value, ast.UnaryOp):
        return isinstance(value.op, ast.Not)
    if isinstance(value, ast.Compare):
        return len(value.ops) == 1 and isinstance(
            value.ops[0], ast.Is | ast.IsNot | ast.In | ast.NotIn
        )
    if isinstance(value, ast.IfExp):
        return _never_none(value.body) and _never_none(value.orelse)
    if isinstance(value, ast.BoolOp):
        return all(_never_none(one) for one in value.values)
    return isinstance(value, _NEVER_NONE)


class _Replacing(ast.NodeTransformer):
    """Puts values in the place of the names that carried them, and counts."""

    def __init__(self, carried: Mapping[str, ast.expr]) -> None:
        self._carried = carried
        self.used = 0

    def visit_Name(self, node: ast.Name) -> ast.expr:
        if node.id not in self._carried:
            return node
        value = self._carried[node.id]
        self.used += not _is_simple(value)
        return clone(value)

"""What a caller does with a helper's result, worked out for each ``return`` of the helper."""

from __future__ import annotations

import ast
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from architect_agents.refactoring.binding import NotAnExtractionError
from architect_agents.refactoring.normal_form import clone, is_plain_jump, is_simple, never_falls

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
class Exit:
    """What stands in the place of one ``return``.

    ``quiet``: it can't raise, so it may stand inside a ``try``. ``unread`` are variables that
    the caller assigns None on this way; the original does not, so nobody may read them.
    """

    statements: list[ast.stmt]
    quiet: bool
    unread: frozenset[str]


@dataclass(frozen=True, slots=True)
class Outcome:
    """A result assigned to ``target`` (None: dropped), and the ``choices`` made on it.

    ``handed_over`` are the names that exist only to carry the result: the original function does
    not know them. ``choices`` are the ``if`` statements right behind the call that ask for one;
    ``jump`` is a plain jump behind those.
    """

    target: ast.expr | None
    handed_over: frozenset[str]
    choices: tuple[ast.If, ...]
    jump: ast.stmt | None

    @property
    def length(self) -> int:
        """How many statements behind the call belong to it."""
        return len(self.choices) + (self.jump is not None)

    @classmethod
    def of(
        cls, statement: ast.stmt, following: Sequence[ast.stmt], known: frozenset[str]
    ) -> Outcome:
        """The outcome of ``statement``, which is a call, an assignment of one or a return."""
        if isinstance(statement, ast.Return):
            return cls(None, frozenset(), (), None)
        target = statement.targets[0] if isinstance(statement, ast.Assign) else None
        names = _target_names(target) if target is not None else []
        handed_over = frozenset(name for name in names if name not in known)
        choices: list[ast.If] = []
        for one in following:
            if not isinstance(one, ast.If) or not _names_in(one.test) & handed_over:
                break
            choices.append(one)
        behind = following[len(choices)] if len(choices) < len(following) else None
        jump = behind if behind is not None and is_plain_jump(behind) else None
        return cls(target, handed_over, tuple(choices), jump)

    def after(self, value: ast.expr | None) -> Exit:
        """What happens after the helper returned ``value``.

        Raises:
            NotAnExtractionError: it depends on more than the text shows.
        """
        result = value or _NONE
        pairs = _pairs(self.target, result)
        if pairs is None:
            if self.handed_over:
                raise NotAnExtractionError("the helper's results can't be told apart")
            return Exit([self._taken(result), *self._jump()], False, frozenset())
        carried = {name: item for name, item in pairs if name in self.handed_over}
        chosen = self._chosen(carried)
        unread = _unread(pairs, chosen) - self.handed_over
        kept = [
            (name, item)
            for name, item in pairs
            if name not in self.handed_over | unread
            and not (isinstance(item, ast.Name) and item.id == name)
        ]
        _refuse_reordering(carried, kept)
        replacing = _Replacing(carried)
        done = _assignment(kept) + [replacing.visit(clone(one)) for one in chosen]
        if replacing.used != 1 and not all(map(is_simple, carried.values())):
            raise NotAnExtractionError("a result of the helper is not used exactly once")
        return Exit(done, all(map(is_plain_jump, chosen)), unread)

    def drops(self, value: ast.expr | None) -> bool:
        """Whether a result that says something is not looked at."""
        return self.target is None and value is not None and not _is_constant(value, None)

    def _taken(self, result: ast.expr) -> ast.stmt:
        """The result, assigned as one piece or only worked out."""
        if self.target is None:
            return ast.Expr(value=clone(result))
        return ast.Assign(targets=[clone(self.target)], value=clone(result))

    def _chosen(self, carried: Mapping[str, ast.expr]) -> list[ast.stmt]:
        chosen: list[ast.stmt] = []
        for choice in self.choices:
            chosen += choice.body if _truth(choice.test, carried) else choice.orelse
            if never_falls(chosen):
                return chosen
        return [*chosen, *self._jump()]

    def _jump(self) -> list[ast.stmt]:
        return [] if self.jump is None else [clone(self.jump)]


def _unread(pairs: Sequence[tuple[str, ast.expr]], chosen: Sequence[ast.stmt]) -> frozenset[str]:
    """``return True, value, None``: on the way out nobody asks for the other results."""
    if not chosen or not isinstance(chosen[-1], ast.Return):
        return frozenset()
    empty = {name for name, item in pairs if _is_constant(item, None)}
    return frozenset(empty.difference(*map(_names_in, chosen)))


def _refuse_reordering(
    carried: Mapping[str, ast.expr], kept: Sequence[tuple[str, ast.expr]]
) -> None:
    names = {name for name, _ in kept}
    for item in carried.values():
        if _names_in(item) & names or (kept and not is_simple(item)):
            raise NotAnExtractionError("the order of the helper's results matters")


def _pairs(target: ast.expr | None, value: ast.expr) -> list[tuple[str, ast.expr]] | None:
    """Which name gets which value, if that can be read off; nothing where None is dropped."""
    if target is None:
        return [] if _is_constant(value, None) else None
    if isinstance(target, ast.Name):
        return [(target.id, value)]
    names = _target_names(target)
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
        return _same_constant(value.value, other.value)
    if _is_constant(other, None) and isinstance(operator, _ALWAYS_BOOLEAN):
        return False if _never_none(value) else None
    if isinstance(other, ast.Name):
        # A sentinel: in the new code it stands only here and in returns, or else the round trip
        # would find a name that the original does not have.
        if isinstance(value, ast.Name) and value.id == other.id:
            return True
        return False if other.id.startswith("_") and other.id not in _names_in(value) else None
    return None


def _same_constant(one: object, other: object) -> bool | None:
    if one is None or other is None:
        return one is other
    # 1 equals True and 1.0 without being either.
    return one == other if type(one) is type(other) else None


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
        self.used += not is_simple(value)
        return clone(value)

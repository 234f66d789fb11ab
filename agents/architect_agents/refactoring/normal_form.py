"""One form for code that only its nesting tells apart, so that two versions can be compared.

Each rule keeps the meaning whatever the values are:

- what follows ``if c: …return`` moves into its ``else`` (else after return, guard clause);
- ``break``, ``continue`` and ``return name`` behind an ``if`` move to the end of both branches;
- a jump to where control goes anyway is dropped (``continue`` at a loop's end, bare ``return``
  at the function's end), and so are ``pass`` and what stands behind a jump;
- an ``if`` with nothing but an ``else`` is turned round; ``not`` moves inwards through ``and``
  and ``or``, and into ``is`` and ``in`` (not into ``==`` or ``<``, which classes may redefine);
- ``if a and b:`` without ``else`` is ``if a:`` around ``if b:``;
- ``a and (b and c)`` is ``a and b and c``, and ``return None`` is ``return``.

The functions change the nodes that they are given: hand in a ``clone``.
"""

from __future__ import annotations

import ast
from collections.abc import Sequence
from typing import Literal, TypeVar

from architect_agents.refactoring.module_source import FunctionNode

#: What reaching the end of a block amounts to; None: something follows.
Tail = Literal["continue", "return"] | None

_Tree = TypeVar("_Tree", bound=ast.AST)
_JUMPS = (ast.Return, ast.Raise, ast.Continue, ast.Break)
_OPPOSITE: dict[type[ast.cmpop], type[ast.cmpop]] = {
    ast.Is: ast.IsNot,
    ast.IsNot: ast.Is,
    ast.In: ast.NotIn,
    ast.NotIn: ast.In,
}


def clone(node: _Tree) -> _Tree:
    """A copy of a tree that may be changed; of the places only the lines are kept."""
    copied = type(node)(**{name: _clone_field(getattr(node, name, None)) for name in node._fields})
    line = getattr(node, "lineno", None)
    if line is not None:
        copied.lineno = line  # type: ignore[attr-defined]
    return copied


def _clone_field(value: object) -> object:
    if isinstance(value, list):
        return [_clone_field(item) for item in value]
    return clone(value) if isinstance(value, ast.AST) else value


def without_docstring(body: Sequence[ast.stmt]) -> list[ast.stmt]:
    """The statements of a function after its docstring."""
    first = body[0] if body else None
    if (
        isinstance(first, ast.Expr)
        and isinstance(first.value, ast.Constant)
        and isinstance(first.value.value, str)
    ):
        return list(body[1:])
    return list(body)


def function_normal_form(body: Sequence[ast.stmt]) -> list[ast.stmt]:
    """The normal form of a function's statements, given without its docstring.

    Declarations of globals are left out.
    """
    for node in (inner for statement in body for inner in ast.walk(statement)):
        if isinstance(node, ast.BoolOp):
            _flat(node)
    return _block(body, "return")


def never_falls(statements: Sequence[ast.stmt]) -> bool:
    """Whether control surely leaves by a jump at the end; False where that takes more thought."""
    last = statements[-1] if statements else None
    if isinstance(last, ast.If):
        return never_falls(last.body) and never_falls(last.orelse)
    return isinstance(last, _JUMPS)


def is_simple(value: ast.expr | None) -> bool:
    """Whether evaluating it does nothing: a name, a constant, or nothing at all."""
    return value is None or isinstance(value, ast.Constant | ast.Name)


def is_plain_jump(statement: ast.stmt) -> bool:
    """A jump that evaluates nothing, so that it may stand once or twice, and inside a ``try``."""
    if isinstance(statement, ast.Return):
        value = statement.value
        items = value.elts if isinstance(value, ast.Tuple) else [value]
        return all(is_simple(item) for item in items)
    return isinstance(statement, ast.Break | ast.Continue)


def absorb(choice: ast.If, rest: list[ast.stmt]) -> bool:
    """Move what follows an ``if`` into the branch that falls through, if the other never does.

    A plain jump moves into both. False where the rest has to stay.
    """
    if len(rest) == 1 and is_plain_jump(rest[0]):
        if not never_falls(choice.body):
            choice.body = [*choice.body, clone(rest[0])]
        if not never_falls(choice.orelse):
            choice.orelse = [*choice.orelse, clone(rest[0])]
    elif never_falls(choice.body):
        choice.orelse = [*choice.orelse, *rest]
    elif choice.orelse and never_falls(choice.orelse):
        choice.body = [*choice.body, *rest]
    else:
        return False
    return True


def inner_tail(statement: ast.stmt, field: str, tail: Tail) -> Tail:
    """What the end of a block inside ``statement`` amounts to, given ``tail`` for its own end."""
    if isinstance(statement, ast.For | ast.AsyncFor | ast.While) and field == "body":
        return "continue"
    is_try = isinstance(statement, ast.Try | ast.TryStar)
    # A jump out of ``finally`` would swallow an exception; after the body comes ``else``.
    if field == "finalbody" or (is_try and field == "body" and getattr(statement, "orelse", None)):
        return None
    return tail


def _block(statements: Sequence[ast.stmt], tail: Tail) -> list[ast.stmt]:
    remaining = _trimmed(statements, tail)
    done: list[ast.stmt] = []
    while remaining:
        statement, *remaining = remaining
        if isinstance(statement, ast.If) and remaining and absorb(statement, remaining):
            remaining = []
        if isinstance(statement, FunctionNode | ast.ClassDef):
            done.append(statement)
        elif isinstance(statement, ast.If):
            done.append(_choice(statement, None if remaining else tail))
        else:
            _compound(statement, None if remaining else tail)
            done.append(statement)
    return done


def _trimmed(statements: Sequence[ast.stmt], tail: Tail) -> list[ast.stmt]:
    kept = [one for one in statements if not isinstance(one, ast.Pass | ast.Global)]
    jump = next((place for place, one in enumerate(kept) if isinstance(one, _JUMPS)), len(kept))
    del kept[jump + 1 :]
    for one in kept:
        if isinstance(one, ast.Return) and _is_none(one.value):
            one.value = None
    while kept and _leads_to(kept[-1], tail):
        kept.pop()
    return kept


def _is_none(value: ast.expr | None) -> bool:
    return isinstance(value, ast.Constant) and value.value is None


def _leads_to(statement: ast.stmt, tail: Tail) -> bool:
    if tail == "continue":
        return isinstance(statement, ast.Continue)
    return tail == "return" and isinstance(statement, ast.Return) and statement.value is None


def _compound(statement: ast.stmt, tail: Tail) -> None:
    if isinstance(statement, ast.While):
        statement.test = _pushed_in(statement.test, negated=False)
    for field in ("body", "orelse", "finalbody"):
        inner = getattr(statement, field, None)
        if isinstance(inner, list):
            setattr(statement, field, _block(inner, inner_tail(statement, field, tail)))
    for part in [*getattr(statement, "handlers", ()), *getattr(statement, "cases", ())]:
        part.body = _block(part.body, tail)


def _choice(statement: ast.If, tail: Tail) -> ast.If:
    test = _pushed_in(statement.test, negated=False)
    body, orelse = _block(statement.body, tail), _block(statement.orelse, tail)
    if not body and orelse:
        test, body, orelse = _pushed_in(test, negated=True), orelse, []
    elif bool(body) == bool(orelse):
        other = _pushed_in(test, negated=True)
        if _rank(other) < _rank(test):
            test, body, orelse = other, orelse, body
    if body and not orelse and isinstance(test, ast.BoolOp) and isinstance(test.op, ast.And):
        for value in reversed(test.values[1:]):
            body = [ast.If(test=value, body=body, orelse=[], lineno=statement.lineno)]
        test = test.values[0]
    statement.test, statement.body, statement.orelse = test, body, orelse
    return statement


def _rank(test: ast.expr) -> tuple[int, str]:
    """An order in which a test and its opposite are never equal."""
    negative = sum(isinstance(one, ast.Not | ast.IsNot | ast.NotIn) for one in ast.walk(test))
    return negative, ast.dump(test)


def _pushed_in(test: ast.expr, *, negated: bool) -> ast.expr:
    """The test, or its opposite, with every ``not`` as far inside as it can go."""
    if isinstance(test, ast.UnaryOp) and isinstance(test.op, ast.Not):
        return _pushed_in(test.operand, negated=not negated)
    if isinstance(test, ast.BoolOp):
        is_and = isinstance(test.op, ast.And) is not negated
        operator: ast.boolop = ast.And() if is_and else ast.Or()
        values = [_pushed_in(value, negated=negated) for value in test.values]
        return _flat(ast.BoolOp(op=operator, values=values))
    if not negated:
        return test
    if isinstance(test, ast.Compare) and len(test.ops) == 1 and type(test.ops[0]) in _OPPOSITE:
        opposite = _OPPOSITE[type(test.ops[0])]()
        return ast.Compare(left=test.left, ops=[opposite], comparators=test.comparators)
    return ast.UnaryOp(op=ast.Not(), operand=test)


def _flat(node: ast.BoolOp) -> ast.BoolOp:
    """Join ``a and (b and c)``, however deep."""
    while any(isinstance(one, ast.BoolOp) and type(one.op) is type(node.op) for one in node.values):
        node.values = [
            inner
            for one in node.values
            for inner in (
                one.values
                if isinstance(one, ast.BoolOp) and type(one.op) is type(node.op)
                else [one]
            )
        ]
    return node

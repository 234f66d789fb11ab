"""A loop that only looks whether something is there, as ``any`` or ``all``.

    found = False                       found = any(test(x) for x in xs)
    for x in xs:
        if test(x):
            found = True
            break

    for x in xs:                        return all(test(x) for x in xs)
        if not test(x):
            return False
    return True

Preconditions: the loop is nothing but this, without ``else``, and leaves at the first hit. The
loop's variable is not used behind it. The flag is not looked at before it is decided, not even
where an exception is handled. The test binds nothing, awaits nothing, makes no function, depends
on no frame, and calls only what surely raises no StopIteration: a generator expression would
turn that into another error. ``any`` and ``all`` are Python's own. (An operator or attribute
whose class raises StopIteration is not thought of.)
"""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from architect_agents.refactoring.blocks import statement_lists
from architect_agents.refactoring.flow.scopes import COMPREHENSIONS, SCOPES, target_names
from architect_agents.refactoring.preconditions import refuse_immovable
from architect_agents.refactoring.refusal import RefusedError
from architect_agents.refactoring.rewrites.names import Names
from architect_agents.refactoring.rewrites.rewrite import (
    Note,
    Rewrite,
    line_offsets,
    refuse_comments,
    stands_alone,
)
from architect_agents.refactoring.source_lines import is_parenthesised
from architect_agents.refactoring.subject import Subject
from architect_agents.refactoring.write_helper import folded
from architect_agents.types import SourceEdit

#: Calls of these raise no StopIteration, as long as classes behave.
_HARMLESS_CALLS = frozenset(
    {"callable", "hasattr", "id", "isinstance", "issubclass", "len", "type"}
)
_HARMLESS_METHODS = frozenset(
    {
        *("endswith", "isalnum", "isalpha", "isascii", "isdecimal", "isdigit", "isidentifier"),
        *("islower", "isnumeric", "isprintable", "isspace", "istitle", "isupper", "startswith"),
    }
)
_NOT_INSIDE = (ast.Await, ast.Yield, ast.YieldFrom, ast.NamedExpr, *SCOPES, *COMPREHENSIONS)


@dataclass(frozen=True, slots=True)
class _Search:
    """A loop that looks for the first item that meets ``test``.

    ``first`` to ``last`` are the statements to be replaced. ``hit`` is what a hit means. ``flag``
    is the variable that gets the answer, or None if it is returned.
    """

    first: ast.stmt
    last: ast.stmt
    loop: ast.For
    test: ast.expr
    hit: bool
    flag: str | None


def find(subject: Subject, note: Note) -> Iterator[Rewrite]:
    """Every such loop, in the order of the text."""
    names: Names | None = None
    for siblings in statement_lists(subject):
        for search in _searches(siblings.statements):
            names = names or Names(subject)
            try:
                _check(subject, names, search)
                rewrite = _rewrite(subject, search)
            except RefusedError as error:
                note(error.refusal)
                continue
            yield rewrite


def _searches(statements: Sequence[ast.stmt]) -> Iterator[_Search]:
    for place, loop in enumerate(statements):
        choice = _only_choice(loop)
        if not isinstance(loop, ast.For) or choice is None:
            continue
        before = statements[place - 1] if place else None
        after = statements[place + 1] if place + 1 < len(statements) else None
        answer = _returned(choice.body[0])
        if after is not None and answer is not None and _returned(after) is (not answer):
            yield _Search(loop, after, loop, choice.test, answer, None)
        hit = _flagged(choice.body[0]) if _breaks(choice) else None
        if before is not None and hit is not None and _flagged(before) == (hit[0], not hit[1]):
            yield _Search(before, loop, loop, choice.test, hit[1], hit[0])


def _only_choice(loop: ast.stmt) -> ast.If | None:
    """The one ``if`` without ``else`` that a plain loop consists of."""
    if not isinstance(loop, ast.For) or loop.orelse or len(loop.body) > 1:
        return None
    choice = loop.body[0]
    return choice if isinstance(choice, ast.If) and not choice.orelse else None


def _breaks(choice: ast.If) -> bool:
    return len(choice.body) == 2 and isinstance(choice.body[1], ast.Break)


def _returned(statement: ast.stmt) -> bool | None:
    """The bool that is returned."""
    return _bool(statement.value) if isinstance(statement, ast.Return) else None


def _flagged(statement: ast.stmt) -> tuple[str, bool] | None:
    """The variable and the bool of ``name = True``."""
    if not isinstance(statement, ast.Assign) or len(statement.targets) != 1:
        return None
    target, value = statement.targets[0], _bool(statement.value)
    return (target.id, value) if isinstance(target, ast.Name) and value is not None else None


def _bool(value: ast.expr | None) -> bool | None:
    is_bool = isinstance(value, ast.Constant) and isinstance(value.value, bool)
    return bool(value.value) if is_bool else None  # type: ignore[union-attr]


def _check(subject: Subject, names: Names, search: _Search) -> None:
    """Raises: RefusedError: a precondition fails."""
    loop, test = search.loop, search.test
    if not (names.is_builtin("any") and names.is_builtin("all")):
        raise RefusedError("not-builtin", "`any` or `all` may be another function here.")
    if any(isinstance(node, _NOT_INSIDE) for part in (test, loop.iter) for node in ast.walk(part)):
        raise RefusedError("binds-or-awaits", "The loop's test binds, awaits or makes something.")
    refuse_immovable(subject, subject.facts([test]))
    _refuse_calls(names, test)
    _refuse_used_variables(subject, search)
    if search.flag is not None:
        _refuse_seen_flag(subject, search, search.flag)


def _refuse_calls(names: Names, test: ast.expr) -> None:
    for node in ast.walk(test):
        if not isinstance(node, ast.Call):
            continue
        func = node.func
        harmless = isinstance(func, ast.Name) and (
            func.id in _HARMLESS_CALLS and names.is_builtin(func.id)
        )
        if isinstance(func, ast.Attribute) and isinstance(func.value, ast.Name):
            known = names.string_reason(func.value.id) == ""
            harmless = func.attr in _HARMLESS_METHODS and known
        if not harmless:
            text = f"`{ast.unparse(func)}(…)` might raise StopIteration, which `any` would change."
            raise RefusedError("unknown-call", text)


def _refuse_used_variables(subject: Subject, search: _Search) -> None:
    flow, loop = subject.flow, search.loop
    targets = frozenset(target_names(loop.target))
    items = loop.target.elts if isinstance(loop.target, ast.Tuple) else [loop.target]
    if not targets <= flow.locals or not all(isinstance(item, ast.Name) for item in items):
        raise RefusedError("loop-target", "The loop assigns to more than variables of its own.")
    returns = [node for node in ast.walk(loop) if isinstance(node, ast.Return)]
    live = flow.live_after([search.last]) | flow.live_after([loop])
    live |= flow.live_on_exception([loop])
    live = live.union(*(node.live_out for node in flow.nodes_within(returns)))
    held = flow.rebound_by_closures.union(*(one.names for one in flow.closures))
    used = targets & (live | held | _unbound_elsewhere(subject, loop))
    if used:
        raise RefusedError("variable-used-later", f"`{min(used)}` is used behind the loop.")


def _unbound_elsewhere(subject: Subject, loop: ast.For) -> frozenset[str]:
    """Variables that the rest of the function reads, but only the loop binds."""
    inside = {id(node) for node in ast.walk(loop)}
    names = [
        node for node in subject.own_nodes if isinstance(node, ast.Name) and id(node) not in inside
    ]
    bound = {node.id for node in names if not isinstance(node.ctx, ast.Load)}
    return frozenset(node.id for node in names) - bound - subject.flow.parameters


def _refuse_seen_flag(subject: Subject, search: _Search, flag: str) -> None:
    flow = subject.flow
    seen = {
        node.id
        for part in (search.test, search.loop.iter, search.loop.target)
        for node in ast.walk(part)
        if isinstance(node, ast.Name)
    }
    held = frozenset().union(*(one.names for one in flow.closures))
    watched = flow.live_on_exception([search.first, search.loop]) | flow.rebound_by_closures | held
    if flag in seen or flag in watched or flag not in flow.locals:
        raise RefusedError("flag-seen", f"`{flag}` is looked at before it is decided.")


def _rewrite(subject: Subject, search: _Search) -> Rewrite:
    lines = subject.lines
    first, last = search.first.lineno, search.last.end_lineno or search.last.lineno
    refuse_comments(subject, first, last)
    parts = (search.test, search.loop.iter, search.loop.target)
    if any(part.end_lineno != part.lineno for part in parts):
        raise RefusedError("several-lines", "The loop's test or what it goes over has two lines.")
    if not (stands_alone(subject, search.first) and stands_alone(subject, search.last)):
        raise RefusedError("shared-line", "The loop shares a line with other code.")
    indentation = lines.indentation(first)
    call = _call(subject, search)
    head = "return" if search.flag is None else f"{search.flag} ="
    ends = [lines.end_of(lines.line(first))] if lines.line(last).endswith(("\n", "\r")) else [""]
    written = folded(subject, indentation, f"{head} {call}")
    text = ends[0].join(indentation + line for line in written) + ends[0]
    start, end = line_offsets(subject, first, last)
    what = f"`{call.partition('(')[0]}(…)` stands for a loop that looks for something"
    edit = SourceEdit(start, end, text)
    return Rewrite("any-or-all", (edit,), (first, last), 1, what)


def _call(subject: Subject, search: _Search) -> str:
    lines, test, over = subject.lines, search.test, search.loop.iter
    negative = isinstance(test, ast.UnaryOp) and isinstance(test.op, ast.Not)
    name = "any" if search.hit else "not any"
    if negative and not search.hit:
        assert isinstance(test, ast.UnaryOp)
        name, test = "all", test.operand
    iterated = lines.segment(over)
    if isinstance(over, ast.IfExp) or (
        isinstance(over, ast.Tuple) and not is_parenthesised(iterated)
    ):
        iterated = f"({iterated})"
    return f"{name}({lines.segment(test)} for {lines.segment(search.loop.target)} in {iterated})"

"""The round trip: inlined again, the helpers give back the original, and nothing gets lost.

This is the proof behind "verified extraction". Two questions are asked. Does the inlined code
have the syntax tree of the original, in a normal form that evens out only what nesting can
express in two ways? And does the flow graph show that every value arrives (see ``transfer``)?

"passed" means that both are answered with yes. "failed" means that the new version is an
extraction gone wrong: a value is lost, or one or two statements differ in otherwise moved code.
"not-run" means that the edit is more than an extraction, so that this proof can't be had.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping, Sequence

from architect_agents.refactoring.annotation_rules import annotations_are_lazy, is_harmless
from architect_agents.refactoring.binding import (
    BrokenCallError,
    Helper,
    NotAnExtractionError,
    Receiver,
)
from architect_agents.refactoring.comparison import Change, Comparison
from architect_agents.refactoring.flow import FlowTooLargeError
from architect_agents.refactoring.inlining import Inliner
from architect_agents.refactoring.normal_form import clone, function_normal_form, without_docstring
from architect_agents.refactoring.same_tree import first_difference, same_tree
from architect_agents.refactoring.transfer import Transfer
from architect_agents.types import Check

NAME = "round-trip"

#: So many differing statements are taken for a slip in an extraction, more for a rewrite.
MOST_SLIPS = 2


def check_round_trip(comparison: Comparison) -> Check:
    """Whether the change is proved to be nothing but moved code."""
    try:
        for problem in _problems(comparison):
            return Check(NAME, "failed", problem)
    except BrokenCallError as error:
        return Check(NAME, "failed", f"{_sentence(str(error))}.")
    except NotAnExtractionError as error:
        return Check(NAME, "not-run", f"No pure extraction: {error}.")
    except FlowTooLargeError:
        return Check(NAME, "not-run", "The function is too large for the flow analysis.")
    except RecursionError:
        return Check(NAME, "not-run", "The function is nested too deeply to be compared.")
    text = "Inlined, the helpers give back the original, and no value is lost or unbound."
    if not comparison.helpers:
        text = "The new version is another nesting of the same statements."
    return Check(NAME, "passed", text)


def _problems(comparison: Comparison) -> Iterator[str]:
    if not comparison.targets:
        raise NotAnExtractionError("no function changed")
    helpers = {one.name: Helper.of(one) for one in comparison.helpers}
    if len(helpers) < len(comparison.helpers):
        raise NotAnExtractionError("two helpers have the same name")
    used: set[str] = set()
    for change in comparison.targets:
        yield from _change_problems(change, helpers, used)
    unused = helpers.keys() - used
    if unused:
        raise NotAnExtractionError(f"`{min(unused)}` is never called")
    yield from _header_problems(comparison)


def _change_problems(
    change: Change, helpers: Mapping[str, Helper], used: set[str]
) -> Iterator[str]:
    receiver = Receiver.of(change.after)
    known = frozenset(
        node.id for node in ast.walk(change.before.node) if isinstance(node, ast.Name)
    ) | {one.arg for one in ast.walk(change.before.node) if isinstance(one, ast.arg)}
    inliner = Inliner(helpers, receiver, known)
    body = [clone(one) for one in without_docstring(change.after.node.body)]
    inlined = function_normal_form(inliner.block(body, "return"))
    original = function_normal_form(
        [clone(one) for one in without_docstring(change.before.node.body)]
    )
    slips = list(_differences(original, inlined))
    if slips:
        if inliner.swapped:
            yield f"The arguments of `{min(inliner.swapped)}` are in another order than meant."
        if len(slips) <= MOST_SLIPS and inliner.used:
            yield _sentence(_described(slips[0]))
        raise NotAnExtractionError(_described(slips[0])[:-1])
    used |= inliner.used
    yield from Transfer(
        change,
        {name: helpers[name] for name in inliner.used},
        receiver,
        frozenset(inliner.unread),
    ).problems()


def _header_problems(comparison: Comparison) -> Iterator[str]:
    """A helper's annotations are evaluated when it is defined, so they must be harmless."""
    if annotations_are_lazy(comparison.after.tree):
        return
    known = [
        annotation
        for change in comparison.targets
        for annotation in _annotations(change.before.node)
    ]
    for helper in comparison.helpers:
        for annotation in _annotations(helper.node):
            if not is_harmless(annotation) and not any(same_tree(annotation, o) for o in known):
                yield (
                    f"The annotation `{ast.unparse(annotation)}` of `{helper.name}` is new and "
                    "would be evaluated on import."
                )


def _annotations(function: ast.AST) -> list[ast.expr]:
    """Those of parameters, results and variables, nested functions included."""
    found = [
        getattr(node, field, None)
        for node in ast.walk(function)
        for field in ("annotation", "returns")
    ]
    return [one for one in found if isinstance(one, ast.expr)]


_Slip = tuple[object, object]


def _differences(before: Sequence[ast.AST], after: Sequence[ast.AST]) -> Iterator[_Slip]:
    """The innermost statements that differ, once each; a mere change of order counts once."""
    start, end = 0, 0
    shortest = min(len(before), len(after))
    while start < shortest and same_tree(before[start], after[start]):
        start += 1
    while end < shortest - start and same_tree(before[-1 - end], after[-1 - end]):
        end += 1
    old, new = before[start : len(before) - end], after[start : len(after) - end]
    if not old and not new:
        return
    moved = len(old) == len(new) and all(any(same_tree(a, b) for b in new) for a in old)
    if moved:
        yield old[0], new[0]
        return
    if len(old) != len(new):
        first = (old[0] if old else None, new[0] if new else None)
        yield from [first] * max(len(old), len(new))
        return
    for one, other in zip(old, new, strict=True):
        yield from _statement_differences(one, other)


def _statement_differences(before: ast.AST, after: ast.AST) -> Iterator[_Slip]:
    if type(before) is not type(after):
        yield before, after
        return
    for name in before._fields:
        one, other = getattr(before, name, None), getattr(after, name, None)
        if _is_block(one) or _is_block(other):
            yield from _differences(one or [], other or [])
        elif not same_tree(one, other):
            yield first_difference(one, other) or (one, other)


def _is_block(value: object) -> bool:
    return (
        isinstance(value, list)
        and bool(value)
        and isinstance(value[0], ast.stmt | ast.ExceptHandler | ast.match_case)
    )


def _described(slip: _Slip) -> str:
    before, after = slip
    if before is None:
        return f"inlined, {_shown(after)} is new."
    if after is None:
        return f"inlined, {_shown(before)} is missing."
    if _shown(before) == _shown(after):
        return f"inlined, what stands inside or behind {_shown(before)} differs."
    return f"inlined, {_shown(before)} became {_shown(after)}."


def _shown(part: object) -> str:
    """A short piece of source for a part of a tree, with its line if it has one."""
    if isinstance(part, list):
        return f"{len(part)} part{'s' * (len(part) != 1)}"
    if not isinstance(part, ast.AST):
        return f"`{part}`"
    try:
        text = ast.unparse(ast.fix_missing_locations(part)).split("\n")[0]
    except (AttributeError, ValueError):
        text = type(part).__name__
    return f"`{text[:60]}{'…' * (len(text) > 60)}`"


def _sentence(text: str) -> str:
    return text[:1].upper() + text[1:]

"""Which type annotations a helper can take over from the function that it is cut out of."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Sequence

from architect_agents.refactoring.annotation_rules import is_harmless
from architect_agents.refactoring.placement import Placement
from architect_agents.refactoring.subject import Subject


def annotations_of(subject: Subject, placement: Placement, names: Iterable[str]) -> dict[str, str]:
    """What is known of the types of these variables, by name, as text for the helper.

    Only a function that says its own types gets more than copies of its parameters' annotations.
    """
    known = _parameter_annotations(subject, placement)
    for name in names if is_annotated(subject) else ():
        found = None if name in known else _read_off(subject, placement, name)
        if found is not None:
            known[name] = found
    return known


def result_annotation(
    subject: Subject, placement: Placement, values: Sequence[str], told: str = ""
) -> str | None:
    """The type of ``return a, b``, if all are known; ``told`` is the type of a value before."""
    known = annotations_of(subject, placement, values)
    if not all(name in known for name in values):
        return None
    types = [*filter(None, [told]), *(known[name] for name in values)]
    return types[0] if len(types) == 1 else f"tuple[{', '.join(types)}]"


def _read_off(subject: Subject, placement: Placement, name: str) -> str | None:
    """The type of a variable that the function works out, where the helper may name it."""
    found = subject.types.of(name)
    if found is None:
        return None
    written = ast.parse(found, mode="eval").body
    safe = subject.annotations_are_lazy or is_harmless(written)
    return found if safe and _can_move(written, _unseen_names(subject, placement)) else None


def _parameter_annotations(subject: Subject, placement: Placement) -> dict[str, str]:
    """The annotations of parameters that still mean the same in the helper, by name.

    Left out are parameters that the body binds again, ``*args`` and ``**kwargs``, annotations
    over several lines, and those that name something the helper's place can't see.
    """
    unseen = _unseen_names(subject, placement)
    starred = {arg.arg for arg in (subject.node.args.vararg, subject.node.args.kwarg) if arg}
    return {
        arg.arg: subject.lines.segment(arg.annotation)
        for arg in subject.parameters
        if arg.annotation is not None
        and arg.arg not in subject.written
        and arg.arg not in starred
        and _can_move(arg.annotation, unseen)
    }


def return_annotation(subject: Subject, placement: Placement) -> str | None:
    """The function's own return annotation, if it means the same in the helper."""
    returns = subject.node.returns
    if returns is None or not _can_move(returns, _unseen_names(subject, placement)):
        return None
    return subject.lines.segment(returns)


def is_annotated(subject: Subject) -> bool:
    """Whether the function says its types, so that a reader expects the helper to."""
    return subject.node.returns is not None


def _can_move(annotation: ast.expr, unseen: frozenset[str]) -> bool:
    if annotation.end_lineno != annotation.lineno:
        return False
    named = {node.id for node in ast.walk(annotation) if isinstance(node, ast.Name)}
    quoted = any(
        isinstance(node, ast.Constant) and isinstance(node.value, str) and unseen
        for node in ast.walk(annotation)
    )
    return not quoted and not named & unseen


def _unseen_names(subject: Subject, placement: Placement) -> frozenset[str]:
    """Type parameters of the function; outside of the class also what the class binds."""
    unseen = {one.name for one in getattr(subject.node, "type_params", [])}
    unseen |= subject.enclosing_names
    if placement.kind == "function":
        for scope in subject.function.scopes:
            unseen |= {one.name for one in getattr(scope, "type_params", [])}
            unseen |= {
                node.id
                for statement in scope.body
                for node in ast.walk(statement)
                if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)
            }
            unseen |= {node.name for node in scope.body if isinstance(node, ast.ClassDef)}
    return frozenset(unseen)

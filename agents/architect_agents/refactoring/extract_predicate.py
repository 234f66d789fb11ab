"""Extract a long condition into a predicate of its own.

Preconditions: the condition binds nothing and neither awaits nor yields; nothing in it depends
on its frame; every variable that it reads is surely bound.
"""

from __future__ import annotations

import ast
import re
from dataclasses import dataclass

from architect_agents.refactoring.annotations import is_annotated
from architect_agents.refactoring.conditions import Condition
from architect_agents.refactoring.flow import effects_of
from architect_agents.refactoring.naming import first_free
from architect_agents.refactoring.naming_conditions import condition_names
from architect_agents.refactoring.placement import Placement, place_helper
from architect_agents.refactoring.preconditions import names_from_around, refuse_immovable
from architect_agents.refactoring.refusal import RefusedError
from architect_agents.refactoring.source_lines import is_parenthesised
from architect_agents.refactoring.subject import Subject
from architect_agents.refactoring.write_helper import call_of, header_of, insert_helper

_SETTLED_HERE = (ast.NamedExpr, ast.Await, ast.Yield, ast.YieldFrom)


@dataclass(frozen=True, slots=True)
class PredicateExtraction:
    """A condition that may be moved, where to, and what it needs."""

    condition: Condition
    placement: Placement
    parameters: tuple[str, ...]

    @property
    def lines(self) -> tuple[int, int]:
        return self.condition.lines


def plan_predicate(subject: Subject, condition: Condition) -> PredicateExtraction:
    """Check the preconditions of moving ``condition``.

    Raises:
        RefusedError: one does not hold.
    """
    parts = condition.parts
    if any(isinstance(node, _SETTLED_HERE) for part in parts for node in ast.walk(part)):
        raise RefusedError("binds-or-awaits", "The condition binds, awaits or yields something.")
    facts = subject.facts(parts)
    refuse_immovable(subject, facts)
    inputs = _inputs(subject, condition)
    placement = place_helper(subject, facts, inputs, condition.statement.lineno)
    receiver = {placement.receiver} if placement.takes_receiver else set()
    return PredicateExtraction(condition, placement, subject.in_order(inputs - receiver, facts))


def _inputs(subject: Subject, condition: Condition) -> frozenset[str]:
    reached = [
        node.assigned_in
        for node in subject.flow.nodes_of(condition.statement)
        if node.assigned_in is not None
    ]
    if not reached:
        raise RefusedError("unreachable", "Nothing leads to this condition.")
    effects = effects_of(*condition.parts)
    inputs = effects.reads & subject.flow.locals
    around = names_from_around(subject, effects.reads)
    unbound = inputs - frozenset.intersection(*reached)
    if unbound:
        raise RefusedError("maybe-unbound", f"`{min(unbound)}` may be unbound here.")
    if effects.captures & subject.written or inputs & subject.flow.rebound_by_closures:
        raise RefusedError("closure-inside", "A closure in the condition holds a variable.")
    return inputs | around


def suggest_predicate_name(subject: Subject, extraction: PredicateExtraction) -> str:
    """A name that is free in the whole module."""
    condition = extraction.condition
    statement = condition.statement
    whole = isinstance(statement, ast.If | ast.While) and statement.test is condition.parts[0]
    guarded: list[ast.stmt] = getattr(statement, "body", []) if whole else []
    names = condition_names(subject.node.name, guarded, condition.parts, condition.word)
    return first_free(names, subject.taken_names)


def write_predicate(subject: Subject, extraction: PredicateExtraction, name: str) -> str:
    """The whole module after the extraction; ``name`` must be free."""
    lines, text = subject.lines, subject.lines.text
    condition = extraction.condition
    call = call_of(extraction.placement, name, extraction.parameters)
    if text[condition.start - 1].isalnum():
        call = f" {call}"
    changed = text[: condition.start] + call + text[condition.end :]
    kept = len("".join(lines.lines[: extraction.placement.after_line]))
    kept -= condition.end - condition.start - len(call)
    header = header_of(
        subject,
        extraction.placement,
        name,
        extraction.parameters,
        returns="bool" if is_annotated(subject) and all(map(_is_bool, condition.parts)) else None,
    )
    return insert_helper(
        subject,
        extraction.placement,
        [changed[:kept]],
        [*header, *_body(subject, extraction)],
    )


def _body(subject: Subject, extraction: PredicateExtraction) -> list[str]:
    """``return condition``, its further lines moved by as much as the first one."""
    indentation = extraction.placement.indentation + subject.unit
    condition = extraction.condition
    cut = subject.lines.indentation(condition.statement.lineno)
    text = subject.lines.text[condition.start : condition.end]
    parts = re.split(r"(?<=\n)|(?<=\r)(?!\n)", text)
    if len(parts) > 1 and not is_parenthesised(text):
        parts[0], parts[-1] = f"({parts[0]}", f"{parts[-1]})"
    first_line = _line_of(subject, condition.start)
    body = [f"{indentation}return {parts[0]}"]
    for offset, part in enumerate(parts[1:], start=1):
        movable = first_line + offset not in subject.string_lines and part.startswith(cut)
        body.append(indentation + part[len(cut) :] if movable else part)
    body[-1] += subject.newline
    return body


def _line_of(subject: Subject, offset: int) -> int:
    """The 1-based line that holds ``offset``."""
    reached = 0
    for number, line in enumerate(subject.lines.lines, start=1):
        reached += len(line)
        if offset < reached:
            return number
    return len(subject.lines.lines)


def _is_bool(test: ast.expr) -> bool:
    """Whether the value is a bool for sure, as far as comparisons of plain values go."""
    if isinstance(test, ast.BoolOp):
        return all(map(_is_bool, test.values))
    if isinstance(test, ast.UnaryOp):
        return isinstance(test.op, ast.Not)
    if isinstance(test, ast.Call):
        return isinstance(test.func, ast.Name) and test.func.id in ("isinstance", "callable")
    return isinstance(test, ast.Compare)

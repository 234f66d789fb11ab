"""Extract a long condition into a predicate of its own.

Preconditions: the condition binds nothing and neither awaits nor yields; nothing in it depends
on its frame; every variable that it reads is surely bound.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass

from architect_agents.refactoring.annotations import is_annotated
from architect_agents.refactoring.ast_count import count_branches
from architect_agents.refactoring.flow import Node
from architect_agents.refactoring.naming import condition_names, first_free
from architect_agents.refactoring.placement import Placement, place_helper
from architect_agents.refactoring.preconditions import refuse_immovable
from architect_agents.refactoring.refusal import RefusedError
from architect_agents.refactoring.subject import Subject
from architect_agents.refactoring.write_helper import call_of, header_of, insert_helper

_SETTLED_HERE = (ast.NamedExpr, ast.Await, ast.Yield, ast.YieldFrom)


@dataclass(frozen=True, slots=True)
class Condition:
    """The test of ``statement`` and its number of decisions."""

    statement: ast.If | ast.While
    cost: int

    @property
    def test(self) -> ast.expr:
        return self.statement.test


@dataclass(frozen=True, slots=True)
class PredicateExtraction:
    """A condition that may be moved. The offsets enclose it with its own parentheses."""

    condition: Condition
    placement: Placement
    parameters: tuple[str, ...]
    start: int
    end: int


def conditions(subject: Subject, least: int = 2) -> Iterator[Condition]:
    """The conditions of ``if`` and ``while`` with at least ``least`` decisions of their own."""
    for node in subject.own_nodes:
        if isinstance(node, ast.If | ast.While):
            cost = count_branches(node.test) - 1
            if cost >= least:
                yield Condition(node, cost)


def plan_predicate(subject: Subject, condition: Condition) -> PredicateExtraction:
    """Check the preconditions of moving ``condition``.

    Raises:
        RefusedError: one does not hold.
    """
    test = condition.test
    if any(isinstance(node, _SETTLED_HERE) for node in ast.walk(test)):
        raise RefusedError("binds-or-awaits", "The condition binds, awaits or yields something.")
    facts = subject.facts([test])
    refuse_immovable(subject, facts)
    inputs = _inputs(subject, condition)
    placement = place_helper(subject, facts, inputs)
    receiver = {placement.receiver} if placement.takes_receiver else set()
    start, end = _with_parentheses(subject.lines.text, *subject.lines.span(test))
    parameters = subject.in_order(inputs - receiver, facts)
    return PredicateExtraction(condition, placement, parameters, start, end)


def _inputs(subject: Subject, condition: Condition) -> frozenset[str]:
    own = _test_nodes(subject, condition)
    reached = [node for node in own if node.assigned_in is not None]
    if not reached:
        raise RefusedError("unreachable", "Nothing leads to this condition.")
    inputs = frozenset().union(*(node.effects.reads for node in own)) & subject.flow.locals
    for node in reached:
        unbound = inputs - (node.assigned_in or frozenset())
        if unbound:
            raise RefusedError("maybe-unbound", f"`{min(unbound)}` may be unbound here.")
    held = frozenset().union(*(node.effects.captures for node in own)) & subject.written
    if held or inputs & subject.flow.rebound_by_closures:
        raise RefusedError("closure-inside", "A closure in the condition holds a variable.")
    return inputs


def _test_nodes(subject: Subject, condition: Condition) -> list[Node]:
    """The graph nodes that evaluate the test: for ``if`` and ``while`` all that it owns."""
    return list(subject.flow.nodes_of(condition.statement))


def _with_parentheses(text: str, start: int, end: int) -> tuple[int, int]:
    """Take in the parentheses right around the test: an ``if`` has no others."""
    while True:
        before, behind = len(text[:start].rstrip()), end
        behind += len(text[end:]) - len(text[end:].lstrip())
        if text[before - 1 : before] != "(" or text[behind : behind + 1] != ")":
            return start, end
        start, end = before - 1, behind + 1


def suggest_predicate_name(subject: Subject, extraction: PredicateExtraction) -> str:
    """A name that is free in the whole module."""
    statement = extraction.condition.statement
    names = condition_names(subject.node.name, statement.body, statement.test)
    return first_free(names, subject.taken_names)


def write_predicate(subject: Subject, extraction: PredicateExtraction, name: str) -> str:
    """The whole module after the extraction; ``name`` must be free."""
    lines, text = subject.lines, subject.lines.text
    call = call_of(extraction.placement, name, extraction.parameters)
    if text[extraction.start - 1].isalnum():
        call = f" {call}"
    changed = text[: extraction.start] + call + text[extraction.end :]
    kept = len("".join(lines.lines[: extraction.placement.after_line]))
    kept -= extraction.end - extraction.start - len(call)
    header = header_of(
        subject,
        extraction.placement,
        name,
        extraction.parameters,
        returns="bool" if is_annotated(subject) and _is_bool(extraction.condition.test) else None,
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
    statement = extraction.condition.statement
    cut = subject.lines.indentation(statement.lineno)
    text = subject.lines.text[extraction.start : extraction.end]
    parts = re.split(r"(?<=\n)|(?<=\r)(?!\n)", text)
    if len(parts) > 1 and not text.startswith("("):
        parts[0], parts[-1] = f"({parts[0]}", f"{parts[-1]})"
    first_line = _line_of(subject, extraction.start)
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

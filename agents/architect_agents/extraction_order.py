"""Carries out a plan of extractions that a model names by lines: it chooses, the engine moves.

A model that rewrites a function by hand has to be right about every character of it. One that
only says "lines 12 to 30, as _check_stock" gets an exact move, which the gate can prove.
"""

from __future__ import annotations

import ast
import keyword
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from architect_agents.refactoring.blocks import Block, last_line_of, statement_lists
from architect_agents.refactoring.conditions import Condition, conditions
from architect_agents.refactoring.extract_block import plan_extraction
from architect_agents.refactoring.extract_predicate import plan_predicate, write_predicate
from architect_agents.refactoring.flow import FlowTooLargeError
from architect_agents.refactoring.module_source import UnreadableSourceError, read_module
from architect_agents.refactoring.refusal import RefusedError
from architect_agents.refactoring.subject import Subject
from architect_agents.refactoring.write_block import write_extraction
from architect_agents.tools.tool import ToolFailure

_BOM = "\ufeff"


@dataclass(frozen=True, slots=True)
class Order:
    """Move the lines ``first`` to ``last`` (1-based, inclusive) into the helper ``name``.

    They are a run of whole statements, or the header of an ``if`` or ``while``: then its
    condition moves.
    """

    first: int
    last: int
    name: str


def read_orders(raw: Sequence[Any]) -> list[Order]:
    """The orders in a model's input; helpers are private, so a missing underscore is added.

    Raises:
        ToolFailure: an entry is no order, or two of them overlap.
    """
    orders = []
    for number, entry in enumerate(raw, 1):
        fields = entry if isinstance(entry, Mapping) else {}
        first, last, name = (fields.get(key) for key in ("start_line", "end_line", "name"))
        if not isinstance(first, int) or not isinstance(last, int) or not isinstance(name, str):
            raise ToolFailure(f"Extraction {number} needs `start_line`, `end_line` and `name`.")
        if not name.isidentifier() or keyword.iskeyword(name):
            raise ToolFailure(f"Extraction {number}: {name!r} can't be the name of a function.")
        orders.append(Order(first, last, name if name.startswith("_") else f"_{name}"))
    orders.sort(key=lambda order: order.first)
    for one, other in pairwise(orders):
        if other.first <= one.last:
            raise ToolFailure(
                f"Extractions overlap at line {other.first}: order inner parts in a second step."
            )
    return orders


def carry_out(source: str, function: str, start_line: int, orders: Sequence[Order]) -> str:
    """The document after all ``orders``, which refer to lines of ``source``.

    Raises:
        ToolFailure: one of them can't be done, with the reason and its lines.
    """
    mark = _BOM if source.startswith(_BOM) else ""
    text = source.removeprefix(_BOM)
    moved = 0
    # From the last to the first, so that the lines of those to come stay where they are.
    for order in reversed(orders):
        before = _line_of(text, function, start_line + moved)
        try:
            text = _extracted(text, function, before, order, moved)
        except (RefusedError, FlowTooLargeError, UnreadableSourceError, RecursionError) as error:
            where = f"lines {order.first} to {order.last}"
            raise ToolFailure(f"{order.name} ({where}) can't be extracted: {error}") from None
        # A helper may have been put above the function.
        moved += _line_of(text, function, before) - before
    return mark + text


def _line_of(text: str, function: str, near: int) -> int:
    found = [one.node.lineno for one in read_module(text).named(function)]
    if not found:
        raise ToolFailure(f"The function {function} can't be read.")
    return min(found, key=lambda line: abs(line - near))


def _extracted(text: str, function: str, line: int, order: Order, moved: int) -> str:
    module = read_module(text)
    found = module.find(function, line)
    if found is None:
        raise ToolFailure(f"The function {function} can't be read.")
    subject = Subject(module, found)
    if order.name in subject.taken_names:
        raise ToolFailure(f"The name {order.name} is taken: choose another.")
    first, last = order.first + moved, order.last + moved
    block = _block(subject, first, last)
    if block is not None:
        return write_extraction(subject, plan_extraction(subject, block), order.name)
    condition = _condition(subject, first, last)
    if condition is not None:
        return write_predicate(subject, plan_predicate(subject, condition), order.name)
    raise ToolFailure(
        f"Lines {order.first} to {order.last} are neither a run of whole statements in {function} "
        "nor the condition of one `if` or `while`."
    )


def _condition(subject: Subject, first: int, last: int) -> Condition | None:
    """The whole test of the one ``if`` or ``while`` whose header these lines are."""
    found = [
        condition
        for condition in conditions(subject, least=1)
        if isinstance(condition.statement, ast.If | ast.While)
        and condition.parts == (condition.statement.test,)
        and condition.statement.lineno == first
        and condition.lines[1] <= last < condition.statement.body[0].lineno
    ]
    return found[0] if len(found) == 1 else None


def _block(subject: Subject, first: int, last: int) -> Block | None:
    """The statements in these lines: all of them whole, next to one another, in one list."""
    for siblings in statement_lists(subject):
        inside, across = [], False
        for index, statement in enumerate(siblings.statements):
            starts = Block(siblings, index, index + 1).first_line
            ends = last_line_of(statement)
            if first <= starts and ends <= last:
                inside.append(index)
            elif starts <= last and ends >= first:
                across = True
        if inside and not across:
            block = Block(siblings, inside[0], inside[-1] + 1)
            return block if _fills(subject, block, first, last) else None
    return None


def _fills(subject: Subject, block: Block, first: int, last: int) -> bool:
    """Whether the lines around the block, within those ordered, are blank or comments."""
    lines = subject.lines.lines
    around = [*lines[first - 1 : block.first_line - 1], *lines[block.last_line : last]]
    return all(not line.strip() or line.lstrip().startswith("#") for line in around)

"""Extract a contiguous block of statements into a helper, byte for byte.

Preconditions: the block can be cut by whole lines; nothing in it depends on its frame; every
input is surely bound; no write is lost where an exception or a ``return`` leaves it; no
closure shares a variable across the cut; its exits have a form that the caller can repeat (see
``exits``). Each precondition that fails is a ``Refusal`` with a code of its own.
"""

from __future__ import annotations

import ast
from collections.abc import Sequence
from dataclasses import dataclass

from architect_agents.refactoring.blocks import Block
from architect_agents.refactoring.exits import Form, choose_form
from architect_agents.refactoring.interface import Interface, interface_of
from architect_agents.refactoring.jumps import Exits
from architect_agents.refactoring.placement import Placement, place_helper
from architect_agents.refactoring.preconditions import (
    names_from_around,
    refuse_immovable,
    refuse_translated_exceptions,
)
from architect_agents.refactoring.refusal import RefusedError
from architect_agents.refactoring.subject import Subject


@dataclass(frozen=True, slots=True)
class Extraction:
    """A block that may be moved, and how: all decided but the helper's name.

    ``parameters`` and ``outputs`` are in the order in which they will be written. The lines are
    1-based and inclusive; ``first_line`` is the first comment that moves along.
    """

    block: Block
    form: Form
    placement: Placement
    parameters: tuple[str, ...]
    outputs: tuple[str, ...]
    is_async: bool
    is_generator: bool
    falls_through: bool
    written_globals: tuple[str, ...]
    first_line: int
    last_line: int

    @property
    def lines(self) -> tuple[int, int]:
        return self.first_line, self.last_line

    @property
    def has_comment(self) -> bool:
        return self.first_line < self.block.first_line


def plan_extraction(subject: Subject, block: Block) -> Extraction:
    """Check all preconditions of moving ``block`` and decide how it is done.

    Raises:
        RefusedError: it can't be done, or we can't be sure.
    """
    first_line, last_line = _whole_lines(subject, block)
    facts = subject.facts(block.statements)
    refuse_immovable(subject, facts)
    form, interface = _form_and_interface(subject, block, facts.exits)
    _refuse_misplaced_jumps(subject, block, form)
    if facts.yields and (subject.is_async or facts.awaits):
        raise RefusedError("async-generator", "A part of an async generator can't be delegated.")
    if facts.yields or facts.awaits:
        refuse_translated_exceptions(block, facts)
    inputs = interface.inputs | names_from_around(subject, _names_read(subject, block))
    placement = place_helper(subject, facts, inputs, block.first_line)
    receiver = {placement.receiver} if placement.takes_receiver else set()
    return Extraction(
        block,
        form,
        placement,
        subject.in_order(inputs - receiver, facts),
        subject.in_order(interface.outputs, facts),
        facts.awaits,
        facts.yields,
        facts.exits.falls_through,
        _written_globals(subject, block),
        first_line,
        last_line,
    )


def _names_read(subject: Subject, block: Block) -> frozenset[str]:
    """All names that the block reads, whosever they are."""
    nodes = subject.flow.nodes_within(block.statements)
    return frozenset().union(*(node.effects.reads for node in nodes))


def _form_and_interface(subject: Subject, block: Block, exits: Exits) -> tuple[Form, Interface]:
    """Whether there are outputs decides the form, and the form whether they are needed."""
    form = choose_form(block, exits, has_outputs=False)
    if form.kind == "return":
        interface = interface_of(subject.flow, block.statements, ends_function=True)
        return form, interface
    interface = interface_of(subject.flow, block.statements)
    if interface.outputs:
        form = choose_form(block, exits, has_outputs=True)
    if form.tells_return and interface.outputs:
        interface = interface_of(subject.flow, block.statements, returns_tell=True)
    return form, interface


def _refuse_misplaced_jumps(subject: Subject, block: Block, form: Form) -> None:
    places = {(type(place.statement), place.field) for place in block.ancestors}
    if form.kind == "return" and subject.is_async and subject.is_generator:
        raise RefusedError("async-generator", "An async generator can't return a value.")
    if form.kind != "plain" and (ast.TryStar, "handlers") in places:
        raise RefusedError("except-star", "No jump may leave an `except*` clause.")
    if form.kind != "plain" and any(place.field == "finalbody" for place in block.ancestors):
        raise RefusedError("finally", "The block jumps out of a `finally` clause.")


def _whole_lines(subject: Subject, block: Block) -> tuple[int, int]:
    """The lines to cut, with the comments right above the block."""
    lines = subject.lines
    first, last = block.statements[0], block.statements[-1]
    above = lines.line(block.first_line - 1).rstrip("\r\n")
    continues = above.endswith("\\") and not above.lstrip().startswith("#")
    starts_line = block.is_elif or not (lines.before(first).strip() or continues)
    behind = lines.after(last).strip()
    if not starts_line or (behind and not behind.startswith("#")):
        raise RefusedError("shared-line", "The block shares a line with other code.")
    if "\f" in lines.indentation(block.first_line):
        raise RefusedError("mixed-indentation", "A form feed stands in the indentation.")
    return _first_comment_line(subject, block), block.last_line


def _first_comment_line(subject: Subject, block: Block) -> int:
    first = block.first_line
    if block.is_elif:
        return first
    begin = subject.lines.indentation(first) + "#"
    while subject.lines.line(first - 1).startswith(begin):
        text = subject.lines.line(first - 1).strip()
        if first - 1 in subject.string_lines or text.startswith("# type:"):
            break
        first -= 1
    return first


def _written_globals(subject: Subject, block: Block) -> tuple[str, ...]:
    if not subject.flow.globals:
        return ()
    written = _globals_touched(subject, block.statements)
    inside = {id(node) for node in subject.flow.nodes_within(block.statements)}
    elsewhere = frozenset().union(
        *(node.effects.touched for node in subject.flow.graph.nodes if id(node) not in inside)
    )
    orphaned = written - elsewhere
    if orphaned:
        raise RefusedError(
            "global-declaration", f"`global {min(orphaned)}` would be left without a use."
        )
    return tuple(sorted(written))


def _globals_touched(subject: Subject, statements: Sequence[ast.stmt]) -> frozenset[str]:
    touched = (node.effects.touched for node in subject.flow.nodes_within(statements))
    return frozenset().union(*touched) & subject.flow.globals

"""What a search makes smaller: a function's complexity, its length in lines, or its nesting."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Literal

from architect_agents.refactoring.ast_count import count_branches
from architect_agents.refactoring.blocks import Block, blocks
from architect_agents.refactoring.conditions import Condition, conditions
from architect_agents.refactoring.module_source import Function, statement_children
from architect_agents.refactoring.subject import Subject
from architect_agents.types import FindingLimits, FunctionFigures

#: A part with this complexity or less is left alone: McCabe's own upper limit.
TARGET_CCN = 10
#: Lines that a call and a helper's own frame add, about.
_CALL_LINES, _FRAME_LINES = 1, 2

Figure = Literal["ccn", "length", "nesting"]


@dataclass(frozen=True, slots=True)
class Goal:
    """Bring ``figure`` of every part to ``target`` or less.

    No helper may exceed ``limit``, or it would be a finding of its own; nor, if it can be helped,
    one of the other ``limits``.
    """

    figure: Figure = "ccn"
    target: int = TARGET_CCN
    limit: int = 15
    limits: FindingLimits = field(default_factory=FindingLimits)

    @classmethod
    def of(cls, figures: FunctionFigures, limits: FindingLimits) -> Goal:
        """The complexity, unless only the length or the nesting is above its limit."""
        if figures.ccn <= limits.ccn:
            if figures.length > limits.length:
                return cls("length", limits.length, limits.length, limits)
            if figures.nesting > limits.nesting:
                return cls("nesting", limits.nesting, limits.nesting, limits)
        return cls("ccn", min(TARGET_CCN, limits.ccn), limits.ccn, limits)

    def is_finding(self, figures: FunctionFigures) -> bool:
        """Whether a helper with these figures would be a finding of its own."""
        names = ("length", "nesting", "parameters")
        return any(getattr(figures, one) > getattr(self.limits, one) for one in names)

    def value(self, figures: FunctionFigures) -> int:
        """The figure that shall fall."""
        return int(getattr(figures, self.figure))

    def own_value(self, function: Function) -> int:
        """The same by our own count, for a function that the measure does not see."""
        if self.figure == "ccn":
            return count_branches(function.node)
        if self.figure == "nesting":
            return _depth(function.node) - 1
        return function.last_line - function.node.lineno + 1

    def candidates(self, subject: Subject, now: int) -> Iterator[tuple[int, Block | Condition]]:
        """Blocks and conditions by the highest value that they would leave, if it falls."""
        found: list[tuple[int, int, Block | Condition]] = []
        for candidate, cost in self._costs(subject):
            left, helper = self._divided(now, cost)
            if max(left, helper) < now and helper <= self.limit:
                found.append((max(left, helper), cost, candidate))
        found.sort(key=lambda one: (one[0], -one[1]))
        return ((estimate, candidate) for estimate, _, candidate in found)

    def _costs(self, subject: Subject) -> Iterator[tuple[Block | Condition, int]]:
        if self.figure == "length":
            for block, _ in blocks(subject, least=0):
                yield block, block.last_line - block.first_line + 1
            return
        if self.figure == "nesting":
            for block, _ in blocks(subject, least=1):
                yield block, max(map(_depth, block.statements))
            return
        yield from blocks(subject)
        for condition in conditions(subject):
            yield condition, condition.cost

    def _divided(self, now: int, cost: int) -> tuple[int, int]:
        """What would remain of ``now``, and what the helper would have."""
        if self.figure == "ccn":
            return now - cost, 1 + cost
        if self.figure == "nesting":
            # What remains if nothing else is nested as deep; the measure has the last word.
            return now - cost, cost
        return now - cost + _CALL_LINES, cost + _FRAME_LINES


def _depth(root: ast.AST) -> int:
    """How many blocks lie one in another, ``root``'s own among them."""
    deepest, pending = 0, [(root, 0)]
    while pending:
        node, depth = pending.pop()
        children = list(statement_children(node))
        if children and not isinstance(node, ast.ExceptHandler | ast.match_case):
            depth += 1
        deepest = max(deepest, depth)
        for child in children:
            is_elif = isinstance(node, ast.If) and node.orelse == [child]
            pending.append((child, depth - (is_elif and isinstance(child, ast.If))))
    return deepest

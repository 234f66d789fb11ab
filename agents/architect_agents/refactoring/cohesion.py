"""How well a block keeps to the paragraphs that its author made with comments and blank lines."""

from __future__ import annotations

import ast
from dataclasses import dataclass

from architect_agents.refactoring.blocks import Block, last_line_of
from architect_agents.refactoring.subject import Subject


@dataclass(frozen=True, slots=True)
class Cohesion:
    """``paragraphs`` are touched by the block; ``cuts`` (0 to 2) of its ends lie within one."""

    paragraphs: int
    cuts: int

    @property
    def penalty(self) -> int:
        """What a reader would rather see elsewhere, in points of complexity.

        The weights are a matter of taste: a second paragraph counts as much as three decisions,
        a cut through a paragraph as much as one.
        """
        return 3 * (self.paragraphs - 1) + self.cuts


def cohesion_of(subject: Subject, block: Block) -> Cohesion:
    """Look at the lines between the block's statements, and around it."""
    siblings = block.siblings.statements
    inside = zip(block.statements, block.statements[1:], strict=False)
    paragraphs = 1 + sum(_is_break(subject, one, other) for one, other in inside)
    cuts = 0
    if block.start and not _is_break(subject, siblings[block.start - 1], siblings[block.start]):
        cuts += 1
    if not block.ends_its_list and not _is_break(
        subject, siblings[block.end - 1], siblings[block.end]
    ):
        cuts += 1
    return Cohesion(paragraphs, cuts)


def _is_break(subject: Subject, before: ast.stmt, after: ast.stmt) -> bool:
    """Whether a blank line or a comment stands between two neighbouring statements."""
    decorators: list[ast.expr] = getattr(after, "decorator_list", [])
    first = min([after.lineno, *(node.lineno for node in decorators)])
    between = subject.lines.lines[last_line_of(before) : first - 1]
    return any(not line.strip() or line.lstrip().startswith("#") for line in between)

"""How control leaves a block, and the form in which a caller can do the same with a helper.

| the block                                       | the caller                              |
|-------------------------------------------------|-----------------------------------------|
| only falls through                              | ``h()`` or ``x = h()``                  |
| never falls through, only returns               | ``return h()``                          |
| is the function's tail, and returns             | ``return h()``                          |
| is a loop body's tail, and only continues       | ``h()``: ``continue`` becomes ``return``|
| has one kind of ``break``/``continue``/bare     | ``if h(): break``                       |
| ``return`` beside falling through               |                                         |
| returns values that are surely not None         | ``r = h()``, ``if r is not None: …``    |
| returns any values, or has outputs beside       | ``done, r = h()``, ``if done: …``       |
| a single kind of jump                           |                                         |
| has several kinds of jump                       | ``jump = h()``,                         |
|                                                 | ``if jump == "break": break``, …        |
"""

from __future__ import annotations

import ast
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from architect_agents.refactoring.blocks import Block, Place
from architect_agents.refactoring.jumps import LOOPS, Exits, Jump, may_fall_through

__all__ = [
    "Exits",
    "Form",
    "Jump",
    "choose_form",
    "is_bare",
    "keyword_of",
    "may_fall_through",
    "tail_of",
]

FormKind = Literal[
    "plain", "return", "always", "flag", "optional", "flag-and-values", "named-jumps"
]


@dataclass(frozen=True, slots=True)
class Form:
    """How the caller goes on: ``jump`` is what the helper can tell it to do ("break", …).

    It is empty where there are several (see ``told_kinds``). The ``fallen`` are the jumps that
    mean the same as falling through (``continue`` at the tail of a loop); ``told`` those that the
    helper reports to its caller.
    """

    kind: FormKind
    jump: str = ""
    told: tuple[Jump, ...] = ()
    fallen: tuple[Jump, ...] = ()

    @property
    def returns_value(self) -> bool:
        """Whether the reported jump is a ``return`` with a value of its own."""
        return self.kind in ("flag-and-values", "named-jumps") and any(
            isinstance(jump, ast.Return) and not is_bare(jump) for jump in self.told
        )

    @property
    def tells_return(self) -> bool:
        return any(isinstance(jump, ast.Return) for jump in self.told)

    @property
    def told_kinds(self) -> tuple[str, ...]:
        """The words of the reported jumps, in a fixed order."""
        return tuple(sorted({keyword_of(jump) for jump in self.told}))


def keyword_of(jump: Jump) -> str:
    """The word that a jump begins with."""
    return type(jump).__name__.lower()


def is_bare(statement: ast.Return) -> bool:
    """``return`` and ``return None``."""
    return statement.value is None or (
        isinstance(statement.value, ast.Constant) and statement.value.value is None
    )


def surely_not_none(value: ast.expr) -> bool:
    """Whether an expression can't be None, told by its syntax alone."""
    if isinstance(value, ast.Constant):
        return value.value is not None
    if isinstance(value, ast.UnaryOp):
        return isinstance(value.op, ast.Not)
    if isinstance(value, ast.IfExp):
        return surely_not_none(value.body) and surely_not_none(value.orelse)
    return isinstance(
        value,
        ast.Tuple
        | ast.List
        | ast.Dict
        | ast.Set
        | ast.JoinedStr
        | ast.ListComp
        | ast.SetComp
        | ast.DictComp
        | ast.GeneratorExp
        | ast.Lambda,
    )


def tail_of(block: Block) -> Literal["function", "loop", None]:
    """What falling off the block's end leads to: the function's end, or the loop's next turn."""
    if not block.ends_its_list:
        return None
    for place in reversed(block.ancestors):
        if isinstance(place.statement, LOOPS):
            return "loop" if place.field == "body" else None
        if not _leads_on(place):
            return None
    return "function"


def _leads_on(place: Place) -> bool:
    """Whether the end of this part is the end of the statement, and that of its list.

    A ``finally`` clause runs on either way, but going on from inside one ends no exception.
    """
    statement = place.statement
    if isinstance(statement, ast.Try | ast.TryStar) and (
        place.field == "finalbody" or (place.field == "body" and statement.orelse)
    ):
        return False
    return place.is_last


def choose_form(block: Block, exits: Exits, *, has_outputs: bool) -> Form:
    """The simplest form that keeps all exits."""
    tail = tail_of(block)
    if _ends_function(exits, tail):
        return Form("return")
    fallen = tuple(jump for jump in exits.jumps if _means_falling(jump, tail))
    told = tuple(jump for jump in exits.jumps if jump not in fallen)
    if not told:
        return Form("plain", fallen=fallen)
    if len({type(jump) for jump in told}) > 1:
        return Form("named-jumps", told=told, fallen=fallen)
    jump = keyword_of(told[0])
    if not exits.falls_through and not fallen:
        return Form("always", jump, told)
    return Form(_reporting_kind(told, has_outputs=has_outputs), jump, told, fallen)


def _ends_function(exits: Exits, tail: str | None) -> bool:
    """Whether the caller returns right behind the block, with what the helper returns."""
    if len(exits.returns) < len(exits.jumps):
        return False
    gives_value = not all(map(is_bare, exits.returns))
    return not exits.falls_through or (tail == "function" and gives_value)


def _means_falling(jump: Jump, tail: str | None) -> bool:
    if isinstance(jump, ast.Continue):
        return tail == "loop"
    return isinstance(jump, ast.Return) and tail == "function" and is_bare(jump)


def _reporting_kind(told: Sequence[Jump], *, has_outputs: bool) -> FormKind:
    values = [jump.value for jump in told if isinstance(jump, ast.Return) and not is_bare(jump)]
    if has_outputs:
        return "flag-and-values"
    if not values:
        return "flag"
    if len(values) == len(told) and all(value and surely_not_none(value) for value in values):
        return "optional"
    return "flag-and-values"

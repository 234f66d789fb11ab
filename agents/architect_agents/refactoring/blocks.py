"""Contiguous runs of statements inside a function: the candidates for an extraction."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from architect_agents.refactoring.ast_count import count_branches
from architect_agents.refactoring.flow.scopes import FUNCTIONS
from architect_agents.refactoring.jumps import LOOPS
from architect_agents.refactoring.subject import Subject

#: In very long statement lists only runs up to this many statements are tried.
_LONG_LIST = 60
_LONGEST_RUN = 40


@dataclass(frozen=True, slots=True)
class Place:
    """The part ``field`` ("body", "orelse", "handlers", …) of the compound statement.

    ``siblings`` is the list that ``statement`` itself stands in.
    """

    statement: ast.stmt
    field: str
    siblings: Sequence[ast.stmt]

    @property
    def is_last(self) -> bool:
        return self.siblings[-1] is self.statement


@dataclass(frozen=True, slots=True)
class StatementList:
    """One list of statements; ``ancestors`` lead to it from the function, outermost first.

    ``is_elif``: it is the ``orelse`` of an ``if``, written as ``elif``.
    """

    statements: Sequence[ast.stmt]
    ancestors: tuple[Place, ...]
    is_elif: bool = False


@dataclass(frozen=True, slots=True)
class Block:
    """The statements ``siblings.statements[start:end]``."""

    siblings: StatementList
    start: int
    end: int

    @property
    def statements(self) -> Sequence[ast.stmt]:
        return self.siblings.statements[self.start : self.end]

    @property
    def ancestors(self) -> tuple[Place, ...]:
        return self.siblings.ancestors

    @property
    def is_elif(self) -> bool:
        return self.siblings.is_elif

    @property
    def ends_its_list(self) -> bool:
        return self.end == len(self.siblings.statements)

    @property
    def innermost_loop(self) -> ast.stmt | None:
        """The loop whose ``break`` and ``continue`` the block may hold."""
        for place in reversed(self.ancestors):
            if isinstance(place.statement, LOOPS) and place.field == "body":
                return place.statement
        return None

    @property
    def first_line(self) -> int:
        """The 1-based first line, with decorators."""
        first = self.statements[0]
        decorators: list[ast.expr] = getattr(first, "decorator_list", [])
        return min([first.lineno, *(node.lineno for node in decorators)])

    @property
    def last_line(self) -> int:
        return last_line_of(self.statements[-1])

    @property
    def lines(self) -> tuple[int, int]:
        return self.first_line, self.last_line


def last_line_of(statement: ast.stmt) -> int:
    return statement.end_lineno or statement.lineno


def statement_lists(subject: Subject) -> Iterator[StatementList]:
    """Every list of statements of the function, outer ones first; nested scopes are left out."""
    pending = [StatementList(_without_docstring(subject.node), ())]
    while pending:
        current = pending.pop(0)
        yield current
        for statement in current.statements:
            if not isinstance(statement, (*FUNCTIONS, ast.ClassDef)):
                pending += _inner_lists(subject, statement, current)


def _without_docstring(function: ast.FunctionDef | ast.AsyncFunctionDef) -> Sequence[ast.stmt]:
    has_docstring = ast.get_docstring(function, clean=False) is not None
    return function.body[1:] if has_docstring else function.body


def _inner_lists(
    subject: Subject, statement: ast.stmt, around: StatementList
) -> Iterator[StatementList]:
    for field in ("body", "orelse", "finalbody"):
        inner = getattr(statement, field, None)
        if inner:
            place = Place(statement, field, around.statements)
            ancestors = (*around.ancestors, place)
            yield StatementList(inner, ancestors, _is_elif(subject, place, inner))
    for field in ("handlers", "cases"):
        place = Place(statement, field, around.statements)
        for part in getattr(statement, field, []):
            yield StatementList(part.body, (*around.ancestors, place))


def _is_elif(subject: Subject, place: Place, inner: list[ast.stmt]) -> bool:
    """``else`` with an ``if`` inside is the same tree as ``elif``; the text tells."""
    if place.field != "orelse" or not isinstance(place.statement, ast.If):
        return False
    only = inner[0]
    return (
        isinstance(only, ast.If)
        and len(inner) == 1
        and only.col_offset == place.statement.col_offset
        and subject.lines.text.startswith("elif", subject.lines.span(only)[0])
    )


def blocks(subject: Subject, least: int = 2) -> Iterator[tuple[Block, int]]:
    """Every block with at least ``least`` decisions, and how many it has.

    The whole body is no candidate: moving all of it away makes nothing simpler.
    """
    for siblings in statement_lists(subject):
        costs = [count_branches(statement) - 1 for statement in siblings.statements]
        count = len(costs)
        for start in range(count):
            longest = count if count <= _LONG_LIST else min(count, start + _LONGEST_RUN)
            for end in range(start + 1, longest + 1):
                cost = sum(costs[start:end])
                whole_body = not siblings.ancestors and end - start == count
                if cost >= least and not whole_body:
                    yield Block(siblings, start, end), cost

"""Behind branches that all leave, what stood in the ``else`` simply follows.

    if a:                if a:
        return 1             return 1
    else:                rest()
        rest()

Preconditions: every branch before the ``else`` surely leaves by ``return``, ``raise``, ``break``
or ``continue``; the ``else:`` has a line to itself.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from architect_agents.refactoring.blocks import StatementList, last_line_of, statement_lists
from architect_agents.refactoring.normal_form import never_falls
from architect_agents.refactoring.refusal import RefusedError
from architect_agents.refactoring.rewrites.rewrite import Note, Rewrite, line_offsets, moved_out
from architect_agents.refactoring.subject import Subject
from architect_agents.types import SourceEdit


def find(subject: Subject, note: Note) -> Iterator[Rewrite]:
    """Every ``else`` that may go, in the order of the text."""
    for siblings in statement_lists(subject):
        for choice in _heads(siblings):
            last = _last_of_chain(subject, choice)
            if last is None:
                continue
            try:
                yield _without_else(subject, choice, last)
            except RefusedError as error:
                note(error.refusal)


def _heads(siblings: StatementList) -> Iterator[ast.If]:
    """The ``if`` statements of a list that are no ``elif``."""
    if not siblings.is_elif:
        yield from (one for one in siblings.statements if isinstance(one, ast.If))


def _last_of_chain(subject: Subject, choice: ast.If) -> ast.If | None:
    """The ``if`` or ``elif`` with the ``else``, if all branches down to it leave."""
    current = choice
    while never_falls(current.body) and current.orelse:
        inner = current.orelse[0]
        if len(current.orelse) == 1 and isinstance(inner, ast.If) and _is_elif(subject, inner):
            current = inner
            continue
        return current
    return None


def _is_elif(subject: Subject, choice: ast.If) -> bool:
    return subject.lines.text.startswith("elif", subject.lines.span(choice)[0])


def _without_else(subject: Subject, choice: ast.If, last: ast.If) -> Rewrite:
    lines = subject.lines
    ends = last_line_of(last.body[-1])
    decorators: list[ast.expr] = getattr(last.orelse[0], "decorator_list", [])
    begins = min([last.orelse[0].lineno, *(one.lineno for one in decorators)])
    between = range(ends + 1, begins)
    headers = [number for number in between if lines.line(number).strip() == "else:"]
    if len(headers) != 1 or lines.before(last.orelse[0]).strip():
        raise RefusedError("comment-inside", "The `else:` shares its line with something.")
    (header,) = headers
    final = last_line_of(last.orelse[-1])
    cut, outer = lines.indentation(begins), lines.indentation(choice.lineno)
    moved = moved_out(subject, header + 1, final, cut, outer)
    edit = SourceEdit(*line_offsets(subject, header, final), "".join(moved))
    return Rewrite("no-else", (edit,), (header, final), 1, "An `else` behind a jump is gone")

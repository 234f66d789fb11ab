"""A condition around all that is left to do becomes a guard clause.

    if ready:                if not ready:
        step()                   return
        more()
                             step()
                             more()

Preconditions: the ``if`` has no ``else`` and ends the function, or the body of a loop (then the
guard is ``continue``); its header is one line without a comment; its condition has an opposite
that means the same whatever the values are: ``not``, ``is`` and ``in`` have one, ``==`` and ``<``
have not, since classes may define both sides as they like.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from architect_agents.refactoring.blocks import Block, last_line_of, statement_lists
from architect_agents.refactoring.exits import is_bare, tail_of
from architect_agents.refactoring.refusal import RefusedError
from architect_agents.refactoring.rewrites.rewrite import (
    Note,
    Rewrite,
    header_is_plain,
    line_offsets,
    moved_out,
)
from architect_agents.refactoring.source_lines import is_parenthesised
from architect_agents.refactoring.subject import Subject
from architect_agents.types import SourceEdit

_OPPOSITE = {ast.Is: "is not", ast.IsNot: "is", ast.In: "not in", ast.NotIn: "in"}
_TIGHT = (ast.Name, ast.Attribute, ast.Call, ast.Subscript)
#: A condition of more parts is harder to read turned round.
_MOST_OPERANDS = 2


def find(subject: Subject, note: Note) -> Iterator[Rewrite]:
    """Every condition that may become a guard, outer ones first."""
    for siblings in statement_lists(subject):
        last = siblings.statements[-1]
        # An ``elif`` can't be followed by anything, and a branch of a single line needs no guard.
        if siblings.is_elif or not isinstance(last, ast.If) or last.orelse:
            continue
        tail = tail_of(Block(siblings, len(siblings.statements) - 1, len(siblings.statements)))
        if tail is None or not _is_worth_it(last):
            continue
        try:
            yield _guarded(subject, last, _jump(subject) if tail == "function" else "continue")
        except RefusedError as error:
            note(error.refusal)


def _is_worth_it(choice: ast.If) -> bool:
    return last_line_of(choice.body[-1]) - choice.body[0].lineno > 1


def _jump(subject: Subject) -> str:
    """``return``; where the function gives values back, it says that this is None."""
    gives = any(isinstance(node, ast.Return) and not is_bare(node) for node in subject.own_nodes)
    return "return None" if gives else "return"


def _guarded(subject: Subject, choice: ast.If, jump: str) -> Rewrite:
    lines = subject.lines
    if not header_is_plain(subject, choice):
        raise RefusedError("comment-inside", "The condition shares its line with something.")
    first, last = choice.lineno, last_line_of(choice.body[-1])
    outer, inner = lines.indentation(first), lines.indentation(choice.body[0].lineno)
    end = lines.end_of(lines.line(first))
    guard = [f"{outer}if {opposite(subject, choice.test)}:{end}", f"{inner}{jump}{end}"]
    moved = moved_out(subject, first + 1, last, inner, outer)
    edit = SourceEdit(*line_offsets(subject, first, last), "".join([*guard, *moved]))
    return Rewrite("guard-clause", (edit,), (first, last), 1, "A condition became a guard clause")


def opposite(subject: Subject, test: ast.expr) -> str:
    """The text of the condition that holds where ``test`` does not.

    Raises:
        RefusedError: there is none that surely does.
    """
    segment = subject.lines.segment
    if isinstance(test, ast.UnaryOp) and isinstance(test.op, ast.Not):
        return segment(test.operand)
    if isinstance(test, ast.Compare) and len(test.ops) == 1 and type(test.ops[0]) in _OPPOSITE:
        sign = _OPPOSITE[type(test.ops[0])]
        return f"{segment(test.left)} {sign} {segment(test.comparators[0])}"
    if isinstance(test, ast.BoolOp) and len(test.values) <= _MOST_OPERANDS:
        return _of_both(subject, test)
    if isinstance(test, _TIGHT):
        return f"not {segment(test)}"
    raise RefusedError("no-plain-opposite", f"`{ast.unparse(test)[:60]}` has no sure opposite.")


def _of_both(subject: Subject, test: ast.BoolOp) -> str:
    if any(isinstance(value, ast.BoolOp) for value in test.values):
        raise RefusedError("no-plain-opposite", "Turned round, the condition is hard to read.")
    word = "or" if isinstance(test.op, ast.And) else "and"
    parts = [opposite(subject, value) for value in test.values]
    return f" {word} ".join(_shielded(part) for part in parts)


def _shielded(part: str) -> str:
    """``not (a or b)`` turned round is ``a or b``, which needs parentheses among others."""
    tree = ast.parse(f"({part})", mode="eval").body
    loose = isinstance(tree, ast.BoolOp | ast.IfExp | ast.Lambda | ast.NamedExpr)
    return f"({part})" if loose and not is_parenthesised(part) else part

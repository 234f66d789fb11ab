"""``if a:`` with nothing in it but ``if b:`` is ``if a and b:``.

Preconditions: neither has an ``else``; both headers stand on a line of their own, one below the
other, without a comment; the joined header fits the file's line length.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

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
from architect_agents.refactoring.write_helper import width_of
from architect_agents.types import SourceEdit

#: Expressions that bind less tightly than ``and``.
_LOOSE = (ast.IfExp, ast.Lambda, ast.NamedExpr)


def find(subject: Subject, note: Note) -> Iterator[Rewrite]:
    """Every pair that may be merged, in the order of the text."""
    for outer in subject.own_nodes:
        if not isinstance(outer, ast.If) or outer.orelse or len(outer.body) > 1:
            continue
        inner = outer.body[0]
        if isinstance(inner, ast.If) and not inner.orelse:
            try:
                yield _merged(subject, outer, inner)
            except RefusedError as error:
                note(error.refusal)


def _merged(subject: Subject, outer: ast.If, inner: ast.If) -> Rewrite:
    plain = header_is_plain(subject, outer) and header_is_plain(subject, inner)
    if not plain or inner.lineno != outer.lineno + 1:
        raise RefusedError("comment-inside", "Something stands between the two conditions.")
    lines = subject.lines
    indentation = lines.indentation(outer.lineno)
    start, _ = lines.span(outer)
    keyword = "elif" if lines.text.startswith("elif", start) else "if"
    tests = " and ".join(_operand(subject, test) for test in (outer.test, inner.test))
    header = f"{indentation}{keyword} {tests}:"
    if len(header.expandtabs()) > width_of(lines.text):
        raise RefusedError("too-long", "Joined, the two conditions are longer than a line.")
    first, last = outer.lineno, inner.body[-1].end_lineno or inner.lineno
    body = lines.indentation(inner.lineno)
    moved = moved_out(
        subject, inner.lineno + 1, last, lines.indentation(inner.body[0].lineno), body
    )
    text = "".join([header + lines.end_of(lines.line(first)), *moved])
    edit = SourceEdit(*line_offsets(subject, first, last), text)
    return Rewrite("merged-ifs", (edit,), (first, last), 1, "Two nested conditions are one")


def _operand(subject: Subject, test: ast.expr) -> str:
    text = subject.lines.segment(test)
    loose = isinstance(test, _LOOSE) or (
        isinstance(test, ast.BoolOp) and isinstance(test.op, ast.Or)
    )
    return f"({text})" if loose and not is_parenthesised(text) else text

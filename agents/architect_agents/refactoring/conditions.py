"""Conditions that can be given a name: whole tests, and runs of operands of ``and`` and ``or``.

``a and b and c`` is ``(a and b) and c`` and ``a and (b and c)``, with the same value and the same
parts evaluated. So any run of neighbouring operands can be moved.
"""

from __future__ import annotations

import ast
import io
import tokenize
from collections.abc import Iterator
from dataclasses import dataclass

from architect_agents.refactoring.ast_count import count_branches
from architect_agents.refactoring.flow.scopes import COMPREHENSIONS, SCOPES
from architect_agents.refactoring.source_lines import SourceLines
from architect_agents.refactoring.subject import Subject

#: Longer chains are generated code, and the runs in them are many.
_MOST_OPERANDS = 24


@dataclass(frozen=True, slots=True)
class Condition:
    """Neighbouring ``parts`` of a condition in the header of ``statement``.

    The text of the parts, with their parentheses, is ``text[start:end]`` of the module;
    ``cost`` is its number of decisions, ``word`` what joins the parts.
    """

    statement: ast.stmt
    parts: tuple[ast.expr, ...]
    start: int
    end: int
    cost: int
    word: str = "and"

    @property
    def lines(self) -> tuple[int, int]:
        """The 1-based first and last line."""
        return self.parts[0].lineno, self.parts[-1].end_lineno or self.parts[-1].lineno


def conditions(subject: Subject, least: int = 2) -> Iterator[Condition]:
    """The conditions of the function's own statements with at least ``least`` decisions."""
    for statement in subject.own_nodes:
        if not isinstance(statement, ast.stmt) or isinstance(statement, SCOPES):
            continue
        if isinstance(statement, ast.If | ast.While):
            cost = count_branches(statement.test) - 1
            if cost >= least:
                start, end = _with_parentheses(subject.lines, statement.test)
                yield Condition(statement, (statement.test,), start, end, cost)
        for node in header_nodes(statement):
            if isinstance(node, ast.BoolOp) and count_branches(node) - 1 >= least:
                yield from _runs(subject.lines, statement, node, least)


def header_nodes(statement: ast.stmt) -> Iterator[ast.AST]:
    """The expressions of a statement that are evaluated in its own scope."""
    pending = [node for node in ast.iter_child_nodes(statement) if isinstance(node, ast.expr)]
    while pending:
        node = pending.pop()
        yield node
        if not isinstance(node, (*SCOPES, *COMPREHENSIONS, ast.JoinedStr)):
            pending += [one for one in ast.iter_child_nodes(node) if isinstance(one, ast.expr)]


def _runs(
    lines: SourceLines, statement: ast.stmt, node: ast.BoolOp, least: int
) -> Iterator[Condition]:
    count = len(node.values)
    places = operand_offsets(lines, node) if count <= _MOST_OPERANDS else []
    costs = [count_branches(value) for value in node.values]
    is_test = node is getattr(statement, "test", None)
    for first in range(len(places)):
        for last in range(first + 1, len(places)):
            cost = sum(costs[first : last + 1]) - 1
            if cost < least or (is_test and last - first + 1 == count):
                continue
            parts = tuple(node.values[first : last + 1])
            word = "and" if isinstance(node.op, ast.And) else "or"
            yield Condition(statement, parts, places[first][0], places[last][1], cost, word)


def operand_offsets(lines: SourceLines, node: ast.BoolOp) -> list[tuple[int, int]]:
    """Offsets of each operand with its parentheses; nothing if the text can't be told apart."""
    start, end = lines.span(node)
    text = lines.text[start:end]
    word = "and" if isinstance(node.op, ast.And) else "or"
    cuts = _operator_offsets(text, word)
    if len(cuts) != len(node.values) - 1 or "#" in text:
        return []  # a comment could end up in front of what follows it
    begins = [0, *(cut + len(word) for cut in cuts)]
    ends = [*cuts, len(text)]
    return [
        (start + _past_blanks(text, begin, stop), start + len(text[:stop].rstrip(" \t\f\\\r\n")))
        for begin, stop in zip(begins, ends, strict=True)
    ]


def _past_blanks(text: str, begin: int, stop: int) -> int:
    piece = text[begin:stop]
    return begin + len(piece) - len(piece.lstrip(" \t\f\\\r\n"))


def _operator_offsets(text: str, word: str) -> list[int]:
    """Where ``word`` stands outside of all brackets."""
    if "\r" in text:
        return []
    starts = [0, *(index + 1 for index, sign in enumerate(text) if sign == "\n")]
    found, depth = [], 0
    try:
        for token in tokenize.generate_tokens(io.StringIO(f"(\\\n{text})").readline):
            if token.type == tokenize.OP:
                depth += (token.string in "([{") - (token.string in ")]}")
            elif token.type == tokenize.NAME and token.string == word and depth == 1:
                found.append(starts[token.start[0] - 2] + token.start[1])
    except (tokenize.TokenError, SyntaxError, IndexError):
        return []
    return found


def _with_parentheses(lines: SourceLines, test: ast.expr) -> tuple[int, int]:
    """Take in the parentheses right around a whole test: a statement has no others there."""
    text = lines.text
    start, end = lines.span(test)
    while True:
        before, behind = len(text[:start].rstrip()), end
        behind += len(text[end:]) - len(text[end:].lstrip())
        if text[before - 1 : before] != "(" or text[behind : behind + 1] != ")":
            return start, end
        start, end = before - 1, behind + 1

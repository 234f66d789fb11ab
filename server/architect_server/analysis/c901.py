"""McCabe complexity as ruff's rule C901 counts it, on ``ast``: for those whose CI runs ruff.

The rules are those of flake8's mccabe, as ruff has them. Against lizard: ``and``, ``or``,
ternaries, comprehensions and ``finally`` add nothing; ``else`` of a ``try`` and nested
functions (with all inside them) do; a last ``case`` that always matches is an ``else``.
"""

from __future__ import annotations

import ast
import warnings
from collections.abc import Iterable, Iterator

from architect_server.analysis.model import Decision

_NESTED = "nested function"


def count(source: str) -> dict[int, tuple[Decision, ...]]:
    """Each +1 of every function, by the 1-based line of its ``def``; C901 is their number + 1.

    Kinds: if, elif, for, while, except, try else, case, nested function, and the same with
    "in nested function" behind them. Empty if ``ast`` cannot read ``source``.
    """
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            tree = ast.parse(source)
        return {
            node.lineno: tuple(sorted(_decisions(node.body), key=lambda decision: decision.line))
            for node in ast.walk(tree)
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        }
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return {}


def _decisions(statements: Iterable[ast.stmt]) -> Iterator[Decision]:
    for statement in statements:
        match statement:
            case ast.If():
                yield from _if(statement, "if")
            case ast.For() | ast.AsyncFor() | ast.While():
                kind = "while" if isinstance(statement, ast.While) else "for"
                yield Decision(statement.lineno, kind)
                yield from _decisions([*statement.body, *statement.orelse])
            case ast.With() | ast.AsyncWith():
                yield from _decisions(statement.body)
            case ast.Try() | ast.TryStar():
                yield from _try(statement)
            case ast.Match():
                yield from _match(statement)
            case ast.FunctionDef() | ast.AsyncFunctionDef():
                yield from _nested(statement)
            case ast.ClassDef():
                yield from _decisions(statement.body)
            case _:
                pass


def _if(statement: ast.If, kind: str) -> Iterator[Decision]:
    # A chain of elif is as long as its author likes: a loop, not a recursion.
    while True:
        yield Decision(statement.lineno, kind)
        yield from _decisions(statement.body)
        rest = statement.orelse
        if not rest or not isinstance(rest[0], ast.If):
            break
        if rest[0].col_offset != statement.col_offset:
            break
        statement, kind = rest[0], "elif"
    yield from _decisions(statement.orelse)


def _try(statement: ast.Try | ast.TryStar) -> Iterator[Decision]:
    yield from _decisions(statement.body)
    for handler in statement.handlers:
        yield Decision(handler.lineno, "except")
        yield from _decisions(handler.body)
    if statement.orelse:
        yield Decision(statement.orelse[0].lineno, "try else")
    yield from _decisions([*statement.orelse, *statement.finalbody])


def _match(statement: ast.Match) -> Iterator[Decision]:
    for number, case in enumerate(statement.cases, start=1):
        last = number == len(statement.cases)
        if not (last and case.guard is None and _always_matches(case.pattern)):
            yield Decision(case.pattern.lineno, "case")
        yield from _decisions(case.body)


def _always_matches(pattern: ast.pattern) -> bool:
    if isinstance(pattern, ast.MatchAs):
        return pattern.pattern is None or _always_matches(pattern.pattern)
    if isinstance(pattern, ast.MatchOr):
        return any(_always_matches(part) for part in pattern.patterns)
    return False


def _nested(statement: ast.FunctionDef | ast.AsyncFunctionDef) -> Iterator[Decision]:
    yield Decision(statement.lineno, _NESTED)
    for decision in _decisions(statement.body):
        inside = decision.kind.endswith(_NESTED)
        kind = decision.kind if inside else f"{decision.kind} in {_NESTED}"
        yield Decision(decision.line, kind)

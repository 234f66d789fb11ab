"""A piece in which only simple statements changed: these are measured, and the rest is known.

Most keystrokes are in one line of a long function. Where that line was a simple statement and is
one still, at the same indentation, the piece parses as it did, and the function's figures change by
what the line counts. That takes a fifth of the time in which the piece is read.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from functools import cache, lru_cache
from typing import NamedTuple

from architect_server.analysis import fast_python
from architect_server.analysis.fast_python import CLEAN, SIMPLE
from architect_server.analysis.incremental.measured import Measured
from architect_server.analysis.incremental.moving import moved
from architect_server.analysis.incremental.placed import Memo
from architect_server.analysis.model import Decision, FunctionMetrics
from architect_server.analysis.python_outline import parses
from architect_server.analysis.text import stretch, unify_line_ends

# Lines that an edit may have touched, and made.
_MOST_OLD, _MOST_NEW = 3, 8

# What these count depends on the statements around them, or what they are does.
_DEPENDENT = frozenset(
    ("if", "else", "for", "while", "with", "lambda", "match", "case", "def", "class", "async")
) | {"@", "\\\n"}
# The statement below may be read otherwise behind one of these, or in front of a bracket.
_LEANS_ON_NEXT = frozenset(
    ("=", "return", ",", "(", "[", "+", "-", "*", "/", "//", "%", ".", "//=", "**=")
)

_OPERATORS = frozenset(("and", "or"))

# What lizard may read otherwise than Python, and what its tokens alone do not tell.
_READ_OTHERWISE = re.compile(r"[#\\]|/\*|lizard|GENERATED")

_HEADER = "def a_name_that_no_line_calls():\n    "


class _Counts(NamedTuple):
    """What one simple statement adds to its function."""

    names: frozenset[str]
    kinds: tuple[str, ...]
    tokens: int
    cognitive: int


class _Lines(NamedTuple):
    """Whole lines of a piece: ``first`` and ``last`` are 1-based and inclusive."""

    first: int
    last: int
    texts: Sequence[str]


def measure_lines(old: str, known: Measured, new: str) -> Measured | None:
    """The figures of the piece ``new``, from those of ``old``; None if more must be known."""
    if not known.line_kinds:
        return None
    found = (_measured(known, *changed) for changed in _changed_lines(old, new))
    return next((measured for measured in found if measured is not None), None)


def _measured(known: Measured, before: _Lines, after: _Lines) -> Measured | None:
    kinds = known.line_kinds
    # Each must be whole: the next line begins anew.
    if not all(
        kinds[line - 1] == SIMPLE and kinds[line] >= CLEAN
        for line in range(before.first, before.last + 1)
    ):
        return None
    indent = _indent(before.texts[0])
    if any(_indent(line) != indent for line in (*before.texts, *after.texts)):
        return None
    taken, given = _all_counts(before.texts), _all_counts(after.texts)
    if taken is None or given is None:
        return None
    if any(one.name in counts.names for one in known.functions for counts in (*taken, *given)):
        return None
    return replace(
        known,
        functions=tuple(_functions(known.functions, before, after, taken, given)),
        lines=known.lines + after.last - before.last,
        line_kinds=b"".join(
            (kinds[: before.first - 1], bytes([SIMPLE]) * len(after.texts), kinds[before.last :])
        ),
        memo=Memo(),
    )


def _changed_lines(old: str, new: str) -> Iterator[tuple[_Lines, _Lines]]:
    """The lines of both in which they differ, if these are few; never none of either."""
    start, end, text = stretch(old, new)
    new_end = start + len(text)
    lead = old[old.rfind("\n", 0, start) + 1 : start]
    if start in (end, new_end) and (old[start:end] or text).endswith(lead):
        # Lines were put in or taken out: their beginning was taken for that of the next one.
        start, end, new_end = start - len(lead), end - len(lead), new_end - len(lead)
        if start and old[end - 1] == new[new_end - 1] == "\n":
            yield from _lines(old, new, start - 1, end - 1)
    yield from _lines(old, new, start, end)


def _lines(old: str, new: str, start: int, end: int) -> Iterator[tuple[_Lines, _Lines]]:
    """The whole lines around ``old[start:end]``, and what has become of them."""
    start = old.rfind("\n", 0, start) + 1
    stop = old.find("\n", max(start, end)) + 1
    new_stop = stop + len(new) - len(old)
    if not stop or new_stop <= start or new[new_stop - 1] != "\n":
        return
    lines = unify_line_ends(old[start:stop]).split("\n")[:-1]
    new_lines = unify_line_ends(new[start:new_stop]).split("\n")[:-1]
    if len(lines) <= _MOST_OLD and len(new_lines) <= _MOST_NEW:
        above = old.count("\n", 0, start)
        yield (
            _Lines(above + 1, above + len(lines), lines),
            _Lines(above + 1, above + len(new_lines), new_lines),
        )


def _indent(line: str) -> str:
    return line[: len(line) - len(line.lstrip(" \t"))]


def _all_counts(lines: Iterable[str]) -> list[_Counts] | None:
    found = []
    for line in lines:
        counts = _counts(line.strip(" \t"))
        if counts is None:
            return None
        found.append(counts)
    return found


@lru_cache(maxsize=64)
def _counts(statement: str) -> _Counts | None:
    """None if it is no simple statement of one line, or if more must be known to count it."""
    if not statement or statement[0] in "(#" or '"""' in statement or "'''" in statement:
        return None
    tokens = fast_python.expanded(fast_python.tokens(statement))
    code = [token for token in tokens if token[0] != "#"]
    if not code or code[-1] in _LEANS_ON_NEXT or not _DEPENDENT.isdisjoint(code):
        return None
    if not parses(statement):
        return None
    names = frozenset(code)
    if _OPERATORS.isdisjoint(names) and not _READ_OTHERWISE.search(statement):
        return _Counts(names, (), len(code), 0)
    return _counts_in_a_function(statement, names)


def _counts_in_a_function(statement: str, names: frozenset[str]) -> _Counts | None:
    alone = _in_a_function(statement)
    if alone is None or not _OPERATORS.issuperset(kind for _, kind in alone.decisions):
        return None
    kinds = tuple(kind for _, kind in alone.decisions)
    return _Counts(names, kinds, alone.tokens - _header_tokens(), alone.cognitive)


def _in_a_function(statement: str) -> FunctionMetrics | None:
    found = fast_python.functions(f"{_HEADER}{statement}\n")
    return found[0] if found and len(found) == 1 else None


@cache
def _header_tokens() -> int:
    least = _in_a_function("pass")
    return least.tokens - 1 if least else 0


def _functions(
    functions: Sequence[FunctionMetrics],
    before: _Lines,
    after: _Lines,
    taken: Sequence[_Counts],
    given: Sequence[_Counts],
) -> Iterator[FunctionMetrics]:
    grown = after.last - before.last
    around = [one for one in functions if one.start_line < before.first <= one.end_line]
    own = max(around, key=lambda one: one.start_line, default=None)
    for function in functions:
        if function.end_line < before.first:
            yield function
        elif function.start_line > before.last:
            yield from moved((function,), grown)
        else:
            kept = function.decisions
            decisions = [one for one in kept if one.line < before.first]
            if function is own:
                for line, counts in enumerate(given, before.first):
                    decisions += [Decision(line, kind) for kind in counts.kinds]
            decisions += [
                Decision(one.line + grown, one.kind) for one in kept if one.line > before.last
            ]
            changed = replace(
                function, end_line=function.end_line + grown, decisions=tuple(decisions)
            )
            yield _with(changed, taken, given, grown) if function is own else changed


def _with(
    function: FunctionMetrics, taken: Sequence[_Counts], given: Sequence[_Counts], grown: int
) -> FunctionMetrics:
    return replace(
        function,
        ccn=len(function.decisions) + 1,
        nloc=function.nloc + grown,
        tokens=function.tokens
        + sum(one.tokens for one in given)
        - sum(one.tokens for one in taken),
        cognitive=function.cognitive
        + sum(one.cognitive for one in given)
        - sum(one.cognitive for one in taken),
    )

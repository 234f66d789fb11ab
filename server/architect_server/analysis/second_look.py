"""Doubts about lizard's result outside Python: functions that it lost, and wrong ends."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from architect_server.analysis import names
from architect_server.analysis.blocks import UnbalancedError
from architect_server.analysis.declared import Declared, functions
from architect_server.analysis.raw import RawFunction


@dataclass(frozen=True, slots=True)
class Doubt:
    """From the 1-based ``line`` on the result is not right, and why, in one sentence.

    ``broken`` is set for a text that is broken itself, as while somebody types.
    """

    line: int
    why: str
    broken: bool = False


_STATEMENTS = frozenset(("if", "for", "foreach", "while", "switch", "catch"))
# In other languages these may be names.
_RESERVING = frozenset(("c", "cpp", "cs", "java"))


def is_no_function(function: RawFunction, extension: str) -> bool:
    """Whether what lizard takes for a function is a statement: it "is called" ``if``."""
    return extension in _RESERVING and names.bare_name(function.name) in _STATEMENTS


def doubts(source: str, extension: str, found: Sequence[RawFunction]) -> list[Doubt]:
    """What the text declares and ``found``, lizard's functions, does not hold as it is."""
    try:
        declared = functions(source, extension)
    except UnbalancedError as error:
        line = source.count("\n", 0, error.offset) + 1
        return [Doubt(line, f"The brace on line {line} has no counterpart.", broken=True)]
    wrong = [
        Doubt(one.start_line, f"lizard takes a statement on line {one.start_line} for a function.")
        for one in found
        if is_no_function(one, extension)
    ]
    right = [one for one in found if not is_no_function(one, extension)]
    return [*_against(declared or (), right), *wrong]


def _against(declared: Iterable[Declared], found: Sequence[RawFunction]) -> Iterable[Doubt]:
    by_line: defaultdict[int, list[RawFunction]] = defaultdict(list)
    for function in found:
        by_line[function.start_line].append(function)
    for one in declared:
        own = _take(one, by_line)
        name = one.name or "the function"
        if own is None:
            yield Doubt(one.first, f"lizard does not see {name} on line {one.first} as it is.")
        elif one.end and not one.end <= own.end_line <= max(one.end, one.at_most):
            ends = f"end on line {own.end_line}, not {one.end}"
            yield Doubt(one.first, f"lizard lets {name} on line {one.first} {ends}.")


def _take(declared: Declared, by_line: dict[int, list[RawFunction]]) -> RawFunction | None:
    """The function of ``found`` that stands there: by its name if possible."""
    places = [
        (line, one)
        for line in range(declared.first, declared.last + 1)
        for one in by_line.get(line, ())
    ]
    named = [place for place in places if names.bare_name(place[1].name) == declared.name]
    for line, one in (named or places)[:1]:
        by_line[line].remove(one)
        return one
    return None

"""Every language but Python: lizard's figures, completed where it is known to lose functions."""

from __future__ import annotations

from dataclasses import replace

from architect_server.analysis import (
    blind_spots,
    declared,
    java_annotations,
    lizard_adapter,
    names,
    second_look,
    structured_text,
    type_parameters,
)
from architect_server.analysis.model import Confidence, ConfidenceLevel, FunctionMetrics
from architect_server.analysis.raw import RawFile, RawFunction
from architect_server.analysis.second_look import Doubt
from architect_server.analysis.true_lines import place

# Their blocks have no braces; nesting is read from the indentation.
_WITHOUT_BRACES = frozenset(("erl", "f", "f90", "gd", "lua", "rb", "sql", "st"))

# What lizard calls a function whose name it does not see.
_NAMELESS = "(anonymous)"

_TYPED_SCRIPTS = frozenset(("ts", "tsx", "vue"))


def check(source: str, raw: RawFile, filename: str) -> tuple[list[FunctionMetrics], Confidence]:
    """What lizard has for ``source`` (``raw``), and how far it can be trusted.

    Where lizard loses functions for a reason that we know, they are counted anew without it
    and marked as corrected; where it is not known, the confidence says so.
    """
    extension = filename.rpartition(".")[2]
    best, doubts = _without_known_losses(source, raw, filename, extension)
    placed = place(best, source, extension)
    lines = source.split("\n")
    functions = []
    for seen, function in zip(best.functions, placed.functions, strict=True):
        if second_look.is_no_function(function, extension):
            continue
        metrics = _metrics(function, lines, braces=extension not in _WITHOUT_BRACES)
        own = seen if best is raw else _own(seen, raw)
        if not function.same_figures(own):
            metrics = replace(metrics, corrected=True, raw_ccn=own.ccn if own else None)
        functions.append(metrics)
    begun = {function.start_line for function in functions}
    unseen = blind_spots.lines(source, extension, begun)
    if extension not in declared.LISTED:
        unseen |= set(placed.unseen)
    return functions, _confidence(placed, sorted(unseen), doubts)


def _without_known_losses(
    source: str, raw: RawFile, filename: str, extension: str
) -> tuple[RawFile, list[Doubt]]:
    """The better one of lizard's two readings, and what is to be doubted in it."""
    doubts = second_look.doubts(source, extension, raw.functions)
    other = source
    if extension in _TYPED_SCRIPTS and (raw.unseen or raw.stopped):
        other = type_parameters.take_out(source)
    elif extension == "java" and doubts:
        other = java_annotations.put_away(source)
    elif extension == "st":
        other = structured_text.legible(source)
    if other == source:
        return raw, doubts
    again = lizard_adapter.count(other, filename)
    if again.stopped:
        return raw, doubts
    if extension == "st":
        again = _named_as_written(again, source)
    return again, second_look.doubts(source, extension, again.functions)


def _named_as_written(raw: RawFile, source: str) -> RawFile:
    lines = source.split("\n")
    functions = (
        replace(one, name=structured_text.name_on(lines[one.start_line - 1]) or one.name)
        for one in raw.functions
    )
    return replace(raw, functions=tuple(functions))


def _own(function: RawFunction, raw: RawFile) -> RawFunction | None:
    """What lizard printed for ``function``, which may come from a second count."""
    for candidate in raw.functions:
        if (candidate.start_line, candidate.name) == (function.start_line, function.name):
            return candidate
    return None


def _metrics(function: RawFunction, lines: list[str], *, braces: bool) -> FunctionMetrics:
    start, end = function.start_line, function.end_line
    name = function.name
    if name == _NAMELESS:
        name = names.method_name(lines, start) or name
    return function.metrics(
        qualified_name=name,
        name_span=names.name_span(lines, start, name),
        edit_line=start,
        nesting=function.nesting if braces else names.indentation_depth(lines, start, end),
    )


def _confidence(raw: RawFile, unseen: list[int], doubts: list[Doubt]) -> Confidence:
    if raw.stopped:
        level: ConfidenceLevel = "partial" if raw.functions else "skipped"
        return Confidence(level, raw.stopped, raw.stopped_line)
    doubts = doubts + [
        Doubt(line, f"lizard does not see the function declared on line {line} as it is.")
        for line in unseen
    ]
    if not doubts:
        return Confidence()
    first = min(doubts, key=lambda doubt: (not doubt.broken, doubt.line))
    return Confidence("partial", first.why, first.line, misread=not first.broken)

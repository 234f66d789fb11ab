"""Every language but Python: lizard's figures, completed where it is known to lose functions."""

from __future__ import annotations

from dataclasses import replace

from architect_server.analysis import blind_spots, lizard_adapter, names, type_parameters
from architect_server.analysis.model import Confidence, ConfidenceLevel, FunctionMetrics
from architect_server.analysis.raw import RawFile, RawFunction
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
    best = _without_known_losses(source, raw, filename, extension)
    placed = place(best, source, extension)
    lines = source.split("\n")
    functions = []
    for seen, function in zip(best.functions, placed.functions, strict=True):
        metrics = _metrics(function, lines, braces=extension not in _WITHOUT_BRACES)
        own = seen if best is raw else _own(seen, raw)
        if not function.same_figures(own):
            metrics = replace(metrics, corrected=True, raw_ccn=own.ccn if own else None)
        functions.append(metrics)
    begun = {function.start_line for function in functions}
    unseen = blind_spots.lines(source, extension, begun).union(placed.unseen)
    return functions, _confidence(placed, sorted(unseen))


def _without_known_losses(source: str, raw: RawFile, filename: str, extension: str) -> RawFile:
    if extension not in _TYPED_SCRIPTS or not (raw.unseen or raw.stopped):
        return raw
    again = lizard_adapter.count(type_parameters.take_out(source), filename)
    return raw if again.stopped else again


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


def _confidence(raw: RawFile, unseen: list[int]) -> Confidence:
    if raw.stopped:
        level: ConfidenceLevel = "partial" if raw.functions else "skipped"
        return Confidence(level, raw.stopped, raw.stopped_line)
    if unseen:
        reason = f"lizard does not see the function declared on line {unseen[0]} as it is."
        return Confidence("partial", reason, unseen[0])
    return Confidence()

"""The lines of the text for lizard's lines, in the two languages whose line ends it drops."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace

from architect_server.analysis.model import Decision
from architect_server.analysis.raw import RawFile, RawFunction

_SCRIPT = re.compile(r"<script\b[^>]*>(.*?)(?:</script|\Z)", re.S)
_ERLANG_END = re.compile(r"\.[ \t]*(?:%[^\n]*)?$", re.M)


def place(raw: RawFile, source: str, extension: str) -> RawFile:
    """``raw`` with its lines moved to where they stand in ``source``."""
    if extension == "vue":
        return _moved(raw, _script_lines(source))
    if extension == "erl":
        return replace(raw, functions=tuple(_erlang_places(raw.functions, source)))
    return raw


def _script_lines(source: str) -> list[int]:
    """The line of each line that lizard counts in a Vue file: those of its scripts alone."""
    origin: list[int] = []
    for match in _SCRIPT.finditer(source):
        first = source.count("\n", 0, match.start(1)) + 1
        # What follows a script is not read, so the next one goes on in its last line.
        skip = 1 if origin else 0
        origin += range(first + skip, first + match[1].count("\n") + 1)
    return origin or [1]


def _moved(raw: RawFile, origin: list[int]) -> RawFile:
    def line_of(line: int) -> int:
        return origin[min(max(line, 1), len(origin)) - 1]

    functions = tuple(
        replace(
            function,
            start_line=line_of(function.start_line),
            end_line=line_of(function.end_line),
            decisions=tuple(
                Decision(line_of(decision.line), decision.kind) for decision in function.decisions
            ),
        )
        for function in raw.functions
    )
    stopped_line = raw.stopped_line and line_of(raw.stopped_line)
    unseen = tuple(line_of(line) for line in raw.unseen)
    return replace(raw, functions=functions, stopped_line=stopped_line, unseen=unseen)


def _erlang_places(functions: Iterable[RawFunction], source: str) -> Iterable[RawFunction]:
    """Each function from its first clause to the full stop behind its last.

    lizard puts all of Erlang on line 1. Its functions come in the order of the text.
    """
    position = 0
    for function in functions:
        clause = re.compile(rf"^{re.escape(function.name)}[ \t]*\(", re.M)
        start = clause.search(source, position)
        end = _ERLANG_END.search(source, start.end()) if start else None
        if start is None or end is None:
            yield function
            continue
        position = end.end()
        own = source[start.start() : end.end()]
        first = source.count("\n", 0, start.start()) + 1
        lines = [line for line in own.split("\n") if line.strip() and line.strip()[0] != "%"]
        decisions = tuple(Decision(first, decision.kind) for decision in function.decisions)
        yield replace(
            function,
            start_line=first,
            end_line=first + own.count("\n"),
            nloc=len(lines),
            decisions=decisions,
        )

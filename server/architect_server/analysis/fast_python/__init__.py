"""Python measured in one pass over its tokens, several times faster than lizard.

The pass follows lizard's rules token by token, and Python's own block structure beside them. It
is for text that is known to parse. Where lizard would misread the layout, or where a rule is
not worth repeating here (lizard's own comments, decisions in a one-line function), it declines
and the caller asks lizard itself. What it does answer equals lizard's figures and ``ast``'s
names and spans in every field.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from architect_server.analysis.fast_python.blocks import Function
from architect_server.analysis.fast_python.format_strings import expanded
from architect_server.analysis.fast_python.header import Declined
from architect_server.analysis.fast_python.reading import CLEAN, SIMPLE, Reading
from architect_server.analysis.fast_python.runs import runs
from architect_server.analysis.fast_python.tokens import is_soft_keyword, tokens
from architect_server.analysis.model import FunctionMetrics, Span
from architect_server.analysis.raw import Rest

__all__ = [
    "CLEAN",
    "SIMPLE",
    "Read",
    "Stretch",
    "expanded",
    "functions",
    "is_soft_keyword",
    "read",
    "stretches",
    "tokens",
]

_DEF_LINE = re.compile(r"[ \t]*+(?:async[ \t]++)?def[ \t]++")
# Comments by which lizard itself is told to do something else.
_LIZARDS_OWN = ("lizard forgive", "GENERATED CODE")


class Read(NamedTuple):
    """What the pass found: functions in the order of their lines.

    ``line_kinds`` has the kind of each line (``SIMPLE``, ``CLEAN`` or 0), one more than there
    are. ``rest`` is whether lizard would read a text behind this one as if it stood alone.
    """

    functions: list[FunctionMetrics]
    line_kinds: bytes
    rest: Rest


class Stretch(NamedTuple):
    """Whole statements of a module, from the 1-based ``line`` on.

    ``functions`` is None where the pass declines them, and ``text`` is then what they are: they
    parse alone if the next definition is where it seems to be, which the caller must see for
    itself. lizard must be at rest there, unless the stretch ``is_last``.
    """

    line: int
    functions: list[FunctionMetrics] | None
    text: str = ""
    is_last: bool = False


def functions(source: str) -> list[FunctionMetrics] | None:
    """The figures of every function in ``source``, in the order of their lines.

    ``source`` must have passed ``guards.prepare`` and parse as Python. None where the pass
    declines.
    """
    found = read(source)
    return None if found is None else found.functions


def read(source: str) -> Read | None:
    """The same, and what is known of the lines and of lizard's state at the end."""
    flat = _tokens(source)
    if not flat:
        return Read([], b"", "always") if not source.strip() else None
    reading = Reading(flat, source)
    try:
        counted = reading.run()
    except Declined:
        return None
    lines = source.split("\n")
    functions = [_metrics(function, lines) for function in counted]
    return Read(functions, bytes(reading.line_kinds[1:]), reading.rest)


def stretches(source: str) -> Iterator[Stretch]:
    """``source`` from end to end, where the pass declines some of it; see ``functions``.

    Nothing comes where it declines the whole.
    """
    lines = source.split("\n")
    for run in runs(_tokens(source), source):
        is_last = run.end > len(lines)
        if run.functions is None:
            text = "\n".join(lines[run.line - 1 : run.end - 1]) + ("" if is_last else "\n")
            yield Stretch(run.line, None, text, is_last)
        else:
            yield Stretch(run.line, [_metrics(one, lines) for one in run.functions])


def _tokens(source: str) -> list[str]:
    """All tokens with those in f-strings; none where lizard's reading is not the one known here."""
    if any(words in source for words in _LIZARDS_OWN):
        return []
    found = tokens(source)
    if "/*" in source and any(token[:2] == "/*" for token in found):
        return []
    return expanded(found)


def _metrics(function: Function, lines: list[str]) -> FunctionMetrics:
    match = _DEF_LINE.match(lines[function.line - 1])
    start = match.end() if match else 0
    return FunctionMetrics(
        function.name,
        function.qualified_name,
        function.line,
        function.end_line,
        function.edit_line,
        Span(function.line, start, start + len(function.bare_name)),
        len(function.decisions) + 1,
        function.nloc,
        function.tokens,
        function.parameters,
        function.nesting,
        function.cognitive,
        tuple(function.decisions),
        function.unseen,
    )

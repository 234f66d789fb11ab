"""Python measured in one pass over its tokens, several times faster than lizard.

The pass follows lizard's rules token by token, and Python's own block structure beside them. It
is for text that is known to parse. Where lizard would misread the layout, or where a rule is
not worth repeating here (lizard's own comments, one-line functions), it declines and the caller
asks lizard itself. What it does answer equals lizard's figures and ``ast``'s names and spans in
every field.
"""

from __future__ import annotations

import re

from architect_server.analysis import lizard_adapter
from architect_server.analysis.fast_python.blocks import Function
from architect_server.analysis.fast_python.header import Declined
from architect_server.analysis.fast_python.reading import CLEAN, SIMPLE, Reading
from architect_server.analysis.fast_python.tokens import is_soft_keyword, tokens
from architect_server.analysis.model import FunctionMetrics, Span

__all__ = ["CLEAN", "SIMPLE", "expanded", "functions", "is_soft_keyword", "read", "tokens"]

_DEF_LINE = re.compile(r"[ \t]*+(?:async[ \t]++)?def[ \t]++")
# Comments by which lizard itself is told to do something else.
_LIZARDS_OWN = ("lizard forgive", "GENERATED CODE")


def functions(source: str) -> list[FunctionMetrics] | None:
    """The figures of every function in ``source``, in the order of their lines.

    ``source`` must have passed ``guards.prepare`` and parse as Python. None where the pass
    declines.
    """
    found = read(source)
    return None if found is None else found[0]


def read(source: str) -> tuple[list[FunctionMetrics], bytes] | None:
    """The same, and the kind of each line (``SIMPLE``, ``CLEAN`` or 0), one more than there are."""
    if any(words in source for words in _LIZARDS_OWN):
        return None
    found = tokens(source)
    if not found or ("/*" in source and any(token[:2] == "/*" for token in found)):
        return ([], b"") if not source.strip() else None
    reading = Reading(expanded(found), source)
    try:
        counted = reading.run()
    except Declined:
        return None
    lines = source.split("\n")
    return [_metrics(function, lines) for function in counted], bytes(reading.line_kinds[1:])


def expanded(found: list[str]) -> list[str]:
    """``found`` with the tokens inside the braces of f-strings, as lizard has them."""
    return lizard_adapter.expand_format_strings(found)


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
    )

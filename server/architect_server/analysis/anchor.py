"""Finds a function again after the text around it has moved: a fingerprint of its own lines."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from hashlib import blake2b
from itertools import takewhile

from architect_server.analysis.model import FileMetrics, FunctionMetrics
from architect_server.analysis.text import LineTable, unify_line_ends

_DIGEST_BYTES = 16


def fingerprint(text: str | LineTable, function: FunctionMetrics) -> str:
    """A hash of the function's own lines, decorators included, as 32 hexadecimal digits.

    Moving or re-indenting the whole function, trailing blanks and the kind of line ends do not
    change it; any other edit inside it does.
    """
    table = text if isinstance(text, LineTable) else LineTable(text)
    start = table.line_start(function.edit_line - 1)
    return _digest(table.text[start : table.line_end(function.end_line - 1)])


@lru_cache(maxsize=32)  # an action asks again for what its diagnostic carries
def _digest(own: str) -> str:
    lines = [line.rstrip() for line in unify_line_ends(own).split("\n")]
    margin = _margin([line for line in lines if line])
    plain = "\n".join([line[margin:] for line in lines])
    return blake2b(plain.encode("utf-8", "surrogatepass"), digest_size=_DIGEST_BYTES).hexdigest()


def _margin(lines: Sequence[str]) -> int:
    """How many blanks all ``lines`` begin with; as ``textwrap.dedent`` finds, but at once."""
    # What the least and the greatest begin with, all others do.
    first, last = min(lines, default=""), max(lines, default="")
    shared = takewhile(lambda pair: pair[0] == pair[1] in " \t", zip(first, last, strict=False))
    return sum(1 for _ in shared)


def relocate(
    metrics: FileMetrics, text: str, qualified_name: str, wanted: str
) -> FunctionMetrics | None:
    """The function of that name whose lines still have the fingerprint ``wanted``.

    None if it changed, is gone, or if several functions answer the description.
    """
    table = LineTable(text)
    found = [
        function
        for function in metrics.functions
        if function.qualified_name == qualified_name and fingerprint(table, function) == wanted
    ]
    return found[0] if len(found) == 1 else None

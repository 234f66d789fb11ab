"""One piece of a Python text, measured alone: by the fast pass, by lizard, or as broken code."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field

from architect_server.analysis import fast_python, guards, lizard_adapter
from architect_server.analysis.by_position import pickled_by_position
from architect_server.analysis.incremental.moving import moved
from architect_server.analysis.incremental.placed import Memo
from architect_server.analysis.incremental.plan import WRAPPER, Piece
from architect_server.analysis.model import FunctionMetrics
from architect_server.analysis.python_measure import check_parsed, read_by_lizard, unchecked
from architect_server.analysis.python_outline import outline, parses
from architect_server.analysis.python_pieces import BrokenPiece, repair
from architect_server.analysis.raw import Rest

# A quote or a comment of C that lizard alone sees could pair up with one in another piece.
_UNPAIRED = frozenset(('"', "'"))


# Python's own tokenizers do not agree on the indentation behind such a line.
_LONE_BACKSLASH = re.compile(r"^[^\S\n]*+\\$", re.M)


class NotProvableError(Exception):
    """The text must be measured as a whole."""


@pickled_by_position
@dataclass(frozen=True, slots=True)
class Measured:
    """What one piece holds; lines count from its own first line, names from its own depth.

    ``broken`` is set for a piece that does not parse; ``missing`` are the lines of functions whose
    figures are not sure. ``rest`` is whether the next piece may be measured alone too.
    ``line_kinds`` are known of a piece that the fast pass has read.
    """

    functions: tuple[FunctionMetrics, ...]
    lines: int
    broken: BrokenPiece | None = None
    missing: tuple[int, ...] = ()
    rest: Rest = "always"
    line_kinds: bytes = field(default=b"", compare=False, repr=False)
    memo: Memo = field(default_factory=Memo, compare=False, repr=False)


@pickled_by_position
@dataclass(frozen=True, slots=True)
class Part:
    """A piece with its figures."""

    piece: Piece
    measured: Measured


def piece_parses(text: str, indented: bool) -> bool:
    """Whether a piece parses alone; ``indented`` ones are part of a class's body."""
    return parses(_alone(text, indented))


def measure_parsed(text: str, indented: bool) -> Measured:
    """The figures of a piece that parses.

    Raises:
        NotProvableError: they may depend on other pieces.
    """
    source = _alone(text, indented)
    lines = text.count("\n")
    extra = WRAPPER.count("\n") if indented else 0
    fast = fast_python.read(source)
    if fast is not None:
        kinds = fast.line_kinds[extra:]
        return Measured(moved(fast.functions, -extra), lines, rest=fast.rest, line_kinds=kinds)
    raw = lizard_adapter.count(source, "source.py")
    checked, missing = check_parsed(source, outline(source), raw)
    if raw.stopped or _depends(source):
        raise NotProvableError(raw.stopped or "dependent")
    # A forgiving comment may be about a function that lizard believes to be open, or the next.
    rest = "never" if "lizard forgive" in source else raw.rest
    unsure = tuple(line - extra for line in missing)
    return Measured(moved(checked, -extra), lines, missing=unsure, rest=rest)


def measure_broken(text: str, piece: Piece, by_lizard: Callable[[int], None]) -> Measured:
    """The figures of a piece that does not parse, which ``repair`` makes readable.

    ``by_lizard`` is told how many characters lizard has to read, and may raise.
    """
    source = guards.prepare(text)
    if "lizard forgive" in source:
        # Once the code before it is taken out, the comment is about the piece above.
        raise NotProvableError
    repaired = repair(source, piece)
    by_lizard(sum(len(read_by_lizard(source, block)) for block in repaired.blocks))
    indented = piece.inside is not None
    whole = measure_parsed(repaired.text, indented)
    functions = [*whole.functions, *unchecked(source, repaired.blocks)]
    functions.sort(key=lambda function: function.start_line)
    return Measured(tuple(functions), whole.lines, repaired, whole.missing, whole.rest)


def _alone(text: str, indented: bool) -> str:
    source = guards.prepare(text)
    return WRAPPER + source if indented else source


def _depends(source: str) -> bool:
    """Whether lizard's view of ``source`` may depend on other pieces, or theirs on this."""
    tokens = fast_python.tokens(source)
    if not tokens or "/*" in source or not _UNPAIRED.isdisjoint(tokens):
        return True
    if _LONE_BACKSLASH.search(source):
        return True
    words = [index for index, token in enumerate(tokens) if token in ("match", "case")]
    return any(
        fast_python.is_soft_keyword(tokens, index) and _looks_at_another(tokens, index)
        for index in words
    )


def _looks_at_another(tokens: list[str], index: int) -> bool:
    """Whether lizard, deciding on one match or case, passes another, whose kind it then has
    from an earlier one.
    """
    depth = 0
    for token in tokens[index + 1 :]:
        if token in ("match", "case"):
            return True
        depth += (token in ("(", "[", "{")) - (token in (")", "]", "}"))
        if depth == 0 and (token == ":" or token[0] == "\n"):
            return False
    return True

"""Python: lizard's figures held against ``ast``, counted anew where lizard misread the layout."""

from __future__ import annotations

import tokenize
from collections.abc import Iterable, Sequence
from dataclasses import replace

from architect_server.analysis import fast_python, lizard_adapter, names
from architect_server.analysis.incremental.moving import moved
from architect_server.analysis.model import Confidence, Decision, FunctionMetrics
from architect_server.analysis.python_outline import PythonFunction, UnparsableError, parses
from architect_server.analysis.python_pieces import Readable, read
from architect_server.analysis.python_repair import Block
from architect_server.analysis.python_straighten import straighten
from architect_server.analysis.raw import RawFile, RawFunction

_FILENAME = "source.py"


def check(source: str, *, fast: bool = True) -> tuple[list[FunctionMetrics], Confidence]:
    """Lizard's figures for ``source``, with true names and spans, corrected where needed.

    A block that does not parse is counted by lizard alone and unchecked: it goes on where
    ``ast`` cannot. The confidence is then partial from that block on. Without ``fast`` lizard
    itself reads every line, as it must for what the fast pass is held against.
    """
    if fast and parses(source) and (found := fast_python.functions(source)) is not None:
        return found, Confidence()
    try:
        pieces = read(source)
    except UnparsableError as error:
        raw = lizard_adapter.count(source, _FILENAME)
        return _unchecked(source, raw.functions), _doubt(raw, error.line, error.why)
    raw = lizard_adapter.count(pieces.readable.text, _FILENAME)
    functions, missing = _checked_functions(pieces.readable, raw)
    for text, piece, line, prefix in pieces.broken:
        functions += moved(unchecked(text, piece.blocks), line, prefix)
    functions.sort(key=lambda function: function.start_line)
    return functions, confidence(pieces.readable.broken, missing, raw)


def set_against(functions: list[FunctionMetrics], source: str) -> list[FunctionMetrics]:
    """``functions``, which were counted in another form of ``source``, against lizard's for it.

    Those with other figures than lizard gives for ``source`` itself are marked as corrected.
    """
    printed = {
        (own.start_line, names.bare_name(own.name)): own
        for own in reversed(lizard_adapter.count(source, _FILENAME).functions)
    }
    against = []
    for function in functions:
        own = printed.get((function.start_line, names.bare_name(function.name)))
        corrected = own is None or not own.has_figures_of(function)
        raw_ccn = own.ccn if own and corrected else None
        against.append(replace(function, corrected=corrected, raw_ccn=raw_ccn))
    return against


def check_parsed(
    source: str, functions: list[PythonFunction], raw: RawFile
) -> tuple[list[FunctionMetrics], list[int]]:
    """The figures of a text that parses, and the lines of functions without any."""
    return _checked_functions(Readable(source, functions), raw)


def unchecked(source: str, blocks: Iterable[Block]) -> list[FunctionMetrics]:
    """Lizard's figures inside blocks of ``source`` that do not parse."""
    found: list[FunctionMetrics] = []
    for block in blocks:
        # Alone, so that what it leaves open swallows no other.
        if alone := read_by_lizard(source, block):
            functions = lizard_adapter.count(alone, _FILENAME).functions
            found += _unchecked(source, [one.moved(block.first - 1) for one in functions])
    return found


def read_by_lizard(source: str, block: Block) -> str:
    """The lines of ``block``, if there may be a function in them; else nothing."""
    alone = "\n".join(source.split("\n")[block.first - 1 : block.last]) + "\n"
    return alone if "def" in alone else ""


def _checked_functions(readable: Readable, raw: RawFile) -> tuple[list[FunctionMetrics], list[int]]:
    """The functions that ``ast`` can see, and the lines of those without any figures."""
    functions = readable.functions
    text = readable.text
    if raw.stopped_line is not None:
        functions = [found for found in functions if found.end_line < raw.stopped_line]
        text = "\n".join(text.split("\n")[: raw.stopped_line - 1])
    matched = _matched(functions, raw)
    whole = _whole(functions, matched)
    recount = {} if all(whole) else _count_straightened(text, functions)
    metrics = []
    missing = []
    for function, own, is_whole in zip(functions, matched, whole, strict=True):
        true = own if is_whole else recount.get(function.def_line)
        if true is None:
            missing.append(function.def_line)
            true = own
        if true is not None:
            metrics.append(_checked(function, true, own, corrected=not is_whole))
    return metrics, missing


def _matched(functions: list[PythonFunction], raw: RawFile) -> list[RawFunction | None]:
    """What lizard has for each function: the same name on the same line."""
    known: dict[tuple[int, str], RawFunction] = {}
    for found in raw.functions:
        known.setdefault((found.start_line, names.bare_name(found.name)), found)
    return [known.get((function.def_line, function.name)) for function in functions]


def _whole(functions: list[PythonFunction], matched: list[RawFunction | None]) -> list[bool]:
    """Which functions lizard saw from their first line to their last, and all inside them.

    A function that lizard cut short or missed leaves its tokens to those around it.
    """
    whole = [
        own is not None and own.end_line == function.end_line
        for function, own in zip(functions, matched, strict=True)
    ]
    # In text order every function comes after the one around it.
    for index in reversed(range(len(functions))):
        around = functions[index].enclosing
        if around is not None and not whole[index]:
            whole[around] = False
    return whole


def _count_straightened(source: str, functions: list[PythonFunction]) -> dict[int, RawFunction]:
    """Figures by lizard for the same text in a layout that it reads right, by ``def`` line."""
    try:
        straight = straighten(source, functions)
    except (tokenize.TokenError, SyntaxError):
        return {}
    one_line = {function.def_line for function in functions if function.one_line}
    found = {}
    for raw in lizard_adapter.count(straight.text, _FILENAME).functions:
        line = straight.origin[raw.start_line - 1]
        found[line] = replace(
            raw,
            start_line=line,
            end_line=straight.origin[raw.end_line - 1],
            # The header's line was broken in two and counted twice.
            nloc=raw.nloc - (line in one_line),
            decisions=tuple(
                Decision(straight.origin[decision.line - 1], decision.kind)
                for decision in raw.decisions
            ),
        )
    return {
        function.def_line: found[function.def_line]
        for function in functions
        if function.def_line in found and found[function.def_line].end_line == function.end_line
    }


def _checked(
    function: PythonFunction, true: RawFunction, own: RawFunction | None, *, corrected: bool
) -> FunctionMetrics:
    metrics = true.metrics(
        qualified_name=function.qualified_name,
        name_span=function.name_span,
        edit_line=function.edit_line,
        nesting=function.nesting,
    )
    if not corrected or true.same_figures(own):
        return metrics
    return replace(metrics, corrected=True, raw_ccn=own.ccn if own else None)


def _unchecked(source: str, functions: Sequence[RawFunction]) -> list[FunctionMetrics]:
    lines = source.split("\n")
    qualified = names.python_names(lines)
    return [
        function.metrics(
            qualified_name=qualified.get(function.start_line, function.name),
            name_span=names.name_span(lines, function.start_line, function.name),
            edit_line=names.decorated_from(lines, function.start_line),
            nesting=names.indentation_depth(lines, function.start_line, function.end_line),
        )
        for function in functions
    ]


def confidence(broken: Iterable[Block], missing: Iterable[int], raw: RawFile) -> Confidence:
    """How far the figures of a text can be trusted."""
    first = min(broken, key=lambda block: block.first, default=None)
    if first is not None:
        return replace(_doubt(raw, first.line, first.why), from_line=first.first)
    if raw.stopped:
        return Confidence("partial", raw.stopped, raw.stopped_line)
    line = min(missing, default=None)
    if line is not None:
        reason = "lizard misreads the layout of a function here, and it could not be put right."
        return Confidence("partial", reason, line)
    return Confidence()


def _doubt(raw: RawFile, line: int, why: str) -> Confidence:
    if raw.stopped:
        return Confidence("partial" if raw.functions else "skipped", raw.stopped, raw.stopped_line)
    reason = f"Python cannot parse line {line} ({why}); figures there are lizard's, unchecked."
    return Confidence("partial", reason, line)

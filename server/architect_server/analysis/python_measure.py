"""Python: lizard's figures held against ``ast``, counted anew where lizard misread the layout."""

from __future__ import annotations

import tokenize
from collections.abc import Iterable
from dataclasses import replace

from architect_server.analysis import lizard_adapter, names
from architect_server.analysis.model import Confidence, Decision, FunctionMetrics
from architect_server.analysis.python_outline import PythonFunction, UnparsableError
from architect_server.analysis.python_repair import Block, Readable, read
from architect_server.analysis.python_straighten import straighten
from architect_server.analysis.raw import RawFile, RawFunction

_FILENAME = "source.py"


def check(source: str, raw: RawFile) -> tuple[list[FunctionMetrics], Confidence]:
    """What lizard has for ``source`` (``raw``), with true names and spans, corrected where needed.

    A block that does not parse is counted by lizard alone and unchecked: it goes on where
    ``ast`` cannot. The confidence is then partial from that block on. A text that does not
    parse in many places is lizard's alone as a whole.
    """
    try:
        readable = read(source)
    except UnparsableError as error:
        return _unchecked(source, raw.functions), _doubt(raw, error.line, error.why)
    if raw.stopped and readable.broken:
        # What lizard tripped over may be among the blocks that were taken out.
        raw = lizard_adapter.count(readable.text, _FILENAME)
    functions, missing = _checked_functions(readable, raw)
    for block in readable.broken:
        functions += _unchecked(source, _count_block(source, block))
    functions.sort(key=lambda function: function.start_line)
    return functions, _confidence(raw, readable.broken, missing)


def _checked_functions(readable: Readable, raw: RawFile) -> tuple[list[FunctionMetrics], list[int]]:
    """The functions that ``ast`` can see, and the lines of those without any figures."""
    functions = readable.functions
    text = readable.text
    if raw.stopped_line is not None:
        functions = [found for found in functions if found.end_line < raw.stopped_line]
        text = "\n".join(text.split("\n")[: raw.stopped_line - 1])
    matched = [_match(function, raw) for function in functions]
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


def _match(function: PythonFunction, raw: RawFile) -> RawFunction | None:
    """What lizard has for ``function``: the same name on the same line."""
    for candidate in raw.functions:
        same_line = candidate.start_line == function.def_line
        if same_line and names.bare_name(candidate.name) == function.name:
            return candidate
    return None


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


def _count_block(source: str, block: Block) -> tuple[RawFunction, ...]:
    """Lizard's figures inside one block, so that what it leaves open swallows no other."""
    lines = source.split("\n")[block.first - 1 : block.last]
    alone = "\n" * (block.first - 1) + "\n".join(lines) + "\n"
    return lizard_adapter.count(alone, _FILENAME).functions


def _unchecked(source: str, functions: Iterable[RawFunction]) -> list[FunctionMetrics]:
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


def _confidence(raw: RawFile, broken: tuple[Block, ...], missing: list[int]) -> Confidence:
    if broken:
        first = min(broken, key=lambda block: block.first)
        return replace(_doubt(raw, first.line, first.why), from_line=first.first)
    if raw.stopped:
        return Confidence("partial", raw.stopped, raw.stopped_line)
    if missing:
        reason = "lizard misreads the layout of a function here, and it could not be put right."
        return Confidence("partial", reason, min(missing))
    return Confidence()


def _doubt(raw: RawFile, line: int, why: str) -> Confidence:
    if raw.stopped:
        return Confidence("partial" if raw.functions else "skipped", raw.stopped, raw.stopped_line)
    reason = f"Python cannot parse line {line} ({why}); figures there are lizard's, unchecked."
    return Confidence("partial", reason, line)

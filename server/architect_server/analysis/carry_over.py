"""What is still known of a text that can't be read just now, from its last good result.

While a line is half typed (an open quote, say) functions below it seem to vanish. Nobody is
helped by squiggles that come and go: what lies outside the edited lines is still true.
"""

from __future__ import annotations

from dataclasses import replace

from architect_server.analysis.model import Decision, FileMetrics, FunctionMetrics, Span
from architect_server.analysis.text import stretch


def carry_over(old_text: str, old: FileMetrics, new_text: str, new: FileMetrics) -> FileMetrics:
    """``new``, completed by those functions of ``old`` that the edit did not touch.

    A complete result is returned as it is, and so is one of a text that lizard misreads: that is
    no passing state. Otherwise every function of ``old`` that lies wholly
    above the edited lines, or wholly below them (moved by as many lines as the edit added),
    stands in for what ``new`` has in its place.
    """
    confidence = new.confidence
    if confidence.level == "complete" or confidence.misread or not old.functions:
        return new
    first, last, added = _edited_lines(old_text, new_text)
    kept: list[FunctionMetrics] = []
    for function in old.functions:
        if function.end_line < first:
            kept.append(function)
        elif function.edit_line > last:
            kept.append(_moved(function, added))
    starts = {function.start_line for function in kept}
    fresh = [
        function
        for function in new.functions
        if function.start_line not in starts and first <= function.start_line <= last + added
    ]
    functions = sorted([*kept, *fresh], key=lambda function: function.start_line)
    return replace(new, functions=tuple(functions))


def _edited_lines(old_text: str, new_text: str) -> tuple[int, int, int]:
    """First and last 1-based line of the old text that an edit touched, and lines it added."""
    start, end, new = stretch(old_text, new_text)
    first = old_text.count("\n", 0, start) + 1
    last = old_text.count("\n", 0, end) + 1
    if _begins_line(old_text, end) and _begins_line(new_text, start + len(new)):
        last -= 1  # the line behind the stretch is as it was
    return first, last, new.count("\n") - old_text.count("\n", start, end)


def _begins_line(text: str, offset: int) -> bool:
    return offset == 0 or text[offset - 1] == "\n"


def _moved(function: FunctionMetrics, lines: int) -> FunctionMetrics:
    span = function.name_span
    return replace(
        function,
        start_line=function.start_line + lines,
        end_line=function.end_line + lines,
        edit_line=function.edit_line + lines,
        name_span=Span(span.line + lines, span.start, span.end),
        decisions=tuple(
            Decision(decision.line + lines, decision.kind) for decision in function.decisions
        ),
    )

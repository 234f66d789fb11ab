"""The text of a helper's frame and of the calls to it, in the manner of the file around them."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

from architect_agents.refactoring.annotations import annotations_of
from architect_agents.refactoring.placement import Placement
from architect_agents.refactoring.source_lines import SourceLines
from architect_agents.refactoring.subject import Subject

#: The usual line lengths: PEP 8's, black's, and a hundred. The file's own longest line decides.
_WIDTHS = (79, 88, 100)
_DECORATORS = {"static-method": "@staticmethod", "class-method": "@classmethod"}


def call_of(placement: Placement, name: str, arguments: Sequence[str]) -> str:
    """``self.name(a, b)`` or ``name(a, b)``."""
    callee = f"{placement.receiver}.{name}" if placement.receiver else name
    return f"{callee}({', '.join(arguments)})"


def header_of(
    subject: Subject,
    placement: Placement,
    name: str,
    parameters: Sequence[str],
    *,
    is_async: bool = False,
    returns: str | None = None,
) -> list[str]:
    """Decorator and ``def`` of a helper, as lines with their ends."""
    annotations = annotations_of(subject, placement, parameters)
    written = [
        f"{parameter}: {annotations[parameter]}" if parameter in annotations else parameter
        for parameter in parameters
    ]
    if placement.takes_receiver and placement.receiver:
        written.insert(0, placement.receiver)
    arrow = f" -> {returns}" if returns else ""
    definition = f"{'async ' if is_async else ''}def {name}({', '.join(written)}){arrow}:"
    decorator = _DECORATORS.get(placement.kind)
    lines = [decorator] if decorator else []
    lines += folded(subject, placement.indentation, definition)
    return [f"{placement.indentation}{line}{subject.newline}" for line in lines]


def folded(subject: Subject, indentation: str, statement: str) -> list[str]:
    """``statement`` on one line, or with its arguments on a line of their own if it is too long.

    The lines come without ``indentation``, which only counts for the width.
    """
    opening, closing = statement.find("("), statement.rfind(")")
    too_long = len(indentation.expandtabs()) + len(statement) > width_of(subject.lines.text)
    if not too_long or closing - opening <= 1:
        return [statement]
    inside = statement[opening + 1 : closing]
    return [statement[: opening + 1], subject.unit + inside, statement[closing:]]


@lru_cache(maxsize=4)
def width_of(text: str) -> int:
    """The line length that the file keeps to."""
    longest = max((len(line.rstrip()) for line in SourceLines(text).lines), default=0)
    return next((width for width in _WIDTHS if longest <= width), _WIDTHS[-1])


def insert_helper(
    subject: Subject, placement: Placement, lines: Sequence[str], helper: Sequence[str]
) -> str:
    """Put ``helper`` behind the last of ``lines``, the module up to there, and join all.

    ``lines`` are the module's lines up to ``placement.after_line``, already changed; the rest
    of the module follows unchanged.
    """
    kept = list(lines)
    if kept and not kept[-1].endswith(("\n", "\r")):
        kept[-1] += subject.newline
    blank_lines = 2 if not placement.indentation else 1
    rest = subject.lines.lines[placement.after_line :]
    return "".join([*kept, *([subject.newline] * blank_lines), *helper, *rest])

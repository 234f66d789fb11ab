"""One rewrite in place, and what the rules for it share."""

from __future__ import annotations

import ast
from collections.abc import Callable
from dataclasses import dataclass

from architect_agents.refactoring.refusal import Refusal, RefusedError
from architect_agents.refactoring.subject import Subject
from architect_agents.types import SourceEdit

Note = Callable[[Refusal], None]


@dataclass(frozen=True, slots=True)
class Rewrite:
    """``edits`` refer to the module's text; ``gain`` is by how much the figure should fall.

    ``lines`` are the first and last line that it touches. ``what`` is half a sentence for a
    reader. ``assumption`` is what the code itself does not show, empty where nothing is assumed.
    """

    kind: str
    edits: tuple[SourceEdit, ...]
    lines: tuple[int, int]
    gain: int
    what: str
    assumption: str = ""


def stands_alone(subject: Subject, statement: ast.stmt) -> bool:
    """Whether no other code and no comment shares the statement's lines."""
    lines = subject.lines
    return not lines.before(statement).strip() and not lines.after(statement).strip()


def refuse_comments(subject: Subject, first: int, last: int) -> None:
    """A rewrite that leaves lines out must not lose what somebody wrote beside them.

    Raises:
        RefusedError: there may be a comment on these lines.
    """
    if any("#" in line for line in subject.lines.lines[first - 1 : last]):
        raise RefusedError("comment-inside", "A comment stands in the middle of it.")


def line_offsets(subject: Subject, first: int, last: int) -> tuple[int, int]:
    """Offsets of the start of line ``first`` and behind the end of line ``last``."""
    lines = subject.lines.lines
    start = len("".join(lines[: first - 1]))
    return start, start + len("".join(lines[first - 1 : last]))


def moved_out(subject: Subject, first: int, last: int, cut: str, indentation: str) -> list[str]:
    """Lines ``first`` to ``last`` with ``indentation`` in the place of ``cut``.

    Lines inside strings, and those that are not indented that deep, stay as they are.
    """
    found = []
    for number in range(first, last + 1):
        line = subject.lines.line(number)
        moves = line.strip() and line.startswith(cut) and number not in subject.string_lines
        found.append(indentation + line[len(cut) :] if moves else line)
    return found


def header_is_plain(subject: Subject, choice: ast.If) -> bool:
    """Whether ``if test:`` fills its one line, and the body begins on a later one."""
    line = subject.lines.line(choice.lineno)
    end_line, end = subject.lines.end_of_node(choice.test)
    return (
        end_line == choice.lineno
        and not subject.lines.before(choice).strip()
        and line[end:].strip() == ":"
        and choice.body[0].lineno > choice.lineno
    )

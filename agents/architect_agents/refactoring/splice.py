"""Turn one text into another by small edits, and apply such edits exactly."""

from __future__ import annotations

import difflib
from collections.abc import Iterable

from architect_agents.refactoring.source_lines import SourceLines
from architect_agents.types import SourceEdit


def edits_between(before: str, after: str) -> tuple[SourceEdit, ...]:
    """The line hunks that turn ``before`` into ``after``: in order, apart from one another.

    Offsets count code points of ``before``; line ends are kept as they are.
    """
    old, new = SourceLines(before).lines, SourceLines(after).lines
    head = _common(old, new)
    tail = _common(old[head:][::-1], new[head:][::-1])
    middle_old, middle_new = old[head : len(old) - tail], new[head : len(new) - tail]
    offsets = [len("".join(old[:head]))]
    for line in middle_old:
        offsets.append(offsets[-1] + len(line))
    matcher = difflib.SequenceMatcher(None, middle_old, middle_new, autojunk=False)
    return tuple(
        SourceEdit(offsets[start], offsets[end], "".join(middle_new[new_start:new_end]))
        for tag, start, end, new_start, new_end in matcher.get_opcodes()
        if tag != "equal"
    )


def _common(one: list[str], other: list[str]) -> int:
    """How many lines the two lists have in common at their start."""
    count = 0
    for left, right in zip(one, other, strict=False):
        if left != right:
            break
        count += 1
    return count


def apply_edits(source: str, edits: Iterable[SourceEdit]) -> str:
    """Apply edits whose offsets all refer to ``source``, in any order.

    Raises:
        ValueError: edits overlap or lie outside of the text.
    """
    pieces: list[str] = []
    reached = 0
    for edit in sorted(edits, key=lambda one: (one.start, one.end)):
        if not reached <= edit.start <= edit.end <= len(source):
            raise ValueError(f"edits overlap or leave the text at offset {edit.start}")
        pieces += [source[reached : edit.start], edit.text]
        reached = edit.end
    return "".join([*pieces, source[reached:]])

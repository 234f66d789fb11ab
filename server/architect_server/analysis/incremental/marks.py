"""What must be known of a whole text, and is kept count of while the text is edited."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from architect_server.analysis import guards, template_strings
from architect_server.analysis.incremental.stretches import Stretch

# Characters around an edit that may make one of the words that are looked for.
_MARGIN = 16


class Marks(NamedTuple):
    """``openings`` is the number of what lizard may follow to the text's end, ``templates`` whether
    something stands or stood in it that looks like a t-string, in a string or a comment perhaps.
    """

    openings: int
    templates: bool

    @classmethod
    def of(cls, text: str) -> Marks:
        """Those of a text that is looked through."""
        return cls(guards.openings(text), template_strings.present(text))

    def edited(self, old: str, new: str, stretches: Iterable[Stretch]) -> Marks:
        """Those of ``new``, which differs in ``stretches`` from ``old``, whose marks these are."""
        openings, templates = self
        for one in stretches:
            before = old[max(0, one.start - _MARGIN) : one.end + _MARGIN]
            after = around(new, one)
            openings += guards.openings(after) - guards.openings(before)
            templates = templates or template_strings.present(after)
        return Marks(openings, templates)


def around(text: str, one: Stretch) -> str:
    """What the stretch of an edit may have brought into ``text``."""
    return text[max(0, one.new_start - _MARGIN) : one.new_end + _MARGIN]

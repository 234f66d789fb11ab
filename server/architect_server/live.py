"""Open texts that are measured on the loop, where an edit's work is known to be small.

Whatever may be long goes to the worker: nothing is begun here that reads more than some ten
thousand characters, and the patterns that read them are linear.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from architect_server.document import Splice
from architect_server.worker_pipe import Base

if TYPE_CHECKING:  # it brings lizard along, which the server's start need not wait for
    from architect_server.analysis.incremental.memory import Memory
    from architect_server.analysis.incremental.stretches import Stretch
    from architect_server.analysis.incremental.text import IncrementalText, Layout
    from architect_server.worker_pipe import Answer

#: Characters of code that one edit may have read on the loop: some 6 milliseconds.
BUDGET = 60_000


@dataclass(slots=True)
class _Live:
    """A version of a text in pieces; ``newest``, which it has become, differs in ``stretches``."""

    pieces: IncrementalText
    newest: str
    stretches: list[Stretch]

    def become(self, text: str) -> Layout:
        """Go over to ``text``.

        Raises:
            OverBudgetError, NotProvableError: as ``IncrementalText`` says.
        """
        self.pieces.become(text, self.stretches if text is self.newest else None)
        self.newest, self.stretches = text, []
        return self.pieces.layout()


class LiveTexts:
    """The pieces of each open text, by its URI. Meant for use on the loop only.

    Where a text becomes what is too much to read here, an open quote far above its end, say, the
    last version that was not is kept: mostly the next ones differ little from it.
    """

    def __init__(self) -> None:
        #: The newest version first; behind it perhaps an older one that had nothing broken.
        self._texts: dict[str, list[_Live]] = {}
        self._memory: Memory | None = None

    def adopt(self, uri: str, text: str, answer: Answer) -> Layout | None:
        """Go on from what the worker found in ``text``; its pieces, if it was measured so."""
        if not answer.parts:
            return None
        from architect_server.analysis.incremental.memory import Memory
        from architect_server.analysis.incremental.text import IncrementalText

        self._memory = self._memory or Memory()
        language, parts = answer.metrics.language, answer.parts
        for known in self._texts.get(uri, ()):
            if known.newest is text:
                parts = known.pieces.recognised(parts, known.stretches)
        pieces = IncrementalText(text, language, self._memory, parts, answer.marks)
        live = _Live(pieces, text, [])
        layout = live.pieces.layout()
        older = [] if layout.is_sound else self._sound(uri)
        self._texts[uri] = [live, *older]
        return layout

    def _sound(self, uri: str) -> list[_Live]:
        known = self._texts.get(uri, [])
        return [one for one in known if one.pieces.layout().is_sound][:1]

    def edited(self, uri: str, before: str, splices: Iterable[Splice], after: str) -> None:
        """The text at ``uri`` was ``before`` and is ``after`` now, one splice behind the other."""
        if uri not in self._texts:
            return
        from architect_server.analysis.incremental.stretches import edited

        for live in self._texts[uri]:
            if live.newest is not before:
                continue
            for splice in splices:
                live.stretches = edited(live.stretches, splice.start, splice.end, len(splice.text))
            live.newest = after

    def measure(self, uri: str, text: str) -> Layout | None:
        """The pieces of ``text``, which the text at ``uri`` has become; None is for the worker."""
        if uri not in self._texts or self._memory is None:
            return None
        from architect_server.analysis.incremental.measured import NotProvableError
        from architect_server.analysis.incremental.memory import OverBudgetError

        self._memory.budget = BUDGET
        for live in self._texts[uri]:
            try:
                layout = live.become(text)
            except (NotProvableError, OverBudgetError):
                continue
            older = [] if layout.is_sound else self._sound(uri)
            self._texts[uri] = [live, *(one for one in older if one is not live)]
            return layout
        return None

    def base(self, uri: str, text: str) -> Base | None:
        """What is known of ``text``, for the worker to go on from."""
        for live in self._texts.get(uri, ()):
            if live.newest is text:
                own = live.pieces
                return Base(own.text, own.parts, own.marks, tuple(live.stretches))
        return None

    def forget(self, uri: str) -> None:
        """The text was closed."""
        self._texts.pop(uri, None)

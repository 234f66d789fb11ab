"""Open texts that are measured on the loop, where an edit's work is known to be small.

Whatever may be long goes to the worker: nothing is begun here that reads more than a few
thousand characters, and the patterns that read them are linear.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from architect_server.document import Splice

if TYPE_CHECKING:  # it brings lizard along, which the server's start need not wait for
    from architect_server.analysis.incremental.text import IncrementalText, Layout, Memory
    from architect_server.worker_pipe import Answer

#: Characters of code that one edit may have read on the loop: some 2 to 4 milliseconds.
BUDGET = 16_000


@dataclass(frozen=True, slots=True)
class Edit:
    """What made one text of ``before``."""

    before: str
    splice: Splice


class LiveTexts:
    """The pieces of each open text, by its URI. Meant for use on the loop only."""

    def __init__(self) -> None:
        self._texts: dict[str, IncrementalText] = {}
        self._memory: Memory | None = None

    def adopt(self, uri: str, text: str, answer: Answer) -> Layout | None:
        """Go on from what the worker found in ``text``; its pieces, if it was measured so."""
        self.forget(uri)
        if not answer.parts:
            return None
        from architect_server.analysis.incremental.text import IncrementalText, Memory

        self._memory = self._memory or Memory()
        language = answer.metrics.language
        live = self._texts[uri] = IncrementalText(text, language, self._memory, answer.parts)
        return live.layout()

    def measure(self, uri: str, text: str, edit: Edit | None = None) -> Layout | None:
        """The pieces of ``text``, which the text at ``uri`` has become; None is for the worker.

        ``edit`` is how it came about, where that is known.
        """
        live = self._texts.get(uri)
        if live is None or self._memory is None:
            return None
        from architect_server.analysis.incremental.measured import NotProvableError
        from architect_server.analysis.incremental.text import OverBudgetError

        self._memory.budget = BUDGET
        try:
            if edit is not None and live.text is edit.before:
                live.edit(edit.splice.start, edit.splice.end, edit.splice.text)
            live.become(text)
        except (NotProvableError, OverBudgetError):
            self.forget(uri)
            return None
        return live.layout()

    def forget(self, uri: str) -> None:
        """The text was closed, or nothing is known of it any more."""
        self._texts.pop(uri, None)

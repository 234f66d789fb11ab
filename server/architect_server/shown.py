"""What is shown of an open text, piece by piece: only what changed is judged and written anew.

A file's findings follow from its pieces one by one, unless a comment asks for silence, which may
stand in one piece and be about another. Those texts are judged as a whole.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from architect_server.analysis import suppression
from architect_server.analysis.incremental.moving import moved
from architect_server.analysis.model import Confidence, FileMetrics
from architect_server.analysis.rules import above
from architect_server.diagnostic_json import (
    Template,
    confidence_json,
    finding_template,
    version_json,
)
from architect_server.document import Document
from architect_server.judgement import (
    Judgement,
    silence_of_the_place,
    silence_of_the_text,
    unsilenced,
)
from architect_server.session import ClientFacts, Result, Situation

if TYPE_CHECKING:  # it brings lizard along, which the server's start need not wait for
    from architect_server.analysis.incremental.boundaries import OpenClass
    from architect_server.analysis.incremental.completing import Completed
    from architect_server.analysis.incremental.measured import Measured, Part
    from architect_server.analysis.incremental.text import Layout


#: Pieces that are made ready before the loop may do something else.
_AT_A_TIME = 32


@dataclass(frozen=True, slots=True)
class _Shown:
    """The diagnostics of a piece; ``measured`` is held so that nothing else gets its identity."""

    measured: Measured
    inside: OpenClass | None
    templates: tuple[Template, ...]


class ShownPieces:
    """The pieces of one open text as they are shown, good for one situation and one client."""

    def __init__(self, situation: Situation, client: ClientFacts) -> None:
        self.situation = situation
        self._client = client
        #: By the identity of a piece's figures.
        self._shown: dict[int, _Shown] = {}
        self._last: Completed | None = None

    def diagnostics(self, document: Document, layout: Layout) -> list[str] | None:
        """Everything that is shown, as JSON, as ``findings_json`` and ``problems_json`` give it.

        None: the text must be judged as a whole.
        """
        from architect_server.analysis.incremental.completing import complete

        last, self._last = self._last, None
        settings, language = self.situation.settings, document.language_id
        if self._place_is_silenced or silence_of_the_text(document.text, language, settings):
            return None
        completed = complete(layout, last)
        if completed is None:
            return None
        kept: dict[int, _Shown] = {}
        version = version_json(document)
        found: list[str] = []
        layout = completed.layout
        for part, start, line in zip(layout.parts, layout.starts, layout.lines, strict=False):
            shown = self._known(document, part, start, line)
            if shown is None:
                return None
            kept[id(part.measured)] = shown
            for template in shown.templates:
                found.append(template.at(line, version))
        self._shown, self._last = kept, completed
        if not settings.surfaces.diagnostics:
            return []
        return found + confidence_json(document, layout.confidence, self._client)

    def prepare(self, document: Document, layout: Layout) -> Iterator[None]:
        """Have all pieces ready for ``diagnostics``, some at each step."""
        from architect_server.analysis.incremental.completing import complete

        completed = complete(layout, self._last)
        layout = completed.layout if completed else layout
        pieces = zip(layout.parts, layout.starts, layout.lines, strict=False)
        for number, (part, start, line) in enumerate(pieces, 1):
            if shown := self._known(document, part, start, line):
                self._shown[id(part.measured)] = shown
            if number % _AT_A_TIME == 0:
                yield

    def _known(self, document: Document, part: Part, start: int, line: int) -> _Shown | None:
        shown = self._shown.get(id(part.measured))
        if shown is None or shown.inside != part.piece.inside:
            return self._show(document, part, start, line)
        return shown

    @cached_property
    def _place_is_silenced(self) -> bool:
        situation = self.situation
        return bool(silence_of_the_place(situation.settings, situation.path, situation.workspace))

    def result(self, document: Document) -> Result:
        """The result of the text whose ``diagnostics`` came last, worked out when asked for."""
        settings = self.situation.settings
        assert self._last is not None
        return Result(
            document,
            settings.surfaces,
            self._last.layout.metrics,
            lambda metrics: Judgement(unsilenced(metrics, settings)),
        )

    def _show(self, document: Document, part: Part, start: int, line: int) -> _Shown | None:
        language, memo = document.language_id, part.measured.memo
        if memo.suppressions is None:
            own = document.text[start : start + part.piece.length]
            memo.suppressions = suppression.read(own, language)
        if memo.suppressions:
            return None
        if not part.measured.functions:
            return _Shown(part.measured, part.piece.inside, ())
        inside = part.piece.inside
        prefix = f"{inside.name}." if inside else ""
        settings = self.situation.settings
        # What is above a limit is so on any line; only that is put on its own.
        functions = moved(above(part.measured.functions, settings.limits), line, prefix)
        templates = tuple(
            finding_template(document, finding, self._client, line)
            for finding in unsilenced(FileMetrics(language, Confidence(), functions), settings)
            if settings.surfaces.suppressed or not finding.suppressed
        )
        return _Shown(part.measured, part.piece.inside, templates)

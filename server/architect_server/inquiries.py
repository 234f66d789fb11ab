"""The use cases "review this" and "answer a question": the second bridge to ``architect_agents``.

An inquiry ends in an Opinion: a page to read, and points that lie on lines of the text.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from architect_agents.errors import ArchitectError
from architect_agents.types import Report
from architect_server.analysis.model import Severity
from architect_server.answers import spliced
from architect_server.asking import (
    Preview,
    Refused,
    Surroundings,
    Usage,
    architect_for,
    make_gate,
    preview_of,
    shown_path,
)
from architect_server.document import Document, Splice, rebase
from architect_server.model_access import why_no_model
from architect_server.wording import headline

if TYPE_CHECKING:
    from architect_agents.inquiry import Inquiry

Kind = Literal["review", "question"]

_SEVERITY: dict[str, Severity] = {
    "high": "warning",
    "medium": "information",
    "low": "information",
    "note": "hint",
}


@dataclass(frozen=True, slots=True)
class Topic:
    """What is asked: the kind, the 1-based lines that matter (0 and 0: all), the words."""

    kind: Kind
    first_line: int = 0
    last_line: int = 0
    question: str = ""


@dataclass(frozen=True, slots=True)
class Point:
    """One point of a review, on the lines of ``extent`` (offsets into the opinion's document).

    ``suggestion`` is a change that passed the gate, for exactly that document; empty if there is
    none. ``headline`` says what was shown of it.
    """

    number: int
    title: str
    message: str
    severity: Severity
    extent: Splice
    suggestion: tuple[Splice, ...] = ()
    headline: str = ""

    @property
    def growth(self) -> int:
        """By how many characters the suggestion makes the text longer."""
        return sum(len(one.text) - (one.end - one.start) for one in self.suggestion)


@dataclass(frozen=True, slots=True)
class Opinion:
    """The answer. ``page`` is Markdown; ``source`` is what a follow-up goes on from."""

    document: Document
    title: str
    page: str
    points: tuple[Point, ...]
    source: Any

    @property
    def usage(self) -> Usage:
        """What the run cost."""
        usage: Usage = self.source.usage
        return usage

    def is_applied(self, text: str) -> bool:
        """Whether ``text`` is the document after one of the suggestions; cheap if it is not."""
        growth = len(text) - len(self.document.text)
        return any(
            growth == point.growth and text == spliced(self.document, point.suggestion)
            for point in self.points
            if point.suggestion
        )

    def points_now(self, text: str) -> list[tuple[Point, Splice]]:
        """The points whose own lines are unchanged in ``text``, with where they are there."""
        found = []
        for point in self.points:
            moved = rebase([point.extent], self.document.text, text)
            if moved is not None:
                found.append((point, moved[0]))
        return found


async def inquire(
    topic: Topic,
    document: Document,
    surroundings: Surroundings,
    report: Report,
    earlier: Opinion | None = None,
) -> Opinion:
    """Ask the model's architect for a review or an answer; ``earlier`` makes it a follow-up.

    Raises:
        Refused: there is no model to ask, or it could not answer.
    """
    from architect_agents.model_architect import ModelArchitect
    from architect_agents.report_page import as_markdown

    inquiry = _inquiry(topic, document, surroundings)
    architect = architect_for(inquiry.request, surroundings, offline=False)
    if not isinstance(architect, ModelArchitect):
        raise Refused(why_no_model())
    try:
        before = earlier.source if earlier else None
        answer = await architect.consult(inquiry, make_gate(), report, before)
    except ArchitectError as error:
        raise Refused(str(error)) from error
    points = tuple(
        _point(number, finding, document) for number, finding in enumerate(answer.findings, 1)
    )
    return Opinion(document, answer.title, as_markdown(answer), points, answer)


def preview_inquiry(topic: Topic, document: Document, surroundings: Surroundings) -> Preview:
    """What ``inquire`` would send first; nothing is sent.

    Raises:
        Refused: there is no usable agent.
    """
    return preview_of(_inquiry(topic, document, surroundings), surroundings)


async def remember_applied(opinion: Opinion) -> None:
    """Let the agent's memory know that a suggestion of this review was applied."""
    answer = opinion.source
    if not answer.lesson:
        return
    from architect_agents.architect import remember
    from architect_agents.types import Outcome

    outcome = Outcome(
        "proposed", opinion.title, "", architect=answer.architect, lesson=answer.lesson
    )
    await asyncio.to_thread(remember, answer.inquiry.request, outcome, "applied")


def _inquiry(topic: Topic, document: Document, surroundings: Surroundings) -> Inquiry:
    from architect_agents.inquiry import Inquiry

    return Inquiry(
        kind=topic.kind,
        path=shown_path(document, surroundings),
        language=document.language_id,
        source=document.text,
        question=topic.question,
        first_line=topic.first_line,
        last_line=topic.last_line,
        workspace=surroundings.workspace,
        trusted=surroundings.trusted,
    )


def _point(number: int, finding: Any, document: Document) -> Point:
    start = document.lines.line_start(finding.first_line - 1)
    end = document.lines.line_end(finding.last_line - 1)
    proposal = finding.proposal
    accepted = proposal is not None and proposal.verdict.accepted
    details = [finding.title, finding.why, finding.what_to_do]
    return Point(
        number=number,
        title=finding.title,
        message="\n".join(part for part in details if part),
        severity=_SEVERITY[finding.severity],
        extent=Splice(start, end, ""),
        suggestion=tuple(Splice(e.start, e.end, e.text) for e in proposal.edits)
        if accepted
        else (),
        headline=headline(proposal.verdict) if accepted else "",
    )

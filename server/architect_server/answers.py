"""How a question ended: the answer with its offers, ready to be shown and applied."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal

from architect_agents.types import Outcome, RefactorRequest, Status, Usage
from architect_server.analysis.model import FunctionMetrics
from architect_server.document import Document, Splice
from architect_server.offers import Offer
from architect_server.wording import message, summary

#: What a person made of a proposal.
Decision = Literal["applied", "changed", "undone", "rejected"]
#: Characters of a reason that is offered for a suppression.
LONGEST_REASON = 150


@dataclass(frozen=True, slots=True)
class Answer:
    """How a question ended, ready to be shown.

    ``splices`` is empty unless a proposal passed the gate; they apply to ``document``, the very
    snapshot that was judged. ``summary`` is the verdict, a line for each check; ``extent`` is
    where the function stands in ``document``. ``offers`` are the proposal and its alternatives.
    """

    status: Status
    title: str
    message: str
    summary: str
    function: str
    document: Document
    request: RefactorRequest
    outcome: Outcome
    extent: Splice
    splices: tuple[Splice, ...] = ()
    offers: tuple[Offer, ...] = ()

    @property
    def is_embedded(self) -> bool:
        """Whether the embedded architect gave it, who would say the same again."""
        return self.outcome.architect == "embedded"

    def stands_for(self, document: Document | None, first_line: int, last_line: int) -> bool:
        """Whether it holds for ``document``, and for a function on these 0-based lines of it."""
        if document is None or document.text != self.document.text:
            return False
        begins, _ = document.lines.position(self.extent.start)
        ends, _ = document.lines.position(self.extent.end)
        return begins <= last_line and first_line <= ends

    @property
    def usage(self) -> Usage:
        """What the run cost."""
        return self.outcome.usage

    @property
    def own_text(self) -> str:
        """The function as it was asked about."""
        return self.document.text[self.extent.start : self.extent.end]

    @property
    def reason(self) -> str:
        """The rationale in one line that any comment can hold."""
        line = " ".join(self.outcome.rationale.split())
        for end in ("*/", "*)", "-->", "]]"):
            line = line.replace(end, " ")
        if len(line) <= LONGEST_REASON:
            return line
        return f"{line[:LONGEST_REASON].rsplit(' ', 1)[0]} …"


def answer_of(
    outcome: Outcome, function: FunctionMetrics, document: Document, request: RefactorRequest
) -> Answer:
    """``outcome`` of ``request``, which was about ``function`` of ``document``."""
    proposal = outcome.proposal
    accepted = outcome.status == "proposed" and proposal is not None and proposal.verdict.accepted
    verdict = proposal.verdict if proposal else None
    passed = [proposal, *outcome.alternatives] if proposal and accepted else []
    offers = tuple(Offer.of(one) for one in passed)
    return Answer(
        status=outcome.status,
        title=offers[0].title if offers else outcome.title,
        message=message(outcome, verdict),
        summary=summary(verdict) if verdict else "",
        function=function.qualified_name,
        document=document,
        request=request,
        outcome=outcome,
        extent=_extent(document, function),
        splices=offers[0].splices if offers else (),
        offers=offers,
    )


def _extent(document: Document, function: FunctionMetrics) -> Splice:
    lines = document.lines
    return Splice(
        lines.line_start(function.edit_line - 1), lines.line_end(function.end_line - 1), ""
    )


def with_choice(outcome: Outcome, number: int) -> Outcome:
    """The same outcome with another proposal in the first place; 0 is the first one.

    Raises:
        IndexError: there are not so many.
    """
    proposals = [one for one in (outcome.proposal, *outcome.alternatives) if one]
    chosen = proposals.pop(number)
    return replace(
        outcome,
        title=chosen.title,
        rationale=chosen.rationale,
        proposal=chosen,
        alternatives=tuple(proposals),
    )


def choose(answer: Answer, number: int) -> Answer:
    """The same answer with another of its offers in the first place."""
    offer, outcome = answer.offers[number], with_choice(answer.outcome, number)
    return replace(
        answer,
        title=offer.title,
        message=message(outcome, outcome.proposal.verdict if outcome.proposal else None),
        summary=offer.summary,
        splices=offer.splices,
        outcome=outcome,
        offers=(offer, *answer.offers[:number], *answer.offers[number + 1 :]),
    )


def spliced(document: Document, splices: Sequence[Splice]) -> str:
    """The document's text after ``splices``."""
    text = document.text
    for splice in sorted(splices, key=lambda splice: splice.start, reverse=True):
        text = text[: splice.start] + splice.text + text[splice.end :]
    return text

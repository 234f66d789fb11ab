"""The use case "ask an architect", and the one bridge to ``architect_agents``.

Target → request → outcome with verdict → an edit of exactly the text that was judged.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from architect_agents.errors import ArchitectError
from architect_agents.types import (
    Architect,
    FindingLimits,
    FunctionFigures,
    Outcome,
    Proposal,
    RefactorRequest,
    Report,
    Status,
    Verdict,
)
from architect_server.analysis.model import FileMetrics, FunctionMetrics, Limits
from architect_server.document import Document, Splice, rebase
from architect_server.settings import Settings
from architect_server.target import RefactorTarget, StaleTarget, find_again

if TYPE_CHECKING:
    from architect_agents.gate import RefactoringGate


#: What the strongest evidence is called, for a person.
_PROOF = {"round-trip": "verified extraction", "tests": "tests pass", None: "not proved"}


class Refused(Exception):
    """No architect was asked, or none could answer; ``str`` is the sentence for the person."""


@dataclass(frozen=True, slots=True)
class Answer:
    """How a question ended, ready to be shown.

    ``splices`` is empty unless a proposal passed the gate; they apply to ``document``, the very
    snapshot that was judged. ``summary`` is the verdict, a line for each check; ``extent`` is
    where the function stands in ``document``.
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


@dataclass(frozen=True, slots=True)
class Surroundings:
    """Where a document stands: its settings, its file (None: untitled) and workspace.

    ``trusted`` says whether the user lets code of that workspace run.
    """

    settings: Settings
    path: Path | None = None
    workspace: Path | None = None
    trusted: bool = False


def figures(source: str, language: str) -> Sequence[FunctionFigures]:
    """The analysis as the gate wants it handed in: the editor's own numbers."""
    from architect_server.analysis.measure import measure

    return [_as_figures(function) for function in measure(source, language).functions]


def _as_figures(function: FunctionMetrics) -> FunctionFigures:
    return FunctionFigures(
        qualified_name=function.qualified_name,
        start_line=function.start_line,
        end_line=function.end_line,
        ccn=function.ccn,
        nloc=function.nloc,
        tokens=function.tokens,
        parameters=function.parameters,
        length=function.length,
        nesting=function.nesting,
    )


def finding_limits(limits: Limits) -> FindingLimits:
    """The limits in force, as the gate knows them; a rule that is off never fires."""
    off = 1_000_000
    return FindingLimits(limits.ccn or off, limits.parameters or off, limits.length or off)


def make_gate() -> RefactoringGate:
    """The judge of every proposal, with our numbers."""
    # Loaded at the first question: no editor should wait for it at the start.
    from architect_agents.gate import RefactoringGate

    return RefactoringGate(figures)


async def ask(
    target: RefactorTarget,
    document: Document,
    metrics: FileMetrics,
    surroundings: Surroundings,
    offline: bool,
    report: Report,
) -> Answer:
    """Ask an architect to simplify the target's function as it stands in ``document``.

    Raises:
        Refused: the target is stale, or the architect could not answer.
    """
    try:
        function = find_again(target, document, metrics)
    except StaleTarget as stale:
        raise Refused(str(stale)) from stale
    request = request_for(document, function, surroundings)
    architect = architect_for(request, surroundings.settings, offline)
    outcome = await consult(architect, request, report)
    return _answer(outcome, function, document, request)


def request_for(
    document: Document,
    function: FunctionMetrics,
    surroundings: Surroundings,
    question: str = "",
) -> RefactorRequest:
    """What an architect is asked about ``function``."""
    return RefactorRequest(
        path=shown_path(document, surroundings),
        language=document.language_id,
        source=document.text,
        function=function.qualified_name,
        start_line=function.start_line,
        limits=finding_limits(surroundings.settings.limits),
        question=question,
        workspace=surroundings.workspace,
        trusted=surroundings.trusted,
    )


def shown_path(document: Document, surroundings: Surroundings) -> str:
    """The path inside the workspace; a document's name where it lies outside or nowhere."""
    path, workspace = surroundings.path, surroundings.workspace
    if path is not None and workspace is not None and path.is_relative_to(workspace):
        return path.relative_to(workspace).as_posix()
    return document.name


def architect_for(request: RefactorRequest, settings: Settings, offline: bool) -> Architect:
    """The model's architect where there is a key and the user allows it; else the embedded one.

    Raises:
        Refused: there is no usable agent of the name that the settings give.
    """
    from architect_agents.architect import choose_architect
    from architect_agents.places import user_facilities

    try:
        return choose_architect(
            request,
            measure=figures,
            offline=offline or settings.offline,
            agent=settings.agent,
            model=settings.model,
            max_usd=settings.max_cost,
            facilities=user_facilities(settings.web, daily_usd=settings.max_daily_cost),
        )
    except ArchitectError as error:
        raise Refused(str(error)) from error


async def consult(
    architect: Architect, request: RefactorRequest, report: Report, *, test_all: bool = False
) -> Outcome:
    """Ask, and turn every failure into its one sentence.

    In a trusted workspace the covering tests run for a proposal that nothing else proves, with
    ``test_all`` for every one; a proposal that breaks them is rejected.

    Raises:
        Refused: with that sentence.
    """
    try:
        outcome = await architect.propose(request, make_gate(), report)
        proposal = outcome.proposal
        if outcome.status != "proposed" or proposal is None or not request.trusted:
            return outcome
        if proposal.verdict.proof is not None and not test_all:
            return outcome
        report("running the tests that execute it", None)
        candidate = applied(request.source, proposal)
        verdict = await make_gate().judge_with_tests(request, candidate)
    except ArchitectError as error:
        raise Refused(str(error)) from error
    status: Status = "proposed" if verdict.accepted else "rejected"
    return replace(outcome, status=status, proposal=replace(proposal, verdict=verdict))


def applied(source: str, proposal: Proposal) -> str:
    """The whole document after the proposal's edits."""
    for edit in sorted(proposal.edits, key=lambda edit: edit.start, reverse=True):
        source = source[: edit.start] + edit.text + source[edit.end :]
    return source


async def reanchored(answer: Answer, current: Document | None) -> tuple[Splice, ...] | None:
    """The answer's edit for the text as it is now; None if it can't be had.

    The function must be as it was. Where other parts of the text changed, the edit moves with
    its lines and is judged anew, since a verdict holds for one text only.
    """
    if current is None:
        return None
    moved = rebase((answer.extent, *answer.splices), answer.document.text, current.text)
    if moved is None:
        return None
    extent, *splices = moved
    if current.text != answer.document.text:
        line = current.lines.position(extent.start)[0]
        old_line = answer.document.lines.position(answer.extent.start)[0]
        request = replace(
            answer.request,
            source=current.text,
            start_line=answer.request.start_line + line - old_line,
        )
        verdict = await asyncio.to_thread(make_gate().judge, request, spliced(current, splices))
        if not verdict.accepted:
            return None
    return tuple(splices)


async def remember(answer: Answer, decision: Literal["applied", "rejected"]) -> None:
    """Let the agent's memory know what became of a proposal that taught something general."""
    if not answer.outcome.lesson:
        return
    from architect_agents.architect import remember as note

    await asyncio.to_thread(note, answer.request, answer.outcome, decision)


def spliced(document: Document, splices: Sequence[Splice]) -> str:
    """The document's text after ``splices``."""
    text = document.text
    for splice in sorted(splices, key=lambda splice: splice.start, reverse=True):
        text = text[: splice.start] + splice.text + text[splice.end :]
    return text


def _extent(document: Document, function: FunctionMetrics) -> Splice:
    lines = document.lines
    return Splice(
        lines.line_start(function.edit_line - 1), lines.line_end(function.end_line - 1), ""
    )


def _answer(
    outcome: Outcome, function: FunctionMetrics, document: Document, request: RefactorRequest
) -> Answer:
    proposal = outcome.proposal
    accepted = outcome.status == "proposed" and proposal is not None and proposal.verdict.accepted
    splices = tuple(Splice(e.start, e.end, e.text) for e in proposal.edits) if proposal else ()
    verdict = proposal.verdict if proposal else None
    return Answer(
        status=outcome.status,
        title=titled(outcome.title, verdict) if verdict and accepted else outcome.title,
        message=_message(outcome, verdict),
        summary=summary(verdict) if verdict else "",
        function=function.qualified_name,
        document=document,
        request=request,
        outcome=outcome,
        extent=_extent(document, function),
        splices=splices if accepted else (),
    )


def headline(verdict: Verdict) -> str:
    """What was shown of a proposal in a few words: "CCN 19 → 7, verified extraction"."""
    return f"CCN {verdict.before.ccn} → {verdict.after.ccn}, {_PROOF[verdict.proof]}"


def titled(title: str, verdict: Verdict) -> str:
    """The title with what was shown of it; figures that it names itself are not said twice."""
    figures = f"CCN {verdict.before.ccn} → {verdict.after.ccn}"
    return f"{title} ({_PROOF[verdict.proof] if figures in title else headline(verdict)})"


def summary(verdict: Verdict) -> str:
    """A line for each check."""
    return "\n".join(
        f"{check.name}: {check.status}{f' ({check.detail})' if check.detail else ''}"
        for check in verdict.checks
    )


def _message(outcome: Outcome, verdict: Verdict | None) -> str:
    if outcome.status == "proposed" and verdict is not None:
        return f"Architect: {titled(outcome.title, verdict)}."
    if outcome.status == "rejected" and verdict is not None:
        reasons = "; ".join(f"{c.name}: {c.detail or c.status}" for c in verdict.failures)
        return f"Architect: a proposal was made and rejected. {reasons}"
    return f"Architect: {outcome.rationale or outcome.title}"

"""The use case "ask for a refactoring", a bridge to ``architect_agents``.

Target → request → outcome with verdict → an edit of exactly the text that was judged.
"""

from __future__ import annotations

import asyncio
from dataclasses import replace

from architect_agents.errors import ArchitectError
from architect_agents.same_text import checked, outcome_with
from architect_agents.types import (
    Architect,
    Outcome,
    Proposal,
    RefactorRequest,
    Report,
    Status,
)
from architect_server.analysis.model import FileMetrics, FunctionMetrics
from architect_server.answers import Answer, Decision, answer_of, spliced
from architect_server.asking import (
    Listen,
    Refused,
    Step,
    Surroundings,
    architect_for,
    make_gate,
    request_for,
)
from architect_server.document import Document, Splice, rebase
from architect_server.target import RefactorTarget, StaleTarget, find_again


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
    architect = architect_for(request, surroundings, offline)
    outcome = await consult(architect, request, report, surroundings.listen)
    return answer_of(_compared(outcome, request, surroundings), function, document, request)


async def refine(
    earlier: Answer,
    wish: str,
    document: Document,
    metrics: FileMetrics,
    surroundings: Surroundings,
    report: Report,
) -> Answer:
    """Go on in the conversation that led to ``earlier``, with the person's wish about it.

    ``document`` is the text as it is now; the function need only be there still.

    Raises:
        Refused: no model made the proposal, the function is gone, or the model could not answer.
    """
    from architect_agents.model_architect import Earlier, ModelArchitect

    function = nearest(earlier, metrics)
    if function is None:
        raise Refused(f"{earlier.function} is no longer in this file; ask about another function.")
    request = request_for(document, function, surroundings, wish)
    name = earlier.outcome.architect
    architect = architect_for(request, surroundings, offline=False, agent=name)
    if not isinstance(architect, ModelArchitect) or not earlier.outcome.conversation:
        raise Refused(
            "A wish needs a model, and the embedded architect made this proposal: ask again with "
            "a key, or change the edit by hand."
        )
    before = Earlier(earlier.outcome, document.text == earlier.document.text)
    try:
        outcome = await architect.refine(request, make_gate(), report, before)
    except ArchitectError as error:
        raise Refused(str(error)) from error
    told = _with_steps(report, surroundings.listen)
    outcome = await _tested(outcome, request, told, test_all=False)
    return answer_of(_compared(outcome, request, surroundings), function, document, request)


def _compared(outcome: Outcome, request: RefactorRequest, surroundings: Surroundings) -> Outcome:
    """The outcome whose verdicts say first whether the text is still the one that was judged."""
    if surroundings.now is None:
        return outcome
    now = surroundings.now()
    text, version = (now.text, now.version) if now else (None, None)
    return outcome_with(outcome, checked(request, text, version, moves=True))


def nearest(earlier: Answer, metrics: FileMetrics) -> FunctionMetrics | None:
    """The function of an earlier answer as it is now; the nearest of that name."""
    line = earlier.request.start_line
    named = [f for f in metrics.functions if f.qualified_name == earlier.function]
    return min(named, key=lambda function: abs(function.start_line - line), default=None)


async def consult(
    architect: Architect,
    request: RefactorRequest,
    report: Report,
    listen: Listen | None = None,
    *,
    test_all: bool = False,
) -> Outcome:
    """Ask, and turn every failure into its one sentence. ``listen`` hears of every step.

    In a trusted workspace the covering tests run for a proposal that nothing else proves, with
    ``test_all`` for every one; a proposal that breaks them is rejected.

    Raises:
        Refused: with that sentence.
    """
    from architect_agents.model_architect import ModelArchitect

    # The model's architect tells its steps itself; of the embedded one each line is a step.
    told = report if isinstance(architect, ModelArchitect) else _with_steps(report, listen)
    try:
        outcome = await architect.propose(request, make_gate(), told)
    except ArchitectError as error:
        raise Refused(str(error)) from error
    return await _tested(outcome, request, _with_steps(report, listen), test_all=test_all)


def _with_steps(report: Report, listen: Listen | None) -> Report:
    def both(message: str, percentage: int | None) -> None:
        report(message, percentage)
        if listen is not None:
            listen(Step("status", message))

    return both


async def _tested(
    outcome: Outcome, request: RefactorRequest, report: Report, *, test_all: bool
) -> Outcome:
    """The outcome after the covering tests, where they are to be run."""
    proposal = outcome.proposal
    if outcome.status != "proposed" or proposal is None or not request.trusted:
        return outcome
    if proposal.verdict.proof is not None and not test_all:
        return outcome
    report("running the tests that execute it", None)
    candidate = applied(request.source, proposal)
    try:
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


def page_of(answer: Answer) -> str:
    """The answer as a page of Markdown: why, checks, change, what was kept, what it cost."""
    from architect_agents.report_page import outcome_as_markdown

    return outcome_as_markdown(answer.request, answer.outcome)


async def remember(answer: Answer, decision: Decision) -> None:
    """Let the agent's memory know what became of a proposal that taught something general."""
    if not answer.outcome.lesson:
        return
    from architect_agents.architect import remember as note

    await asyncio.to_thread(note, answer.request, answer.outcome, decision)

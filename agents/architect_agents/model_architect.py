"""The architect that is a model: an agent file, its tools and memory, and the loop."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, TypeVar

from architect_agents.agent_file import AgentDefinition
from architect_agents.candidate import TargetDocument, target_figures
from architect_agents.errors import ArchitectError
from architect_agents.inquiry import AnswerForm, Consultation, Inquiry, ReviewForm
from architect_agents.limits import Budget, Limits
from architect_agents.loop import Finish, Job, run
from architect_agents.memory.lessons import recall, record, topic_of
from architect_agents.model import Model, ModelRequest
from architect_agents.narration import Narrator
from architect_agents.prompts import (
    inquiry_prompt,
    refactoring_prompt,
    refinement_prompt,
    system_prompt,
)
from architect_agents.sandbox.redaction import redact
from architect_agents.submission import Submission
from architect_agents.tools.table import Bench, equip
from architect_agents.transcript import Transcript
from architect_agents.types import (
    FunctionFigures,
    Gate,
    Measure,
    Outcome,
    RefactorRequest,
    Report,
    Usage,
    Verdict,
)
from architect_agents.workbench import Facilities, open_bench, planned_bench, staged

R = TypeVar("R")


@dataclass(frozen=True, slots=True)
class Earlier:
    """A proposal that the person has a wish about; ``same_text``: the document is as it was."""

    outcome: Outcome
    same_text: bool


@dataclass(slots=True)
class ModelArchitect:
    """Asks a model in the loop, with the tools that ``agent`` names.

    ``make_model`` gives a fresh model for each run. Transcripts go to ``transcripts``, or
    nowhere. Implements types.Architect.
    """

    agent: AgentDefinition
    make_model: Callable[[], Model]
    measure: Measure
    limits: Limits = field(default_factory=Limits)
    transcripts: Path | None = None
    facilities: Facilities = field(default_factory=Facilities)
    name: str = field(init=False)

    def __post_init__(self) -> None:
        self.name = self.agent.name

    async def propose(self, request: RefactorRequest, gate: Gate, report: Report) -> Outcome:
        """See types.Architect."""
        return await self._propose(request, gate, report, None)

    async def refine(
        self, request: RefactorRequest, gate: Gate, report: Report, earlier: Earlier
    ) -> Outcome:
        """Go on from an earlier proposal; the person's wish is ``request.question``.

        ``request`` is about the document as it is now, which need not be what it was then.

        Raises:
            errors.ArchitectError: one human sentence that says what to do.
        """
        return await self._propose(request, gate, report, earlier)

    async def _propose(
        self, request: RefactorRequest, gate: Gate, report: Report, earlier: Earlier | None
    ) -> Outcome:
        narrator = self._narrator(report)
        narrator.say(f"{self.name} looks at {request.function}")
        target = self._target(request)
        async with open_bench(self.agent, request, self.facilities, narrator) as bench:
            if earlier is None:
                notes = await self._notes(bench, topic_of(request))
                job = self.job(request, gate, bench, target, notes)
            else:
                job = self._refinement(request, gate, bench, target, earlier)
            outcome, usage = await self._run(request.function, job, narrator)
            kept = await self._keep(bench, outcome.lesson, request.language)
            outcome = replace(outcome, lesson=kept, recorded=_recorded(bench))
        said = tuple(job.conversation)
        return replace(outcome, usage=usage, architect=self.name, conversation=said)

    async def consult(
        self,
        inquiry: Inquiry,
        gate: Gate,
        report: Report,
        earlier: Consultation | None = None,
    ) -> Consultation:
        """Review something, or answer a question; ``earlier`` is what a follow-up goes on from.

        Raises:
            errors.ArchitectError: one human sentence that says what to do.
        """
        narrator = self._narrator(report)
        narrator.say(f"{self.name} looks at {inquiry.path}")
        async with open_bench(self.agent, inquiry.request, self.facilities, narrator) as bench:
            job = await self._inquiry_job(inquiry, gate, bench, earlier)
            answer, usage = await self._run(inquiry.path, job, narrator)
            kept = await self._keep(bench, answer.lesson, inquiry.language)
            answer = replace(answer, lesson=kept, recorded=_recorded(bench))
        said = tuple(job.conversation)
        return replace(answer, usage=usage, architect=self.name, conversation=said)

    def preview(self, asked: RefactorRequest | Inquiry) -> ModelRequest:
        """What ``propose`` or ``consult`` would send first; nothing is sent, copied or started.

        Tools of MCP servers are missing in it, for only the running servers know them.

        Raises:
            ArchitectError: the function is not in the document.
        """
        request = asked.request if isinstance(asked, Inquiry) else asked
        bench = planned_bench(self.agent, request, self.facilities, Narrator(_silent))
        topic = _topic_of(asked) if isinstance(asked, Inquiry) else topic_of(asked)
        try:
            notes = recall(bench.memory, topic) if bench.memory else ""
        finally:
            if bench.memory is not None:
                bench.memory.close()
        job: Job[Any]
        if isinstance(asked, Inquiry):
            form = self._form(asked, _NoGate(), bench)
            job = self._job(form, inquiry_prompt(asked, notes), bench)
        else:
            job = self.job(asked, _NoGate(), bench, self._target(asked), notes)
        return job.request([job.opening()], self.limits.output_tokens)

    def _narrator(self, report: Report) -> Narrator:
        return Narrator(report, listen=self.facilities.listen)

    async def _keep(self, bench: Bench, lesson: str, language: str) -> str:
        """Note that ``lesson`` was learned; the lesson, or "" if it could not be kept."""
        if bench.memory is None or not lesson:
            return ""
        told = redact(lesson)
        kept = await asyncio.to_thread(record, bench.memory, told, "proposed", language)
        return lesson if kept else ""

    async def _notes(self, bench: Bench, topic: str) -> str:
        """What the memory has on ``topic``: the first thing that a run does."""
        if bench.memory is None:
            return ""
        return await asyncio.to_thread(recall, bench.memory, topic)

    async def _inquiry_job(
        self, inquiry: Inquiry, gate: Gate, bench: Bench, earlier: Consultation | None
    ) -> Job[Consultation]:
        form = self._form(inquiry, gate, bench)
        if earlier is None:
            prompt = inquiry_prompt(inquiry, await self._notes(bench, _topic_of(inquiry)))
        else:
            prompt = f"A follow-up: {inquiry.question.strip()}"
        job = self._job(form, prompt, bench)
        job.conversation.extend(earlier.conversation if earlier else ())
        return job

    def _form(self, inquiry: Inquiry, gate: Gate, bench: Bench) -> Finish[Consultation]:
        if inquiry.kind == "review":
            return ReviewForm(inquiry, gate, bench.say)
        return AnswerForm(inquiry)

    def _job(self, finish: Finish[R], prompt: str, bench: Bench) -> Job[R]:
        kit = equip(self.agent, bench)
        return Job(
            system=system_prompt(self.agent, finish.spec.name, kit.missing),
            prompt=prompt,
            finish=finish,
            tools=kit.tools,
            server_tools=kit.server_tools,
            effort=self.agent.effort or "medium",
            redact=redact,
        )

    def _target(self, request: RefactorRequest) -> tuple[TargetDocument, FunctionFigures]:
        figures = target_figures(request, self.measure)
        if figures is None:
            raise ArchitectError(
                f"The function {request.function} is no longer in {request.path}: ask again."
            )
        lines = (figures.start_line, figures.end_line)
        return TargetDocument(request.source, request.language, *lines), figures

    def job(
        self,
        request: RefactorRequest,
        gate: Gate,
        bench: Bench,
        target: tuple[TargetDocument, FunctionFigures],
        notes: str = "",
    ) -> Job[Outcome]:
        """Everything that is sent and done for ``request``; ``notes`` come from the memory."""
        prompt = refactoring_prompt(request, *target, notes)
        return self._job(self._submission(request, gate, bench, target[0]), prompt, bench)

    def _refinement(
        self,
        request: RefactorRequest,
        gate: Gate,
        bench: Bench,
        target: tuple[TargetDocument, FunctionFigures],
        earlier: Earlier,
    ) -> Job[Outcome]:
        prompt = refinement_prompt(request, *target, earlier.outcome.title, earlier.same_text)
        job = self._job(self._submission(request, gate, bench, target[0]), prompt, bench)
        job.conversation.extend(earlier.outcome.conversation)
        return job

    def _submission(
        self, request: RefactorRequest, gate: Gate, bench: Bench, document: TargetDocument
    ) -> Submission:
        document_now = staged(bench, request)
        return Submission(request, document, gate, bench.say, self.limits.repairs, document_now)

    async def _run(self, about: str, job: Job[R], narrator: Narrator) -> tuple[R, Usage]:
        """One run with its record, and what it cost."""
        budget = Budget(self._limits(), prices=self.facilities.prices)
        transcript = Transcript(self.transcripts, redact)
        transcript.write("asked", {"agent": self.name, "about": about})
        model = self.make_model()
        try:
            result = await run(model, job, budget, narrator, transcript)
        except ArchitectError as error:
            transcript.write("failed", {"error": type(error).__name__, "says": str(error)})
            raise
        finally:
            await model.close()
            if self.facilities.spending is not None:
                await asyncio.shield(asyncio.to_thread(self.facilities.spending.add, budget.usd))
        usage = budget.usage()
        transcript.write("ended", {"turns": usage.turns, "usd": usage.usd})
        return result, usage

    def _limits(self) -> Limits:
        """The agent file may ask for fewer turns than the user allows, never for more.

        Raises:
            LimitReached: today's cap is used up.
        """
        turns = min(self.agent.max_turns or self.limits.turns, self.limits.turns)
        spending = self.facilities.spending
        usd = spending.left(self.limits.usd) if spending else self.limits.usd
        return replace(self.limits, turns=turns, usd=usd)


def _recorded(bench: Bench) -> tuple[str, ...]:
    return tuple(bench.memory.added) if bench.memory is not None else ()


def _topic_of(inquiry: Inquiry) -> str:
    """Words to search the memory by."""
    return f"{inquiry.language} {inquiry.question or inquiry.kind}"


def _silent(line: str, percentage: int | None) -> None:
    """Say nothing."""


class _NoGate:
    """For a preview, in which nothing is judged."""

    def judge(self, request: RefactorRequest, candidate: str) -> Verdict:
        """Not called."""
        raise AssertionError("a preview judges nothing")

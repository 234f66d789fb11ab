"""The architect that is a model: an agent file, its tools and memory, and the loop."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TypeVar

from architect_agents.agent_file import AgentDefinition
from architect_agents.candidate import TargetDocument, target_figures
from architect_agents.errors import ArchitectError
from architect_agents.inquiry import AnswerForm, Consultation, Inquiry, ReviewForm
from architect_agents.limits import Budget, Limits
from architect_agents.loop import Finish, Job, run
from architect_agents.memory.lessons import recall, record, topic_of
from architect_agents.model import Model, ModelRequest
from architect_agents.narration import Narrator
from architect_agents.prompts import inquiry_prompt, refactoring_prompt, system_prompt
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
        narrator = Narrator(report)
        narrator.say(f"{self.name} looks at {request.function}")
        document, figures = self._target(request)
        async with open_bench(self.agent, request, self.facilities, narrator.say) as bench:
            notes = await self._notes(bench, topic_of(request))
            job = self.job(request, gate, bench, (document, figures), notes)
            outcome, usage = await self._run(request.function, job, narrator)
            if bench.memory is not None and outcome.lesson:
                lesson = redact(outcome.lesson)
                kept = await asyncio.to_thread(record, bench.memory, lesson, "proposed")
                outcome = outcome if kept else replace(outcome, lesson="")
        return replace(outcome, usage=usage, architect=self.name)

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
        narrator = Narrator(report)
        narrator.say(f"{self.name} looks at {inquiry.path}")
        async with open_bench(self.agent, inquiry.request, self.facilities, narrator.say) as bench:
            job = await self._inquiry_job(inquiry, gate, bench, earlier)
            answer, usage = await self._run(inquiry.path, job, narrator)
        said = tuple(job.conversation)
        return replace(answer, usage=usage, architect=self.name, conversation=said)

    def preview(self, request: RefactorRequest) -> ModelRequest:
        """What ``propose`` would send first; nothing is sent, copied or started.

        Tools of MCP servers are missing in it, for only the running servers know them.

        Raises:
            ArchitectError: the function is not in the document.
        """
        bench = planned_bench(self.agent, request, self.facilities, _silent)
        try:
            notes = recall(bench.memory, topic_of(request)) if bench.memory else ""
        finally:
            if bench.memory is not None:
                bench.memory.close()
        job = self.job(request, _NoGate(), bench, self._target(request), notes)
        return job.request([job.opening()], self.limits.output_tokens)

    async def _notes(self, bench: Bench, topic: str) -> str:
        """What the memory has on ``topic``: the first thing that a run does."""
        if bench.memory is None:
            return ""
        return await asyncio.to_thread(recall, bench.memory, topic)

    async def _inquiry_job(
        self, inquiry: Inquiry, gate: Gate, bench: Bench, earlier: Consultation | None
    ) -> Job[Consultation]:
        review = inquiry.kind == "review"
        form = ReviewForm(inquiry, gate, bench.say) if review else AnswerForm(inquiry)
        if earlier is None:
            topic = f"{inquiry.language} {inquiry.question or inquiry.kind}"
            prompt = inquiry_prompt(inquiry, await self._notes(bench, topic))
        else:
            prompt = f"A follow-up: {inquiry.question.strip()}"
        job = self._job(form, prompt, bench)
        job.conversation.extend(earlier.conversation if earlier else ())
        return job

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
        document, figures = target
        submission = Submission(
            request, document, gate, bench.say, self.limits.repairs, staged(bench, request)
        )
        return self._job(submission, refactoring_prompt(request, document, figures, notes), bench)

    async def _run(self, about: str, job: Job[R], narrator: Narrator) -> tuple[R, Usage]:
        """One run with its record, and what it cost."""
        budget = Budget(self._limits())
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


def _silent(line: str) -> None:
    """Say nothing."""


class _NoGate:
    """For a preview, in which nothing is judged."""

    def judge(self, request: RefactorRequest, candidate: str) -> Verdict:
        """Not called."""
        raise AssertionError("a preview judges nothing")

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
from architect_agents.loop import Job, run
from architect_agents.memory.graph import MemoryGraph
from architect_agents.memory.lessons import recall, record, topic_of
from architect_agents.model import Model
from architect_agents.narration import Narrator
from architect_agents.prompts import inquiry_prompt, refactoring_prompt, system_prompt
from architect_agents.sandbox.redaction import redact
from architect_agents.submission import Submission
from architect_agents.tools import Bench, equip, uses_memory
from architect_agents.tools.workspace_files import WorkspaceFiles
from architect_agents.transcript import Transcript
from architect_agents.types import (
    FunctionFigures,
    Gate,
    Measure,
    Outcome,
    RefactorRequest,
    Report,
    Usage,
)

R = TypeVar("R")


@dataclass(slots=True)
class ModelArchitect:
    """Asks a model in the loop, with the tools that ``agent`` names.

    ``make_model`` gives a fresh model for each run. Transcripts go to ``transcripts``, or
    nowhere; ``memory`` is the file of the knowledge graph, None for no memory at all. Implements
    types.Architect.
    """

    agent: AgentDefinition
    make_model: Callable[[], Model]
    measure: Measure
    limits: Limits = field(default_factory=Limits)
    transcripts: Path | None = None
    memory: Path | None = None
    name: str = field(init=False)

    def __post_init__(self) -> None:
        self.name = self.agent.name

    async def propose(self, request: RefactorRequest, gate: Gate, report: Report) -> Outcome:
        """See types.Architect."""
        narrator = Narrator(report)
        narrator.say(f"{self.name} looks at {request.function}")
        graph = self.graph(request)
        try:
            notes = await asyncio.to_thread(recall, graph, topic_of(request)) if graph else ""
            job = self.job(request, gate, narrator, graph, notes)
            outcome, usage = await self._run(request.function, job, narrator)
            if graph is not None and outcome.lesson:
                kept = await asyncio.to_thread(record, graph, redact(outcome.lesson), "proposed")
                outcome = outcome if kept else replace(outcome, lesson="")
            return replace(outcome, usage=usage, architect=self.name)
        finally:
            if graph is not None:
                graph.close()

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
        graph = self.graph(inquiry.request)
        try:
            job = await self._inquiry_job(inquiry, gate, narrator, graph, earlier)
            answer, usage = await self._run(inquiry.path, job, narrator)
        finally:
            if graph is not None:
                graph.close()
        said = tuple(job.conversation)
        return replace(answer, usage=usage, architect=self.name, conversation=said)

    async def _inquiry_job(
        self,
        inquiry: Inquiry,
        gate: Gate,
        narrator: Narrator,
        graph: MemoryGraph | None,
        earlier: Consultation | None,
    ) -> Job[Consultation]:
        review = inquiry.kind == "review"
        form = ReviewForm(inquiry, gate, narrator.say) if review else AnswerForm(inquiry)
        kit = equip(self.agent, Bench(_files(inquiry.request), narrator.say, graph))
        if earlier is None:
            topic = f"{inquiry.language} {inquiry.question or inquiry.kind}"
            notes = await asyncio.to_thread(recall, graph, topic) if graph else ""
            prompt = inquiry_prompt(inquiry, notes)
        else:
            prompt = f"A follow-up: {inquiry.question.strip()}"
        return Job(
            system=system_prompt(self.agent, form.spec.name, kit.missing),
            prompt=prompt,
            finish=form,
            tools=kit.tools,
            effort=self.agent.effort or "medium",
            redact=redact,
            conversation=list(earlier.conversation) if earlier else [],
        )

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
        usage = budget.usage()
        transcript.write("ended", {"turns": usage.turns, "usd": usage.usd})
        return result, usage

    def graph(self, request: RefactorRequest) -> MemoryGraph | None:
        """The agent's memory as far as this request goes."""
        return agent_memory(self.agent, request.workspace, self.memory)

    def job(
        self,
        request: RefactorRequest,
        gate: Gate,
        narrator: Narrator,
        memory: MemoryGraph | None = None,
        notes: str = "",
    ) -> Job[Outcome]:
        """Everything that is sent and done for ``request``; ``notes`` come from the memory.

        Raises:
            ArchitectError: the function is not in the document.
        """
        figures = target_figures(request, self.measure)
        if figures is None:
            raise ArchitectError(
                f"The function {request.function} is no longer in {request.path}: ask again."
            )
        document = _document(request, figures)
        submission = Submission(request, document, gate, narrator.say, self.limits.repairs)
        kit = equip(self.agent, Bench(_files(request), narrator.say, memory))
        return Job(
            system=system_prompt(self.agent, submission.spec.name, kit.missing),
            prompt=refactoring_prompt(request, document, figures, notes),
            finish=submission,
            tools=kit.tools,
            effort=self.agent.effort or "medium",
            redact=redact,
        )

    def _limits(self) -> Limits:
        """The agent file may ask for fewer turns than the user allows, never for more."""
        turns = min(self.agent.max_turns or self.limits.turns, self.limits.turns)
        return replace(self.limits, turns=turns)


def _document(request: RefactorRequest, figures: FunctionFigures) -> TargetDocument:
    return TargetDocument(request.source, request.language, figures.start_line, figures.end_line)


def _files(request: RefactorRequest) -> WorkspaceFiles | None:
    """The workspace with the document's unsaved text on top."""
    if request.workspace is None:
        return None
    root = request.workspace.resolve()
    place = root / request.path
    inside = place.is_relative_to(root)
    overlay = {place.relative_to(root).as_posix(): request.source} if inside else {}
    return WorkspaceFiles(root, overlay)


def agent_memory(
    agent: AgentDefinition, workspace: Path | None, file: Path | None
) -> MemoryGraph | None:
    """The agent's graph: the project's, or the shared one if its file says `memory: user`."""
    if file is None or not uses_memory(agent):
        return None
    shared = agent.memory == "user" or workspace is None
    return MemoryGraph(file, "" if shared else str(workspace))

"""Who answers when somebody asks: Claude as an agent file describes it, or the embedded one."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path

from platformdirs import user_cache_path, user_data_path, user_state_path

from architect_agents.agent_file import AgentDefinition, discover
from architect_agents.candidate import TargetDocument, target_figures
from architect_agents.embedded import EmbeddedArchitect
from architect_agents.errors import AgentFileError, ArchitectError
from architect_agents.limits import Budget, Limits, price_of
from architect_agents.loop import Job, run
from architect_agents.memory.graph import MemoryGraph
from architect_agents.memory.lessons import Decision, recall, record, topic_of
from architect_agents.model import Model, Text, ToolSpec, UserTurn
from architect_agents.models.claude import ClaudeModel
from architect_agents.models.credentials import why_unavailable
from architect_agents.models.names import TABLE as MODEL_TABLE
from architect_agents.models.names import alias_of
from architect_agents.narration import Narrator
from architect_agents.prompts import refactoring_prompt, system_prompt
from architect_agents.sandbox.redaction import redact
from architect_agents.submission import Submission
from architect_agents.tools import Bench, equip, uses_memory
from architect_agents.tools.workspace_files import WorkspaceFiles
from architect_agents.transcript import Transcript
from architect_agents.types import (
    Architect,
    FunctionFigures,
    Gate,
    Measure,
    Outcome,
    RefactorRequest,
    Report,
    Verdict,
)

APPLICATION = "architect-lsp"
#: Characters of source code for one token, about; the provider counts exactly.
CHARACTERS_PER_TOKEN = 3.5


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
            outcome = await self._run(request, job, narrator)
            if graph is not None and outcome.lesson:
                kept = await asyncio.to_thread(record, graph, redact(outcome.lesson), "proposed")
                outcome = outcome if kept else replace(outcome, lesson="")
            return outcome
        finally:
            if graph is not None:
                graph.close()

    async def _run(
        self, request: RefactorRequest, job: Job[Outcome], narrator: Narrator
    ) -> Outcome:
        """One run with its record and its usage."""
        budget = Budget(self._limits())
        transcript = Transcript(self.transcripts, redact)
        transcript.write("asked", {"agent": self.name, "function": request.function})
        model = self.make_model()
        try:
            outcome = await run(model, job, budget, narrator, transcript)
        except ArchitectError as error:
            transcript.write("failed", {"error": type(error).__name__, "says": str(error)})
            raise
        finally:
            await model.close()
        usage = budget.usage()
        transcript.write("ended", {"status": outcome.status, "usd": usage.usd})
        return replace(outcome, usage=usage, architect=self.name)

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


@dataclass(slots=True)
class WithHint:
    """An architect that adds a sentence where it has nothing to propose."""

    architect: Architect
    hint: str
    name: str = field(init=False)

    def __post_init__(self) -> None:
        self.name = self.architect.name

    async def propose(self, request: RefactorRequest, gate: Gate, report: Report) -> Outcome:
        """See types.Architect."""
        outcome = await self.architect.propose(request, gate, report)
        if outcome.status != "no-proposal":
            return outcome
        return replace(outcome, rationale=f"{outcome.rationale} {self.hint}".strip())


def memory_file() -> Path:
    """Where this user's knowledge graph is kept."""
    return user_data_path(APPLICATION) / "memory.sqlite3"


def choose_architect(
    request: RefactorRequest,
    *,
    measure: Measure,
    offline: bool = False,
    agent: str = "",
    model: str = "",
    max_usd: float | None = None,
) -> Architect:
    """The model's architect where package and key are there and ``offline`` is not set.

    Else the embedded one, which says where it has no proposal how to get the other. ``agent`` is
    a name (empty for the one that fits the language), ``model`` overrides the agent file's.

    Raises:
        AgentFileError: there is no usable agent of that name.
    """
    if offline:
        return EmbeddedArchitect(measure)
    if missing := why_unavailable():
        hint = f"A model could look at this too. {missing}"
        return WithHint(EmbeddedArchitect(measure), hint)
    definition = choose_agent(request, agent)
    limits = Limits() if max_usd is None else replace(Limits(), usd=max_usd)
    cache = user_cache_path(APPLICATION)

    def make_model() -> Model:
        return ClaudeModel(model or definition.model, cache_folder=cache)

    transcripts = user_state_path(APPLICATION) / "transcripts"
    memory = memory_file()
    return ModelArchitect(definition, make_model, measure, limits, transcripts, memory)


def choose_agent(request: RefactorRequest, name: str = "") -> AgentDefinition:
    """The agent of that name, or the one that fits the request's language.

    Raises:
        AgentFileError: there is none, or its file can't be used.
    """
    found = discover(request.workspace, Path.home())
    fitting = "python-backend-architect" if request.language == "python" else "general-architect"
    wanted = name or fitting
    for definition in found:
        if definition.name == wanted and definition.usable:
            return definition
    names = ", ".join(definition.name for definition in found if definition.usable)
    raise AgentFileError(f"There is no usable agent file named {wanted}. There are: {names}.")


def remember(request: RefactorRequest, outcome: Outcome, decision: Decision) -> bool:
    """Note in the agent's memory what the person made of a proposal; whether that was done.

    Only a proposal that taught a general lesson leaves a trace, and only that lesson.
    """
    if not outcome.lesson:
        return False
    try:
        agent = choose_agent(request, outcome.architect)
    except AgentFileError:
        return False
    graph = agent_memory(agent, request.workspace, memory_file())
    if graph is None:
        return False
    try:
        return record(graph, redact(outcome.lesson), decision)
    finally:
        graph.close()


@dataclass(frozen=True, slots=True)
class Preview:
    """What a run would send first. ``usd`` is for one turn of that much input, estimated."""

    text: str
    model: str
    input_tokens: int
    usd: float


class _NoGate:
    """For a preview, in which nothing is judged."""

    def judge(self, request: RefactorRequest, candidate: str) -> Verdict:
        """Not called."""
        raise AssertionError("a preview judges nothing")


def preview(
    request: RefactorRequest,
    *,
    measure: Measure,
    offline: bool = False,
    agent: str = "",
    model: str = "",
) -> Preview:
    """What asking would send with its first turn, redacted; nothing is sent.

    Raises:
        ArchitectError: there is no such agent, or the function is gone.
    """
    if offline:
        return Preview("Nothing is sent: the embedded architect works on this machine.", "", 0, 0)
    definition = choose_agent(request, agent)
    architect = ModelArchitect(definition, _no_model, measure, memory=memory_file())
    graph = architect.graph(request)
    notes = recall(graph, topic_of(request)) if graph else ""
    job = architect.job(request, _NoGate(), Narrator(_silent), graph, notes)
    if graph is not None:
        graph.close()
    wanted = model or definition.model
    name = MODEL_TABLE.get(alias_of(wanted) or "", wanted)
    text = _as_sent(job)
    tokens = round(len(text) / CHARACTERS_PER_TOKEN)
    return Preview(text, name, tokens, tokens * price_of(name).input / 1_000_000)


def _silent(line: str, percentage: int | None) -> None:
    """Report nothing."""


def _no_model() -> Model:
    raise AssertionError("a preview asks no model")


def _as_sent(job: Job[Outcome]) -> str:
    request = job.request([job.opening()], Limits().output_tokens)
    tools = "\n\n".join(
        f"{tool.name}\n{tool.description}\n{json.dumps(tool.input_schema)}"
        for tool in request.tools
        if isinstance(tool, ToolSpec)
    )
    said = "\n\n".join(
        part.text
        for turn in request.turns
        if isinstance(turn, UserTurn)
        for part in turn.parts
        if isinstance(part, Text)
    )
    return f"=== system\n{request.system}\n\n=== tools\n{tools}\n\n=== user\n{said}"

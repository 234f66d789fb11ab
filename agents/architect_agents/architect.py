"""Who answers when somebody asks: Claude as an agent file describes it, or the embedded one."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from architect_agents.agent_file import choose_agent
from architect_agents.embedded import EmbeddedArchitect
from architect_agents.errors import AgentFileError
from architect_agents.limits import Limits
from architect_agents.memory.lessons import Decision, record
from architect_agents.model import Model
from architect_agents.model_architect import ModelArchitect
from architect_agents.models.claude import ClaudeModel
from architect_agents.models.credentials import why_unavailable
from architect_agents.places import (
    cache_folder,
    memory_file,
    transcript_folder,
    user_facilities,
)
from architect_agents.preview import preview
from architect_agents.sandbox.redaction import redact
from architect_agents.types import (
    Architect,
    Gate,
    Measure,
    Outcome,
    Preview,
    RefactorRequest,
    Report,
)
from architect_agents.workbench import Facilities, agent_memory

__all__ = [
    "Facilities",
    "ModelArchitect",
    "Preview",
    "WithHint",
    "choose_architect",
    "preview",
    "remember",
]


def choose_architect(
    request: RefactorRequest,
    *,
    measure: Measure,
    offline: bool = False,
    agent: str = "",
    model: str = "",
    limits: Limits | None = None,
    facilities: Facilities | None = None,
) -> Architect:
    """The model's architect where package and key are there and ``offline`` is not set.

    Else the embedded one, which says where it has no proposal how to get the other. ``agent`` is
    a name (empty for the one that fits the language), ``model`` overrides the agent file's,
    ``limits`` are those of one run, ``facilities`` what the user's installation offers.

    Raises:
        AgentFileError: there is no usable agent of that name.
    """
    if offline:
        return EmbeddedArchitect(measure, apart=True)
    if missing := why_unavailable():
        hint = f"A model could look at this too. {missing}"
        return WithHint(EmbeddedArchitect(measure, apart=True), hint)
    definition = choose_agent(request, agent)
    cache = cache_folder()

    def make_model() -> Model:
        return ClaudeModel(model or definition.model, cache_folder=cache)

    offered = facilities or user_facilities()
    caps = limits or Limits()
    return ModelArchitect(definition, make_model, measure, caps, transcript_folder(), offered)


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
        return record(graph, redact(outcome.lesson), decision, request.language)
    finally:
        graph.close()

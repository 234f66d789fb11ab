"""What asking a model would send, shown before anything is sent."""

from __future__ import annotations

import json
from dataclasses import dataclass

from architect_agents.agent_file import choose_agent
from architect_agents.limits import Limits, price_of
from architect_agents.loop import Job
from architect_agents.memory.lessons import recall, topic_of
from architect_agents.model import Model, Text, ToolSpec, UserTurn
from architect_agents.model_architect import ModelArchitect
from architect_agents.models.names import TABLE as MODEL_TABLE
from architect_agents.models.names import alias_of
from architect_agents.narration import Narrator
from architect_agents.places import memory_file
from architect_agents.types import (
    Measure,
    Outcome,
    RefactorRequest,
    Verdict,
)

#: Characters of source code for one token, about; the provider counts exactly.
CHARACTERS_PER_TOKEN = 3.5


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

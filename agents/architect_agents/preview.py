"""What asking a model would send, shown before anything is sent."""

from __future__ import annotations

import json

from architect_agents.agent_file import choose_agent
from architect_agents.inquiry import Inquiry
from architect_agents.limits import price_of
from architect_agents.model import Model, ModelRequest, Text, ToolSpec, UserTurn
from architect_agents.model_architect import ModelArchitect
from architect_agents.models.names import TABLE as MODEL_TABLE
from architect_agents.models.names import alias_of
from architect_agents.places import user_facilities
from architect_agents.types import Measure, Preview, RefactorRequest
from architect_agents.workbench import Facilities

#: Characters of source code for one token, about; the provider counts exactly.
CHARACTERS_PER_TOKEN = 3.5


def preview(
    asked: RefactorRequest | Inquiry,
    *,
    measure: Measure,
    offline: bool = False,
    agent: str = "",
    model: str = "",
    facilities: Facilities | None = None,
) -> Preview:
    """What asking would send with its first turn, redacted; nothing is sent.

    Raises:
        ArchitectError: there is no such agent, or the function is gone.
    """
    if offline:
        return Preview("Nothing is sent: the embedded architect works on this machine.", "", 0, 0)
    request = asked.request if isinstance(asked, Inquiry) else asked
    definition = choose_agent(request, agent)
    offered = facilities or user_facilities()
    architect = ModelArchitect(definition, _no_model, measure, facilities=offered)
    wanted = model or definition.model
    name = MODEL_TABLE.get(alias_of(wanted) or "", wanted)
    text = as_text(architect.preview(asked))
    tokens = round(len(text) / CHARACTERS_PER_TOKEN)
    usd = tokens * price_of(name, offered.prices).input / 1_000_000
    return Preview(text, name, tokens, usd, definition.name)


def _no_model() -> Model:
    raise AssertionError("a preview asks no model")


def as_text(request: ModelRequest) -> str:
    """A request as a person reads it: system, tools, and what we say."""
    tools = "\n\n".join(
        f"{tool.name}\n{tool.description}\n{json.dumps(tool.input_schema)}"
        if isinstance(tool, ToolSpec)
        else f"{tool.name} (by the provider)\n{json.dumps(tool.wire)}"
        for tool in request.tools
    )
    said = "\n\n".join(
        part.text
        for turn in request.turns
        if isinstance(turn, UserTurn)
        for part in turn.parts
        if isinstance(part, Text)
    )
    return f"=== system\n{request.system}\n\n=== tools\n{tools}\n\n=== user\n{said}"

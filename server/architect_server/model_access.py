"""Whether a model can be asked, who would get what is sent, and what waits for a person's yes."""

from __future__ import annotations

import os
from collections.abc import Callable
from functools import partial
from pathlib import Path
from urllib.parse import urlparse

from architect_agents.errors import ArchitectError
from architect_agents.types import RefactorRequest
from architect_server.settings import Settings

#: What another cloud is called, and which variables say where in it.
_CLOUDS = {
    "bedrock": ("Amazon Bedrock", ("AWS_REGION", "ANTHROPIC_BEDROCK_BASE_URL")),
    "vertex": (
        "Google Vertex AI",
        ("ANTHROPIC_VERTEX_PROJECT_ID", "CLOUD_ML_REGION", "ANTHROPIC_VERTEX_BASE_URL"),
    ),
    "foundry": (
        "Microsoft Foundry",
        ("ANTHROPIC_FOUNDRY_RESOURCE", "ANTHROPIC_FOUNDRY_BASE_URL"),
    ),
}


def model_provider() -> str:
    """Who would get what is sent to a model; empty where no model can be asked."""
    from architect_agents.models.credentials import credentials_available, provider_in_use

    if not credentials_available():
        return ""
    cloud = provider_in_use()
    if cloud in _CLOUDS:
        name, variables = _CLOUDS[cloud]
        places = [value for variable in variables if (value := os.environ.get(variable))]
        return f"{name} ({', '.join(places)})" if places else name
    base_url = os.environ.get("ANTHROPIC_BASE_URL", "")
    # Not the user's name and password, which may stand before the host.
    return urlparse(base_url).netloc.rpartition("@")[2] or "Anthropic (api.anthropic.com)"


def servers_to_approve(
    workspace: Path | None, language: str, settings: Settings
) -> list[tuple[str, Callable[[], None]]]:
    """The workspace's MCP servers that the agent names and nobody approved yet.

    Each with what would run, or where it would connect, and how to keep the person's yes.
    """
    from architect_agents.agent_file import choose_agent
    from architect_agents.mcp_config import Approvals
    from architect_agents.places import approvals_file
    from architect_agents.workbench import waiting_for_approval

    if workspace is None:
        return []
    approvals = Approvals(approvals_file())
    try:
        agent = choose_agent(
            RefactorRequest("", language, "", "", 1, workspace=workspace), settings.agent
        )
    except ArchitectError:
        return []  # the run itself will say so
    return [
        (f"{entry.name}: {entry.summary}", partial(approvals.grant, workspace, entry))
        for entry in waiting_for_approval(agent, workspace, approvals)
    ]


def why_no_model() -> str:
    """Why only a model can answer this, and how to get one."""
    from architect_agents.models.credentials import why_unavailable

    how = why_unavailable() or "The setting architect.ask.offline keeps it from being asked."
    return f"Reviews and answers come from a model, and there is none to ask. {how}"

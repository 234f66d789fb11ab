"""Who is asked: the agents of a workspace, choosing one for the session or for one question."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from lsprotocol import types as lsp
from pygls.exceptions import JsonRpcException

from architect_server.agent_choice import AgentChoice, agents_of, fitting, others, reloaded
from architect_server.agent_problems import is_agent_file
from architect_server.desk import to_path
from architect_server.document import Document
from architect_server.handlers.run import tell, workspace_key
from architect_server.server import ArchitectServer

AGENTS = "architect.agents"
CHOOSE = "architect.chooseAgent"
#: More buttons than this no editor shows well; the rest can be named in the settings.
MOST_BUTTONS = 8


def register(server: ArchitectServer) -> None:
    """Add the commands of this file to ``server``; ARCHITECTURE.md has their arguments."""

    @server.command(AGENTS)
    def _agents(argument: Any = None) -> dict[str, Any]:
        return _list(server, argument if isinstance(argument, Mapping) else {})

    @server.command(CHOOSE)
    async def _choose(argument: Any = None) -> dict[str, Any]:
        return await _choose_for_session(server, argument if isinstance(argument, Mapping) else {})


def current_agent(server: ArchitectServer, uri: str, language: str) -> str:
    """The name of the agent that is asked about the text at ``uri``."""
    chosen = server.chosen_agents.get(workspace_key(server, uri))
    return chosen or server.session.settings_for(to_path(uri)).agent or fitting(language)


async def pick_agent(server: ArchitectServer, document: Document) -> str:
    """Ask the person which agent it shall be; "" if none was chosen."""
    workspace = server.session.workspace_of(to_path(document.uri))
    current = current_agent(server, document.uri, document.language_id)
    found = agents_of(workspace)
    names = [current, *(agent.name for agent in found if agent.name != current)][:MOST_BUTTONS]
    question = "Architect: which agent shall be asked?"
    actions = [lsp.MessageActionItem(name) for name in names]
    params = lsp.ShowMessageRequestParams(lsp.MessageType.Info, question, actions)
    try:
        answer = await server.window_show_message_request_async(params)
    except JsonRpcException:
        return ""
    return answer.title if answer and answer.title in names else ""


def choices(server: ArchitectServer, document: Document) -> tuple[AgentChoice, ...]:
    """Other agents than the current one, where somebody wrote some."""
    workspace = server.session.workspace_of(to_path(document.uri))
    return others(workspace, current_agent(server, document.uri, document.language_id))


def saved(server: ArchitectServer, uri: str) -> None:
    """After a save: say what an agent file means from now on."""
    path, document = server.path_of(uri), server.session.documents.get(uri)
    if path is None or document is None or not is_agent_file(path):
        return
    notice = reloaded(document.text, path, server.session.workspace_of(path))
    server.say(f"Architect: {notice}")


def _list(server: ArchitectServer, given: Mapping[str, Any]) -> dict[str, Any]:
    document = server.session.documents.get(str(given.get("uri")))
    path = to_path(str(given["uri"])) if isinstance(given.get("uri"), str) else None
    workspace = server.session.workspace_of(path)
    language = document.language_id if document else "python"
    current = current_agent(server, str(given.get("uri") or ""), language)
    agents = [
        {
            "name": agent.name,
            "description": agent.description,
            "model": agent.model,
            "origin": agent.origin,
            "path": str(agent.path) if agent.path else None,
            "current": agent.name == current,
        }
        for agent in agents_of(workspace)
    ]
    return {"status": "listed", "message": "", "agents": agents}


async def _choose_for_session(server: ArchitectServer, given: Mapping[str, Any]) -> dict[str, Any]:
    document = server.session.documents.get(str(given.get("uri")))
    if document is None:
        return tell(server, "failed", "Architect: open a file first, then choose.")
    name = given.get("name")
    if not isinstance(name, str) or not name:
        name = await pick_agent(server, document)
    workspace = server.session.workspace_of(to_path(document.uri))
    if not name:
        return {"status": "cancelled", "message": ""}
    known = [agent.name for agent in agents_of(workspace)]
    if name not in known:
        return tell(
            server,
            "failed",
            f"Architect: there is no usable agent {name} here. There are: {', '.join(known)}.",
            lsp.MessageType.Warning,
        )
    server.chosen_agents[workspace_key(server, document.uri)] = name
    return tell(
        server,
        "chosen",
        f"Architect: {name} is asked in this session; architect.ask.agent makes it last.",
    )

"""Before the first question of a workspace goes to a model: may its code be sent there?"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

from lsprotocol import types as lsp
from pygls.exceptions import JsonRpcException

from architect_server.asking import Preview, Refused
from architect_server.consents import allow, default_place, is_allowed
from architect_server.handlers.run import tell, workspace_key
from architect_server.model_access import model_provider, servers_to_approve
from architect_server.progress import Cancelled
from architect_server.server import ArchitectServer
from architect_server.settings import Settings

logger = logging.getLogger(__name__)

ALLOW = "Allow for this workspace"
EMBEDDED = "Use the embedded architect"
ALLOW_COMMAND = "architect.allow"
START = "Start it"
SKIP = "Go on without it"


def register(server: ArchitectServer) -> None:
    """Add the command behind ``offer`` to ``server``."""

    @server.command(ALLOW_COMMAND)
    def _allow(argument: Any = None) -> dict[str, Any]:
        given = argument if isinstance(argument, Mapping) else {}
        workspace, provider = given.get("workspace"), given.get("provider")
        if not isinstance(workspace, str) or not provider or provider != model_provider():
            return tell(server, "failed", "Architect: this command comes with a code action.")
        allow(default_place(), workspace, provider)
        return tell(server, "allowed", "Architect: allowed; now ask again.")


def offer(server: ArchitectServer, uri: str, settings: Settings) -> Iterator[lsp.CodeAction]:
    """For an editor that shows no questions: the yes as a code action, until it is given."""
    if server.session.client.can_be_asked or settings.offline:
        return
    workspace, provider = workspace_key(server, uri), model_provider()
    if provider and not is_allowed(default_place(), workspace, provider):
        title = f"Allow Architect to send code of this workspace to {provider}"
        argument = {"workspace": workspace, "provider": provider}
        command = lsp.Command(title=title, command=ALLOW_COMMAND, arguments=[argument])
        yield lsp.CodeAction(title, command=command)


async def must_stay_offline(
    server: ArchitectServer,
    workspace: str,
    settings: Settings,
    offline: bool,
    look: Callable[[], Preview],
) -> bool:
    """Whether the embedded architect has to answer: there is no model, or the user wants none.

    ``look`` gives what would be sent; it is only called where the user is asked.

    Raises:
        Cancelled: the user closed the question without a choice.
    """
    provider = "" if offline or settings.offline else model_provider()
    if not provider:
        return True
    place = default_place()
    if is_allowed(place, workspace, provider):
        return False
    choice = await _ask(server, provider, settings, await asyncio.to_thread(_estimate, look))
    if choice == ALLOW:
        allow(place, workspace, provider)
        return False
    if choice == EMBEDDED:
        return True
    raise Cancelled


async def approve_servers(
    server: ArchitectServer, workspace: Path | None, language: str, settings: Settings
) -> None:
    """Ask about each MCP server that the agent wants and the workspace configures.

    Only in a trusted workspace. Without a yes the run goes on without that server.
    """
    if not server.session.trusted:
        return
    for what, grant in servers_to_approve(workspace, language, settings):
        question = (
            f"Architect: the agent wants an MCP server that this workspace names ({what}). "
            "It is started only if you allow it; a changed entry is asked about again."
        )
        if await _choice(server, question, (START, SKIP)) == START:
            try:
                grant()
            except OSError as error:
                logger.warning("The approval could not be kept: %s", error)


def _estimate(look: Callable[[], Preview]) -> str:
    """What this question would begin with, in a sentence; "" where that can't be told."""
    try:
        found = look()
    except Refused:
        return ""  # the run itself will say why
    return (
        f" This question begins with about {found.input_tokens:,} tokens to {found.model} "
        f"({found.usd:.3f} USD a turn); “Show what would be sent” shows them all."
    )


async def _ask(server: ArchitectServer, provider: str, settings: Settings, estimate: str) -> str:
    """The title of the button that the user chose; empty if none was."""
    question = (
        f"Architect: may code of this workspace be sent to {provider}? With each question go the "
        "function, its file and what the agent reads of the workspace, secrets redacted; a run "
        f"costs at most {settings.max_cost:g} USD by estimate, all of a day at most "
        f"{settings.max_daily_cost:g} USD.{estimate}"
    )
    return await _choice(server, question, (ALLOW, EMBEDDED))


async def _choice(server: ArchitectServer, question: str, titles: tuple[str, str]) -> str:
    """The title of the chosen button; the second, careful one where the client can't ask."""
    if not server.session.client.can_be_asked:
        return titles[1]
    actions = [lsp.MessageActionItem(title) for title in titles]
    params = lsp.ShowMessageRequestParams(lsp.MessageType.Info, question, actions)
    try:
        answer = await server.window_show_message_request_async(params)
    except JsonRpcException as error:
        logger.warning("The client can't ask the user: %s", error)
        return titles[1]
    return answer.title if answer else ""

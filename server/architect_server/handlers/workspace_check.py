"""The whole workspace for editors that ask for nothing: on a command, closed files are published.

Some editors ask for the workspace by themselves. To the others nobody may send some thousand
files unasked; once the command was given, what was sent is kept true.
"""

from __future__ import annotations

import asyncio
from typing import Any

from architect_server.handlers.closed_files import closed_files
from architect_server.handlers.configuration import watch_sources
from architect_server.handlers.published_files import publish_closed
from architect_server.progress import Cancelled, run_with_progress
from architect_server.server import ArchitectServer
from architect_server.texts import tell_problems

COMMAND = "architect.checkWorkspace"

_ASKS_ITSELF = (
    "Architect: this editor asks for the problems of the whole workspace by itself; "
    "they stand in its list of problems."
)

_NO_FOLDER = (
    "Architect: the editor named no workspace folder, so there is nothing to check; open a folder, "
    "or put a pyproject.toml or a git repository where it looks for a project's root."
)


def register(server: ArchitectServer) -> None:
    """Add the command of this file to ``server``."""

    @server.command(COMMAND)
    async def _check(*_: Any) -> dict[str, Any]:  # clients send none, null or something
        return await _check_workspace(server)


async def _check_workspace(server: ArchitectServer) -> dict[str, Any]:
    client = server.session.client
    if server.asks_for_workspace:
        server.say(_ASKS_ITSELF)
        return {"status": "pulled", "message": _ASKS_ITSELF}
    if not server.session.folders:
        server.say(_NO_FOLDER)
        return {"status": "no-folder", "message": _NO_FOLDER}
    limit = server.session.settings_for(None).workspace_limit
    files, _ = await asyncio.to_thread(closed_files, server, limit)
    first = not server.follows_workspace
    try:
        shown = await run_with_progress(
            server,
            "Architect: checking the workspace",
            client.work_done_progress,
            lambda report: publish_closed(server, files[:limit], report),
        )
    except Cancelled:
        return {"status": "cancelled", "message": ""}
    server.follows_workspace = True
    if first:
        server.background(watch_sources(server))
    tell_problems(server.desk)
    cut = f" (the first {limit:,}, by analysis.workspaceLimit)" if len(files) > limit else ""
    count = len(files[:limit])
    message = f"Architect: {shown:,} of {count:,} closed files have problems{cut}."
    server.say(message)
    return {"status": "checked", "message": message}

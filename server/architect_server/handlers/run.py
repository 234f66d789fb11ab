"""One run of an architect for each workspace at a time, with every end of it told in words."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from typing import Any, TypeVar

from lsprotocol import types as lsp

from architect_server.convert import to_path
from architect_server.progress import Cancelled, Report, run_with_progress
from architect_server.refactor import Refused
from architect_server.server import ArchitectServer

logger = logging.getLogger(__name__)

T = TypeVar("T")


async def run_once(
    server: ArchitectServer,
    uri: str,
    title: str,
    work: Callable[[Report], Awaitable[T]],
    deliver: Callable[[T], Awaitable[dict[str, Any]]],
) -> dict[str, Any]:
    """Run ``work`` with progress, ``deliver`` its result, and answer the command with how it ended.

    The progress has ended when the result is delivered: a person may then take their time.
    """
    if server.session.restricted:
        return tell(
            server,
            "failed",
            "Architect: this workspace is not trusted, so only figures are shown; "
            "trust it in your editor to ask.",
        )
    workspace = workspace_key(server, uri)
    if workspace in server.asking:
        return tell(
            server,
            "failed",
            "Architect: a run for this workspace is already going on; wait for it or cancel it.",
        )
    task = asyncio.current_task()
    if task is not None:
        server.asking[workspace] = task
    try:
        shown = server.session.client.work_done_progress
        return await deliver(await run_with_progress(server, title, shown, work))
    except Cancelled:
        return {"status": "cancelled"}
    except Refused as refusal:
        return tell(server, "failed", f"Architect: {refusal}", lsp.MessageType.Warning)
    except Exception:
        logger.exception("%s failed", title)
        return tell(
            server,
            "failed",
            "Architect: something went wrong inside the server; nothing was changed. "
            "The server's log has the details for a bug report.",
            lsp.MessageType.Error,
        )
    finally:
        server.asking.pop(workspace, None)


def workspace_key(server: ArchitectServer, uri: str) -> str:
    """What stands for the workspace of ``uri``: its folder, or the text itself."""
    return str(server.session.workspace_of(to_path(uri)) or uri)


def tell(
    server: ArchitectServer,
    status: str,
    message: str,
    kind: lsp.MessageType = lsp.MessageType.Info,
) -> dict[str, Any]:
    """Say ``message`` to the person, and answer the command with it."""
    server.say(message, kind)
    return {"status": status, "message": message}

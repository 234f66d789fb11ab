"""One run of an architect for each workspace at a time, with every end of it told in words."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from functools import partial
from typing import Any, Protocol, TypeVar

from lsprotocol import types as lsp

from architect_server.asking import Listen, Refused, Surroundings, Usage
from architect_server.desk import to_path
from architect_server.document import Document
from architect_server.handlers.editor_diagnostics import diagnostics
from architect_server.progress import Cancelled, Report, run_with_progress
from architect_server.server import ArchitectServer
from architect_server.steps import METHOD, StepStream

logger = logging.getLogger(__name__)


class Ended(Protocol):
    """What a run has come to."""

    @property
    def usage(self) -> Usage:
        """What it cost."""
        ...


T = TypeVar("T", bound=Ended)


@dataclass(frozen=True, slots=True)
class Teller:
    """How a run tells of itself: lines for the progress bar, and steps where they are shown."""

    report: Report
    listen: Listen | None = None


async def run_once(
    server: ArchitectServer,
    uri: str,
    title: str,
    work: Callable[[Teller], Awaitable[T]],
    deliver: Callable[[T], Awaitable[dict[str, Any]]],
) -> dict[str, Any]:
    """Run ``work`` with progress, ``deliver`` its result, and answer the command with how it ended.

    Progress and run have ended when the result is delivered: a person may then take their time,
    and may ask anew while they do.
    """
    if reason := _why_not(server, uri):
        return tell(server, "failed", reason)
    stream = _stream(server, uri, title)
    try:
        result = await _in_turn(server, uri, title, work, stream)
        _end(stream, "done", usage=usage_as_wire(result.usage))
        return with_usage(await deliver(result), result.usage)
    except Cancelled:
        _end(stream, "cancelled")
        return {"status": "cancelled"}
    except Refused as refusal:
        _end(stream, "failed", message=str(refusal))
        return tell(server, "failed", f"Architect: {refusal}", lsp.MessageType.Warning)
    except Exception:
        logger.exception("%s failed", title)
        message = (
            "Architect: something went wrong inside the server; nothing was changed. "
            "The server's log has the details for a bug report."
        )
        _end(stream, "failed", message=message)
        return tell(server, "failed", message, lsp.MessageType.Error)


async def _in_turn(
    server: ArchitectServer,
    uri: str,
    title: str,
    work: Callable[[Teller], Awaitable[T]],
    stream: StepStream | None,
) -> T:
    """The result of ``work``, for whose length the workspace counts as asked about."""
    workspace = workspace_key(server, uri)
    task = asyncio.current_task()
    if task is not None:
        server.asking[workspace] = task
    listen = stream.hear if stream else None
    try:
        shown = server.session.client.work_done_progress
        return await run_with_progress(
            server, title, shown, lambda report: work(Teller(report, listen))
        )
    finally:
        server.asking.pop(workspace, None)


def _why_not(server: ArchitectServer, uri: str) -> str:
    """Why no run may begin now; empty if one may."""
    if server.session.restricted:
        return (
            "Architect: this workspace is not trusted, so only figures are shown; "
            "trust it in your editor to ask."
        )
    if workspace_key(server, uri) in server.asking:
        return "Architect: a run for this workspace is already going on; wait for it or cancel it."
    return ""


def _stream(server: ArchitectServer, uri: str, title: str) -> StepStream | None:
    """Where the run's steps go; None where the client does not show them."""
    if not server.session.client.shows_steps:
        return None
    stream = StepStream(partial(server.protocol.notify, METHOD), uri, title)
    stream.begin()
    return stream


def _end(stream: StepStream | None, state: str, **ending: Any) -> None:
    if stream is not None:
        stream.end(state, ending)


def surroundings_of(
    server: ArchitectServer, document: Document, listen: Listen | None = None, agent: str = ""
) -> Surroundings:
    """Where ``document`` stands in this editor; ``agent`` is asked instead of the usual one."""
    path = to_path(document.uri)
    settings = server.session.settings_for(path)
    chosen = agent or server.chosen_agents.get(workspace_key(server, document.uri))
    return Surroundings(
        settings._replace(agent=chosen) if chosen else settings,
        path,
        server.session.workspace_of(path),
        server.session.trusted,
        partial(diagnostics, server),
        listen,
        partial(server.session.documents.get, document.uri),
    )


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


def with_usage(answer: dict[str, Any], usage: Usage) -> dict[str, Any]:
    """A command's answer with what the run cost, where a model was asked."""
    return {**answer, "usage": usage_as_wire(usage)} if usage.model else answer


def usage_as_wire(usage: Usage) -> dict[str, Any]:
    """What a run cost, as JSON values; ``usd`` is an estimate."""
    return {
        "model": usage.model,
        "turns": usage.turns,
        "inputTokens": usage.input_tokens,
        "outputTokens": usage.output_tokens,
        "cacheReadTokens": usage.cache_read_tokens,
        "cacheWriteTokens": usage.cache_write_tokens,
        "usd": usage.usd,
        "seconds": usage.seconds,
    }

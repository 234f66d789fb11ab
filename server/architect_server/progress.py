"""Long work with progress and a cancel that really cancels, with pygls's quirks kept inside.

When the client cancels a command, pygls answers "cancelled" and lets the coroutine run on, and a
CancelledError that escapes a command leaves the client without an answer. So the work runs as a
child task, which both the progress's cancel button and the request's own cancellation stop.
"""

from __future__ import annotations

import asyncio
import time
import uuid
from collections.abc import Awaitable, Callable
from concurrent.futures import Future
from typing import Any, TypeVar

from lsprotocol import types as lsp
from pygls.lsp.server import LanguageServer

T = TypeVar("T")
Report = Callable[[str, int | None], None]

#: Least time between two progress messages (seconds).
_BEAT = 0.25


class Cancelled(Exception):
    """The person, or the client, stopped the work."""


async def run_with_progress(
    server: LanguageServer, title: str, shown: bool, work: Callable[[Report], Awaitable[T]]
) -> T:
    """Run ``work`` with a cancellable progress bar; ``shown`` says whether the client has one.

    ``work`` gets ``report(message, percentage | None)``, which may be called from any thread.

    Raises:
        Cancelled: the work was stopped by the client or by a newer run.
    """
    progress = await _Progress.begin(server, title, shown)
    task = asyncio.ensure_future(work(progress.report))
    stop = _stopper(task)
    watched = [future for future in (progress.token_future, _own_request(server)) if future]
    for future in watched:
        future.add_done_callback(stop)
    try:
        return await task
    except asyncio.CancelledError:
        task.cancel()
        raise Cancelled from None
    finally:
        progress.end()


def _stopper(task: asyncio.Future[Any]) -> Callable[[Future[Any]], None]:
    loop = asyncio.get_running_loop()

    def stop(future: Future[Any]) -> None:
        if future.cancelled():
            loop.call_soon_threadsafe(task.cancel)

    return stop


def _own_request(server: LanguageServer) -> Future[Any] | None:
    """The future that pygls cancels on ``$/cancelRequest`` for the request being handled."""
    message_id = server.protocol.msg_id
    if message_id is None:
        return None
    return server.protocol._request_futures.get(message_id)


class _Progress:
    """One progress bar, or nothing at all where the client has none."""

    def __init__(self, server: LanguageServer, token: str | None) -> None:
        self._server = server
        self._token = token
        self._last = 0.0
        self._loop = asyncio.get_running_loop()

    @classmethod
    async def begin(cls, server: LanguageServer, title: str, shown: bool) -> _Progress:
        if not shown:
            return cls(server, None)
        token = str(uuid.uuid4())
        await server.work_done_progress.create_async(token)
        server.work_done_progress.begin(
            token, lsp.WorkDoneProgressBegin(title=title, cancellable=True)
        )
        return cls(server, token)

    @property
    def token_future(self) -> Future[Any] | None:
        if self._token is None:
            return None
        return self._server.work_done_progress.tokens.get(self._token)

    def report(self, message: str, percentage: int | None = None) -> None:
        self._loop.call_soon_threadsafe(self._report, message, percentage)

    def _report(self, message: str, percentage: int | None) -> None:
        now = time.monotonic()
        if self._token is None or now - self._last < _BEAT:
            return
        self._last = now
        self._server.work_done_progress.report(
            self._token, lsp.WorkDoneProgressReport(message=message, percentage=percentage)
        )

    def end(self) -> None:
        if self._token is None:
            return
        self._server.work_done_progress.end(self._token, lsp.WorkDoneProgressEnd())
        # pygls never forgets a token by itself.
        self._server.work_done_progress.tokens.pop(self._token, None)
        self._token = None

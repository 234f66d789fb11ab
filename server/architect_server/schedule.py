"""Latest wins: at most one run per document, and a newer one cancels the older."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Coroutine
from typing import Any

logger = logging.getLogger(__name__)


class Schedule:
    """Runs by key. Meant for use on the loop only."""

    def __init__(self) -> None:
        self._running: dict[str, asyncio.Task[None]] = {}
        self._soon: dict[str, Callable[[], None]] = {}

    def soon(self, key: str, work: Callable[[], None]) -> None:
        """Do ``work`` for ``key`` once what the client sent by now is read.

        It takes the place of what was to be done or is being done for ``key``.
        """
        self.cancel(key)
        self._soon[key] = work
        asyncio.get_running_loop().call_soon(self._do_now, key)

    def _do_now(self, key: str) -> None:
        work = self._soon.pop(key, None)
        if work is not None:
            try:
                work()
            except Exception:
                logger.exception("A run for %s failed", key)

    def start(self, key: str, run: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
        """Start ``run`` for ``key``, cancelling the one that still goes on there."""
        self.cancel(key)
        task = asyncio.get_running_loop().create_task(run, name=f"run for {key}")
        self._running[key] = task
        task.add_done_callback(lambda done: self._finished(key, done))
        return task

    def cancel(self, key: str) -> None:
        """Stop the run for ``key``, if there is one."""
        self._soon.pop(key, None)
        if task := self._running.pop(key, None):
            task.cancel()

    def is_settled(self, key: str) -> bool:
        """Whether no run for ``key`` goes on, once what can be done at once is done."""
        self._do_now(key)
        return key not in self._running

    async def settled(self, key: str) -> None:
        """Wait until no run for ``key`` goes on, also one that replaced another meanwhile."""
        self._do_now(key)
        while task := self._running.get(key):
            await asyncio.wait({task})

    async def close(self) -> None:
        """Stop all runs and wait for their end."""
        self._soon.clear()
        tasks = list(self._running.values())
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    def _finished(self, key: str, task: asyncio.Task[None]) -> None:
        if self._running.get(key) is task:
            del self._running[key]
        if not task.cancelled() and (error := task.exception()):
            logger.error("A run for %s failed", key, exc_info=error)

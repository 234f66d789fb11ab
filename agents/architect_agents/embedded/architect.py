"""Ask the embedded architect: on a thread, or in a process of its own."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Callable

from architect_agents.embedded.apart import Apart
from architect_agents.embedded.patience import Patience
from architect_agents.embedded.work import Job, Work
from architect_agents.types import Gate, Measure, Outcome, RefactorRequest, Report


class EmbeddedArchitect:
    """Simplifies one Python function until all its parts are simple enough.

    ``measure`` gives the figures that the editor shows. ``deadline`` is in seconds of work, for
    search and gate together (see ``Patience``); what was found by then is proposed. ``clock``
    counts them where a benchmark hands in another than the wall's. ``apart``
    has the work done in a process of its own, so that it takes nothing from the caller's loop and
    ends with a kill; then the gate and ``measure`` are pickled, by the names of their modules.
    """

    name = "embedded"

    def __init__(
        self,
        measure: Measure,
        deadline: float = 3.0,
        clock: Callable[[], float] = time.monotonic,
        *,
        apart: bool = False,
    ) -> None:
        self._measure = measure
        self._deadline = deadline
        self._clock = clock
        self._apart = apart

    async def propose(self, request: RefactorRequest, gate: Gate, report: Report) -> Outcome:
        """See ``types.Architect``. Cancelling kills the process, or stops the thread soon."""
        if request.language != "python":
            return _other_language(request)
        report(f"Looking for what can be simplified in {request.function}", None)
        job = Job(request, gate, self._measure, self._deadline)
        if self._apart:
            return await self._in_process(job, report)
        cancelled = threading.Event()
        try:
            return await asyncio.to_thread(self._worked, job, cancelled)
        finally:
            cancelled.set()

    def _worked(self, job: Job, cancelled: threading.Event) -> Outcome:
        patience = Patience.starting_now(job.deadline, cancelled, self._clock)
        return Work(job, patience).outcome()

    async def _in_process(self, job: Job, report: Report) -> Outcome:
        loop = asyncio.get_running_loop()

        def say(line: str) -> None:
            loop.call_soon_threadsafe(report, line, None)

        apart = Apart(job, say)
        try:
            return await asyncio.to_thread(apart.outcome)
        finally:
            apart.kill()


def _other_language(request: RefactorRequest) -> Outcome:
    return Outcome(
        "no-proposal",
        f"No embedded refactoring for {request.language or 'this language'}",
        "The embedded architect refactors Python only. With a key for a model in the "
        "settings, the same action works for this language.",
    )

"""A persistent, killable process that measures texts, so that no input can freeze the server.

lizard's regular expressions can take for ever on some half-typed text and hold the interpreter
lock while they do (a thread would freeze the loop, and nobody can kill a thread). The process
takes one text at a time over a pipe; when its time is up it is killed, the text is reported as
skipped, and the next one gets a fresh process.
"""

from __future__ import annotations

import asyncio
import logging
import pickle
import subprocess
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import replace
from typing import IO, TYPE_CHECKING, Any, BinaryIO, TypeVar, cast

from architect_server.analysis.model import Confidence, FileMetrics
from architect_server.frames import pack, read_frame
from architect_server.worker_pipe import (
    REMEMBERED,
    Answer,
    Base,
    Job,
    Pieces,
    Said,
    start_child,
    told,
    understood,
)

if TYPE_CHECKING:  # it brings lizard along, which the server's start need not wait for
    from architect_server.analysis.incremental.measured import Part

logger = logging.getLogger(__name__)

T = TypeVar("T")

#: How long (seconds) a process that has nothing to do is kept. Most edits never need it, and it
#: takes a quarter of a second to start again.
_IDLE = 30.0

#: How long a text that nobody waits for any more may keep the next one waiting (seconds).
_ABANDONED_LIMIT = 1.0


def skipped(language: str, reason: str) -> FileMetrics:
    """The result of a text that was not measured, with its reason."""
    return FileMetrics(language, Confidence("skipped", reason))


class AnalysisWorker:
    """Measures one text at a time in a child process; callers queue in the order they came.

    The pipe is read and written on a thread of its own, which sleeps while the child works. So
    the child can be killed at any moment without asking the loop, also at the very end.
    """

    def __init__(self, started: subprocess.Popen[bytes] | None = None, idle: float = _IDLE) -> None:
        """``started`` is a process that was started ahead, to be the first.

        A process that had nothing to do for ``idle`` seconds is ended; the next text gets another.
        """
        self._started = started
        self._idle = idle
        self._rest: asyncio.TimerHandle | None = None
        self._process: subprocess.Popen[bytes] | None = None
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="analysis")
        self._turn = asyncio.Lock()
        self._abandoned: asyncio.Task[Answer] | None = None
        self._closed = False
        #: The number and the pieces of the last answer about each name. Used on the thread only.
        self._known: dict[str, tuple[int, Sequence[Part]]] = {}

    async def measure(self, text: str, language: str, time_limit: float) -> FileMetrics:
        """Measure ``text``; never raises for bad text.

        It is cancelled as ``analyse`` is.
        """
        return (await self._answer(Job(text, language, time_limit))).metrics

    async def analyse(
        self, text: str, language: str, time_limit: float, name: str, base: Base | None = None
    ) -> Answer:
        """Measure ``text`` in pieces where that can be done; never raises for bad text.

        What it has in common with ``base``, or else with the last text of that ``name``, is not
        measured again.
        A caller that is cancelled while it waits leaves the queue. One that is cancelled while
        its text is being measured leaves the child to finish: that is nearly always quicker
        than a fresh process, and the next caller kills it if it is not.
        """
        return await self._answer(Job(text, language, time_limit, f"{language} {name}", base=base))

    async def _answer(self, job: Job) -> Answer:
        async with self._turn:
            await self._settle_abandoned()
            task = asyncio.create_task(self._measure(job))
            task.add_done_callback(lambda _: self._rest_later())
            try:
                return await asyncio.shield(task)
            except asyncio.CancelledError:
                self._abandoned = task
                raise

    async def start(self) -> None:
        """Have the process ready before the first text comes."""
        async with self._turn:
            try:
                await self._on_thread(self._ready_process)
            except (OSError, EOFError):
                logger.exception("The analysis process could not be started")
        self._rest_later()

    def _rest_later(self) -> None:
        if self._rest is not None:
            self._rest.cancel()
        loop = asyncio.get_running_loop()
        self._rest = loop.call_later(self._idle, self._rest_now)

    def _rest_now(self) -> None:
        """End the process if no text is with it; on the thread, where texts are measured too."""
        if not self._turn.locked() and self._abandoned is None and not self._closed:
            self._on_thread(self.kill)

    def close(self) -> None:
        """End the process at once; nothing can be measured afterwards."""
        self._closed = True
        if self._rest is not None:
            self._rest.cancel()
        self.kill()
        self._thread.shutdown(wait=False, cancel_futures=True)

    def kill(self) -> None:
        """End the process at once; the next text gets a fresh one."""
        processes = self._process, self._started
        self._process = self._started = None
        for process in processes:
            if process is not None:
                process.kill()
                process.wait()
                for pipe in (process.stdin, process.stdout):
                    with suppress(OSError):  # what was not yet written has no reader any more
                        _pipe(pipe).close()

    async def _settle_abandoned(self) -> None:
        task, self._abandoned = self._abandoned, None
        if task is not None:
            await asyncio.wait({task}, timeout=_ABANDONED_LIMIT)
            if not task.done():
                self.kill()
                await asyncio.wait({task})

    async def _measure(self, job: Job) -> Answer:
        try:
            if self._process is None or self._process.poll() is not None:
                await self._on_thread(self._ready_process)
            exchange = self._on_thread(self._exchange, job)
            done, _ = await asyncio.wait({exchange}, timeout=job.time_limit)
            if not done:
                self.kill()  # the thread's read ends with it
                await asyncio.wait({exchange})
                exchange.exception()
                reason = f"Its analysis took over {job.time_limit:g} seconds."
                return Answer(skipped(job.language, reason))
            return exchange.result()
        except (OSError, EOFError, pickle.UnpicklingError):
            logger.warning("The analysis process ended while it measured a text")
            self.kill()
            return Answer(skipped(job.language, "The analysis process failed on it."))

    def _on_thread(self, work: Callable[..., T], *arguments: Any) -> asyncio.Future[T]:
        return asyncio.get_running_loop().run_in_executor(self._thread, work, *arguments)

    def _ready_process(self) -> None:
        """On the thread: start the child if there is none."""
        if self._closed:
            raise EOFError("the worker was closed")
        if self._process is not None and self._process.poll() is None:
            return
        started, self._started = self._started, None
        self._known.clear()
        self._process = started or start_child()
        read_frame(_pipe(self._process.stdout))

    def _exchange(self, job: Job) -> Answer:
        """On the thread: one text there, its figures back."""
        process = self._process
        if process is None:
            raise EOFError("the analysis process has gone")
        number, known = self._known.get(job.name) or (0, ())
        said: Sequence[Said] = ()
        base = job.base if number else None
        if base is not None:
            said, known = told(known, base.parts), base.parts
            base = replace(base, parts=())
        stdin = _pipe(process.stdin)
        stdin.write(pack(replace(job, known=number, base=base, said=said)))
        stdin.flush()
        answer = read_frame(_pipe(process.stdout))
        if isinstance(answer, Pieces):
            return self._joined(job, answer, known, _pipe(process.stdout))
        if not isinstance(answer, Answer):
            raise pickle.UnpicklingError("the analysis process answered something else")
        return answer

    def _joined(self, job: Job, pieces: Pieces, known: Sequence[Part], stream: BinaryIO) -> Answer:
        from architect_server.analysis.incremental.text import Layout

        parts: list[Part] = []
        for _ in range(pieces.batches):
            parts += understood(known, read_frame(stream))
        layout = Layout(job.text, pieces.language, tuple(parts), ())
        self._known.pop(job.name, None)
        self._known[job.name] = pieces.number, layout.parts
        if len(self._known) > REMEMBERED:
            del self._known[next(iter(self._known))]
        return Answer(layout.metrics(), layout.parts, pieces.marks)


def _pipe(stream: IO[bytes] | None) -> BinaryIO:
    if stream is None:
        raise EOFError("the analysis process has no pipe")
    return cast(BinaryIO, stream)

"""A persistent, killable process that measures texts, so that no input can freeze the server.

lizard's regular expressions can take for ever on some half-typed text and hold the interpreter
lock while they do (a thread would freeze the loop, and nobody can kill a thread). The process
takes one text at a time over a pipe; when its time is up it is killed, the text is reported as
skipped, and the next one gets a fresh process.
"""

from __future__ import annotations

import asyncio
import logging
import os
import pickle
import subprocess
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from typing import IO, TYPE_CHECKING, Any, BinaryIO, TypeVar, cast

from architect_server.analysis.model import Confidence, FileMetrics
from architect_server.frames import pack, read_frame

if TYPE_CHECKING:  # it brings lizard along, which the server's start need not wait for
    from architect_server.analysis.incremental.text import Part

logger = logging.getLogger(__name__)

T = TypeVar("T")

#: How long a text that nobody waits for any more may keep the next one waiting (seconds).
_ABANDONED_LIMIT = 1.0


@dataclass(frozen=True, slots=True)
class Job:
    """One text to measure, and how long that may take (seconds)."""

    text: str
    language: str
    time_limit: float
    in_pieces: bool = False


@dataclass(frozen=True, slots=True)
class Answer:
    """The figures of a text, and its pieces where it was measured in pieces."""

    metrics: FileMetrics
    parts: tuple[Part, ...] = ()


def skipped(language: str, reason: str) -> FileMetrics:
    """The result of a text that was not measured, with its reason."""
    return FileMetrics(language, Confidence("skipped", reason))


class AnalysisWorker:
    """Measures one text at a time in a child process; callers queue in the order they came.

    The pipe is read and written on a thread of its own, which sleeps while the child works. So
    the child can be killed at any moment without asking the loop, also at the very end.
    """

    def __init__(self) -> None:
        self._process: subprocess.Popen[bytes] | None = None
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="analysis")
        self._turn = asyncio.Lock()
        self._abandoned: asyncio.Task[Answer] | None = None
        self._closed = False

    async def measure(self, text: str, language: str, time_limit: float) -> FileMetrics:
        """Measure ``text``; never raises for bad text.

        It is cancelled as ``analyse`` is.
        """
        return (await self._answer(Job(text, language, time_limit))).metrics

    async def analyse(self, text: str, language: str, time_limit: float) -> Answer:
        """Measure ``text`` in pieces where that can be done; never raises for bad text.

        A caller that is cancelled while it waits leaves the queue. One that is cancelled while
        its text is being measured leaves the child to finish: that is nearly always quicker
        than a fresh process, and the next caller kills it if it is not.
        """
        return await self._answer(Job(text, language, time_limit, in_pieces=True))

    async def _answer(self, job: Job) -> Answer:
        async with self._turn:
            await self._settle_abandoned()
            task = asyncio.create_task(self._measure(job))
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

    def close(self) -> None:
        """End the process at once; nothing can be measured afterwards."""
        self._closed = True
        self.kill()
        self._thread.shutdown(wait=False, cancel_futures=True)

    def kill(self) -> None:
        """End the process at once; the next text gets a fresh one."""
        process, self._process = self._process, None
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
        self._process = subprocess.Popen(
            # -P: the working directory may be a repository, nothing is imported from it.
            [sys.executable, "-P", "-m", "architect_server.worker_process"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env=_child_environment(),
        )
        read_frame(_pipe(self._process.stdout))

    def _exchange(self, job: Job) -> Answer:
        """On the thread: one text there, its figures back."""
        process = self._process
        if process is None:
            raise EOFError("the analysis process has gone")
        stdin = _pipe(process.stdin)
        stdin.write(pack(job))
        stdin.flush()
        answer = read_frame(_pipe(process.stdout))
        if not isinstance(answer, Answer):
            raise pickle.UnpicklingError("the analysis process answered something else")
        return answer


def _pipe(stream: IO[bytes] | None) -> BinaryIO:
    if stream is None:
        raise EOFError("the analysis process has no pipe")
    return cast(BinaryIO, stream)


def _child_environment() -> dict[str, str]:
    """Ours, with our own import path, so that a bundled server's child finds the bundle too."""
    return {**os.environ, "PYTHONPATH": os.pathsep.join(entry for entry in sys.path if entry)}

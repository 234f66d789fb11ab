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
import struct
import sys
from dataclasses import dataclass

from architect_server.analysis.model import Confidence, FileMetrics

logger = logging.getLogger(__name__)

_HEADER = struct.Struct("!I")

#: What a start may take on a slow machine before we give the process up (seconds).
_START_LIMIT = 60.0

#: How long a text that nobody waits for any more may keep the next one waiting (seconds).
_ABANDONED_LIMIT = 1.0


@dataclass(frozen=True, slots=True)
class Job:
    """One text to measure, and how long that may take (seconds)."""

    text: str
    language: str
    time_limit: float


def pack(message: object) -> bytes:
    """A frame: four bytes of length, then the pickle."""
    body = pickle.dumps(message, protocol=pickle.HIGHEST_PROTOCOL)
    return _HEADER.pack(len(body)) + body


async def _read_frame(reader: asyncio.StreamReader) -> object:
    (length,) = _HEADER.unpack(await reader.readexactly(_HEADER.size))
    return pickle.loads(await reader.readexactly(length))  # noqa: S301 - our own child wrote it


def skipped(language: str, reason: str) -> FileMetrics:
    """The result of a text that was not measured, with its reason."""
    return FileMetrics(language, Confidence("skipped", reason))


class AnalysisWorker:
    """Measures one text at a time in a child process; callers queue in the order they came."""

    def __init__(self) -> None:
        self._process: asyncio.subprocess.Process | None = None
        self._turn = asyncio.Lock()
        self._abandoned: asyncio.Task[FileMetrics] | None = None
        self._closed = False

    async def measure(self, text: str, language: str, time_limit: float) -> FileMetrics:
        """Measure ``text``; never raises for bad text.

        A caller that is cancelled while it waits leaves the queue. One that is cancelled while
        its text is being measured leaves the child to finish: that is nearly always quicker
        than a fresh process, and the next caller kills it if it is not.
        """
        async with self._turn:
            await self._settle_abandoned()
            task = asyncio.create_task(self._measure(Job(text, language, time_limit)))
            try:
                return await asyncio.shield(task)
            except asyncio.CancelledError:
                self._abandoned = task
                raise

    async def _settle_abandoned(self) -> None:
        task, self._abandoned = self._abandoned, None
        if task is not None:
            await asyncio.wait({task}, timeout=_ABANDONED_LIMIT)
            if not task.done():
                self.kill()
                await asyncio.wait({task})

    async def _measure(self, job: Job) -> FileMetrics:
        try:
            process = await self._ready_process()
            async with asyncio.timeout(job.time_limit):
                return await self._exchange(process, job)
        except TimeoutError:
            self.kill()
            return skipped(
                job.language, f"its analysis took longer than {job.time_limit:g} seconds"
            )
        except (OSError, EOFError, asyncio.IncompleteReadError, pickle.UnpicklingError):
            logger.warning("The analysis process ended while it measured a text")
            self.kill()
            return skipped(job.language, "the analysis process failed on it")

    async def start(self) -> None:
        """Have the process ready before the first text comes."""
        async with self._turn:
            try:
                await self._ready_process()
            except (OSError, TimeoutError, EOFError, asyncio.IncompleteReadError):
                logger.exception("The analysis process could not be started")
                self.kill()

    async def close(self) -> None:
        """End the process; nothing can be measured afterwards."""
        self._closed = True
        process = self._process
        self.kill()
        if process is not None:
            await process.wait()
        await self._settle_abandoned()

    @property
    def process_id(self) -> int | None:
        """The child's process id, or None while there is none."""
        return self._process.pid if self._process else None

    async def _ready_process(self) -> asyncio.subprocess.Process:
        if self._closed:
            raise EOFError("the worker was closed")
        if self._process is None or self._process.returncode is not None:
            self._process = await asyncio.create_subprocess_exec(
                sys.executable,
                "-P",  # the working directory may be a repository: nothing is imported from it
                "-m",
                "architect_server.worker_process",
                stdin=asyncio.subprocess.PIPE,
                stdout=asyncio.subprocess.PIPE,
                env=_child_environment(),
            )
            async with asyncio.timeout(_START_LIMIT):
                await _read_frame(_pipe(self._process.stdout))
        return self._process

    async def _exchange(self, process: asyncio.subprocess.Process, job: Job) -> FileMetrics:
        stdin = process.stdin
        if stdin is None:
            raise EOFError("the analysis process has no stdin")
        stdin.write(pack(job))
        await stdin.drain()
        metrics = await _read_frame(_pipe(process.stdout))
        if not isinstance(metrics, FileMetrics):
            raise pickle.UnpicklingError("the analysis process answered something else")
        return metrics

    def kill(self) -> None:
        """End the process at once; the next text gets a fresh one."""
        process, self._process = self._process, None
        if process is not None and process.returncode is None:
            process.kill()


def _pipe(stream: asyncio.StreamReader | None) -> asyncio.StreamReader:
    if stream is None:
        raise EOFError("the analysis process has no stdout")
    return stream


def _child_environment() -> dict[str, str]:
    """Ours, with our own import path, so that a bundled server's child finds the bundle too."""
    return {**os.environ, "PYTHONPATH": os.pathsep.join(entry for entry in sys.path if entry)}

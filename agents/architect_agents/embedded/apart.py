"""The parent's side of child.py: start it, listen, and kill it when it is no longer wanted."""

from __future__ import annotations

import logging
import os
import pickle
import struct
import subprocess
import sys
import threading
from collections.abc import Callable
from contextlib import suppress
from typing import IO, Any

from architect_agents.embedded.patience import hard_limit
from architect_agents.embedded.work import Job
from architect_agents.types import Outcome

logger = logging.getLogger(__name__)

_HEADER = struct.Struct("!I")
#: What starting a process may take on a busy machine, in seconds.
_START = 10.0

#: What the child says: a line of progress, the best outcome so far, or the last word.
SAYS, SO_FAR, DONE = "says", "so far", "done"


def send(stream: IO[bytes], message: object) -> None:
    """A frame: four bytes of length, then the pickle."""
    body = pickle.dumps(message, protocol=pickle.HIGHEST_PROTOCOL)
    stream.write(_HEADER.pack(len(body)) + body)
    stream.flush()


def receive(stream: IO[bytes]) -> Any:
    """The next message.

    Raises:
        EOFError: the other side has gone.
    """
    header = stream.read(_HEADER.size)
    if len(header) < _HEADER.size:
        raise EOFError("the other side of the pipe has gone")
    return pickle.loads(stream.read(*_HEADER.unpack(header)))  # noqa: S301 - our own child wrote it


class Apart:
    """One job in a process of its own. ``say`` gets its lines of progress, on another thread."""

    def __init__(self, job: Job, say: Callable[[str], None]) -> None:
        self._job = job
        self._say = say
        self._lock = threading.Lock()
        self._process: subprocess.Popen[bytes] | None = None
        self._unwanted = False

    def outcome(self) -> Outcome:
        """Wait for the last word; where that does not come, for the best so far. Blocks."""
        process = self._start()
        if process is None:
            return _gave_up(self._job, "it was cancelled")
        limit = threading.Timer(_START + hard_limit(self._job.deadline), self.kill)
        limit.daemon = True
        limit.start()
        try:
            return self._heard(process)
        finally:
            limit.cancel()
            self.kill()

    def kill(self) -> None:
        """End the process at once, from any thread; one that has not begun never begins."""
        with self._lock:
            self._unwanted = True
            process = self._process
        if process is not None:
            process.kill()
            process.wait()

    def _start(self) -> subprocess.Popen[bytes] | None:
        with self._lock:
            if not self._unwanted:
                self._process = subprocess.Popen(
                    # -P: the working directory may be a repository, nothing is imported from it.
                    [sys.executable, "-P", "-m", "architect_agents.embedded.child"],
                    stdin=subprocess.PIPE,
                    stdout=subprocess.PIPE,
                    env=_environment(),
                )
            return self._process

    def _heard(self, process: subprocess.Popen[bytes]) -> Outcome:
        best: Outcome | None = None
        assert process.stdin is not None
        assert process.stdout is not None
        with suppress(OSError):  # a child that is gone has closed its end; reading will tell
            send(process.stdin, self._job)
        try:
            while True:
                kind, content = receive(process.stdout)
                if kind == DONE:
                    return _as_outcome(content)
                if kind == SO_FAR:
                    best = _as_outcome(content)
                else:
                    self._say(str(content))
        except (EOFError, OSError, pickle.UnpicklingError):
            logger.warning("the embedded architect's process ended before it was done")
            return best or _gave_up(self._job, "its process ended before it was done")
        finally:
            for pipe in (process.stdin, process.stdout):
                with suppress(OSError):
                    pipe.close()


def _as_outcome(content: object) -> Outcome:
    if not isinstance(content, Outcome):
        raise pickle.UnpicklingError("the embedded architect's process answered something else")
    return content


def _gave_up(job: Job, why: str) -> Outcome:
    return Outcome(
        "no-proposal",
        f"No proposal for {job.request.function}",
        f"The embedded architect found nothing: {why}. Ask again, or ask with a key for a model.",
    )


def _environment() -> dict[str, str]:
    """Ours, with our own import path, so that a bundled server's child finds the bundle too."""
    return {**os.environ, "PYTHONPATH": os.pathsep.join(entry for entry in sys.path if entry)}

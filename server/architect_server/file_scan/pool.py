"""Processes that measure files side by side; one that takes too long over a file is killed."""

from __future__ import annotations

import os
import selectors
import subprocess
import sys
import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from pathlib import Path

from architect_server.file_scan.child import Task, skipped
from architect_server.file_scan.records import Record
from architect_server.frames import Frames, pack

#: Bytes of source in one batch, and files.
_BATCH_BYTES = 150_000
_BATCH_FILES = 24
#: Bytes of source for which another process is worth its start.
_WORTH_A_PROCESS = 400_000
#: Seconds between two looks at the time limits and at a wish to stop.
_BEAT = 0.1
#: Seconds that a process may take until it is ready for its first file.
_TIME_TO_START = 60.0
#: How much longer than its time limit a file may take while the processors are busy elsewhere.
_BUSY = 20
_READ = 1 << 20


class _Child:
    """One process, and the tasks that it has not answered yet."""

    def __init__(self, arguments: Sequence[str]) -> None:
        self.tasks: deque[Task] = deque()
        self._frames = Frames()
        self._ready = False
        self._since = time.monotonic()
        #: What the process had used when the file at hand had half of its time.
        self._used: float | None = None
        self._process = subprocess.Popen(
            # -P: the working directory may be a repository, nothing is imported from it.
            [sys.executable, "-P", "-m", "architect_server.file_scan.child", *arguments],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env={**os.environ, "PYTHONPATH": os.pathsep.join(one for one in sys.path if one)},
        )
        if self._process.stdin is None or self._process.stdout is None:
            raise OSError("the process has no pipe")
        self._stdin, self.stdout = self._process.stdin, self._process.stdout

    def give(self, tasks: Sequence[Task]) -> None:
        """Have ``tasks`` measured behind those that wait. A process that has gone is noticed."""
        if not self.tasks:
            self._begin_file()
        self.tasks.extend(tasks)
        with suppress(OSError):
            self._stdin.write(pack(list(tasks)))
            self._stdin.flush()

    def _begin_file(self) -> None:
        self._since = time.monotonic()
        self._used = None

    def answers(self) -> list[tuple[int, Record]] | None:
        """What has come; None if the process has gone."""
        data = os.read(self.stdout.fileno(), _READ)
        if not data:
            return None
        found = self._frames.take(data)
        if found:
            self._begin_file()
        if found and not self._ready:
            self._ready = True
            del found[0]
        for _ in found:
            self.tasks.popleft()
        return found

    @property
    def is_late(self) -> bool:
        """Whether the file at hand takes more of a processor than it may."""
        if not self.tasks:
            return False
        passed = time.monotonic() - self._since
        if not self._ready:
            return passed > _TIME_TO_START
        limit = self.tasks[0].settings.time_limit
        if passed > limit / 2 and self._used is None:
            self._used = _processor_seconds(self._process.pid)
        if passed <= limit or self._used is None:
            return False
        used = _processor_seconds(self._process.pid) - self._used
        return passed > _BUSY * limit or used > limit / 2

    def end(self) -> None:
        """End the process at once."""
        self._process.kill()
        self._process.wait()
        for pipe in (self._stdin, self.stdout):
            with suppress(OSError):
                pipe.close()


class Pool:
    """Measures ``tasks`` (each with its file's size in bytes), the first ones first."""

    def __init__(
        self,
        tasks: Iterable[tuple[Task, int]],
        cache: Path,
        stopped: Callable[[], bool],
        *,
        background: bool = False,
    ) -> None:
        self._arguments = [str(cache), *(["--background"] if background else [])]
        self._stopped = stopped
        self._batches = deque(_batches(tasks))
        self._selector = selectors.DefaultSelector()
        self._children: list[_Child] = []

    def run(self, size: int) -> Iterator[tuple[int, Record]]:
        """Each task's number with its record, as they come; ``size`` is that of all files."""
        wanted = min(os.cpu_count() or 1, len(self._batches), 1 + size // _WORTH_A_PROCESS)
        try:
            for _ in range(wanted):
                self._begin()
            while any(child.tasks for child in self._children) and not self._stopped():
                for key, _ in self._selector.select(_BEAT):
                    yield from self._take(key.data)
                for child in list(self._children):
                    if child.is_late:
                        limit = child.tasks[0].settings.time_limit
                        yield self._give_up(child, f"Its analysis took over {limit:g} seconds.")
        finally:
            for child in self._children:
                child.end()
            self._selector.close()

    def _begin(self) -> None:
        if self._batches:
            child = _Child(self._arguments)
            self._children.append(child)
            self._selector.register(child.stdout, selectors.EVENT_READ, child)
            self._feed(child)

    def _feed(self, child: _Child) -> None:
        """Keep a second batch waiting, so that the process need not wait for us."""
        while self._batches and len(child.tasks) < _BATCH_FILES // 2:
            child.give(self._batches.popleft())

    def _take(self, child: _Child) -> Iterator[tuple[int, Record]]:
        answers = child.answers()
        if answers is None:
            yield from self._after_its_death(child)
        else:
            yield from answers
            self._feed(child)

    def _after_its_death(self, child: _Child) -> Iterator[tuple[int, Record]]:
        if child.tasks:
            yield self._give_up(child, "The analysis process failed on it.")
        else:
            self._forget(child)

    def _give_up(self, child: _Child, reason: str) -> tuple[int, Record]:
        """Go on without the file at hand, in another process."""
        task = child.tasks.popleft()
        if child.tasks:
            self._batches.appendleft(list(child.tasks))
        self._forget(child)
        self._begin()
        return task.number, skipped(reason)

    def _forget(self, child: _Child) -> None:
        self._selector.unregister(child.stdout)
        self._children.remove(child)
        child.end()


def _batches(tasks: Iterable[tuple[Task, int]]) -> Iterator[list[Task]]:
    batch: list[Task] = []
    weight = 0
    for task, size in tasks:
        batch.append(task)
        weight += size
        if weight >= _BATCH_BYTES or len(batch) >= _BATCH_FILES:
            yield batch
            batch, weight = [], 0
    if batch:
        yield batch


def _processor_seconds(process: int) -> float:
    """What a process has used so far; where the system does not tell, the time of day."""
    try:
        fields = Path(f"/proc/{process}/stat").read_bytes().rpartition(b")")[2].split()
    except OSError:
        return time.monotonic()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

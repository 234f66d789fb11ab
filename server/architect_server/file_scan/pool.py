"""Processes that measure files side by side; one that takes too long over a file is killed."""

from __future__ import annotations

import os
import pickle
import queue
import subprocess
import sys
import threading
import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from pathlib import Path

from architect_server.file_scan.child import BUSY, Task, skipped
from architect_server.file_scan.said import Record
from architect_server.frames import pack, read_frame

#: Bytes of source in one batch, and files.
_BATCH_BYTES = 150_000
_BATCH_FILES = 24
#: Bytes of source for which another process is worth its start.
_WORTH_A_PROCESS = 400_000
#: Seconds between two looks at the time limits and at a wish to stop.
_BEAT = 0.1
#: Seconds that a process may take until it is ready for its first file.
_TIME_TO_START = 60.0


#: What a process sent: that it is ready, then each file's number and record; None: it has gone.
_Message = tuple["_Child", tuple[int, Record] | str | None]


class _Child:
    """One process, and the tasks that it has not answered yet.

    A thread waits for its answers and puts them into ``arrived``: Windows has no other way to
    wait for several pipes.
    """

    def __init__(self, arguments: Sequence[str], arrived: queue.SimpleQueue[_Message]) -> None:
        self.tasks: deque[Task] = deque()
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
        self._stdin, self._stdout = self._process.stdin, self._process.stdout
        self._reader = threading.Thread(target=self._read, args=(arrived,), daemon=True)
        self._reader.start()

    def give(self, tasks: Sequence[Task]) -> None:
        """Have ``tasks`` measured behind those that wait. A process that has gone is noticed."""
        if not self.tasks:
            self._begin_file()
        self.tasks.extend(tasks)
        with suppress(OSError):
            self._stdin.write(pack(list(tasks)))
            self._stdin.flush()

    def _read(self, arrived: queue.SimpleQueue[_Message]) -> None:
        with self._stdout, suppress(EOFError, OSError, pickle.UnpicklingError):
            while True:
                arrived.put((self, read_frame(self._stdout)))
        arrived.put((self, None))

    def _begin_file(self) -> None:
        self._since = time.monotonic()
        self._used = None

    def note(self, answer: tuple[int, Record] | str) -> None:
        """An answer has come: the next file's time begins."""
        self._begin_file()
        if isinstance(answer, str):
            self._ready = True
        else:
            self.tasks.popleft()

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
        return passed > BUSY * limit or used > limit / 2

    def end(self) -> None:
        """End the process at once."""
        self._process.kill()
        self._process.wait()
        with suppress(OSError):
            self._stdin.close()
        self._reader.join()


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
        self._arrived: queue.SimpleQueue[_Message] = queue.SimpleQueue()
        self._children: list[_Child] = []

    def run(self, size: int) -> Iterator[tuple[int, Record]]:
        """Each task's number with its record, as they come; ``size`` is that of all files."""
        wanted = min(_processors(), len(self._batches), 1 + size // _WORTH_A_PROCESS)
        looked = time.monotonic()
        try:
            for _ in range(wanted):
                self._begin()
            while any(child.tasks for child in self._children) and not self._stopped():
                with suppress(queue.Empty):
                    yield from self._take(*self._arrived.get(timeout=_BEAT))
                if time.monotonic() - looked > _BEAT:
                    looked = time.monotonic()
                    yield from self._give_up_late_ones()
        finally:
            for child in self._children:
                child.end()

    def _begin(self) -> None:
        if self._batches:
            child = _Child(self._arguments, self._arrived)
            self._children.append(child)
            self._feed(child)

    def _feed(self, child: _Child) -> None:
        """Keep a second batch waiting, so that the process need not wait for us."""
        while self._batches and len(child.tasks) < _BATCH_FILES // 2:
            child.give(self._batches.popleft())

    def _take(
        self, child: _Child, answer: tuple[int, Record] | str | None
    ) -> Iterator[tuple[int, Record]]:
        if child not in self._children:
            return
        if answer is None:
            yield from self._after_its_death(child)
            return
        child.note(answer)
        if not isinstance(answer, str):
            yield answer
        self._feed(child)

    def _give_up_late_ones(self) -> Iterator[tuple[int, Record]]:
        for child in list(self._children):
            if child.is_late:
                limit = child.tasks[0].settings.time_limit
                yield self._give_up(child, f"Its analysis took over {limit:g} seconds.")

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


def _processors() -> int:
    """Those that this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def _processor_seconds(process: int) -> float:
    """What a process has used so far; where the system does not tell, the time of day."""
    try:
        fields = Path(f"/proc/{process}/stat").read_bytes().rpartition(b")")[2].split()
    except OSError:
        return time.monotonic()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

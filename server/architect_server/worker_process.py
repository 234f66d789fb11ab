"""The child's side of worker.py: read a text, measure it, answer; end when the parent ends."""

from __future__ import annotations

import faulthandler
import sys
from collections.abc import Sequence
from typing import BinaryIO

from architect_server.analysis.incremental.measured import NotProvableError
from architect_server.analysis.incremental.memory import Memory
from architect_server.analysis.incremental.text import IncrementalText
from architect_server.analysis.languages import lizard_name
from architect_server.analysis.measure import measure
from architect_server.frames import pack, read_frame
from architect_server.own_stdout import own_stdout
from architect_server.worker_pipe import (
    BATCH,
    REMEMBERED,
    Answer,
    Job,
    Pieces,
    told,
    understood,
)

#: Characters of source whose pieces are remembered beside the last texts': what was there before.
_REMEMBERED = 100_000


def main() -> None:
    """Serve until stdin ends."""
    requests, answers = sys.stdin.buffer, own_stdout()
    answers.write(pack("ready"))
    answers.flush()
    measuring = _Measuring()
    while isinstance(job := _next(requests), Job):
        # The parent kills us when the time is up. Should the parent be gone by then, this timer
        # ends us: it runs in C and fires even while a regular expression holds the lock.
        faulthandler.dump_traceback_later(job.time_limit * 2 + 1, exit=True, file=sys.stderr)
        frames = measuring.answer(job)
        faulthandler.cancel_dump_traceback_later()
        for frame in frames:
            answers.write(pack(frame))
        answers.flush()


class _Measuring:
    """What the process remembers of texts that it measured."""

    def __init__(self) -> None:
        self._memory = Memory(_REMEMBERED)
        #: The last text of each name, with the number of its answer.
        self._texts: dict[str, tuple[int, IncrementalText]] = {}
        self._number = 0

    def answer(self, job: Job) -> Sequence[object]:
        """The frames of the answer."""
        if lizard_name(job.language) != lizard_name("python"):
            return (Answer(measure(job.text, job.language)),)
        try:
            if job.name:
                return self._in_pieces(job)
            # A text that is measured but once, as in a scan, shall not fill the memory.
            return (Answer(IncrementalText(job.text, job.language, Memory()).metrics()),)
        except NotProvableError:
            return (Answer(measure(job.text, job.language)),)

    def _in_pieces(self, job: Job) -> Sequence[object]:
        number, text = self._texts.pop(job.name, (0, None))
        known = text.parts if text is not None and number == job.known else ()
        base = job.base if known else None
        if base is not None:
            known = tuple(understood(known, job.said))
            text = IncrementalText(base.text, job.language, self._memory, known, base.marks)
            text.become(job.text, base.stretches)
        elif text is not None:
            text.become(job.text)
        else:
            text = IncrementalText(job.text, job.language, self._memory)
        self._number += 1
        self._texts[job.name] = self._number, text
        if len(self._texts) > REMEMBERED:
            del self._texts[next(iter(self._texts))]
        said = told(known, text.parts)
        batches = [said[at : at + BATCH] for at in range(0, len(said), BATCH)]
        return (Pieces(job.language, len(batches), self._number, text.marks), *batches)


def _next(requests: BinaryIO) -> Job | None:
    try:
        job = read_frame(requests)
    except EOFError:
        return None
    return job if isinstance(job, Job) else None


if __name__ == "__main__":
    main()

"""The child's side of worker.py: read a text, measure it, answer; end when the parent ends."""

from __future__ import annotations

import faulthandler
import sys
from collections.abc import Sequence
from typing import BinaryIO

from architect_server.analysis.incremental.measured import NotProvableError
from architect_server.analysis.incremental.text import IncrementalText, Memory
from architect_server.analysis.languages import lizard_name
from architect_server.analysis.measure import measure
from architect_server.frames import pack, read_frame
from architect_server.own_stdout import own_stdout
from architect_server.worker_pipe import BATCH, Answer, Job, Pieces

#: Characters of source whose pieces are remembered: those of some large open texts.
_REMEMBERED = 2_000_000


def main() -> None:
    """Serve until stdin ends."""
    requests, answers = sys.stdin.buffer, own_stdout()
    answers.write(pack("ready"))
    answers.flush()
    memory = Memory(_REMEMBERED)
    while isinstance(job := _next(requests), Job):
        # The parent kills us when the time is up. Should the parent be gone by then, this timer
        # ends us: it runs in C and fires even while a regular expression holds the lock.
        faulthandler.dump_traceback_later(job.time_limit * 2 + 1, exit=True, file=sys.stderr)
        frames = _answer(job, memory)
        faulthandler.cancel_dump_traceback_later()
        for frame in frames:
            answers.write(pack(frame))
        answers.flush()


def _answer(job: Job, memory: Memory) -> Sequence[object]:
    if lizard_name(job.language) == lizard_name("python"):
        # A text that is measured but once, as in a scan, shall not fill the memory.
        known = memory if job.in_pieces else Memory()
        try:
            pieces = IncrementalText(job.text, job.language, known)
        except NotProvableError:
            return (Answer(measure(job.text, job.language)),)
        if not job.in_pieces:
            return (Answer(pieces.metrics()),)
        parts = pieces.parts
        batches = [parts[at : at + BATCH] for at in range(0, len(parts), BATCH)]
        return (Pieces(job.language, len(batches)), *batches)
    return (Answer(measure(job.text, job.language)),)


def _next(requests: BinaryIO) -> Job | None:
    try:
        job = read_frame(requests)
    except EOFError:
        return None
    return job if isinstance(job, Job) else None


if __name__ == "__main__":
    main()

"""The child's side of worker.py: read a text, measure it, answer; end when the parent ends."""

from __future__ import annotations

import faulthandler
import os
import sys
from typing import BinaryIO

from architect_server.analysis.measure import measure
from architect_server.worker import Job, pack, read_frame


def main() -> None:
    """Serve until stdin ends."""
    requests, answers = sys.stdin.buffer, _own_stdout()
    answers.write(pack("ready"))
    answers.flush()
    while isinstance(job := _next(requests), Job):
        # The parent kills us when the time is up. Should the parent be gone by then, this timer
        # ends us: it runs in C and fires even while a regular expression holds the lock.
        faulthandler.dump_traceback_later(job.time_limit * 2 + 1, exit=True, file=sys.stderr)
        metrics = measure(job.text, job.language)
        faulthandler.cancel_dump_traceback_later()
        answers.write(pack(metrics))
        answers.flush()


def _next(requests: BinaryIO) -> Job | None:
    try:
        job = read_frame(requests)
    except EOFError:
        return None
    return job if isinstance(job, Job) else None


def _own_stdout() -> BinaryIO:
    """Keep the pipe for ourselves; whatever prints (lizard does) goes to stderr."""
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    return answers


if __name__ == "__main__":
    main()

"""The child's side of apart.py: take one job, work on it, answer; end when the parent ends."""

from __future__ import annotations

import os
import sys
import threading
from typing import BinaryIO

from architect_agents.embedded.apart import DONE, SAYS, SO_FAR, receive, send
from architect_agents.embedded.patience import Patience
from architect_agents.embedded.work import Job, Work
from architect_agents.types import Outcome


def main() -> None:
    """Work on the one job that stdin brings."""
    orders, answers = sys.stdin.buffer, _own_stdout()
    job = receive(orders)
    if not isinstance(job, Job):
        return
    threading.Thread(target=_end_with_parent, args=(orders,), daemon=True).start()

    def say(line: str) -> None:
        send(answers, (SAYS, line))

    def keep(outcome: Outcome) -> None:
        send(answers, (SO_FAR, outcome))

    patience = Patience.starting_now(job.deadline, threading.Event())
    send(answers, (DONE, Work(job, patience, say, keep).outcome()))


def _end_with_parent(orders: BinaryIO) -> None:
    """Nothing more comes on stdin but its end."""
    orders.read()
    os._exit(1)


def _own_stdout() -> BinaryIO:
    """Keep the pipe for ourselves; whatever prints (lizard does) goes to stderr."""
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    return answers


if __name__ == "__main__":
    main()

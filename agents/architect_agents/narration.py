"""Tells of a run: short lines of progress, at most four a second, and every step to a listener."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from architect_agents.model import NoticeKind
from architect_agents.types import Listen, Report, Step, Todo

INTERVAL = 0.25
LONGEST = 120
_SENTENCE = re.compile(r"[^.!?\n]*[.!?\n]")


@dataclass(slots=True)
class Narrator:
    """Collects notices and reports the newest whole sentence. Later lines win over held ones.

    ``listen`` hears of every step as it is, where somebody does.
    """

    report: Report
    clock: Callable[[], float] = time.monotonic
    percentage: int | None = None
    listen: Listen | None = None
    _unfinished: str = ""
    _held: str = ""
    _last: float = float("-inf")

    def notice(self, kind: NoticeKind, words: str) -> None:
        """Hear of a piece of an answer, see model.Watch."""
        self._tell(Step(kind, words))
        if kind in ("thinking", "text"):
            self._unfinished = (self._unfinished + words)[-2000:]
            sentences = _SENTENCE.findall(self._unfinished)
            if sentences:
                self._unfinished = self._unfinished[len("".join(sentences)) :]
                said = [whole for sentence in sentences if (whole := sentence.strip(" *#\n-"))]
                if said:
                    self._hold(said[-1])
        elif kind == "tool":
            self._unfinished = ""
            self._hold(f"uses {words}")
        else:
            self._unfinished = ""
            self._hold("the provider faltered, asking again")

    def say(self, line: str) -> None:
        """Report a line of ours, or hold it until the last one has been up for a moment."""
        self._tell(Step("status", line))
        self._hold(line)

    def todos(self, todos: Sequence[Todo]) -> None:
        """Hear of the model's list of its work; the entry in progress is reported."""
        self._tell(Step("todos", todos=tuple(todos)))
        done = sum(todo.state == "completed" for todo in todos)
        doing = next((todo.text for todo in todos if todo.state == "in_progress"), "")
        if doing:
            self._hold(f"{doing} ({done + 1} of {len(todos)})")

    def _tell(self, step: Step) -> None:
        if self.listen is not None:
            self.listen(step)

    def _hold(self, line: str) -> None:
        self._held = shorten(line)
        self.flush()

    def flush(self, at_once: bool = False) -> None:
        """Report what is held if it is time to, or in any case with ``at_once``."""
        now = self.clock()
        if self._held and (at_once or now - self._last >= INTERVAL):
            self._last = now
            line, self._held = self._held, ""
            self.report(line, self.percentage)


def shorten(line: str) -> str:
    """One line of at most LONGEST characters."""
    line = " ".join(line.split())
    return line if len(line) <= LONGEST else line[: LONGEST - 1] + "…"

"""`architect/progress`: every step of a run, for clients that show all of them."""

from __future__ import annotations

import asyncio
import time
import uuid
from collections.abc import Callable, Mapping
from typing import Any

from architect_server.asking import Step

METHOD = "architect/progress"
#: Least time between two notifications of a run (seconds): at most four a second.
BEAT = 0.25
#: Characters of one piece of the model's words; longer ones go out in several.
_LONGEST_PIECE = 20_000

Send = Callable[[Mapping[str, Any]], None]


class StepStream:
    """Sends the steps of one run in order, none left out, collected between two beats.

    Pieces of the model's words that follow one another become one.
    """

    def __init__(self, send: Send, uri: str, title: str) -> None:
        self.run = str(uuid.uuid4())
        self._send = send
        self._head = {"run": self.run, "uri": uri, "title": title}
        self._waiting: list[Step] = []
        self._last = float("-inf")
        self._timer: asyncio.TimerHandle | None = None
        self._loop = asyncio.get_running_loop()
        self._ended = False

    def begin(self) -> None:
        """Tell that the run has begun."""
        self._notify("began", {})

    def hear(self, step: Step) -> None:
        """Take a step, from any thread."""
        self._loop.call_soon_threadsafe(self._take, step)

    def end(self, state: str, ending: Mapping[str, Any]) -> None:
        """Tell how the run ended: "done", "failed" or "cancelled"; then nothing more is sent."""
        if self._ended:
            return
        if self._timer is not None:
            self._timer.cancel()
        self._notify(state, ending)
        self._ended = True

    def _take(self, step: Step) -> None:
        if self._ended:
            return
        last = self._waiting[-1] if self._waiting else None
        joins = last is not None and last.kind == step.kind and step.kind in ("thinking", "text")
        if last is not None and joins and len(last.text) < _LONGEST_PIECE:
            self._waiting[-1] = Step(step.kind, last.text + step.text)
        else:
            self._waiting.append(step)
        if self._timer is None:
            wait = max(0.0, self._last + BEAT - time.monotonic())
            self._timer = self._loop.call_later(wait, self._flush)

    def _flush(self) -> None:
        self._timer = None
        self._notify("running", {})

    def _notify(self, state: str, more: Mapping[str, Any]) -> None:
        self._last = time.monotonic()
        steps = [as_wire(step) for step in self._waiting]
        self._waiting.clear()
        self._send({**self._head, "state": state, "steps": steps, **more})


def as_wire(step: Step) -> dict[str, Any]:
    """A step as JSON values."""
    if step.kind == "todos":
        todos = [{"text": todo.text, "state": todo.state} for todo in step.todos]
        return {"kind": "todos", "todos": todos}
    return {"kind": step.kind, "text": step.text}

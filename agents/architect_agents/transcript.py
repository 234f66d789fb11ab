"""The record of a run, for the person who asked: JSON lines, redacted, readable by them alone."""

from __future__ import annotations

import json
import os
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from uuid import uuid4

from architect_agents.model import AssistantTurn, Text, Turn

KEPT = 50


def _nothing(text: str) -> str:
    return text


@dataclass(slots=True)
class Transcript:
    """Appends to one file in ``folder``, or to nothing where there is no folder.

    Every string passes ``redact``. A folder that can't be written costs the record, not the run.
    """

    folder: Path | None = None
    redact: Callable[[str], str] = _nothing
    clock: Callable[[], float] = time.time
    path: Path | None = field(default=None, init=False)

    def write(self, kind: str, data: Mapping[str, Any]) -> None:
        """One line: when, what kind of event, and its data."""
        if self.folder is None:
            return
        entry = {"at": round(self.clock(), 3), "kind": kind, **self._redacted(dict(data))}
        line = json.dumps(entry, ensure_ascii=False, default=str) + "\n"
        try:
            if self.path is None:
                self.path = _new_file(self.folder, self.clock())
            with self.path.open("a", encoding="utf-8") as file:
                file.write(line)
        except OSError:
            self.folder = None

    def turn(self, turn: Turn) -> None:
        """Record one side's turn, with text and tools but without signatures."""
        if isinstance(turn, AssistantTurn):
            calls = [{"name": call.name, "arguments": dict(call.arguments)} for call in turn.calls]
            self.write("answer", {"text": turn.text, "calls": calls, "stop": turn.stop})
            return
        said = [
            {"text": part.text}
            if isinstance(part, Text)
            else {"result": part.text, "failed": part.failed}
            for part in turn.parts
        ]
        self.write("said", {"parts": said})

    def _redacted(self, value: Any) -> Any:
        if isinstance(value, str):
            return self.redact(value)
        if isinstance(value, Mapping):
            return {key: self._redacted(item) for key, item in value.items()}
        if isinstance(value, list | tuple):
            return [self._redacted(item) for item in value]
        return value


def _new_file(folder: Path, now: float) -> Path:
    """An empty file of mode 0600 that nobody else made; the oldest beyond KEPT go."""
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    stamp = time.strftime("%Y%m%d-%H%M%S", time.gmtime(now))
    path = folder / f"run-{stamp}-{uuid4().hex[:8]}.jsonl"
    os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
    for old in sorted(folder.glob("run-*.jsonl"))[:-KEPT]:
        old.unlink(missing_ok=True)
    return path

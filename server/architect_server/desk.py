"""What one connection knows and does at a keystroke, and the way out to the editor.

Nothing here needs pygls or lsprotocol, whose import takes longer than a first analysis.
"""

from __future__ import annotations

import asyncio
import json
import subprocess
from collections.abc import Callable, Coroutine
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pygls import uris

from architect_server.document import Document
from architect_server.live import LiveTexts
from architect_server.schedule import Schedule
from architect_server.session import Session
from architect_server.shown import ShownPieces
from architect_server.worker import AnalysisWorker
from architect_server.workspace_scan import WorkspaceScan

if TYPE_CHECKING:  # it brings the architects' words along
    from architect_server.answers import Answer
    from architect_server.inquiries import Opinion

#: Kinds of a message to the person.
WARNING, INFO = 2, 3


@lru_cache(maxsize=256)  # every keystroke asks
def to_path(uri: str) -> Path | None:
    """The file behind ``uri``; None for untitled texts and other schemes."""
    path = uris.to_fs_path(uri) if uri.startswith("file:") else None
    return Path(path) if path else None


class Desk:
    """The state of one connection. Meant for use on the loop only."""

    def __init__(
        self, send: Callable[[str], None], child: subprocess.Popen[bytes] | None = None
    ) -> None:
        """``child`` is an analysis process that was started ahead."""
        #: Sends the body of one message.
        self.send = send
        self.session = Session()
        self.schedule = Schedule()
        self.worker = AnalysisWorker(child)
        self.live = LiveTexts()
        #: Each open document's pieces as they are shown.
        self.shown: dict[str, ShownPieces] = {}
        #: What is to be shown of each open document, as a JSON array of diagnostics.
        self.diagnostics: dict[str, str] = {}
        #: What each document's client shows now, so that nothing is published twice.
        self.published: dict[str, str] = {}
        #: What each document's client was given on request, with the number of that answer.
        self.pulled: dict[str, tuple[str, int]] = {}
        #: The newest review or answer about each document, whose points are shown in the text.
        self.opinions: dict[str, Opinion] = {}
        #: The newest answer about a function of each document, for a wish about it.
        self.proposals: dict[str, Answer] = {}
        #: Files that are not open: what is known of them.
        self.workspace_scan = WorkspaceScan()
        #: Who wants to hear of every new text, and of texts that are about to be closed.
        self.on_typed: list[Callable[[Document], None]] = []
        self.on_closing: list[Callable[[str], None]] = []
        #: Whether the client's ``initialize`` was taken in.
        self.greeted = False
        self._background: set[asyncio.Task[Any]] = set()

    def path_of(self, uri: str) -> Path | None:
        """The file behind ``uri``: a cell's is its notebook, an untitled text has none."""
        notebooks = self.session.notebooks
        return notebooks[uri] if uri in notebooks else to_path(uri)

    def background(self, run: Coroutine[Any, Any, None]) -> None:
        """Run something for the length of the connection (a task needs a holder)."""
        task = asyncio.get_running_loop().create_task(run)
        self._background.add(task)
        task.add_done_callback(self._background.discard)

    def notify(self, method: str, params: str) -> None:
        """Send a notification whose parameters are JSON."""
        self.send(f'{{"jsonrpc":"2.0","method":"{method}","params":{params}}}')

    def answer(self, identifier: Any, result: str) -> None:
        """Send a request's result, which is JSON."""
        self.send(f'{{"jsonrpc":"2.0","id":{json.dumps(identifier)},"result":{result}}}')

    def say(self, message: str, kind: int = INFO) -> None:
        """Show one sentence to the person."""
        self.notify("window/showMessage", json.dumps({"type": kind, "message": message}))

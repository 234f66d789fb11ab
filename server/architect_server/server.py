"""The language server object: pygls plus our session, schedule and analysis process."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine, Generator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from lsprotocol import types as lsp
from pygls.lsp.server import LanguageServer
from pygls.protocol import LanguageServerProtocol, default_converter, lsp_method

from architect_server import __version__
from architect_server.analysis.languages import LANGUAGE_IDS
from architect_server.applied import Applied
from architect_server.convert import to_path
from architect_server.inquiries import Opinion
from architect_server.live import LiveTexts
from architect_server.refactor import Answer
from architect_server.schedule import Schedule
from architect_server.session import Session
from architect_server.worker import AnalysisWorker
from architect_server.workspace_scan import WorkspaceScan

#: A step of a pygls generator handler: which handler to run, with which arguments.
_Step = Generator[tuple[Callable[..., Any], tuple[Any, ...], None], Any, None]


#: The cells that are sent to us: those in a language that lizard reads.
_CELLS = lsp.NotebookDocumentSyncOptions(
    notebook_selector=[
        lsp.NotebookDocumentFilterWithCells(
            cells=[lsp.NotebookCellLanguage(language) for language in sorted(LANGUAGE_IDS)]
        )
    ]
)


class ArchitectProtocol(LanguageServerProtocol):
    """pygls's protocol without its own copy of the texts.

    pygls splits lines at form feeds, U+2028 and others that the protocol does not know, so an
    incremental edit below such a character would corrupt its copy. Ours is the Session's.
    """

    @lsp_method(lsp.TEXT_DOCUMENT_DID_OPEN)
    def lsp_text_document__did_open(self, params: lsp.DidOpenTextDocumentParams) -> _Step:
        """Hand over to our handler."""
        yield self.fm.features[lsp.TEXT_DOCUMENT_DID_OPEN], (params,), None

    @lsp_method(lsp.TEXT_DOCUMENT_DID_CHANGE)
    def lsp_text_document__did_change(self, params: lsp.DidChangeTextDocumentParams) -> _Step:
        """Hand over to our handler."""
        yield self.fm.features[lsp.TEXT_DOCUMENT_DID_CHANGE], (params,), None

    @lsp_method(lsp.TEXT_DOCUMENT_DID_CLOSE)
    def lsp_text_document__did_close(self, params: lsp.DidCloseTextDocumentParams) -> _Step:
        """Hand over to our handler."""
        yield self.fm.features[lsp.TEXT_DOCUMENT_DID_CLOSE], (params,), None

    @lsp_method(lsp.NOTEBOOK_DOCUMENT_DID_OPEN)
    def lsp_notebook_document__did_open(self, params: lsp.DidOpenNotebookDocumentParams) -> _Step:
        """Hand over to our handler."""
        yield self.fm.features[lsp.NOTEBOOK_DOCUMENT_DID_OPEN], (params,), None

    @lsp_method(lsp.NOTEBOOK_DOCUMENT_DID_CHANGE)
    def lsp_notebook_document__did_change(
        self, params: lsp.DidChangeNotebookDocumentParams
    ) -> _Step:
        """Hand over to our handler."""
        yield self.fm.features[lsp.NOTEBOOK_DOCUMENT_DID_CHANGE], (params,), None

    @lsp_method(lsp.NOTEBOOK_DOCUMENT_DID_CLOSE)
    def lsp_notebook_document__did_close(self, params: lsp.DidCloseNotebookDocumentParams) -> _Step:
        """Hand over to our handler."""
        yield self.fm.features[lsp.NOTEBOOK_DOCUMENT_DID_CLOSE], (params,), None


@dataclass(frozen=True, slots=True)
class FileReport:
    """What was found in one file that is not open; ``result_id`` is empty if that is nothing."""

    uri: str
    items: list[lsp.Diagnostic]
    result_id: str


class ArchitectServer(LanguageServer):
    """One connection to one editor."""

    def __init__(self) -> None:
        super().__init__(
            "architect-lsp",
            __version__,
            protocol_cls=ArchitectProtocol,
            converter_factory=default_converter,
            notebook_document_sync=_CELLS,
        )
        self.session = Session()
        self.schedule = Schedule()
        self.worker = AnalysisWorker()
        self.live = LiveTexts()
        #: The architect's run that goes on, by workspace; one at a time each.
        self.asking: dict[str, asyncio.Task[Any]] = {}
        #: The agent that the person chose for this session, by workspace.
        self.chosen_agents: dict[str, str] = {}
        #: What each document's client shows now, so that nothing is published twice.
        self.published: dict[str, list[lsp.Diagnostic]] = {}
        #: What each document's client was given on request, with the number of that answer.
        self.pulled: dict[str, tuple[list[lsp.Diagnostic], int]] = {}

        #: The newest review or answer about each document, whose points are shown in the text.
        self.opinions: dict[str, Opinion] = {}
        #: The newest answer about a function of each document, for a wish about it.
        self.proposals: dict[str, Answer] = {}
        #: Proposals that were applied, while it shows what the person makes of them.
        self.applied: dict[str, Applied] = {}
        #: What is being written into the agents' memory.
        self.remembering: set[asyncio.Future[None]] = set()
        #: The names of the helpers that architects made in each document.
        self.made: dict[str, tuple[str, ...]] = {}
        self.rename_announced = False
        #: Files that are not open: what is known of them, and what the client was told last.
        self.workspace_scan: WorkspaceScan[FileReport] = WorkspaceScan()
        self.workspace_reported: dict[str, str] = {}
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

    def say(self, message: str, kind: lsp.MessageType = lsp.MessageType.Info) -> None:
        """Show one sentence to the person."""
        self.window_show_message(lsp.ShowMessageParams(type=kind, message=message))

"""The language server object: pygls plus our session, schedule and analysis process."""

from __future__ import annotations

import asyncio
import json
from typing import Any, TypeVar

from lsprotocol import types as lsp
from pygls.lsp.server import LanguageServer
from pygls.protocol import default_converter

from architect_server import __version__
from architect_server.analysis.languages import LANGUAGE_IDS
from architect_server.applied import Applied
from architect_server.desk import Desk
from architect_server.protocol import ArchitectProtocol
from architect_server.texts import plain_handlers

T = TypeVar("T")

#: The cells that are sent to us: those in a language that lizard reads.
_CELLS = lsp.NotebookDocumentSyncOptions(
    notebook_selector=[
        lsp.NotebookDocumentFilterWithCells(
            cells=[lsp.NotebookCellLanguage(language) for language in sorted(LANGUAGE_IDS)]
        )
    ]
)


class ArchitectServer(LanguageServer):
    """One connection to one editor."""

    protocol: ArchitectProtocol

    def __init__(self, desk: Desk | None = None) -> None:
        super().__init__(
            "architect-lsp",
            __version__,
            protocol_cls=ArchitectProtocol,
            converter_factory=default_converter,
            notebook_document_sync=_CELLS,
        )
        self.desk = desk = desk or Desk(self.protocol.send_json)
        self.protocol.plain = plain_handlers(desk)
        self.session = desk.session
        self.schedule = desk.schedule
        self.worker = desk.worker
        self.opinions = desk.opinions
        self.workspace_scan = desk.workspace_scan
        self.path_of = desk.path_of
        self.say = desk.say
        self.background = desk.background
        #: The architect's run that goes on, by workspace; one at a time each.
        self.asking: dict[str, asyncio.Task[Any]] = {}
        #: The agent that the person chose for this session, by workspace.
        self.chosen_agents: dict[str, str] = {}
        #: Proposals that were applied, while it shows what the person makes of them.
        self.applied: dict[str, Applied] = {}
        #: What is being written into the agents' memory.
        self.remembering: set[asyncio.Future[None]] = set()
        #: The names of the helpers that architects made in each document.
        self.made: dict[str, tuple[str, ...]] = {}
        self.rename_announced = False
        #: The newest answer about a function of each document, for a wish about it.
        self.proposals = desk.proposals
        #: What the client was told last of the files that are not open.
        self.workspace_reported: dict[str, str] = {}
        #: Whether the client asks for the workspace's diagnostics by itself.
        self.asks_for_workspace = False
        #: Whether closed files are published, for a client that asks for none, and just now.
        self.follows_workspace = False
        self.following = False

    def typed(self, text: str, kind: type[T]) -> T:
        """One of the protocol's typed objects from its JSON."""
        return self.protocol._converter.structure(json.loads(text), kind)

    def untyped(self, value: Any) -> dict[str, Any]:
        """The JSON values of one of the protocol's typed objects."""
        plain: dict[str, Any] = self.protocol._converter.unstructure(value)
        return plain

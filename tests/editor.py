"""An editor for tests: pytest-lsp's client with the recorded capabilities of a real one.

It keeps texts as an editor does, applies the server's edits to them, and lets a test wait for
what the server sends instead of sleeping.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import re
import sys
from collections.abc import AsyncIterator, Callable, Coroutine, Mapping, Sequence
from contextlib import asynccontextmanager
from enum import Enum
from pathlib import Path
from typing import Any

import attrs
import pytest_lsp
from lsprotocol import types as lsp
from lsprotocol.converters import get_converter
from pygls.protocol import default_converter
from pytest_lsp.client import DEFAULT_CLIENT_FEATURES, LanguageClient, register_lsp_features

SERVER = [sys.executable, "-P", "-m", "architect_server", "serve"]
#: Recorded while the real editor connected, by the end-to-end tests, which keep them current.
RECORDINGS = Path(__file__).parent / "clients"
OLDER_RECORDINGS = Path(pytest_lsp.__file__).parent / "clients"
VSCODE = "vscode"
NEOVIM = "neovim-0.11"
OLD_NEOVIM = "neovim-0.7"
EMACS = "emacs-eglot"
#: A newer eglot than Debian 12's, as pytest-lsp recorded it: this one says its name.
NEW_EGLOT = "emacs_v29.1"
LSP_MODE = "emacs-lsp-mode"
ALE = "vim-ale"
CLIENTS = sorted(path.stem for path in RECORDINGS.glob("*.json"))

_WAIT = 60.0
_LINE_END = re.compile(r"\r\n|\r|\n")


def recorded(client: str) -> dict[str, Any]:
    """The capabilities that this client sent when it was recorded, as JSON values.

    What was not recorded here is one of pytest-lsp's older recordings.
    """
    path = RECORDINGS / f"{client}.json"
    if not path.exists():
        path = OLDER_RECORDINGS / f"{client}.json"
    recording: dict[str, Any] = json.loads(path.read_text("utf-8"))
    return recording


class Editor:
    """One running server with its client."""

    def __init__(self, client: Any, encoding: str, pulls: bool) -> None:
        self.client = client
        self.encoding = encoding
        #: The client asks for diagnostics instead of being sent them.
        self.pulls = pulls
        self.texts: dict[str, str] = {}
        self.versions: dict[str, int] = {}
        self.published: dict[str, lsp.PublishDiagnosticsParams] = {}
        self.publications: list[lsp.PublishDiagnosticsParams] = []
        self.messages: list[str] = []
        self.edits: list[lsp.ApplyWorkspaceEditParams] = []
        self.progress: list[tuple[Any, Mapping[str, Any]]] = []
        self.accept_edits = True
        self.capabilities = lsp.ServerCapabilities()
        self.questions: list[lsp.ShowMessageRequestParams] = []
        self.choice: str | None = "Allow for this workspace"
        #: Other answers, by words of the question.
        self.choices: dict[str, str] = {}
        self.refusal = "the user said no"
        #: What `architect/progress` told, and what `architect/diagnostics` shall answer.
        self.steps: list[Any] = []
        self.all_diagnostics: list[dict[str, Any]] = []
        self.asked_diagnostics: list[str | None] = []
        #: Documents that the server had shown, and the methods that it registered.
        self.shown: list[lsp.ShowDocumentParams] = []
        self.registered: set[str] = set()
        self.on_edit: Callable[[], None] = lambda: None
        self._changed = asyncio.Condition()

    async def until(self, condition: Callable[[], Any]) -> Any:
        """Wait until ``condition()`` is true after something the server sent; gives its value."""
        async with asyncio.timeout(_WAIT), self._changed:
            await self._changed.wait_for(condition)
        return condition()

    async def _notice(self) -> None:
        async with self._changed:
            self._changed.notify_all()

    def open(self, uri: str, text: str, language: str = "python") -> None:
        """Open a text that need not exist on disk."""
        self.texts[uri], self.versions[uri] = text, 1
        item = lsp.TextDocumentItem(uri, language, 1, text)
        self.client.text_document_did_open(lsp.DidOpenTextDocumentParams(item))

    def replace(self, uri: str, text: str) -> None:
        """Replace the whole text."""
        self._send_change(uri, [lsp.TextDocumentContentChangeWholeDocument(text)], text)

    def edit(self, uri: str, old: str, new: str) -> None:
        """Replace the first ``old`` by ``new`` with an incremental change."""
        text = self.texts[uri]
        start = text.index(old)
        where = lsp.Range(self.position(text, start), self.position(text, start + len(old)))
        change = lsp.TextDocumentContentChangePartial(range=where, text=new)
        self._send_change(uri, [change], text[:start] + new + text[start + len(old) :])

    def _send_change(self, uri: str, changes: Sequence[Any], text: str) -> None:
        self.texts[uri] = text
        self.versions[uri] += 1
        identifier = lsp.VersionedTextDocumentIdentifier(self.versions[uri], uri)
        self.client.text_document_did_change(
            lsp.DidChangeTextDocumentParams(identifier, list(changes))
        )

    async def diagnostics(
        self, uri: str, wanted: Callable[[Sequence[lsp.Diagnostic]], Any] = lambda found: True
    ) -> Sequence[lsp.Diagnostic]:
        """The diagnostics of the text, once some are published, or pulled, that are ``wanted``."""
        if self.pulls:
            return await self._pulled(uri, wanted)
        await self.until(lambda: uri in self.published and wanted(self.published[uri].diagnostics))
        return self.published[uri].diagnostics

    async def _pulled(
        self, uri: str, wanted: Callable[[Sequence[lsp.Diagnostic]], Any]
    ) -> Sequence[lsp.Diagnostic]:
        """Ask, as an editor does when it looks again, until the answer is ``wanted``."""
        params = lsp.DocumentDiagnosticParams(lsp.TextDocumentIdentifier(uri))
        async with asyncio.timeout(_WAIT):
            while True:
                report = await self.client.text_document_diagnostic_async(params)
                if wanted(report.items):
                    return list(report.items)
                async with self._changed:  # something may have come from the server meanwhile
                    await _at_most(0.5, self._changed.wait())

    async def actions(
        self, uri: str, diagnostic: lsp.Diagnostic, only: list[Any] | None = None
    ) -> list[lsp.CodeAction]:
        """What the menu at a diagnostic lists."""
        context = lsp.CodeActionContext(diagnostics=[diagnostic], only=only)
        found = await self.client.text_document_code_action_async(
            lsp.CodeActionParams(lsp.TextDocumentIdentifier(uri), diagnostic.range, context)
        )
        return list(found or [])

    def choose(self, action: lsp.CodeAction) -> asyncio.Future[Any]:
        """Run an action's command; the future is its answer."""
        assert action.command
        params = lsp.ExecuteCommandParams(action.command.command, action.command.arguments)
        return asyncio.ensure_future(self.client.workspace_execute_command_async(params))

    def take(self, action: lsp.CodeAction) -> None:
        """Apply an action's own edit, as an editor does when it is chosen."""
        assert action.edit
        self._apply(action.edit)

    def text_at(self, uri: str, where: lsp.Range) -> str:
        """The text that a range covers."""
        text = self.texts[uri]
        return text[self.offset(text, where.start) : self.offset(text, where.end)]

    def position(self, text: str, offset: int) -> lsp.Position:
        """The protocol's position of an offset, by the plainest reading of the protocol."""
        starts = _line_starts(text)
        line = max(number for number, start in enumerate(starts) if start <= offset)
        return lsp.Position(line, self._units(text[starts[line] : offset]))

    def offset(self, text: str, position: lsp.Position) -> int:
        """The offset of a position."""
        offset = _line_starts(text)[position.line]
        units = 0
        while units < position.character:
            units += self._units(text[offset])
            offset += 1
        return offset

    def _units(self, text: str) -> int:
        size = {"utf-8": 1, "utf-16": 2, "utf-32": 4}[self.encoding]
        codec = {"utf-8": "utf-8", "utf-16": "utf-16-le", "utf-32": "utf-32-le"}[self.encoding]
        return len(text.encode(codec)) // size

    def _apply(self, edit: lsp.WorkspaceEdit) -> None:
        for uri, edits in _edits_by_uri(edit):
            text = self.texts[uri]
            for one in sorted(edits, key=lambda e: self.offset(text, e.range.start), reverse=True):
                start, end = self.offset(text, one.range.start), self.offset(text, one.range.end)
                text = text[:start] + one.new_text + text[end:]
            self.replace(uri, text)


async def _at_most(seconds: float, awaited: Coroutine[Any, Any, Any]) -> None:
    with contextlib.suppress(TimeoutError):
        await asyncio.wait_for(awaited, seconds)


def _edits_by_uri(edit: lsp.WorkspaceEdit) -> list[tuple[str, Sequence[Any]]]:
    if edit.document_changes:
        return [
            (change.text_document.uri, change.edits)
            for change in edit.document_changes
            if isinstance(change, lsp.TextDocumentEdit)
        ]
    return list((edit.changes or {}).items())


def _line_starts(text: str) -> list[int]:
    return [0, *(match.end() for match in _LINE_END.finditer(text))]


@asynccontextmanager
async def open_editor(
    workspace: Path,
    client: str = VSCODE,
    options: Any = None,
    change_capabilities: Callable[[dict[str, Any]], None] = lambda capabilities: None,
    configuration: dict[str, Any] | None = None,
) -> AsyncIterator[Editor]:
    """A server started over stdio by a client of that kind, with ``workspace`` opened."""
    recording = recorded(client)
    change_capabilities(recording["capabilities"])
    capabilities = get_converter().structure(recording["capabilities"], lsp.ClientCapabilities)
    language_client = LanguageClient(
        converter_factory=default_converter, configuration={"": configuration or {}}
    )
    # lsprotocol takes a code action that carries a command for a bare command.
    language_client.protocol._converter.register_structure_hook(
        lsp.Command | lsp.CodeAction, _structure_action
    )
    # It has no way to read which notebooks a server wants.
    for notebooks in (lsp.NotebookDocumentFilterWithCells, lsp.NotebookDocumentFilterWithNotebook):
        attrs.resolve_types(notebooks)
        language_client.protocol._converter.register_structure_hook(
            attrs.fields(notebooks).notebook.type, lambda value, kind: value
        )
    editor = Editor(
        language_client, "utf-16", pulls=capabilities.text_document.diagnostic is not None
    )
    _listen(editor)
    await language_client.start_io(*SERVER)
    result = await language_client.initialize_session(
        lsp.InitializeParams(
            capabilities=capabilities,
            client_info=lsp.ClientInfo(**recording["clientInfo"])
            if recording["clientInfo"]
            else None,
            workspace_folders=[lsp.WorkspaceFolder(workspace.as_uri(), workspace.name)],
            initialization_options=options,
        )
    )
    encoding = result.capabilities.position_encoding or "utf-16"
    editor.encoding = encoding.value if isinstance(encoding, Enum) else encoding
    editor.capabilities = result.capabilities
    try:
        yield editor
        await language_client.shutdown_session()
    finally:
        if language_client._server.returncode is None:
            language_client._server.kill()  # the test failed: don't wait for a good end
        await language_client.stop()


def _structure_action(value: dict[str, Any], kind: Any) -> lsp.Command | lsp.CodeAction:
    bare = isinstance(value.get("command"), str)
    return get_converter().structure(value, lsp.Command if bare else lsp.CodeAction)


_OURS = {
    lsp.TEXT_DOCUMENT_PUBLISH_DIAGNOSTICS,
    lsp.WINDOW_SHOW_MESSAGE,
    lsp.WINDOW_SHOW_MESSAGE_REQUEST,
    lsp.PROGRESS,
    lsp.CLIENT_REGISTER_CAPABILITY,
    lsp.CLIENT_UNREGISTER_CAPABILITY,
    lsp.WINDOW_SHOW_DOCUMENT,
    lsp.WORKSPACE_APPLY_EDIT,
}


def _listen(editor: Editor) -> None:
    client = editor.client
    theirs = {name: f for name, f in DEFAULT_CLIENT_FEATURES.items() if name not in _OURS}
    register_lsp_features(client, theirs)

    @client.feature(lsp.TEXT_DOCUMENT_PUBLISH_DIAGNOSTICS)
    async def published(params: lsp.PublishDiagnosticsParams) -> None:
        editor.published[params.uri] = params
        editor.publications.append(params)
        await editor._notice()

    @client.feature(lsp.WINDOW_SHOW_MESSAGE)
    async def shown(params: lsp.ShowMessageParams) -> None:
        editor.messages.append(params.message)
        await editor._notice()

    @client.feature(lsp.WINDOW_SHOW_MESSAGE_REQUEST)
    def asked(params: lsp.ShowMessageRequestParams) -> lsp.MessageActionItem | None:
        editor.questions.append(params)
        other = [c for words, c in editor.choices.items() if words in params.message]
        choice = other[0] if other else editor.choice
        return lsp.MessageActionItem(choice) if choice else None

    @client.feature(lsp.PROGRESS)
    async def progressed(params: lsp.ProgressParams) -> None:
        editor.progress.append((params.token, params.value))
        await editor._notice()

    @client.feature(lsp.CLIENT_REGISTER_CAPABILITY)
    async def registered(params: lsp.RegistrationParams) -> None:
        editor.registered |= {one.method for one in params.registrations}
        await editor._notice()

    @client.feature(lsp.CLIENT_UNREGISTER_CAPABILITY)
    async def unregistered(params: lsp.UnregistrationParams) -> None:
        editor.registered -= {one.method for one in params.unregisterations}
        await editor._notice()

    @client.feature(lsp.WINDOW_SHOW_DOCUMENT)
    async def documents(params: lsp.ShowDocumentParams) -> lsp.ShowDocumentResult:
        editor.shown.append(params)
        await editor._notice()
        return lsp.ShowDocumentResult(success=True)

    @client.feature(lsp.WORKSPACE_APPLY_EDIT)
    async def apply(params: lsp.ApplyWorkspaceEditParams) -> lsp.ApplyWorkspaceEditResult:
        editor.edits.append(params)
        if editor.accept_edits:
            editor._apply(params.edit)
        await editor._notice()
        if not editor.accept_edits:
            return lsp.ApplyWorkspaceEditResult(applied=False, failure_reason=editor.refusal)
        return lsp.ApplyWorkspaceEditResult(applied=True)

    @client.feature("architect/progress")
    async def told(params: Any) -> None:
        editor.steps.append(params)
        await editor._notice()

    @client.feature("architect/diagnostics")
    def asked_diagnostics(params: Any) -> list[dict[str, Any]]:
        editor.asked_diagnostics.append(params.uri)
        return editor.all_diagnostics

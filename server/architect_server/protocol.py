"""pygls's protocol with our own texts, and a short way for the messages of every keystroke.

pygls builds typed objects for every message with cattrs, which costs more than the work behind
a keystroke. Messages that have a handler in ``plain`` are read as the JSON they are; such a
handler may decline any of them, which then goes the usual way.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Callable, Generator
from typing import Any

from lsprotocol import types as lsp
from pygls.exceptions import JsonRpcException, JsonRpcInternalError
from pygls.protocol import LanguageServerProtocol, lsp_method

from architect_server.message_frames import framed
from architect_server.wire import Json, PlainHandler

logger = logging.getLogger(__name__)

#: A step of a pygls generator handler: which handler to run, with which arguments.
_Step = Generator[tuple[Callable[..., Any], tuple[Any, ...], None], Any, None]


class ArchitectProtocol(LanguageServerProtocol):
    """pygls's protocol without its own copy of the texts.

    pygls splits lines at form feeds, U+2028 and others that the protocol does not know, so an
    incremental edit below such a character would corrupt its copy. Ours is the Session's.
    """

    def __init__(self, *arguments: Any) -> None:
        super().__init__(*arguments)
        #: Handlers that need no typed objects, by method.
        self.plain: dict[str, PlainHandler] = {}
        #: The request that somebody else has answered already.
        self.answered: str | int | None = None

    # --- in ------------------------------------------------------------------------------

    def take(self, body: bytes) -> None:
        """Handle one message; a bad one is told and leaves the connection as it is."""
        message: Any = None
        try:
            message = json.loads(body)
            if not self._taken_plainly(message):
                self.handle_message(self.structure_message(message))
        except Exception as error:
            logger.exception("Unable to handle message")
            if isinstance(message, dict) and "method" in message and "id" in message:
                # pygls would leave the client waiting for ever.
                self._send_response(message["id"], error=_refusal(error))
            self._server._report_server_error(error, JsonRpcException)

    def _taken_plainly(self, message: Any) -> bool:
        handler = self.plain.get(message.get("method", ""))
        if handler is None or self._shutdown or message.get("jsonrpc") != self.VERSION:
            return False
        result = handler(message.get("params"))
        if result is None:
            return False
        if "id" in message:
            self._answer(message["id"], result)
        return True

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

    # --- out -----------------------------------------------------------------------------

    def _send_data(self, data: Any) -> None:
        if not data:
            return
        try:
            self.send_json(json.dumps(data, default=self._serialize_message))
        except BrokenPipeError:
            raise
        except Exception as error:
            logger.exception("Error sending data")
            self._server._report_server_error(error, JsonRpcInternalError)

    def _send_response(
        self, msg_id: Any, result: Any = None, error: lsp.ResponseError | None = None
    ) -> None:
        if msg_id == self.answered:
            self.answered = None
        elif error is None and isinstance(result, Json):
            self._result_types.pop(msg_id, None)
            self._answer(msg_id, result)
        else:
            super()._send_response(msg_id, result, error)

    def _answer(self, msg_id: Any, result: Json) -> None:
        self.send_json(f'{{"jsonrpc":"2.0","id":{json.dumps(msg_id)},"result":{result}}}')

    def send_json(self, body: str) -> None:
        """Send one message, header and body in one write."""
        if self.writer is None:
            logger.error("Unable to send data, no available transport!")
            return
        self.writer.write(framed(body))


def _refusal(error: Exception) -> lsp.ResponseError:
    known = error if isinstance(error, JsonRpcException) else JsonRpcInternalError(str(error))
    return known.to_response_error()

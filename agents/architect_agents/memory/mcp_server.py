"""The knowledge graph as an MCP server over stdio, so that other programs share it.

Speaks the handshake versions of the protocol (2024-11-05 to 2025-11-25): JSON-RPC, one message a
line. It needs no package for that, and one line that can't be read costs that line only.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import IO, Any

from architect_agents.memory.graph import MemoryGraph, MemoryRefusal

log = logging.getLogger(__name__)

Json = dict[str, Any]
VERSIONS = ("2025-11-25", "2025-06-18", "2025-03-26", "2024-11-05")
GRAPH_URI = "memory://knowledge-graph"
PARSE_ERROR, INVALID_REQUEST, NO_METHOD, INVALID_PARAMS = -32700, -32600, -32601, -32602


@dataclass(frozen=True, slots=True)
class Operation:
    """One of the nine tools. ``call(graph, arguments)`` raises an exception with a sentence."""

    description: str
    input_schema: Mapping[str, Any]
    call: Callable[[MemoryGraph, Mapping[str, Any]], Any]


class _ProtocolError(Exception):
    def __init__(self, code: int, message: str) -> None:
        super().__init__(message)
        self.code = code


@dataclass(frozen=True, slots=True)
class MemoryServer:
    """Answers requests about ``graph`` by ``operations``, by name."""

    graph: MemoryGraph
    operations: Mapping[str, Operation]
    version: str = "1"

    def serve(self, lines: Iterable[str], out: IO[str]) -> None:
        """Answer line by line until the input ends."""
        for line in lines:
            if not line.strip():
                continue
            reply = self.answer(line)
            if reply is not None:
                out.write(json.dumps(reply, ensure_ascii=False) + "\n")
                out.flush()

    def answer(self, line: str) -> Json | None:
        """The reply to one message; None to a notification."""
        try:
            message = json.loads(line)
        except (ValueError, RecursionError):
            return _error(None, PARSE_ERROR, "This line is no JSON.")
        if not isinstance(message, dict) or not isinstance(message.get("method"), str):
            return _error(None, INVALID_REQUEST, "This is no request.")
        if "id" not in message:
            return None
        params = message.get("params")
        try:
            result = self._result(message["method"], params if isinstance(params, dict) else {})
        except _ProtocolError as error:
            return _error(message["id"], error.code, str(error))
        return {"jsonrpc": "2.0", "id": message["id"], "result": result}

    def _result(self, method: str, params: Json) -> Json:
        if method == "initialize":
            return self._initialized(params)
        if method == "ping":
            return {}
        if method == "tools/list":
            return {"tools": [self._tool(name) for name in self.operations]}
        if method == "tools/call":
            return self._called(str(params.get("name")), params.get("arguments") or {})
        if method == "resources/list":
            return {"resources": [{"uri": GRAPH_URI, "name": "knowledge graph"}]}
        if method == "resources/read":
            if params.get("uri") != GRAPH_URI:
                raise _ProtocolError(INVALID_PARAMS, f"There is no resource {params.get('uri')}.")
            text = json.dumps(self.graph.read_graph(), ensure_ascii=False)
            content = {"uri": GRAPH_URI, "mimeType": "application/json", "text": text}
            return {"contents": [content]}
        raise _ProtocolError(NO_METHOD, f"There is no method {method}.")

    def _initialized(self, params: Json) -> Json:
        wanted = params.get("protocolVersion")
        return {
            "protocolVersion": wanted if wanted in VERSIONS else VERSIONS[0],
            "capabilities": {"tools": {}, "resources": {}},
            "serverInfo": {"name": "architect-memory", "version": self.version},
        }

    def _tool(self, name: str) -> Json:
        operation = self.operations[name]
        return {
            "name": name,
            "description": operation.description,
            "inputSchema": dict(operation.input_schema),
        }

    def _called(self, name: str, arguments: Any) -> Json:
        operation = self.operations.get(name)
        if operation is None or not isinstance(arguments, dict):
            raise _ProtocolError(INVALID_PARAMS, f"There is no tool {name}, or no arguments.")
        try:
            found = operation.call(self.graph, arguments)
        except MemoryRefusal as refusal:
            return _text(f"{refusal}.", failed=True)
        except Exception as error:
            # A wrong argument, most likely; the sentence is for the model on the other side.
            log.warning("%s failed: %r", name, error)
            return _text(str(error), failed=True)
        return _text(found if isinstance(found, str) else json.dumps(found, ensure_ascii=False))


def _text(text: str, failed: bool = False) -> Json:
    result: Json = {"content": [{"type": "text", "text": text}]}
    return {**result, "isError": True} if failed else result


def _error(message_id: Any, code: int, text: str) -> Json:
    return {"jsonrpc": "2.0", "id": message_id, "error": {"code": code, "message": text}}

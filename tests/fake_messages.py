"""A loopback fake of the Messages API that the real SDK talks to: scripted replies and faults.

    async with FakeMessages([message(text("Hello"))]) as fake:
        monkeypatch.setenv("ANTHROPIC_BASE_URL", fake.base_url)

A script is a list of replies, of which each request takes the next (the last one stays), or a
callable from the request's JSON to a reply. ``fake.requests`` keeps what was sent.
"""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

Json = dict[str, Any]
_ids = itertools.count(1)


def text(words: str) -> Json:
    return {"type": "text", "text": words}


def thinking(words: str, signature: str = "c2lnbmVk") -> Json:
    return {"type": "thinking", "thinking": words, "signature": signature}


def tool_use(name: str, arguments: Json, call_id: str | None = None) -> Json:
    call_id = call_id or f"toolu_{next(_ids):04d}"
    return {"type": "tool_use", "id": call_id, "name": name, "input": arguments}


def message(*blocks: Json, stop_reason: str | None = None, usage: Json | None = None) -> Json:
    calls = any(block["type"] == "tool_use" for block in blocks)
    return {
        "id": f"msg_{next(_ids):04d}",
        "type": "message",
        "role": "assistant",
        "model": "claude-sonnet-5-5",
        "content": list(blocks),
        "stop_reason": stop_reason or ("tool_use" if calls else "end_turn"),
        "stop_sequence": None,
        "usage": {
            "input_tokens": 1000,
            "output_tokens": 200,
            "cache_creation_input_tokens": 0,
            "cache_read_input_tokens": 0,
            **(usage or {}),
        },
    }


@dataclass(frozen=True)
class Fault:
    """An answer with an error status."""

    status: int
    kind: str
    said: str = "as scripted"
    headers: dict[str, str] = field(default_factory=dict)

    def body(self) -> Json:
        error = {"type": self.kind, "message": self.said}
        return {"type": "error", "error": error, "request_id": "req_fake"}


@dataclass(frozen=True)
class Broken:
    """A stream of ``reply`` that goes wrong at event number ``at`` in the way ``how``.

    ``reset``: the connection is torn down. ``end``: the response ends in order, too early.
    ``hang``: nothing more comes. ``error``: an SSE error event of type ``kind``. ``garbled``:
    the event's JSON is cut off. ``unknown``: an event of an unknown kind comes in between.
    ``bad-input``: the tool input that is streamed is not JSON.
    """

    reply: Json
    how: str
    at: int = 3
    kind: str = "overloaded_error"


Reply = Json | Fault | Broken
Script = Sequence[Reply] | Callable[[Json], Reply]


@dataclass(frozen=True)
class Request:
    method: str
    path: str
    headers: dict[str, str]
    json: Any


class FakeMessages:
    """The server. ``hanging`` is set at a scripted hang, ``gone`` when a client has left."""

    def __init__(self, script: Script, models: Sequence[tuple[str, str, str, str]] | None = None):
        self.script = script
        self.requests: list[Request] = []
        self.hanging = asyncio.Event()
        self.gone = asyncio.Event()
        self.models = models if models is not None else MODELS
        self._taken = 0
        self._connections: dict[asyncio.Task[None], asyncio.StreamWriter] = {}

    async def __aenter__(self) -> FakeMessages:
        self._server = await asyncio.start_server(self._connected, "127.0.0.1", 0)
        port = self._server.sockets[0].getsockname()[1]
        self.base_url = f"http://127.0.0.1:{port}"
        return self

    async def __aexit__(self, *_: object) -> None:
        self._server.close()
        for writer in self._connections.values():
            writer.transport.abort()
        # Connections end by themselves then; cancelled ones would be logged as errors.
        await asyncio.gather(*list(self._connections))

    @property
    def turns(self) -> list[Json]:
        """The JSON of the requests for messages, in order."""
        return [sent.json for sent in self.requests if sent.path == "/v1/messages"]

    def _next(self, sent: Json) -> Reply:
        if callable(self.script):
            return self.script(sent)
        reply = self.script[min(self._taken, len(self.script) - 1)]
        self._taken += 1
        return reply

    async def _connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._connections[task] = writer
        try:
            while (sent := await _read_request(reader)) is not None:
                self.requests.append(sent)
                if not await self._answer(sent, reader, writer):
                    return
        except (ConnectionError, asyncio.IncompleteReadError):
            self.gone.set()
        finally:
            del self._connections[task]
            writer.close()

    async def _answer(
        self, sent: Request, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> bool:
        """Whether the connection can be used for another request."""
        reply: Reply
        if not {"authorization", "x-api-key", "api-key"} & sent.headers.keys():
            reply = Fault(401, "authentication_error")
        elif sent.path == "/v1/models":
            return await _send_json(writer, 200, _listing(self.models))
        elif sent.path == "/v1/messages/count_tokens":
            counted = {"input_tokens": len(json.dumps(sent.json)) // 4}
            return await _send_json(writer, 200, counted)
        elif sent.path == "/v1/messages" or sent.path.endswith(CLOUD_PATHS):
            reply = self._next(sent.json)
        else:
            reply = Fault(404, "not_found_error")
        if isinstance(reply, Fault):
            return await _send_json(writer, reply.status, reply.body(), reply.headers)
        return await self._stream(reply, reader, writer)

    async def _stream(
        self, reply: Json | Broken, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> bool:
        broken = reply if isinstance(reply, Broken) else None
        events = _events(broken.reply if broken else reply, bad_input=_is(broken, "bad-input"))
        writer.write(
            b"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream; charset=utf-8\r\n"
            b"request-id: req_fake\r\ntransfer-encoding: chunked\r\n\r\n"
        )
        for number, (name, data) in enumerate(events):
            payload = json.dumps(data)
            if broken and broken.at == number:
                if broken.how == "reset":
                    writer.transport.abort()
                    return False
                if broken.how == "hang":
                    await self._hang(reader, writer)
                    return False
                if broken.how in ("end", "error"):
                    if broken.how == "error":
                        _write_event(writer, "error", json.dumps(Fault(200, broken.kind).body()))
                    break
                if broken.how == "unknown":
                    _write_event(writer, "new_kind", json.dumps({"type": "new_kind", "x": 1}))
                if broken.how == "garbled":
                    payload = payload[:-5]
            _write_event(writer, name, payload)
            await writer.drain()
        writer.write(b"0\r\n\r\n")
        await writer.drain()
        return True

    async def _hang(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await writer.drain()
        self.hanging.set()
        with contextlib.suppress(ConnectionError):
            await reader.read()  # returns when the client closes its side
        self.gone.set()


#: How the paths end under which other clouds serve messages.
CLOUD_PATHS = ("/anthropic/v1/messages", ":streamRawPredict", "/invoke-with-response-stream")
#: id, line, lifecycle, date: as the Models API lists them.
MODELS = (
    ("claude-sonnet-5-5", "sonnet", "active", "2026-09-29"),
    ("claude-sonnet-5", "sonnet", "active", "2026-05-01"),
    ("claude-sonnet-4-5", "sonnet", "deprecated", "2025-09-29"),
    ("claude-opus-5-5", "opus", "active", "2026-09-29"),
    ("claude-haiku-5-5", "haiku", "active", "2026-10-15"),
)


def _is(broken: Broken | None, how: str) -> bool:
    return broken is not None and broken.how == how


def _listing(models: Sequence[tuple[str, str, str, str]]) -> Json:
    data = [
        {
            "type": "model",
            "id": model_id,
            "display_name": model_id,
            "created_at": f"{created}T00:00:00Z",
            "line": line,
            "lifecycle": lifecycle,
        }
        for model_id, line, lifecycle, created in models
    ]
    ends = {"first_id": models[0][0], "last_id": models[-1][0]} if models else {}
    return {"data": data, "has_more": False, **ends}


def _events(reply: Json, bad_input: bool = False) -> Iterator[tuple[str, Json]]:
    """The server-sent events that make up ``reply``, in the order the API sends them."""
    usage = {**reply["usage"], "output_tokens": 1}
    start = {**reply, "content": [], "stop_reason": None, "usage": usage}
    yield "message_start", {"type": "message_start", "message": start}
    yield "ping", {"type": "ping"}
    for index, block in enumerate(reply["content"]):
        first, deltas = _pieces(block, bad_input)
        yield (
            "content_block_start",
            {"type": "content_block_start", "index": index, "content_block": first},
        )
        for delta in deltas:
            yield (
                "content_block_delta",
                {"type": "content_block_delta", "index": index, "delta": delta},
            )
        yield "content_block_stop", {"type": "content_block_stop", "index": index}
    end = {"stop_reason": reply["stop_reason"], "stop_sequence": None}
    if "stop_details" in reply:
        end["stop_details"] = reply["stop_details"]
    tokens = {"output_tokens": reply["usage"]["output_tokens"]}
    yield "message_delta", {"type": "message_delta", "delta": end, "usage": tokens}
    yield "message_stop", {"type": "message_stop"}


def _pieces(block: Json, bad_input: bool) -> tuple[Json, list[Json]]:
    """The block as it starts, and the deltas that fill it."""
    kind = block["type"]
    if kind == "text":
        parts = [{"type": "text_delta", "text": part} for part in _split(block["text"])]
        return {"type": "text", "text": ""}, parts
    if kind == "thinking":
        parts = [{"type": "thinking_delta", "thinking": part} for part in _split(block["thinking"])]
        parts.append({"type": "signature_delta", "signature": block["signature"]})
        return {"type": "thinking", "thinking": "", "signature": ""}, parts
    if kind in ("tool_use", "server_tool_use"):
        streamed = '{"a": }}]"x' if bad_input else json.dumps(block["input"])
        # The API's first piece of input is always empty.
        parts = [
            {"type": "input_json_delta", "partial_json": part} for part in ["", *_split(streamed)]
        ]
        return {**block, "input": {}}, parts
    return block, []


def _split(words: str, size: int = 40) -> list[str]:
    return [words[at : at + size] for at in range(0, len(words), size)]


def _write_event(writer: asyncio.StreamWriter, name: str, payload: str) -> None:
    event = f"event: {name}\ndata: {payload}\n\n".encode()
    writer.write(f"{len(event):x}\r\n".encode() + event + b"\r\n")


async def _read_request(reader: asyncio.StreamReader) -> Request | None:
    line = await reader.readline()
    if not line:
        return None
    method, target, _ = line.decode().split(" ", 2)
    headers: dict[str, str] = {}
    while header := (await reader.readline()).decode().strip():
        name, value = header.split(":", 1)
        headers[name.lower()] = value.strip()
    raw = await reader.readexactly(int(headers.get("content-length", 0)))
    return Request(method, target.split("?")[0], headers, json.loads(raw) if raw else None)


async def _send_json(
    writer: asyncio.StreamWriter, status: int, body: Json, headers: dict[str, str] | None = None
) -> bool:
    raw = json.dumps(body).encode()
    fields = {
        "content-type": "application/json",
        "content-length": str(len(raw)),
        "request-id": "req_fake",
        **(headers or {}),
    }
    head = "".join(f"{name}: {value}\r\n" for name, value in fields.items())
    writer.write(f"HTTP/1.1 {status} X\r\n{head}\r\n".encode() + raw)
    await writer.drain()
    return True

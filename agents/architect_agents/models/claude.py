"""Claude over the Messages API. The only file that imports anthropic, and only at first use."""

from __future__ import annotations

import asyncio
import importlib
import os
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, cast

from architect_agents.errors import ModelRefused, NoCredentials
from architect_agents.limits import Tokens
from architect_agents.model import (
    AssistantTurn,
    ModelRequest,
    ServerTool,
    Stop,
    Text,
    ToolCall,
    ToolResult,
    ToolSpec,
    Turn,
    Watch,
)
from architect_agents.models.credentials import (
    CLOUDS,
    has_credentials,
    provider_in_use,
    why_unavailable,
)
from architect_agents.models.faults import Fault, IncompleteError, Sdk, explain
from architect_agents.models.names import Listed, ListingCache, resolve

STOPS: dict[str, Stop] = {
    "end_turn": "done",
    "stop_sequence": "done",
    "tool_use": "tools",
    "max_tokens": "cut-off",
    "model_context_window_exceeded": "window-full",
    "pause_turn": "paused",
    "refusal": "refused",
}
#: See ClaudeModel._wire.
PLAINEST = 2
ANTHROPIC = "https://api.anthropic.com"


@dataclass(frozen=True, slots=True)
class Patience:
    """How long to wait for a provider. All in seconds, but ``attempts``.

    ``silence`` is the longest gap within a stream (pings count as a sign of life). A server that
    asks for a longer pause than ``longest_pause`` is not waited for.
    """

    attempts: int = 3
    first_pause: float = 0.5
    longest_pause: float = 20.0
    connect: float = 10.0
    silence: float = 60.0
    listing: float = 5.0

    def pause(self, attempt: int, wanted: float | None) -> float:
        """Seconds before the attempt after number ``attempt`` (from 1)."""
        own = self.first_pause * 2.0 ** (attempt - 1)
        return min(wanted if wanted is not None else own, self.longest_pause)


@dataclass(slots=True)
class ClaudeModel:
    """Talks to one provider for one run.

    ``wanted`` is an alias, a model id or empty, see models/names.py. ``provider`` is "anthropic"
    (which any server at ANTHROPIC_BASE_URL can stand in for), "bedrock", "vertex" or "foundry".
    """

    wanted: str = ""
    provider: str = field(default_factory=provider_in_use)
    patience: Patience = field(default_factory=Patience)
    cache_folder: Path | None = None
    #: The id that is asked for; empty until the first request.
    name: str = ""
    _sdk: Sdk | None = None
    _client: Any = None
    _opening: asyncio.Lock = field(default_factory=asyncio.Lock)
    #: How much is left out since a server has turned it down, see _wire.
    _plainness: int = 0

    async def turn(self, request: ModelRequest, watch: Watch) -> AssistantTurn:
        """See model.Model."""
        sdk = await self._open()
        attempt = 0
        while True:
            attempt += 1
            try:
                return await self._stream(request, watch)
            except Exception as error:
                bad_request = isinstance(error, sdk.anthropic.BadRequestError)
                if bad_request and self._plainness < PLAINEST:
                    self._plainness += 1
                    attempt -= 1
                    continue
                fault = explain(sdk, error, self.name)
                if not self._worth_waiting(fault, attempt):
                    raise fault.error from error
                watch("retry", type(error).__name__)
                await asyncio.sleep(self.patience.pause(attempt, fault.wait))

    def _worth_waiting(self, fault: Fault, attempt: int) -> bool:
        patient = fault.wait is None or fault.wait <= self.patience.longest_pause
        return fault.retry and patient and attempt < self.patience.attempts

    async def count_tokens(self, request: ModelRequest) -> int:
        """See model.Model."""
        sdk = await self._open()
        wanted = {"model", "system", "messages", "tools"}
        wire = {key: value for key, value in self._wire(request).items() if key in wanted}
        try:
            counted = await self._client.messages.count_tokens(**wire)
        except Exception as error:
            raise explain(sdk, error, self.name).error from error
        return cast(int, counted.input_tokens)

    async def close(self) -> None:
        """See model.Model."""
        if self._client is not None:
            await self._client.close()

    async def _stream(self, request: ModelRequest, watch: Watch) -> AssistantTurn:
        async with self._client.messages.stream(**self._wire(request)) as stream:
            started = False
            async for event in stream:
                started = True
                _notice(event, watch)
            if not started:
                raise IncompleteError
            message = await stream.get_final_message()
        if message.stop_reason is None:
            raise IncompleteError
        return _assistant_turn(message)

    async def _open(self) -> Sdk:
        """Import the SDK beside the event loop, make the client and settle the model's id."""
        async with self._opening:
            if self._sdk is not None:
                return self._sdk
            if missing := why_unavailable(self.provider):
                raise NoCredentials(missing)
            sdk = Sdk(
                await asyncio.to_thread(importlib.import_module, "anthropic"),
                await asyncio.to_thread(importlib.import_module, "httpx2"),
            )
            try:
                self._client = await asyncio.to_thread(self._make_client, sdk)
            except Exception as error:
                # The SDK says in words what it misses, such as a region or a package.
                why = str(error).splitlines()[0][:300] if str(error) else type(error).__name__
                raise NoCredentials(f"{self.provider} is not set up: {why}") from error
            self.name = await self._resolve()
            self._sdk = sdk
            return sdk

    def _make_client(self, sdk: Sdk) -> Any:
        kind = CLOUDS[self.provider][0] if self.provider in CLOUDS else "AsyncAnthropic"
        silence, connect = self.patience.silence, self.patience.connect
        # A server of one's own often wants no key; the SDK does, and sends what we give it.
        keyless = self.provider == "anthropic" and not has_credentials(os.environ)
        return getattr(sdk.anthropic, kind)(
            **({"api_key": "none"} if keyless else {}),
            # The SDK waits as long as a server asks for, be it an hour: we count ourselves.
            max_retries=0,
            timeout=sdk.httpx2.Timeout(silence, connect=connect),
            open_telemetry=False,
        )

    async def _resolve(self) -> str:
        server = f"{self.provider} {os.environ.get('ANTHROPIC_BASE_URL', ANTHROPIC)}"
        cache = ListingCache(self.cache_folder, server)
        return await resolve(self.wanted, os.environ, self._list_models, cache)

    async def _list_models(self) -> Sequence[Listed]:
        async with asyncio.timeout(self.patience.listing):
            page = await self._client.models.list(limit=100)
            return [
                Listed(model.id, model.line or "", model.lifecycle, model.created_at.isoformat())
                for model in page.data
            ]

    def _wire(self, request: ModelRequest) -> dict[str, Any]:
        """The request; older models and other servers may not know all of it.

        From plainness 1 on thinking and effort are left out, from 2 on caching and strict tools.
        """
        plain = self._plainness >= PLAINEST
        wire: dict[str, Any] = {
            "model": self.name,
            "max_tokens": request.max_tokens,
            "system": request.system,
            "messages": [_turn_on_wire(turn) for turn in request.turns],
            "tools": [_tool_on_wire(tool, strict=not plain) for tool in request.tools],
        }
        if not plain:
            wire["cache_control"] = {"type": "ephemeral"}
        if not self._plainness:
            # Without summaries the text between tool calls would stay hidden in the thinking.
            wire["thinking"] = {"type": "adaptive", "display": "summarized"}
            if request.effort:
                wire["output_config"] = {"effort": request.effort}
        return wire


def _notice(event: Any, watch: Watch) -> None:
    """Tell of an event what a person may want to see; kinds we don't know pass in silence."""
    if event.type == "text":
        watch("text", event.text)
    elif event.type == "thinking":
        watch("thinking", event.thinking)
    elif event.type == "content_block_start" and event.content_block.type in (
        "tool_use",
        "server_tool_use",
    ):
        watch("tool", event.content_block.name)


def _assistant_turn(message: Any) -> AssistantTurn:
    usage = message.usage
    stop = STOPS.get(message.stop_reason, "other")
    details = message.stop_details
    try:
        calls = tuple(
            ToolCall(block.id, block.name, dict(block.input))
            for block in message.content
            if block.type == "tool_use"
        )
    except (TypeError, ValueError) as error:
        raise ModelRefused("The model called a tool with input that is no object.") from error
    return AssistantTurn(
        wire=tuple(block.to_dict() for block in message.content),
        text="".join(block.text for block in message.content if block.type == "text"),
        calls=calls,
        stop=stop,
        detail=(details.category or "") if details is not None else "",
        model=message.model,
        tokens=Tokens(
            input=usage.input_tokens,
            output=usage.output_tokens,
            cache_write=usage.cache_creation_input_tokens or 0,
            cache_read=usage.cache_read_input_tokens or 0,
        ),
    )


def _turn_on_wire(turn: Turn) -> dict[str, Any]:
    if isinstance(turn, AssistantTurn):
        return {"role": "assistant", "content": list(turn.wire)}
    return {"role": "user", "content": [_part_on_wire(part) for part in turn.parts]}


def _part_on_wire(part: Text | ToolResult) -> dict[str, Any]:
    if isinstance(part, Text):
        return {"type": "text", "text": part.text}
    # An empty text block is refused by the API; a tool that says nothing has done its work.
    result: dict[str, Any] = {
        "type": "tool_result",
        "tool_use_id": part.call_id,
        "content": part.text or "(no output)",
    }
    return {**result, "is_error": True} if part.failed else result


def _tool_on_wire(tool: ToolSpec | ServerTool, strict: bool) -> dict[str, Any]:
    if isinstance(tool, ServerTool):
        return dict(tool.wire)
    wire: dict[str, Any] = {
        "name": tool.name,
        "description": tool.description,
        "input_schema": dict(tool.input_schema),
    }
    return {**wire, "strict": True} if tool.strict and strict else wire

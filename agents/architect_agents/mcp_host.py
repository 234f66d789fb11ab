"""Runs the MCP servers of a run, each in a task of its own. The only file that imports mcp.

A server is somebody else's program: it may be missing, hang, flood, lie or die. Each of these
costs that server's tools, never the run.
"""

from __future__ import annotations

import asyncio
import importlib
import json
import logging
import re
from collections.abc import Awaitable, Mapping, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from importlib.util import find_spec
from pathlib import Path
from types import ModuleType
from typing import Any, TypeVar

from architect_agents.mcp_config import ServerEntry

R = TypeVar("R")
log = logging.getLogger(__name__)

NOT_INSTALLED = "MCP servers need the package `mcp`: pip install 'architect-lsp[mcp]'."
LONGEST_NAME = 128
LARGEST_ANSWER = 100_000
MOST_TOOLS = 200
MOST_PAGES = 20


class HostFailure(Exception):
    """A server could not do what was asked."""


@dataclass(frozen=True, slots=True)
class RemoteTool:
    """A tool of a server. ``name`` is `mcp__server__tool`, made of characters the model allows."""

    name: str
    server: str
    remote_name: str
    description: str
    input_schema: Mapping[str, Any]


def tool_name(server: str, tool: str) -> str:
    """`mcp__server__tool` with every other character replaced by an underscore."""
    parts = (re.sub(r"[^A-Za-z0-9_-]", "_", part) for part in (server, tool))
    return "__".join(["mcp", *parts])[:LONGEST_NAME]


@dataclass(slots=True)
class _Server:
    """A server with the task that owns its connection, from opening to closing."""

    entry: ServerEntry
    task: asyncio.Task[None]
    client: Any = None
    tools: list[RemoteTool] = field(default_factory=list)
    problem: str = ""


@dataclass(slots=True)
class McpHost:
    """Connects to ``entries`` on entering and lets go of all on leaving.

    ``logs`` is the folder for what servers write to stderr. Times are in seconds.
    """

    entries: Sequence[ServerEntry]
    logs: Path
    cwd: Path | None = None
    connect_seconds: float = 20.0
    call_seconds: float = 60.0
    _servers: dict[str, _Server] = field(default_factory=dict, init=False)
    _over: asyncio.Event = field(default_factory=asyncio.Event, init=False)

    async def __aenter__(self) -> McpHost:
        if self.entries and find_spec("mcp") is not None:
            await asyncio.to_thread(importlib.import_module, "mcp")
            self.logs.mkdir(parents=True, exist_ok=True, mode=0o700)
            loop = asyncio.get_running_loop()
            answers = []
            for entry in self.entries:
                ready: asyncio.Future[None] = loop.create_future()
                task = asyncio.create_task(self._own(entry, ready))
                self._servers[entry.name] = _Server(entry, task)
                answers.append(ready)
            try:
                await asyncio.gather(*answers)
            except BaseException:
                await self._close()
                raise
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._close()

    @property
    def tools(self) -> list[RemoteTool]:
        """The tools of all servers that are connected, each name once."""
        named: dict[str, RemoteTool] = {}
        for server in self._servers.values():
            for tool in server.tools[:MOST_TOOLS]:
                named.setdefault(tool.name, tool)
        return list(named.values())

    @property
    def problems(self) -> dict[str, str]:
        """For each server that can't be used, one sentence."""
        if self.entries and find_spec("mcp") is None:
            return {entry.name: NOT_INSTALLED for entry in self.entries}
        return {name: server.problem for name, server in self._servers.items() if server.problem}

    async def call(self, tool: RemoteTool, arguments: Mapping[str, Any]) -> str:
        """The text of the tool's answer.

        Raises:
            HostFailure: it failed, did not answer in time, or answered nonsense.
        """
        client = self._client(tool.server)
        result = await self._asked(tool.server, client.call_tool(tool.remote_name, dict(arguments)))
        text = _text_of(result)
        if result.is_error:
            raise HostFailure(text or f"{tool.name} failed.")
        return text

    async def list_resources(self, server: str = "") -> list[dict[str, str]]:
        """{server, uri, name, description} of the resources of one server, or of all."""
        names = (
            [server] if server else [name for name in self._servers if not self.problems.get(name)]
        )
        found: list[dict[str, str]] = []
        for name in names:
            page = await self._asked(name, self._client(name).list_resources())
            found += [
                {
                    "server": name,
                    "uri": str(resource.uri),
                    "name": resource.name,
                    "description": resource.description or "",
                }
                for resource in page.resources
            ]
        return found

    async def read_resource(self, server: str, uri: str) -> str:
        """The text of a resource."""
        result = await self._asked(server, self._client(server).read_resource(uri))
        parts = [getattr(content, "text", "[no text]") for content in result.contents]
        return "\n".join(parts)[:LARGEST_ANSWER]

    def _client(self, server: str) -> Any:
        known = self._servers.get(server)
        if known is None:
            raise HostFailure(f"There is no server {server} here.")
        if known.client is None or known.task.done():
            raise HostFailure(known.problem or f"The server {server} has ended.")
        return known.client

    async def _asked(self, server: str, call: Awaitable[R]) -> R:
        try:
            async with asyncio.timeout(self.call_seconds):
                return await call
        except TimeoutError:
            raise HostFailure(
                f"The server {server} did not answer within {self.call_seconds:g} seconds."
            ) from None
        except Exception as error:
            # MCPError for what the server says, ValidationError for what it should not say, …
            log.warning("the MCP server %s failed: %r", server, error)
            said = getattr(getattr(error, "error", None), "message", "")
            why = str(said)[:500] or "its answer is not in order"
            raise HostFailure(f"The server {server} failed: {why}.") from None

    async def _own(self, entry: ServerEntry, ready: asyncio.Future[None]) -> None:
        """Open, keep and close one connection; mcp wants all three in the same task."""
        try:
            async with AsyncExitStack() as stack:
                async with asyncio.timeout(self.connect_seconds):
                    client = await self._make_client(entry, stack)
                    await stack.enter_async_context(client)
                    tools = await _list_tools(client, entry.name)
                server = self._servers[entry.name]
                server.client, server.tools = client, tools
                ready.set_result(None)
                await self._over.wait()
        except (Exception, BaseExceptionGroup) as error:
            self._servers[entry.name].problem = _why(entry, error, self.connect_seconds)
            log.warning("the MCP server %s can't be used: %r", entry.name, error)
        finally:
            if not ready.done():
                ready.set_result(None)

    async def _make_client(self, entry: ServerEntry, stack: AsyncExitStack) -> Any:
        client = importlib.import_module("mcp.client.client").Client
        transport = await self._http(entry, stack) if entry.url else self._stdio(entry, stack)
        return client(transport, read_timeout_seconds=self.call_seconds, cache=None)

    async def _http(self, entry: ServerEntry, stack: AsyncExitStack) -> Any:
        module = importlib.import_module("mcp.client.streamable_http")
        httpx2: ModuleType = importlib.import_module("httpx2")
        http = httpx2.AsyncClient(headers=dict(entry.headers), timeout=self.call_seconds)
        await stack.enter_async_context(http)
        return module.streamable_http_client(entry.url, http_client=http)

    def _stdio(self, entry: ServerEntry, stack: AsyncExitStack) -> Any:
        module = importlib.import_module("mcp.client.stdio")
        # Our own stdout carries the protocol to the editor, and stderr its log: neither is theirs.
        name = re.sub(r"[^A-Za-z0-9_-]", "_", entry.name)
        errors = stack.enter_context((self.logs / f"mcp-{name}.log").open("a", encoding="utf-8"))
        parameters = module.StdioServerParameters(
            command=entry.command,
            args=list(entry.args),
            env=dict(entry.env),
            cwd=self.cwd,
            encoding_error_handler="replace",
        )
        return module.stdio_client(parameters, errlog=errors)

    async def _close(self) -> None:
        self._over.set()
        tasks = [server.task for server in self._servers.values()]
        if not tasks:
            return
        for server in self._servers.values():
            if server.client is None:
                server.task.cancel()  # it may be connecting still
        _, late = await asyncio.wait(tasks, timeout=10)
        for task in late:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def _list_tools(client: Any, server: str) -> list[RemoteTool]:
    tools: list[RemoteTool] = []
    cursor = None
    for _ in range(MOST_PAGES):
        page = await client.list_tools(cursor=cursor) if cursor else await client.list_tools()
        tools += [
            RemoteTool(
                tool_name(server, tool.name),
                server,
                tool.name,
                (tool.description or "")[:4000],
                tool.input_schema,
            )
            for tool in page.tools
        ]
        cursor = page.next_cursor
        if not cursor or len(tools) >= MOST_TOOLS:
            break
    return tools


def _text_of(result: Any) -> str:
    parts = []
    for block in result.content:
        if block.type == "text":
            parts.append(block.text)
        elif block.type == "resource" and hasattr(block.resource, "text"):
            parts.append(block.resource.text)
        else:
            parts.append(f"[{block.type} left out]")
    if not parts and result.structured_content is not None:
        parts = [json.dumps(result.structured_content, ensure_ascii=False)]
    return "\n".join(parts)[:LARGEST_ANSWER]


def _why(entry: ServerEntry, error: BaseException, seconds: float) -> str:
    if isinstance(error, TimeoutError):
        return f"The server {entry.name} did not start within {seconds:g} seconds."
    if isinstance(error, FileNotFoundError | PermissionError):
        return f"The command {entry.command} of the server {entry.name} can't be run."
    return f"The server {entry.name} ended before it could be used; its log says why."

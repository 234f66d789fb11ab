"""Other programs share the memory over MCP: our own host, and whoever speaks the protocol."""

from __future__ import annotations

import io
import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from architect_agents.mcp_config import ServerEntry
from architect_agents.mcp_host import HostFailure, McpHost
from architect_agents.memory.graph import MemoryGraph
from architect_agents.memory.mcp_server import MemoryServer
from architect_agents.tools.memory_tools import NINE, memory_server

ENTITY = {"name": "retry", "entityType": "pattern", "observations": ["cap and jitter"]}
MAIN = """
import sys
from pathlib import Path
from architect_agents.memory.graph import MemoryGraph
from architect_agents.tools.memory_tools import memory_server
memory_server(MemoryGraph(Path(sys.argv[1]))).serve(sys.stdin, sys.stdout)
"""


@pytest.fixture
def server(tmp_path: Path) -> Iterator[MemoryServer]:
    graph = MemoryGraph(tmp_path / "memory.sqlite3")
    yield memory_server(graph)
    graph.close()


def ask(server: MemoryServer, method: str, **params: Any) -> Any:
    message = {"jsonrpc": "2.0", "id": 7, "method": method, "params": params}
    reply = server.answer(json.dumps(message))
    assert reply is not None
    assert reply["id"] == 7
    return reply.get("result") or reply["error"]


async def test_a_client_of_the_real_sdk_uses_the_nine_tools(tmp_path: Path) -> None:
    args = ("-c", MAIN, str(tmp_path / "memory.sqlite3"))
    entry = ServerEntry("memory", sys.executable, args)
    async with McpHost([entry], tmp_path / "logs") as host:
        assert host.problems == {}
        tools = {tool.remote_name: tool for tool in host.tools}
        assert set(tools) == set(NINE)
        made = await host.call(tools["create_entities"], {"entities": [ENTITY]})
        assert json.loads(made) == [ENTITY]
        found = json.loads(await host.call(tools["search_nodes"], {"query": "jitter"}))
        assert found["entities"] == [ENTITY]
        wrong = {"observations": [{"entityName": "nobody", "contents": ["x"]}]}
        with pytest.raises(HostFailure, match="nobody not found"):
            await host.call(tools["add_observations"], wrong)
        (resource,) = await host.list_resources()
        assert "jitter" in await host.read_resource("memory", resource["uri"])


@pytest.mark.parametrize("version", ["2024-11-05", "2025-11-25", "1999-01-01"])
def test_the_handshake_agrees_on_a_version(server: MemoryServer, version: str) -> None:
    agreed = ask(server, "initialize", protocolVersion=version)["protocolVersion"]
    assert agreed == (version if version.startswith("202") else "2025-11-25")


@pytest.mark.parametrize(
    ("line", "code"),
    [
        ("no json", -32700),
        ("[]", -32600),
        ('{"id": 1}', -32600),
        ('{"id": 1, "method": "nonsense"}', -32601),
        ('{"id": 1, "method": "tools/call", "params": {"name": "nobody"}}', -32602),
        ('{"id": 1, "method": "tools/call", "params": []}', -32602),
        ('{"id": 1, "method": "resources/read", "params": {"uri": "file:///etc/passwd"}}', -32602),
    ],
)
def test_a_bad_line_costs_that_line_only(server: MemoryServer, line: str, code: int) -> None:
    out = io.StringIO()
    good = '{"jsonrpc": "2.0", "id": 2, "method": "ping"}'
    note = '{"jsonrpc": "2.0", "method": "notifications/initialized"}'
    server.serve([line, "", note, good], out)
    first, second = map(json.loads, out.getvalue().splitlines())
    assert first["error"]["code"] == code
    assert second == {"jsonrpc": "2.0", "id": 2, "result": {}}


@pytest.mark.parametrize("arguments", [{}, {"entities": 3}, {"entities": [{"name": 3}]}])
def test_a_wrong_call_is_an_answer_in_words(
    server: MemoryServer, arguments: dict[str, Any]
) -> None:
    result = ask(server, "tools/call", name="create_entities", arguments=arguments)
    assert result["isError"] is True
    assert result["content"][0]["text"].endswith(".")

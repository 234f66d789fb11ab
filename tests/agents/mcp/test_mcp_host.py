"""Somebody else's servers: what they can do is used, what they do wrong costs only themselves."""

from __future__ import annotations

import asyncio
import json
import os
import shlex
import sys
from pathlib import Path

import pytest

from architect_agents.mcp_config import ServerEntry
from architect_agents.mcp_host import HostFailure, McpHost, RemoteTool, tool_name

SCRIPT = Path(__file__).parents[2] / "mcp_server_script.py"


def entry(behaviour: str, name: str = "") -> ServerEntry:
    args = (str(SCRIPT), behaviour)
    return ServerEntry(name or behaviour, sys.executable, args, (("GIVEN", "yes"),))


def host(
    tmp_path: Path, *entries: ServerEntry, call: float = 30.0, connect: float = 30.0
) -> McpHost:
    return McpHost(entries, tmp_path / "logs", connect_seconds=connect, call_seconds=call)


def named(host: McpHost, name: str) -> RemoteTool:
    (tool,) = [tool for tool in host.tools if tool.remote_name == name]
    return tool


async def test_tools_and_resources_of_a_server_are_used(tmp_path: Path) -> None:
    async with host(tmp_path, entry("good"), call=10) as servers:
        assert servers.problems == {}
        echo = named(servers, "echo")
        assert (echo.name, echo.description) == ("mcp__good__echo", "Say it back.")
        assert await servers.call(echo, {"say": "hi"}) == "you said hi"
        answers = await asyncio.gather(*(servers.call(echo, {"say": n}) for n in range(10)))
        assert answers == [f"you said {n}" for n in range(10)]
        (resource,) = await servers.list_resources()
        assert resource["uri"] == "note://one"
        assert await servers.read_resource("good", "note://one") == "the text of note://one"


async def test_a_server_sees_its_own_environment_only(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ANTHROPIC_API_KEY", "sk-ant-canary")
    async with host(tmp_path, entry("good"), call=10) as servers:
        seen = json.loads(await servers.call(named(servers, "show env"), {}))
    assert seen["GIVEN"] == "yes"
    assert "sk-ant-canary" not in str(seen)


def log_of(tmp_path: Path, name: str) -> str:
    return (tmp_path / "logs" / f"mcp-{name}.log").read_text()


async def test_what_a_server_does_wrong_is_an_answer_in_words(tmp_path: Path) -> None:
    async with host(tmp_path, entry("good"), call=10) as servers:
        with pytest.raises(HostFailure, match="on purpose"):
            await servers.call(named(servers, "fail"), {})
        with pytest.raises(HostFailure, match="not in order"):
            await servers.call(named(servers, "lie"), {})
        assert len(await servers.call(named(servers, "flood"), {})) == 100_000
        assert await servers.call(named(servers, "echo"), {"say": 1}) == "you said 1"
        with pytest.raises(HostFailure, match=r"failed|did not answer"):
            await servers.call(named(servers, "die"), {})
        with pytest.raises(HostFailure):
            await servers.call(named(servers, "echo"), {})
        with pytest.raises(HostFailure, match="no server nobody"):
            await servers.read_resource("nobody", "x://y")
    assert "hello on stderr" in log_of(tmp_path, "good")


async def test_a_call_that_hangs_ends_in_time_and_leaves_no_process(tmp_path: Path) -> None:
    async with host(tmp_path, entry("good"), call=0.3) as servers:
        with pytest.raises(HostFailure, match=r"within 0\.3 seconds"):
            await servers.call(named(servers, "hang"), {})


async def test_servers_that_do_not_come_up_cost_only_their_own_tools(tmp_path: Path) -> None:
    entries = [
        entry("good"),
        entry("babble"),
        entry("silent"),
        entry("dead"),
        ServerEntry("missing", "/no/such/command"),
        ServerEntry("nowhere", url="http://127.0.0.1:9/mcp"),
    ]
    async with host(tmp_path, *entries, connect=10, call=60) as servers:
        assert set(servers.problems) == {"silent", "dead", "missing", "nowhere"}
        assert "can't be run" in servers.problems["missing"]
        assert {tool.server for tool in servers.tools} == {"good", "babble"}
        assert await servers.call(servers.tools[0], {"say": 1}) == "you said 1"


async def test_cancel_while_connecting_leaves_nothing_running(tmp_path: Path) -> None:
    marker = tmp_path / "pid"
    os.mkfifo(marker)
    command = f"echo $$ > {shlex.quote(str(marker))}; exec sleep 3600"
    slow = ServerEntry("slow", "/bin/sh", ("-c", command))

    async def connect() -> None:
        async with host(tmp_path, slow):
            raise AssertionError("it never connects")

    task = asyncio.create_task(connect())
    pid = int(await asyncio.to_thread(marker.read_text))
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)


async def test_without_the_package_the_sentence_says_how_to_get_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("architect_agents.mcp_host.find_spec", lambda name: None)
    async with host(tmp_path, entry("good")) as servers:
        assert servers.tools == []
        assert "pip install" in servers.problems["good"]


async def test_without_servers_nothing_is_started(tmp_path: Path) -> None:
    async with host(tmp_path) as servers:
        assert servers.tools == []
    assert not (tmp_path / "logs").exists()


@pytest.mark.parametrize(
    ("server", "tool", "name"),
    [
        ("db", "query", "mcp__db__query"),
        ("my server", "a.b/c", "mcp__my_server__a_b_c"),
        ("x" * 200, "y", "mcp__" + "x" * 123),
    ],
)
def test_names_are_made_of_what_the_model_allows(server: str, tool: str, name: str) -> None:
    assert tool_name(server, tool) == name


@pytest.mark.skipif(
    not os.environ.get("MCP_MEMORY_SERVER"),
    reason="MCP_MEMORY_SERVER names no command of the reference memory server",
)
async def test_the_reference_memory_server_is_hosted(tmp_path: Path) -> None:
    command, *args = shlex.split(os.environ["MCP_MEMORY_SERVER"])
    env = (("MEMORY_FILE_PATH", str(tmp_path / "memory.jsonl")),)
    reference = ServerEntry("memory", command, tuple(args), env)
    async with host(tmp_path, reference, call=20) as servers:
        assert servers.problems == {}
        made = {"entities": [{"name": "a", "entityType": "t", "observations": ["o"]}]}
        await servers.call(named(servers, "create_entities"), made)
        assert '"o"' in await servers.call(named(servers, "search_nodes"), {"query": "a"})

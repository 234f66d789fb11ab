"""Each tool that a real agent file names is run for real, in a copy of a project."""

from __future__ import annotations

import asyncio
import json
import os
import subprocess
import sys
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from architect_agents.agent_file import AgentDefinition, ToolRule, load_agent, parse_agent
from architect_agents.mcp_config import Approvals, read_config
from architect_agents.narration import Narrator
from architect_agents.sandbox.jail import why_no_jail
from architect_agents.tools.table import Kit, equip
from architect_agents.tools.tool import ToolFailure
from architect_agents.types import RefactorRequest
from architect_agents.workbench import Facilities, open_bench, waiting_for_approval
from postgres_cluster import running_cluster

REAL = Path(__file__).parents[2] / "cases" / "agent_files" / "python-backend-architect.md"
SCRIPT = Path(__file__).parents[2] / "mcp_server_script.py"
CANARY = "canary-77aa"
NOTEBOOK = {
    "cells": [
        {"id": "one", "cell_type": "markdown", "metadata": {}, "source": ["# Title\n"]},
        {
            "id": "two",
            "cell_type": "code",
            "metadata": {},
            "execution_count": 1,
            "source": "1 + 1",
            "outputs": [{"output_type": "execute_result", "data": {"text/plain": ["2"]}}],
        },
    ],
    "metadata": {},
    "nbformat": 4,
    "nbformat_minor": 5,
}


@pytest.fixture
def project(tmp_path: Path) -> Path:
    root = (tmp_path / "project").resolve()
    files = {
        "app.py": "def main():\n    return 1\n",
        "crlf.py": "a = 1\r\nb = 2\r\n",
        "test_app.py": "from app import main\n\n\ndef test_main():\n    assert main() == 1\n",
        "book.ipynb": json.dumps(NOTEBOOK),
        ".env": f"KEY={CANARY}\n",
    }
    root.mkdir()
    for name, text in files.items():
        (root / name).write_bytes(text.encode())
    return root


def request_for(project: Path, **changes: Any) -> RefactorRequest:
    base = RefactorRequest(
        "app.py", "python", "def main():\n    return 2\n", "main", 1, workspace=project
    )
    return replace(base, trusted=True, **changes)


@asynccontextmanager
async def kit_for(
    request: RefactorRequest, agent: AgentDefinition | None = None, **facilities: Any
) -> AsyncIterator[tuple[Kit, Callable[..., Awaitable[str]]]]:
    """The tools of a run, and a way to use them by name."""
    agent = agent or load_agent(REAL)
    async with open_bench(
        agent, request, Facilities(**facilities), Narrator(lambda *_: None)
    ) as bench:
        kit = equip(agent, bench)

        async def use(name: str, **arguments: Any) -> str:
            (tool,) = [tool for tool in kit.tools if tool.name == name]
            return await tool.run(arguments)

        yield kit, use


@pytest.fixture
def jail() -> None:
    reason = why_no_jail()
    if reason and os.environ.get("CI"):
        pytest.fail(reason)
    if reason:
        pytest.skip(reason)


@pytest.fixture(scope="module")
def database() -> Iterator[str]:
    pytest.importorskip("psycopg")
    with running_cluster() as cluster:
        yield cluster.url("reader")


async def diagnostics(uri: str) -> list[dict[str, Any]]:
    return [{"uri": uri or "all", "line": 1, "message": "too complex"}]


MEMORY = "mcp__memory-coder-python__"
RETRY = {"name": "retry", "entityType": "pattern", "observations": ["cap and jitter"]}
LINK = {"from": "retry", "to": "retry", "relationType": "is"}
#: tool, arguments, and what its answer holds; run in this order against one project.
CALLS: list[tuple[str, dict[str, Any], str]] = [
    ("Read", {"file_path": "app.py"}, "return 2"),
    ("LS", {"path": "."}, "crlf.py"),
    ("Glob", {"pattern": "*.py"}, "test_app.py"),
    ("Grep", {"pattern": "def main"}, "app.py"),
    (
        "Edit",
        {"file_path": "app.py", "old_string": "return 2", "new_string": "return 1"},
        "Changed",
    ),
    (
        "MultiEdit",
        {
            "file_path": "crlf.py",
            "edits": [
                {"old_string": "a = 1\nb", "new_string": "a = 9\nb"},
                {"old_string": "= ", "new_string": " = ", "replace_all": True},
            ],
        },
        "2 places",
    ),
    ("Write", {"file_path": "new/deep.py", "content": "x = 1\n"}, "Wrote"),
    ("Bash", {"command": "cat crlf.py new/deep.py | od -c | head -3"}, "\\r  \\n"),
    ("Bash", {"command": "lizard app.py", "description": "measure"}, "main@1-2@"),
    ("Bash", {"command": "pytest -q -p no:cacheprovider test_app.py"}, "1 passed"),
    ("NotebookRead", {"notebook_path": "book.ipynb"}, "-> 2"),
    (
        "NotebookEdit",
        {"notebook_path": "book.ipynb", "cell_id": "two", "new_source": "2 + 2"},
        "Replaced",
    ),
    (
        "NotebookEdit",
        {
            "notebook_path": "book.ipynb",
            "cell_id": "one",
            "new_source": "text",
            "cell_type": "markdown",
            "edit_mode": "insert",
        },
        "Inserted",
    ),
    (
        "NotebookEdit",
        {
            "notebook_path": "book.ipynb",
            "cell_id": "one",
            "new_source": "",
            "edit_mode": "delete",
        },
        "Deleted",
    ),
    ("NotebookRead", {"notebook_path": "book.ipynb", "cell_id": "two"}, "2 + 2"),
    (
        "TodoWrite",
        {"todos": [{"content": "a", "status": "pending", "activeForm": "b"}]},
        "0 of 1 done",
    ),
    (f"{MEMORY}create_entities", {"entities": [RETRY]}, "cap and jitter"),
    (f"{MEMORY}create_relations", {"relations": [LINK]}, "retry"),
    (
        f"{MEMORY}add_observations",
        {"observations": [{"entityName": "retry", "contents": ["more"]}]},
        "more",
    ),
    (f"{MEMORY}search_nodes", {"query": "jitter"}, "retry"),
    (f"{MEMORY}open_nodes", {"names": ["retry"]}, "more"),
    (f"{MEMORY}read_graph", {}, "relations"),
    ("ListMcpResourcesTool", {}, "memory://knowledge-graph"),
    ("ReadMcpResourceTool", {"server": "memory", "uri": "memory://knowledge-graph"}, "jitter"),
    (
        f"{MEMORY}delete_observations",
        {"deletions": [{"entityName": "retry", "observations": ["more"]}]},
        "deleted",
    ),
    (f"{MEMORY}delete_relations", {"relations": [LINK]}, "deleted"),
    (f"{MEMORY}delete_entities", {"entityNames": ["retry"]}, "deleted"),
    ("mcp__ide__getDiagnostics", {"uri": "app.py"}, "too complex"),
    ("mcp__ide__executeCode", {"code": "from app import main\nx = main()"}, "(no output)"),
    ("mcp__ide__executeCode", {"code": "x + 41"}, "42"),
    ("mcp__postgres__query", {"sql": "SELECT name FROM item WHERE id = 3"}, "item 3"),
]


async def test_every_tool_of_a_real_agent_file_works(
    project: Path, tmp_path: Path, jail: None, database: str
) -> None:
    facilities = {
        "memory": tmp_path / "memory.sqlite3",
        "postgres_url": database,
        "web": True,
        "diagnostics": diagnostics,
    }
    before = snapshot(project)
    async with kit_for(request_for(project), **facilities) as (kit, use):
        assert kit.missing == ()
        for name, arguments, expected in CALLS:
            assert expected in await use(name, **arguments), name
        by_provider = {tool.name for tool in kit.server_tools}
        assert by_provider == {"web_fetch", "web_search"}
        used = {name for name, _, _ in CALLS} | {"WebFetch", "WebSearch"}
        assert used == {rule.name for rule in load_agent(REAL).tools or ()}
    assert snapshot(project) == before


def snapshot(root: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in root.rglob("*") if path.is_file()}


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ("open('/etc/passwd').read()", "FileNotFoundError"),
        (f"open({str(Path.home())!r} + '/.bashrc')", "FileNotFoundError"),
        ("open('.env').read()", "FileNotFoundError"),
        ("import socket; socket.create_connection(('192.0.2.1', 80), 1)", "Error"),
        ("import os; os.environ['ANTHROPIC_API_KEY']", "KeyError"),
        ("1 / 0", "ZeroDivisionError"),
        ("import sys; sys.exit(3)", "SystemExit"),
        ("def", "SyntaxError"),
    ],
)
async def test_code_in_the_prompt_stays_in_its_walls(
    project: Path, jail: None, monkeypatch: pytest.MonkeyPatch, code: str, expected: str
) -> None:
    monkeypatch.setenv("ANTHROPIC_API_KEY", CANARY)
    async with kit_for(request_for(project)) as (_, use):
        with pytest.raises(ToolFailure, match=expected) as caught:
            await use("mcp__ide__executeCode", code=code)
        assert CANARY not in str(caught.value)
        assert await use("mcp__ide__executeCode", code="print('alive')") == "alive\n"


async def test_a_prompt_that_hangs_is_ended_and_begins_anew(project: Path, jail: None) -> None:
    async with kit_for(request_for(project)) as (_, use):
        await use("mcp__ide__executeCode", code="x = 1")
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(1):
                await use("mcp__ide__executeCode", code="while True: pass")
        with pytest.raises(ToolFailure, match="NameError"):
            await use("mcp__ide__executeCode", code="x")
        with pytest.raises(ToolFailure, match="prompt ended"):
            await use("mcp__ide__executeCode", code="import os; os._exit(1)")


@pytest.mark.parametrize(
    "command",
    [
        "cat /etc/passwd",
        "cat .env",
        f"cat {Path.home()}/.bashrc",
        "curl -m 2 http://192.0.2.1",
        "env",
    ],
)
async def test_a_command_stays_in_its_walls(
    project: Path, jail: None, monkeypatch: pytest.MonkeyPatch, command: str
) -> None:
    monkeypatch.setenv("SECRET_OF_MINE", CANARY)
    async with kit_for(request_for(project)) as (_, use):
        answer = await use("Bash", command=command)
        assert CANARY not in answer
        assert "root:x" not in answer
        assert command == "env" or "exit code" in answer
        with pytest.raises(ToolFailure, match=r"after 0\.3 seconds"):
            await use("Bash", command="sleep 60", timeout=300)


async def test_in_a_workspace_without_trust_nothing_runs_but_edits_work(project: Path) -> None:
    request = replace(request_for(project), trusted=False)
    async with kit_for(request) as (kit, use):
        reasons = dict(kit.missing)
        for name in ("Bash", "mcp__ide__executeCode"):
            assert "not trusted" in reasons[name]
        assert "Web tools are off" in reasons["WebFetch"]
        assert "ARCHITECT_POSTGRES_URL" in reasons["mcp__postgres__query"]
        assert "No editor" in reasons["mcp__ide__getDiagnostics"]
        await use("Write", file_path="x.py", content="x")
        assert await use("Read", file_path="x.py") == "     1\tx"


async def test_where_there_is_no_jail_the_reason_is_said(
    project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("architect_agents.workbench.why_no_jail", lambda: "No jail on Mars.")
    async with kit_for(request_for(project)) as (kit, _):
        assert dict(kit.missing)["Bash"] == "No jail on Mars."


async def test_nothing_is_left_of_a_cancelled_run(
    project: Path, jail: None, tmp_path: Path
) -> None:
    started = asyncio.Event()
    shadows: list[Path] = []
    agent = load_agent(REAL)

    async def work() -> None:
        async with open_bench(
            agent, request_for(project), Facilities(), Narrator(lambda *_: None)
        ) as bench:
            assert bench.stage is not None
            shadows.append(bench.stage.root)
            assert bench.repl is not None
            await bench.repl.run("x = 1")
            started.set()
            await bench.repl.run("import time; time.sleep(3600)")

    task = asyncio.create_task(work())
    await started.wait()
    assert shadows[0].exists()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert not shadows[0].exists()
    listed = await asyncio.to_thread(subprocess.check_output, ["ps", "-eo", "args"], text=True)
    assert str(shadows[0]) not in listed


async def test_paths_can_not_leave_the_copy_when_writing(project: Path) -> None:
    outside = project.parent / "outside.txt"
    outside.write_text("mine")
    async with kit_for(request_for(project)) as (_, use):
        for path in ("../outside.txt", str(outside), "/etc/x", ".env", ".git/hooks/x", "", "."):
            with pytest.raises(ToolFailure):
                await use("Write", file_path=path, content="stolen")
        for change in (
            {"old_string": "", "new_string": "x"},
            {"old_string": "e", "new_string": ""},
        ):
            with pytest.raises(ToolFailure):
                await use("Edit", file_path="app.py", **change)
    assert outside.read_text() == "mine"


def mcp_file(project: Path) -> None:
    server = {"command": sys.executable, "args": [str(SCRIPT), "good"]}
    (project / ".mcp.json").write_text(json.dumps({"mcpServers": {"good": server, "x": server}}))


async def test_a_server_runs_only_if_named_trusted_and_approved(
    project: Path, tmp_path: Path
) -> None:
    mcp_file(project)
    agent = parse_agent("---\nname: a\ntools: Read, mcp__good__echo\n---\nx")
    approvals = Approvals(tmp_path / "approvals.json")
    facilities = {"approvals": approvals.file, "server_logs": tmp_path / "logs"}
    request = request_for(project)
    async with kit_for(request, agent, **facilities) as (kit, _):
        assert "waits for the person's approval" in dict(kit.missing)["mcp__good__echo"]
    (waiting,) = waiting_for_approval(agent, project, approvals)
    assert waiting.summary == f"{sys.executable} {SCRIPT} good"
    approvals.grant(project, waiting)
    assert waiting_for_approval(agent, project, approvals) == ()
    async with kit_for(replace(request, trusted=False), agent, **facilities) as (kit, _):
        assert "not trusted" in dict(kit.missing)["mcp__good__echo"]
    async with kit_for(request, agent, **facilities) as (kit, use):
        assert kit.missing == ()
        assert await use("mcp__good__echo", say="hi") == "you said hi"
        assert "mcp__good__flood" not in {tool.name for tool in kit.tools}
    other = parse_agent("---\nname: a\ntools: Read\n---\nx")
    for entry in read_config(project, {}).servers:
        approvals.grant(project, entry)
    async with kit_for(request, other, **facilities) as (kit, _):
        assert [tool.name for tool in kit.tools] == ["Read"]


async def test_a_configured_server_comes_before_the_memory_of_ours(
    project: Path, tmp_path: Path
) -> None:
    server = {"command": sys.executable, "args": [str(SCRIPT), "good"]}
    (project / ".mcp.json").write_text(json.dumps({"mcpServers": {"memory": server}}))
    agent = replace(load_agent(REAL), tools=(ToolRule("mcp__memory"),))
    approvals = Approvals(tmp_path / "approvals.json")
    for entry in read_config(project, {}).servers:
        approvals.grant(project, entry)
    facilities = {
        "approvals": approvals.file,
        "server_logs": tmp_path / "logs",
        "memory": tmp_path / "memory.sqlite3",
    }
    async with kit_for(request_for(project), agent, **facilities) as (kit, _):
        names = {tool.name for tool in kit.tools}
    assert "mcp__memory__echo" in names
    assert "mcp__memory__search_nodes" not in names

"""What the editor hears before the full server is loaded, and that nothing is lost meanwhile."""

from __future__ import annotations

import asyncio
import json
import os
import subprocess
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from editor import SERVER

# Stands before the real package on the path, and is it once the test has opened the gate.
_GATED = """\
import os, sys
with open(os.environ["GATE"]) as gate:
    gate.read()
sys.path.remove(os.path.dirname(os.path.dirname(__file__)))
del sys.modules["lsprotocol"]
import lsprotocol
"""
_URI = "untitled:a.py"
_OVER = "def over(a):\n" + "".join(f"    if a == {n}:\n        a = 1\n" for n in range(20))


class _Connection:
    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self.process = process
        self.heard: list[dict[str, Any]] = []

    def send(self, method: str, params: Any, identifier: int | None = None) -> None:
        message = {"jsonrpc": "2.0", "method": method, "params": params}
        if identifier is not None:
            message["id"] = identifier
        body = json.dumps(message).encode()
        assert self.process.stdin
        self.process.stdin.write(b"Content-Length: %d\r\n\r\n%s" % (len(body), body))

    async def hear(self, **wanted: Any) -> dict[str, Any]:
        """The next message that has these members; what comes before is kept in ``heard``."""
        assert self.process.stdout
        async with asyncio.timeout(60):
            while True:
                header = await self.process.stdout.readuntil(b"\r\n\r\n")
                length = int(header.split(b"Content-Length:")[1].split(b"\r\n")[0])
                message = json.loads(await self.process.stdout.readexactly(length))
                self.heard.append(message)
                if all(message.get(key) == value for key, value in wanted.items()):
                    return dict(message)


@asynccontextmanager
async def _gated_server(folder: Path) -> AsyncIterator[tuple[_Connection, Path]]:
    """A server that can't load lsprotocol before somebody writes into the gate."""
    package = folder / "path" / "lsprotocol"
    package.mkdir(parents=True)
    (package / "__init__.py").write_text(_GATED)
    gate = folder / "gate"
    os.mkfifo(gate)
    path = os.pathsep.join([str(package.parent), os.environ.get("PYTHONPATH", "")])
    process = await asyncio.create_subprocess_exec(
        *SERVER,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        env={**os.environ, "PYTHONPATH": path, "GATE": str(gate)},
    )
    try:
        yield _Connection(process), gate
    finally:
        if process.returncode is None:
            process.kill()
        await process.wait()


@pytest.mark.skipif(sys.platform == "win32", reason="has no named pipes in the file system")
async def test_the_greeting_and_the_first_text_need_no_full_server(tmp_path: Path) -> None:
    async with _gated_server(tmp_path) as (connection, gate):
        greeting = {"processId": None, "rootUri": None, "capabilities": {}}
        connection.send("initialize", greeting, 1)
        answer = await connection.hear(id=1)
        assert answer["result"]["capabilities"]["hoverProvider"] is True

        connection.send("initialized", {})
        item = {"uri": _URI, "languageId": "python", "version": 4, "text": _OVER}
        connection.send("textDocument/didOpen", {"textDocument": item})
        shown = await connection.hear(method="textDocument/publishDiagnostics")
        assert shown["params"]["version"] == 4
        assert [one["code"] for one in shown["params"]["diagnostics"]] == ["ccn"]

        # An edit is taken at once, a hover waits for the full server.
        place = {"line": 0, "character": 4}
        position = {"textDocument": {"uri": _URI}, "position": place}
        connection.send("textDocument/hover", position, 2)
        change = {"range": {"start": place, "end": place}, "text": "x"}
        document = {"uri": _URI, "version": 5}
        params = {"textDocument": document, "contentChanges": [change]}
        connection.send("textDocument/didChange", params)
        shown = await connection.hear(method="textDocument/publishDiagnostics")
        assert shown["params"]["version"] == 5
        assert "xover has" in shown["params"]["diagnostics"][0]["message"]
        assert all(message.get("id") != 2 for message in connection.heard)

        await asyncio.to_thread(gate.write_text, "open")
        hover = await connection.hear(id=2)
        assert "xover" in json.dumps(hover["result"])
        connection.send("shutdown", None, 3)
        assert (await connection.hear(id=3))["result"] is None
        connection.send("exit", None)
        async with asyncio.timeout(60):
            assert await connection.process.wait() == 0
        assert sum(message.get("id") == 1 for message in connection.heard) == 1


@pytest.mark.skipif(sys.platform == "win32", reason="has no named pipes in the file system")
async def test_what_the_front_does_not_understand_is_refused_by_the_full_server(
    tmp_path: Path,
) -> None:
    async with _gated_server(tmp_path) as (connection, gate):
        connection.send("initialize", {"processId": None}, 1)
        await asyncio.to_thread(gate.write_text, "open")
        assert (await connection.hear(id=1))["error"]["code"] == -32602
        connection.send("no/such/request", {}, 2)
        assert (await connection.hear(id=2))["error"]["code"] == -32601


async def test_exit_without_shutdown_is_told_by_the_exit_code(tmp_path: Path) -> None:
    process = await asyncio.create_subprocess_exec(
        *SERVER, stdin=subprocess.PIPE, stdout=subprocess.PIPE, cwd=tmp_path
    )
    connection = _Connection(process)
    connection.send("initialize", {"processId": None, "rootUri": None, "capabilities": {}}, 1)
    await connection.hear(id=1)
    connection.send("exit", None)
    async with asyncio.timeout(60):
        assert await process.wait() == 1

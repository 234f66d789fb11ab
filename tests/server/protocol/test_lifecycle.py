"""The process: what it loads, what it prints, and that it ends with its editor."""

from __future__ import annotations

import asyncio
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from lsprotocol import types as lsp

from editor import SERVER, open_editor


def request(identifier: int, method: str, params: object) -> bytes:
    """One framed request."""
    message = {"jsonrpc": "2.0", "id": identifier, "method": method, "params": params}
    body = json.dumps(message).encode()
    return b"Content-Length: %d\r\n\r\n%s" % (len(body), body)


async def start(process_id: int | None) -> asyncio.subprocess.Process:
    """A server that has answered ``initialize``."""
    server = await asyncio.create_subprocess_exec(
        *SERVER, stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE
    )
    assert server.stdin
    assert server.stdout
    server.stdin.write(
        request(1, "initialize", {"processId": process_id, "rootUri": None, "capabilities": {}})
    )
    await server.stdout.readuntil(b"\r\n\r\n")
    return server


async def test_the_end_of_stdin_ends_the_process() -> None:
    server = await start(None)
    assert server.stdin
    server.stdin.close()
    async with asyncio.timeout(20):
        await server.wait()


async def test_the_death_of_the_editor_ends_the_process() -> None:
    editor = await asyncio.create_subprocess_exec(sys.executable, "-c", "input()", stdin=-1)
    server = await start(editor.pid)
    editor.kill()
    await editor.wait()
    async with asyncio.timeout(20):
        assert server.stdout
        await server.stdout.read()
        await server.wait()


@pytest.mark.skipif(sys.platform != "linux", reason="looks into /proc")
async def test_no_child_outlives_the_server(tmp_path: Path) -> None:
    async with open_editor(tmp_path) as editor:
        uri = (tmp_path / "a.py").as_uri()
        editor.open(uri, "def f(a, b, c, d, e, g, h, i):\n    pass\n")
        await editor.diagnostics(uri, len)
        server = editor.client._server.pid
        children = [
            child
            for listing in Path(f"/proc/{server}/task").glob("*/children")
            for child in listing.read_text().split()
        ]
        assert children, "the analysis runs in a process of its own"
    for child in children:
        assert not Path(f"/proc/{child}").exists()


def test_the_start_imports_neither_anthropic_nor_mcp_nor_lizard() -> None:
    heavy = ["anthropic", "mcp", "lizard", "pyflakes", "frontmatter", "rich", "httpx2"]
    program = (
        "import sys\n"
        "from architect_server.app import create_server\n"
        "create_server()\n"
        f"print([name for name in {heavy} if name in sys.modules])"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "[]"


async def test_nothing_but_messages_is_written_to_stdout(tmp_path: Path) -> None:
    server = await asyncio.create_subprocess_exec(
        *SERVER, stdin=-1, stdout=-1, stderr=-1, cwd=tmp_path
    )
    source = "int main() { " + "{" * 3000 + " }"
    text = {"uri": "file:///a.c", "languageId": "c", "version": 1, "text": source}
    wire = request(1, "initialize", {"processId": None, "rootUri": None, "capabilities": {}})
    wire += request(2, "shutdown", None)
    opened = {"jsonrpc": "2.0", "method": "textDocument/didOpen", "params": {"textDocument": text}}
    body = json.dumps(opened).encode()
    wire = wire[: wire.rindex(b"Content-Length")] + (
        b"Content-Length: %d\r\n\r\n%s" % (len(body), body)
    )
    output, _ = await server.communicate(wire)
    while output:
        header, _, rest = output.partition(b"\r\n\r\n")
        length = int(header.partition(b"Content-Length: ")[2].partition(b"\r\n")[0])
        json.loads(rest[:length])
        output = rest[length:]


async def test_a_repository_cannot_have_its_own_modules_imported(tmp_path: Path) -> None:
    """The working directory is the user's repository; its files are not ours to import."""
    for name in ("pickle", "lizard", "struct", "lsprotocol", "architect_server"):
        (tmp_path / f"{name}.py").write_text("open('ran', 'w').close()\nraise SystemExit(9)\n")
    before = Path.cwd()
    os.chdir(tmp_path)
    try:
        async with open_editor(tmp_path) as editor:
            uri = (tmp_path / "a.py").as_uri()
            editor.open(uri, "def f(a, b, c, d, e, g, h, i):\n    pass\n")
            assert await editor.diagnostics(uri, len)
    finally:
        os.chdir(before)
    assert not (tmp_path / "ran").exists()


async def test_an_unknown_document_does_no_harm(tmp_path: Path) -> None:
    async with open_editor(tmp_path) as editor:
        identifier = lsp.VersionedTextDocumentIdentifier(3, "file:///never-opened.py")
        change = lsp.TextDocumentContentChangeWholeDocument("x = 1\n")
        editor.client.text_document_did_change(
            lsp.DidChangeTextDocumentParams(identifier, [change])
        )
        closed = lsp.TextDocumentIdentifier("file:///never-opened.py")
        editor.client.text_document_did_close(lsp.DidCloseTextDocumentParams(closed))
        uri = (tmp_path / "a.py").as_uri()
        editor.open(uri, "def f(a, b, c, d, e, g, h, i):\n    pass\n")
        assert await editor.diagnostics(uri, len)

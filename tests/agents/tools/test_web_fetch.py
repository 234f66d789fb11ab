"""Our own WebFetch: public pages over https, and nothing else."""

from __future__ import annotations

import asyncio
import os
import shutil
import ssl
import subprocess
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from architect_agents.agent_file import parse_agent
from architect_agents.narration import Narrator
from architect_agents.tools import web_fetch_tool
from architect_agents.tools.table import Bench, equip
from architect_agents.tools.tool import ToolFailure
from architect_agents.tools.web_fetch_tool import LARGEST, Fetcher, is_public, text_of_html
from architect_agents.types import RefactorRequest
from architect_agents.workbench import Facilities, planned_bench

PAGES = {
    "/": ("200 OK", "text/html; charset=utf-8", "<title>x</title><p>Hellö <b>you</b></p><p>two"),
    "/plain": ("200 OK", "text/plain; charset=nonsense", "just text"),
    "/json": ("200 OK", "application/json", '{"a": 1}'),
    "/image": ("200 OK", "image/png", "png"),
    "/gone": ("404 Not Found", "text/plain", "no"),
    "/large": ("200 OK", "text/plain", "x" * (LARGEST + 1000)),
    "/near": ("302 Found", "text/plain", "/plain"),
    "/far": ("302 Found", "text/plain", "https://elsewhere.example/"),
    "/down": ("302 Found", "text/plain", "http://localhost/plain"),
    "/loop": ("302 Found", "text/plain", "/loop"),
}


async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    path = (await reader.readline()).decode().split(" ")[1]
    while (await reader.readline()).strip():
        pass
    status, kind, body = PAGES[path.split("?")[0]]
    raw = body.encode()
    location = f"location: {body}\r\n" if status.startswith("302") else ""
    head = f"HTTP/1.1 {status}\r\ncontent-type: {kind}\r\ncontent-length: {len(raw)}\r\n{location}"
    writer.write(f"{head}\r\n".encode() + raw)
    writer.close()


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    openssl = shutil.which("openssl")
    if openssl is None:
        if os.environ.get("CI"):
            pytest.fail("openssl is not installed")
        pytest.skip("openssl is not installed")
    folder = tmp_path_factory.mktemp("tls")
    command = [openssl, "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2"]
    command += ["-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost"]
    files = ["-keyout", str(folder / "key.pem"), "-out", str(folder / "cert.pem")]
    subprocess.run([*command, *files], check=True, capture_output=True)
    return folder


@pytest.fixture
async def site(certificate: Path) -> AsyncIterator[tuple[Fetcher, str]]:
    server_side = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    server_side.load_cert_chain(certificate / "cert.pem", certificate / "key.pem")
    server = await asyncio.start_server(answer, "127.0.0.1", 0, ssl=server_side)
    port = server.sockets[0].getsockname()[1]
    client_side = ssl.create_default_context(cafile=str(certificate / "cert.pem"))
    ours = frozenset({"127.0.0.1", "::1"})
    fetcher = Fetcher(lambda address: address in ours, client_side, frozenset({port}))
    yield fetcher, f"https://localhost:{port}"
    server.close()


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("/", "x\nHellö you\ntwo"),
        ("/plain?q=1", "just text"),
        ("/json", '{"a": 1}'),
        ("/near", "just text"),
    ],
)
async def test_a_page_is_fetched_as_text(
    site: tuple[Fetcher, str], path: str, expected: str
) -> None:
    fetcher, base = site
    tool = web_fetch_tool.web_fetch_tool(fetcher)
    assert await tool.run({"url": base + path, "prompt": "x"}) == expected


@pytest.mark.parametrize(
    ("path", "why"),
    [
        ("/image", "no text but image/png"),
        ("/gone", "answered 404"),
        ("/far", "another host"),
        ("/down", "another host"),
        ("/loop", "without end"),
    ],
)
async def test_what_is_not_wanted_is_said(site: tuple[Fetcher, str], path: str, why: str) -> None:
    fetcher, base = site
    with pytest.raises(ToolFailure, match=why):
        await asyncio.to_thread(fetcher.fetch, base + path)


async def test_a_large_page_is_cut(site: tuple[Fetcher, str]) -> None:
    fetcher, base = site
    assert len(await asyncio.to_thread(fetcher.fetch, f"{base}/large")) < 50_000


async def test_a_certificate_of_nobody_is_refused(site: tuple[Fetcher, str]) -> None:
    fetcher, base = site
    trusting_none = Fetcher(fetcher.allowed, ports=fetcher.ports)
    with pytest.raises(ToolFailure, match="can't be reached"):
        await asyncio.to_thread(trusting_none.fetch, base)


@pytest.mark.parametrize(
    "url",
    [
        "http://example.org/",
        "file:///etc/passwd",
        "https://user:pw@example.org/",
        "https://example.org:22/",
        "https://example.org:99999/",
        "https://localhost/",
        "https://127.0.0.1/",
        "https://[::1]/",
        "https://[::ffff:127.0.0.1]/",
        "https://2130706433/",
        "https://0x7f.1/",
        "https://169.254.169.254/latest/meta-data/",
        "https://10.0.0.1/",
        "https:///x",
        "nonsense",
        "https://[",
    ],
)
def test_only_public_https_addresses_are_fetched(url: str) -> None:
    with pytest.raises(ToolFailure):
        Fetcher().fetch(url)


@pytest.mark.parametrize(
    ("address", "public"),
    [
        ("93.184.216.34", True),
        ("2606:2800:220:1::1", True),
        ("127.0.0.1", False),
        ("10.1.2.3", False),
        ("192.168.0.1", False),
        ("169.254.169.254", False),
        ("100.64.0.1", False),
        ("0.0.0.0", False),
        ("224.0.0.1", False),
        ("::1", False),
        ("fe80::1", False),
        ("fd00::1", False),
        ("::ffff:10.0.0.1", False),
        ("64:ff9b:1::1", False),
        ("64:ff9b::a00:1", False),
        ("2002:a00:1::", False),
        ("2001:0:4136:e378:8000:63bf:3fff:fdd2", False),
    ],
)
def test_which_addresses_are_public(address: str, public: bool) -> None:
    assert is_public(address) is public


def test_a_page_is_read_without_its_scripts() -> None:
    page = "<head><title>t</title></head><p>a<script>x()</script> b<style>c</style></p><li>d"
    assert text_of_html(page) == "t\na b\nd"


@pytest.mark.parametrize(
    ("allowed", "base_url", "by_provider", "own"),
    [
        (True, "", {"web_fetch", "web_search"}, False),
        (True, "https://api.anthropic.com", {"web_fetch", "web_search"}, False),
        (True, "http://localhost:11434", set(), True),
        (True, "https://api.anthropic.com.evil.example", set(), True),
        (False, "", set(), False),
    ],
)
def test_who_goes_to_the_web(
    monkeypatch: pytest.MonkeyPatch,
    allowed: bool,
    base_url: str,
    by_provider: set[str],
    own: bool,
) -> None:
    monkeypatch.setenv("ANTHROPIC_BASE_URL", base_url)
    agent = parse_agent("---\nname: a\ntools: WebFetch, WebSearch\n---\nx")
    request = RefactorRequest("a.py", "python", "", "f", 1)
    bench = planned_bench(agent, request, Facilities(web=allowed), Narrator(lambda *_: None))
    kit = equip(agent, bench)
    assert {tool.name for tool in kit.server_tools} == by_provider
    assert [tool.name for tool in kit.tools] == (["WebFetch"] if own else [])
    assert len(kit.missing) == (2 if not allowed else 1 if own else 0)
    assert isinstance(bench, Bench)

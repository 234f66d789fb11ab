"""Messages arrive whole, in order and once, whatever the chunks and the kind of stdin."""

from __future__ import annotations

import asyncio
import os
import threading
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from architect_server.message_frames import Frames
from architect_server.transport import read_frames


def framed(body: bytes, header: str = "Content-Length: {}\r\n\r\n") -> bytes:
    return header.format(len(body)).encode() + body


@given(st.lists(st.binary(min_size=0, max_size=30), max_size=5), st.lists(st.integers(1, 12)))
def test_bodies_come_out_as_they_went_in(bodies: list[bytes], cuts: list[int]) -> None:
    stream = b"".join(framed(body) for body in bodies)
    frames, found, at = Frames(), [], 0
    for size in [*cuts, len(stream)]:
        found += list(frames.feed(stream[at : at + size]))
        at += size
    assert found == bodies


def test_other_header_fields_and_any_case_are_understood() -> None:
    headers = (
        "content-length: {}\r\n\r\n",
        "Content-Type: application/vscode-jsonrpc; charset=utf-8\r\nContent-Length:{}\r\n\r\n",
        "Content-Length: {}\r\nX-Other: 1\r\n\r\n",
        "Content-Length: {}\n\n",
    )
    stream = b"noise\r\n\r\n" + b"".join(framed(b"{}", header) for header in headers)
    assert list(Frames().feed(stream)) == [b"{}"] * len(headers)


async def _read(descriptor: int) -> list[bytes]:
    found: list[bytes] = []
    async with asyncio.timeout(60):
        await read_frames(descriptor, found.append)
    return found


async def test_a_pipe_is_read_until_it_ends() -> None:
    reader, writer = os.pipe()
    large = b"x" * 1_000_000

    def write() -> None:
        with os.fdopen(writer, "wb") as stream:
            stream.write(framed(large) + framed(b"{}"))

    thread = threading.Thread(target=write)
    thread.start()
    try:
        assert await _read(reader) == [large, b"{}"]
    finally:
        thread.join()
        os.close(reader)


async def test_a_regular_file_is_read_until_it_ends(tmp_path: Path) -> None:
    path = tmp_path / "messages"
    path.write_bytes(framed(b"[1]") + framed(b"[2]") + b"Content-Length: 9\r\n\r\ncut")
    descriptor = os.open(path, os.O_RDONLY)
    try:
        assert await _read(descriptor) == [b"[1]", b"[2]"]
    finally:
        os.close(descriptor)

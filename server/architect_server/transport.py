"""Whole messages from stdin to the loop, without a detour for every line of a header.

Where the system can watch a pipe, the loop reads it itself, so that between a keystroke and its
handling no other thread has to wake up. Elsewhere (a regular file, Windows) one thread reads.
"""

from __future__ import annotations

import asyncio
import os
import threading
from collections.abc import Callable

from architect_server.message_frames import Frames

#: What is called with the body of each message.
Take = Callable[[bytes], None]

_CHUNK = 1 << 18


async def read_frames(descriptor: int, take: Take, received: bytes = b"") -> None:
    """Hand every message that comes from ``descriptor`` to ``take``, until it ends.

    ``received`` was read from it before.

    Raises:
        Whatever ``take`` raises.
    """
    loop = asyncio.get_running_loop()
    ended: asyncio.Future[None] = loop.create_future()
    frames = Frames()

    def arrived(chunk: bytes) -> None:
        if ended.done():
            return
        try:
            for body in frames.feed(chunk):
                take(body)
        except Exception as error:
            ended.set_exception(error)
        else:
            if not chunk:
                ended.set_result(None)

    if received:
        arrived(received)
    # What is ready can be read without waiting, as nobody else reads here. The descriptor stays
    # as it is: whoever shares it (a terminal, a socket) may not expect it to be non-blocking.
    try:
        loop.add_reader(descriptor, lambda: arrived(_read(descriptor)))
    except (NotImplementedError, OSError):
        _read_on_thread(loop, descriptor, arrived)
        await ended
        return
    try:
        await ended
    finally:
        loop.remove_reader(descriptor)


def _read(descriptor: int) -> bytes:
    try:
        return os.read(descriptor, _CHUNK)
    except OSError:  # the other side has gone
        return b""


def _read_on_thread(
    loop: asyncio.AbstractEventLoop, descriptor: int, arrived: Callable[[bytes], None]
) -> None:
    def read() -> None:
        chunk = b"-"
        while chunk:
            chunk = _read(descriptor)
            try:
                loop.call_soon_threadsafe(arrived, chunk)
            except RuntimeError:  # the loop was closed meanwhile
                return

    threading.Thread(target=read, name="stdin", daemon=True).start()

"""Messages over a pipe between our own processes: four bytes of length, then a pickle."""

from __future__ import annotations

import pickle
import struct
from typing import Any, BinaryIO

HEADER = struct.Struct("!I")


def pack(message: object) -> bytes:
    """The frame of one message."""
    body = pickle.dumps(message, protocol=pickle.HIGHEST_PROTOCOL)
    return HEADER.pack(len(body)) + body


def read_frame(stream: BinaryIO) -> Any:
    """The next message.

    Raises:
        EOFError: the other side has gone.
    """
    header = stream.read(HEADER.size)
    if len(header) < HEADER.size:
        raise EOFError("the other side of the pipe has gone")
    (length,) = HEADER.unpack(header)
    return pickle.loads(stream.read(length))  # noqa: S301 - our own parent or child wrote it


class Frames:
    """Takes bytes as they come and gives the messages that are complete."""

    def __init__(self) -> None:
        self._bytes = bytearray()

    def take(self, data: bytes) -> list[Any]:
        """The messages that ``data`` completes, in their order."""
        self._bytes += data
        messages = []
        while len(self._bytes) >= HEADER.size:
            (length,) = HEADER.unpack_from(self._bytes)
            end = HEADER.size + length
            if len(self._bytes) < end:
                break
            messages.append(pickle.loads(self._bytes[HEADER.size : end]))  # noqa: S301 - our child
            del self._bytes[:end]
        return messages

"""Messages over a pipe between our own processes: four bytes of length, then a pickle."""

from __future__ import annotations

import pickle
import struct
from typing import IO, Any

_HEADER = struct.Struct("!I")


def pack(message: object) -> bytes:
    """The frame of one message."""
    body = pickle.dumps(message, protocol=pickle.HIGHEST_PROTOCOL)
    return _HEADER.pack(len(body)) + body


def read_frame(stream: IO[bytes]) -> Any:
    """The next message.

    Raises:
        EOFError: the other side has gone.
    """
    header = stream.read(_HEADER.size)
    if len(header) < _HEADER.size:
        raise EOFError("the other side of the pipe has gone")
    (length,) = _HEADER.unpack(header)
    return pickle.loads(stream.read(length))  # noqa: S301 - our own parent or child wrote it

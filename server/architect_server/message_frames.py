"""Messages as they stand in the stream: a header with their length, then so many bytes."""

from __future__ import annotations

import re
from collections.abc import Iterator

_LENGTH = re.compile(rb"content-length:[ \t]*(\d+)\s*$", re.IGNORECASE)


def framed(body: str) -> bytes:
    """One message as it is sent. JSON escapes all that is not ASCII."""
    return b"Content-Length: %d\r\n\r\n%s" % (len(body), body.encode("ascii"))


class Frames:
    """Cuts what arrives into the bodies of messages, whatever the chunks it arrives in."""

    def __init__(self) -> None:
        self._waiting = bytearray()
        #: How long the body is that comes next; None while its header is read.
        self._length: int | None = None
        self._announced: int | None = None

    def feed(self, chunk: bytes) -> Iterator[bytes]:
        """The bodies that are complete with ``chunk``, in order."""
        self._waiting += chunk
        while (body := self._next()) is not None:
            yield body

    def _next(self) -> bytes | None:
        while self._length is None:
            end = self._waiting.find(b"\n")
            if end < 0:
                return None
            self._take_header(bytes(self._waiting[:end]))
            del self._waiting[: end + 1]
        if len(self._waiting) < self._length:
            return None
        body = bytes(self._waiting[: self._length])
        del self._waiting[: self._length]
        self._length = None
        return body

    def _take_header(self, line: bytes) -> None:
        if match := _LENGTH.match(line):
            self._announced = int(match[1])
        elif self._announced is not None and not line.strip():
            self._length, self._announced = self._announced, None

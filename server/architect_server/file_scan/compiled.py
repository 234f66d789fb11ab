"""Whether Python itself has compiled a file as it is now: then it parses."""

from __future__ import annotations

import os
import struct
from importlib.util import MAGIC_NUMBER, cache_from_source

_HEADER = struct.Struct("<4sIII")


def is_compiled(path: str) -> bool:
    """Whether this interpreter's compiled file beside ``path`` was made from what it holds.

    Python compares the source's time in seconds and its size; we also want the compiled file to
    be the younger one, so that a second edit within one second is noticed.
    """
    try:
        compiled = cache_from_source(path)
        with open(compiled, "rb") as file:  # noqa: PTH123 - one of thousands
            header = file.read(_HEADER.size)
            made = os.fstat(file.fileno()).st_mtime_ns
        source = os.stat(path)  # noqa: PTH116
        magic, flags, seconds, size = _HEADER.unpack(header)
    except (OSError, NotImplementedError, struct.error):
        return False
    written = (int(source.st_mtime) & 0xFFFFFFFF, source.st_size & 0xFFFFFFFF)
    return (
        (magic, flags) == (MAGIC_NUMBER, 0)
        and (seconds, size) == written
        and made > source.st_mtime_ns
    )

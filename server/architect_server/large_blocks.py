"""Large blocks of memory, given back to the system once they are free.

glibc keeps up to twice as much as the largest block that was ever given back (mallopt(3)), unless
it is told where large begins. A scan holds the texts of thousands of files for a moment each.
"""

from __future__ import annotations

import ctypes
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress

# From malloc.h.
_M_TRIM_THRESHOLD, _M_MMAP_THRESHOLD = -1, -3

# Bytes. During a scan it is as glibc begins. Else the text of an open file stays where it is,
# since the system takes longer for a block than an edit for the rest.
_SCANNING = {_M_TRIM_THRESHOLD: 128 * 1024, _M_MMAP_THRESHOLD: 128 * 1024}
_EDITING = {_M_TRIM_THRESHOLD: 1024 * 1024, _M_MMAP_THRESHOLD: 4 * 1024 * 1024}


@contextmanager
def given_back() -> Iterator[None]:
    """Have large blocks given back for a while. Without glibc nothing happens."""
    _tell(_SCANNING)
    try:
        yield
    finally:
        _tell(_EDITING)


def _tell(thresholds: dict[int, int]) -> None:
    if sys.platform == "linux":
        with suppress(OSError, AttributeError):
            library = ctypes.CDLL(None)
            for parameter, size in thresholds.items():
                library.mallopt(parameter, size)

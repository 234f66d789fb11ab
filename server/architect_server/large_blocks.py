"""Large blocks of memory, given back to the system once they are free.

glibc keeps up to twice as much as the largest block that was ever given back (mallopt(3)), unless
it is told where large begins. The server holds whole texts and answers for a moment only.
"""

from __future__ import annotations

import ctypes
import sys
from contextlib import suppress

# From malloc.h; the size is glibc's own as long as nothing large was freed.
_M_MMAP_THRESHOLD = -3
_LARGE = 128 * 1024


def give_back() -> None:
    """Have large blocks given back from now on. Without glibc nothing happens."""
    if sys.platform == "linux":
        with suppress(OSError, AttributeError):
            ctypes.CDLL(None).mallopt(_M_MMAP_THRESHOLD, _LARGE)

"""End with the editor, also when it dies without a word."""

from __future__ import annotations

import asyncio
import ctypes
import logging
import os
import sys
from collections.abc import Callable

logger = logging.getLogger(__name__)

#: Seconds between two looks.
_INTERVAL = 2.0


async def end_with_parent(process_id: int, clean_up: Callable[[], None]) -> None:
    """Watch the editor's process; when it is gone, clean up and leave at once.

    The end of stdin tells us first in nearly all cases. This is for an editor that died while
    another process still holds the pipe.
    """
    while is_alive(process_id):  # noqa: ASYNC110 - no event tells of another process's end
        await asyncio.sleep(_INTERVAL)
    logger.warning("The editor (process %d) is gone; ending", process_id)
    clean_up()
    os._exit(1)  # the thread that reads stdin can't be interrupted otherwise


def is_alive(process_id: int) -> bool:
    """Whether a process of that number exists."""
    if sys.platform == "win32":
        return _is_alive_windows(process_id)
    try:
        os.kill(process_id, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def _is_alive_windows(process_id: int) -> bool:
    """On Windows ``os.kill`` would end the process; ask for its exit state instead."""
    synchronize, timed_out = 0x0010_0000, 0x102
    kernel = ctypes.windll.kernel32  # type: ignore[attr-defined,unused-ignore]
    handle = kernel.OpenProcess(synchronize, False, process_id)
    if not handle:
        return False
    try:
        return bool(kernel.WaitForSingleObject(handle, 0) == timed_out)
    finally:
        kernel.CloseHandle(handle)

"""Opens files below a folder so that no `..`, link or race leads out of it."""

from __future__ import annotations

import ctypes
import errno
import os
import platform
import struct
import sys
from pathlib import Path

OPENAT2 = 437  # the same number on every architecture of Linux
RESOLVE_NO_MAGICLINKS, RESOLVE_BENEATH = 0x02, 0x08
#: Kernels before 5.6 and some containers lack the call; then the slower check has to do.
NOT_THERE = {errno.ENOSYS, errno.EPERM, errno.EINVAL}


def open_beneath(root: Path, relative: str, flags: int = os.O_RDONLY, mode: int = 0o600) -> int:
    """A file descriptor of ``relative`` below ``root``. The caller closes it.

    Raises:
        OSError: there is no such file, or the way to it leaves ``root``.
    """
    flags |= getattr(os, "O_CLOEXEC", 0)
    if sys.platform == "linux" and platform.machine():
        folder = os.open(root, os.O_PATH | os.O_DIRECTORY | os.O_CLOEXEC)
        try:
            return _openat2(folder, relative, flags, mode)
        except OSError as error:
            if error.errno not in NOT_THERE:
                raise
        finally:
            os.close(folder)
    return _open_checked(root, relative, flags, mode)


def _openat2(folder: int, relative: str, flags: int, mode: int) -> int:
    how = struct.pack(
        "QQQ",
        flags,
        mode if flags & os.O_CREAT else 0,
        RESOLVE_BENEATH | RESOLVE_NO_MAGICLINKS,
    )
    libc = ctypes.CDLL(None, use_errno=True)
    found: int = libc.syscall(
        OPENAT2, folder, os.fsencode(relative), ctypes.c_char_p(how), ctypes.c_size_t(len(how))
    )
    if found < 0:
        code = ctypes.get_errno()
        raise OSError(code, os.strerror(code), relative)
    return found


def _open_checked(root: Path, relative: str, flags: int, mode: int) -> int:
    """Resolve the folder, see that it is within, and follow no link in the last step."""
    base = root.resolve(strict=True)
    wanted = base / relative
    folder = wanted.parent.resolve(strict=True)
    if not folder.is_relative_to(base):
        raise OSError(errno.EXDEV, os.strerror(errno.EXDEV), relative)
    return os.open(folder / wanted.name, flags | getattr(os, "O_NOFOLLOW", 0), mode)

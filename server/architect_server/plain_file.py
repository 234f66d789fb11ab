"""Reading small files that a repository names: never a pipe, a device or something huge."""

from __future__ import annotations

import stat
from pathlib import Path

#: A file with settings or patterns has no more than this.
LARGEST = 4 * 1024 * 1024


def read_plain(path: Path, errors: str = "strict") -> str:
    """The text of a regular file.

    Raises:
        FileNotFoundError: there is none; a pipe or a device counts as none, for reading it hangs.
        OSError: it is too large or can't be read.
        UnicodeDecodeError: it is no UTF-8, with ``errors="strict"``.
    """
    found = path.stat()
    if not stat.S_ISREG(found.st_mode):
        raise FileNotFoundError(f"{path} is no file")
    if found.st_size > LARGEST:
        raise OSError(f"it is larger than {LARGEST // 2**20} MB")
    return path.read_text(encoding="utf-8", errors=errors)

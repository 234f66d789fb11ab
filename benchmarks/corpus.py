"""Files to measure on: the standard library's, which every machine has."""

from __future__ import annotations

import sysconfig
from functools import cache
from pathlib import Path

# Modules that are met in full by every version that we run on, put one behind the other until a
# file has as many lines as are wanted.
# fmt: off
_MODULES = (
    "argparse.py", "difflib.py", "inspect.py", "pickle.py", "tarfile.py", "zipfile.py",
    "turtle.py", "typing.py", "subprocess.py", "threading.py", "socket.py", "shutil.py",
    "logging/__init__.py", "configparser.py", "doctest.py", "pdb.py", "optparse.py", "smtplib.py",
    "ssl.py", "statistics.py", "mailbox.py", "imaplib.py",
)
# fmt: on


@cache
def _lines() -> tuple[str, ...]:
    folder = Path(sysconfig.get_path("stdlib"))
    texts = [(folder / module) for module in _MODULES]
    joined = "\n".join(path.read_text("utf-8") for path in texts if path.is_file())
    # The servers count columns in different units; ASCII is the same for all.
    return tuple(joined.encode("ascii", "replace").decode("ascii").split("\n"))


def file_of(lines: int) -> str:
    """A Python text with about ``lines`` lines, ending where a definition begins."""
    text = _lines() * (1 + lines // len(_lines()))
    end = lines
    while not text[end].startswith(("def ", "class ", "    def ")) or "@" in text[end - 1]:
        end -= 1
    return "\n".join([*text[:end], ""])

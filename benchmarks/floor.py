"""What can't be undercut: one pass of a regular expression over a text, one read of the files."""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from pathlib import Path

from corpus import file_of

_WORDS = re.compile(r"\w+|[^\w\s]")


def regex_pass(size: int, repeats: int = 15) -> float:
    """Milliseconds of one pass over ``size`` lines in Python's own engine; the best of several."""
    text = file_of(size)
    return min(_milliseconds(lambda: sum(1 for _ in _WORDS.finditer(text))) for _ in range(repeats))


def read_all(folder: Path, repeats: int = 3) -> float:
    """Processor milliseconds of reading every Python file once; the best of several."""
    paths = sorted(folder.rglob("*.py"))
    return min(_milliseconds(lambda: [path.read_bytes() for path in paths]) for _ in range(repeats))


def _milliseconds(work: Callable[[], object]) -> float:
    started = time.process_time()
    work()
    return (time.process_time() - started) * 1000

"""What goes over the pipe between server and analysis process, and how that process starts.

The process loads this and the analysis, and nothing of the server.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

from architect_server.analysis.model import FileMetrics

if TYPE_CHECKING:  # it brings lizard along, which the server's start need not wait for
    from architect_server.analysis.incremental.marks import Marks
    from architect_server.analysis.incremental.measured import Part
    from architect_server.analysis.incremental.stretches import Stretch

#: A piece, or those that the other side has from one index to another.
Said: TypeAlias = "Part | tuple[int, int]"


@dataclass(frozen=True, slots=True)
class Base:
    """A version with its pieces and marks, and the ``stretches`` in which a later one differs."""

    text: str
    parts: Sequence[Part]
    marks: Marks
    stretches: Sequence[Stretch]


@dataclass(frozen=True, slots=True)
class Job:
    """One text to measure, and how long that may take (seconds).

    With a ``name`` it is measured in pieces, and the process remembers it: the next text of that
    name differs little, most likely. ``known`` is the number of the answer about an earlier one
    that the asker still has; 0 for none. ``base`` is what the asker has measured since; over the
    pipe its parts are ``said``.
    """

    text: str
    language: str
    time_limit: float
    name: str = ""
    known: int = 0
    base: Base | None = None
    said: Sequence[Said] = ()


@dataclass(frozen=True, slots=True)
class Answer:
    """The figures of a text, and its pieces and marks where it was measured in pieces."""

    metrics: FileMetrics
    parts: tuple[Part, ...] = ()
    marks: Marks | None = None


@dataclass(frozen=True, slots=True)
class Pieces:
    """Announces the pieces of a text, which come in ``batches`` further frames.

    A frame is read in one go, and nothing else runs in the reader's process meanwhile. It holds
    each piece, or two indexes instead of some that are in the base of the job, or else in the
    answer that the asker has. ``number`` is this answer's.
    """

    language: str
    batches: int
    number: int
    marks: Marks


def told(known: Sequence[Part], parts: Iterable[Part]) -> list[Said]:
    """``parts`` for somebody who has ``known``."""
    places = {id(part.measured): index for index, part in enumerate(known)}
    said: list[Said] = []
    for part in parts:
        at = places.get(id(part.measured))
        if at is None or known[at].piece != part.piece:
            said.append(part)
        elif said and isinstance(said[-1], tuple) and said[-1][1] == at:
            said[-1] = (said[-1][0], at + 1)
        else:
            said.append((at, at + 1))
    return said


def understood(known: Sequence[Part], said: Iterable[Said]) -> list[Part]:
    """The parts that ``told`` was given."""
    parts: list[Part] = []
    for one in said:
        if isinstance(one, tuple):
            parts += known[one[0] : one[1]]
        else:
            parts.append(one)
    return parts


#: Pieces of one frame: some milliseconds to read.
BATCH = 64

#: Texts whose pieces both sides remember.
REMEMBERED = 4

# A text takes megabytes for a moment. glibc keeps up to twice as much as the largest block that was
# ever given back (mallopt(3)), if it is not told how much it may keep. Others know none of these.
_GIVES_BACK = {"MALLOC_TRIM_THRESHOLD_": "1048576", "MALLOC_MMAP_THRESHOLD_": "4194304"}


def start_child() -> subprocess.Popen[bytes]:
    """A fresh analysis process; its first frame tells that it is ready."""
    return subprocess.Popen(
        # -P: the working directory may be a repository, nothing is imported from it.
        [sys.executable, "-P", "-m", "architect_server.worker_process"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        env=_child_environment(),
    )


def _child_environment() -> dict[str, str]:
    """Ours, with our own import path, so that a bundled server's child finds the bundle too."""
    path = os.pathsep.join(entry for entry in sys.path if entry)
    return {**_GIVES_BACK, **os.environ, "PYTHONPATH": path}

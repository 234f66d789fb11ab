"""What goes over the pipe between server and analysis process, and how that process starts.

The process loads this and the analysis, and nothing of the server.
"""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING

from architect_server.analysis.model import FileMetrics

if TYPE_CHECKING:  # it brings lizard along, which the server's start need not wait for
    from architect_server.analysis.incremental.text import Part


@dataclass(frozen=True, slots=True)
class Job:
    """One text to measure, and how long that may take (seconds)."""

    text: str
    language: str
    time_limit: float
    in_pieces: bool = False


@dataclass(frozen=True, slots=True)
class Answer:
    """The figures of a text, and its pieces where it was measured in pieces."""

    metrics: FileMetrics
    parts: tuple[Part, ...] = ()


@dataclass(frozen=True, slots=True)
class Pieces:
    """Announces the pieces of a text, which come in ``batches`` further frames.

    A frame is read in one go, and nothing else runs in the reader's process meanwhile.
    """

    language: str
    batches: int


#: Pieces of one frame: some milliseconds to read.
BATCH = 64


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
    return {**os.environ, "PYTHONPATH": os.pathsep.join(entry for entry in sys.path if entry)}

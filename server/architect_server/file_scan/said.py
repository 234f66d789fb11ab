"""One file's record, and what is said in it: all that most reports need, without the figures."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:  # what has not changed is printed without the words of the analysis
    from architect_server.analysis.model import ConfidenceLevel, Severity


class Record(NamedTuple):
    """One file's result.

    ``content`` names its text, and everything else that decides its figures; it is empty where
    nothing may be kept. ``functions`` is their number. ``report`` is what must be said of the
    file (``written``), empty for most; ``details`` are what it leaves out, and ``figures`` those
    of all functions. Both are None where they are not wanted, the figures also where they are
    known already.
    """

    content: bytes
    functions: int
    report: str
    details: str | None
    figures: str | None


class Remark(NamedTuple):
    """A finding, or something that is wrong with one of our own suppressions.

    ``line`` and ``column`` are 1-based, ``end_column`` is exclusive. ``function`` is the qualified
    name. What is wrong with a suppression is about no function and has no figure.
    """

    rule: str
    severity: Severity
    message: str
    line: int
    column: int
    end_column: int
    function: str = ""
    value: int | None = None
    limit: int | None = None
    suppressed: str = ""


class Said(NamedTuple):
    """How far one file was read, and every remark about it in the order of reports.

    ``level``, ``reason`` and ``from_line`` are those of its ``Confidence``. ``set_aside`` says
    why nothing in it counts.
    """

    level: ConfidenceLevel = "complete"
    reason: str = ""
    from_line: int | None = None
    misread: bool = False
    set_aside: str = ""
    remarks: tuple[Remark, ...] = ()


_encode = json.JSONEncoder(separators=(",", ":"), check_circular=False).encode

#: Of a file that was read whole and in which nothing was found.
NOTHING = Said()


def written(said: Said) -> str:
    """``said`` as JSON; empty if nothing is to be said."""
    return "" if said == NOTHING else compact([*said[:-1], said.remarks])


def read_said(report: str) -> Said:
    """What ``written`` wrote.

    Raises:
        ValueError, TypeError: it wrote something else.
    """
    if not report:
        return NOTHING
    level, reason, from_line, misread, set_aside, remarks = json.loads(report)
    remarks = tuple([Remark(*one) for one in remarks])
    return Said(level, reason, from_line, misread, set_aside, remarks)


def compact(values: Iterable[Any]) -> str:
    """``values`` as the JSON in which they are kept."""
    return _encode(values)

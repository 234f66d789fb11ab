"""What every format says of a finding: its file as shown, its place, and a fingerprint."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple

from architect_server.file_scan.checked import Checked
from architect_server.file_scan.said import Remark
from architect_server.ignores import relative

#: Hexadecimal digits of a fingerprint.
_DIGITS = 32


#: What can be wrong with a suppression of ours, by the rule's code.
PROBLEMS: Mapping[str, str] = {
    "suppression-without-reason": "A suppression that gives no reason is not honoured.",
    "unknown-rule": "A suppression names a rule that does not exist.",
    "stale-suppression": "A suppression has nothing left to silence.",
}


class Reported(NamedTuple):
    """A remark about the file at ``path``, the ``number``-th of its rule about its function."""

    path: str
    remark: Remark
    number: int

    @property
    def fingerprint(self) -> str:
        """It stays when lines move and when the figure changes.

        So a service which keeps findings over time knows an old one again.
        """
        from hashlib import sha256

        about = (self.path, self.remark.rule, self.remark.function, str(self.number))
        return sha256(os.fsencode("\0".join(about))).hexdigest()[:_DIGITS]


def reported(results: Iterable[Checked]) -> Iterator[Reported]:
    """Every remark, suppressed ones too, in the order of the files and then of the lines."""
    for result in results:
        if result.is_silent:
            continue
        path = shown_path(result.file.name)
        seen: dict[tuple[str, str], int] = {}
        for remark in result.said.remarks:
            about = (remark.rule, remark.function)
            seen[about] = seen.get(about, 0) + 1
            yield Reported(path, remark, seen[about])


def active(results: Iterable[Checked]) -> Iterator[Reported]:
    """The remarks that count: those that no comment and no setting suppresses."""
    return (found for found in reported(results) if not found.remark.suppressed)


def doubts(results: Iterable[Checked]) -> Iterator[str]:
    """A line for each file that was not read whole, and why."""
    for result in results:
        said = result.said
        if said.level != "complete":
            where = f" from line {said.from_line}" if said.from_line else ""
            yield f"{shown_path(result.file.name)}: {said.level}{where}: {said.reason}"


def shown_path(name: str) -> str:
    """``name`` as services expect it: with slashes, and from the working directory if inside."""
    return relative(name, os.getcwd() if os.path.isabs(name) else None)  # noqa: PTH109, PTH117

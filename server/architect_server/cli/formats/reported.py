"""What every format says of a finding: its file as shown, its place, and a fingerprint."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from architect_server.analysis.model import Finding
from architect_server.cli.scan import Checked

#: Hexadecimal digits of a fingerprint.
_DIGITS = 32


@dataclass(frozen=True, slots=True)
class Reported:
    """One finding. ``line`` and ``column`` are 1-based, ``end_column`` is exclusive.

    ``fingerprint`` is of the file, the rule and the function's qualified name. It stays when
    lines move and when the figure changes, so that a service which keeps findings over time
    knows an old one again. Functions of one name are told apart by their order.
    """

    path: str
    finding: Finding
    fingerprint: str

    @property
    def line(self) -> int:
        """The line of the function's name."""
        return self.finding.function.name_span.line

    @property
    def column(self) -> int:
        """Where the function's name begins, in code points."""
        return self.finding.function.name_span.start + 1

    @property
    def end_column(self) -> int:
        """Behind the name's last character."""
        return self.finding.function.name_span.end + 1

    @property
    def suppressed(self) -> str:
        """What asks for silence about this finding; empty for most."""
        return self.finding.function.suppressed


def reported(results: Sequence[Checked]) -> Iterator[Reported]:
    """Every finding, suppressed ones too, in the order of the files and then of the lines."""
    for result in results:
        path = shown_path(result.path)
        seen: Counter[tuple[str, str]] = Counter()
        for finding in result.findings:
            symbol = finding.rule, finding.function.qualified_name
            seen[symbol] += 1
            identity = "\0".join((path, *symbol, str(seen[symbol])))
            yield Reported(path, finding, sha256(os.fsencode(identity)).hexdigest()[:_DIGITS])


def active(results: Sequence[Checked]) -> Iterator[Reported]:
    """The findings that count: those that no comment and no setting suppresses."""
    return (found for found in reported(results) if not found.suppressed)


def shown_path(path: Path) -> str:
    """``path`` as services expect it: with slashes, and from the working directory if inside."""
    if path.is_absolute() and path.is_relative_to(Path.cwd()):
        path = path.relative_to(Path.cwd())
    return path.as_posix()

"""What a refactoring is about, as it rides on a diagnostic, and how to find it again later."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from architect_server.analysis.anchor import fingerprint, relocate
from architect_server.analysis.model import FileMetrics, FunctionMetrics
from architect_server.document import Document


class StaleTarget(Exception):
    """The function is no longer what it was; ``str`` is the sentence for the person."""


@dataclass(frozen=True, slots=True)
class RefactorTarget:
    """One function of one version of one document.

    ``start_line`` is the 1-based line of its ``def``; ``fingerprint`` is of its own text, so
    that it can be found when only other lines moved.
    """

    uri: str
    version: int | None
    function: str
    start_line: int
    fingerprint: str

    def to_wire(self) -> dict[str, Any]:
        """As JSON values, for ``Diagnostic.data`` and command arguments."""
        return {
            "uri": self.uri,
            "version": self.version,
            "function": self.function,
            "startLine": self.start_line,
            "fingerprint": self.fingerprint,
        }

    @classmethod
    def from_wire(cls, data: object) -> RefactorTarget | None:
        """Read what :meth:`to_wire` wrote; None for anything else."""
        if not isinstance(data, Mapping):
            return None
        fields = (data.get("uri"), data.get("function"), data.get("fingerprint"))
        line, version = data.get("startLine"), data.get("version")
        if not all(isinstance(value, str) for value in fields) or not isinstance(line, int):
            return None
        uri, function, mark = (str(value) for value in fields)
        return cls(uri, version if isinstance(version, int) else None, function, line, mark)


def target_of(document: Document, function: FunctionMetrics) -> RefactorTarget:
    """The target for ``function`` as it stands in ``document``."""
    return RefactorTarget(
        document.uri,
        document.version,
        function.qualified_name,
        function.start_line,
        fingerprint(document.lines, function),
    )


def find_again(target: RefactorTarget, document: Document, metrics: FileMetrics) -> FunctionMetrics:
    """The target's function in ``document`` as it is now, wherever its lines moved.

    Raises:
        StaleTarget: its own text changed, or it is gone.
    """
    function = relocate(metrics, document.text, target.function, target.fingerprint)
    if function is None:
        raise StaleTarget(
            f"{target.function} has changed since this was offered; ask again on the new text."
        )
    return function

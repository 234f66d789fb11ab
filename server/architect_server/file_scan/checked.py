"""One file's result as it is shown; what is not asked for is never read."""

from __future__ import annotations

from functools import cached_property
from pathlib import Path

from architect_server.analysis.model import Confidence, FileMetrics
from architect_server.file_scan.found import Found
from architect_server.file_scan.records import Record, read_figures, read_report
from architect_server.judgement import Judgement


def read_text(path: str | Path) -> str:
    """The file as text. Bytes that are no UTF-8 are replaced, as they can't alter a figure."""
    with open(path, "rb") as file:  # noqa: PTH123 - a Path is made of few of thousands of files
        return file.read().decode("utf-8", errors="replace")


class Checked:
    """One file's result; a ``brief`` one knows nothing of its functions' decisions."""

    def __init__(
        self, file: Found, record: Record, text: str | None = None, *, brief: bool = False
    ) -> None:
        self._brief = brief
        self.file = file
        self.language = file.language
        self.function_count = record.functions
        self._record = record
        self._text = text

    @property
    def is_silent(self) -> bool:
        """Whether the file was read whole and there is nothing to say of it."""
        return not self._record.report

    @cached_property
    def path(self) -> Path:
        """The file as it was named."""
        return Path(self.file.name)

    @cached_property
    def text(self) -> str:
        """What was measured; empty if the file has gone meanwhile."""
        if self._text is not None:
            return self._text
        try:
            return read_text(self.file.path)
        except OSError:
            return ""

    @cached_property
    def _report(self) -> tuple[Confidence, Judgement]:
        return read_report(self._record.report, brief=self._brief)

    @property
    def confidence(self) -> Confidence:
        """How far the figures can be trusted."""
        return self._report[0]

    @property
    def judged(self) -> Judgement:
        """What is to be said of the file."""
        return self._report[1]

    def figures(self) -> tuple[FileMetrics, tuple[int, ...]]:
        """The figures of all functions, and the parameters of each without ``self`` and ``cls``.

        The scan must have been asked for them. They are not kept: those of many files are large.
        """
        try:
            return read_figures(self._record.figures or "", self.language, brief=self._brief)
        except (ValueError, TypeError, IndexError):
            from architect_server.file_scan.measured import measured

            return measured(self.text, self.language)  # what the cache holds is broken

    @property
    def metrics(self) -> FileMetrics:
        """The figures of all functions."""
        return self.figures()[0]

"""One file's result as it is shown; what is not asked for is never read."""

from __future__ import annotations

from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from architect_server.discovery import Found
from architect_server.file_scan.said import NOTHING, Record, Remark, Said, read_said

if TYPE_CHECKING:  # what has not changed is printed without the words of the analysis
    from architect_server.analysis.model import Confidence, FileMetrics, Finding
    from architect_server.judgement import Judgement


def read_text(path: str | Path) -> str:
    """The file as text. Bytes that are no UTF-8 are replaced, as they can't alter a figure."""
    with open(path, "rb") as file:  # noqa: PTH123 - a Path is made of few of thousands of files
        return file.read().decode("utf-8", errors="replace")


class Checked:
    """One file's result: ``said`` is all that is to be said of it."""

    def __init__(self, file: Found, record: Record, text: str | None = None) -> None:
        """Decode what is said of ``file``, measured as it is or as ``text``.

        Raises:
            ValueError, TypeError: the record is broken.
        """
        self.file = file
        self.function_count = record.functions
        self.said: Said = read_said(record.report)
        self._record = record
        self._text = text

    @property
    def language(self) -> str:
        """The file's languageId."""
        return self.file.language

    @property
    def is_silent(self) -> bool:
        """Whether the file was read whole and there is nothing to say of it."""
        return self.said is NOTHING

    @property
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

    @property
    def confidence(self) -> Confidence:
        """How far the figures can be trusted."""
        from architect_server.analysis.model import Confidence

        return Confidence(*self.said[:4])

    @cached_property
    def judged(self) -> Judgement:
        """What is said, with the figures of the functions in question.

        The scan must have been asked for details.
        """
        from architect_server.file_scan.records import read_judgement

        return read_judgement(self.said, self._record.details or "")

    def finding_of(self, remark: Remark) -> Finding | None:
        """What ``remark`` says; None if it is about a suppression."""
        if remark.value is None:
            return None
        return self.judged.findings[self.said.remarks.index(remark)]

    def figures(self, *, decisions: bool = True) -> tuple[FileMetrics, tuple[int, ...]]:
        """The figures of all functions, and the parameters of each without ``self`` and ``cls``.

        The scan must have been asked for them. They are not kept: those of many files are large.
        """
        from architect_server.file_scan.records import read_figures

        try:
            return read_figures(self._record.figures or "", self.language, brief=not decisions)
        except (ValueError, TypeError, IndexError):
            from architect_server.file_scan.measured import measured

            return measured(self.text, self.language)  # what the cache holds is broken

    @property
    def metrics(self) -> FileMetrics:
        """The figures of all functions."""
        return self.figures()[0]

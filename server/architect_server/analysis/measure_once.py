"""A text that is measured but once, as in a scan: by the shortest way that gives its figures."""

from __future__ import annotations

from architect_server.analysis.incremental.measured import NotProvableError
from architect_server.analysis.incremental.memory import Memory
from architect_server.analysis.incremental.text import IncrementalText
from architect_server.analysis.languages import lizard_name
from architect_server.analysis.measure import measure, measure_fast
from architect_server.analysis.model import FileMetrics


def measure_once(text: str, language: str, *, parses: bool = False) -> FileMetrics:
    """As ``measure``. lizard reads only those pieces that the fast pass declines.

    ``parses`` says of a text in Python that it is known to.
    """
    if lizard_name(language) == lizard_name("python"):
        metrics = measure_fast(text, language, parses=parses)
        if metrics is not None:
            return metrics
        try:
            return IncrementalText(text, language, Memory()).metrics()
        except NotProvableError:
            pass
    return measure(text, language)

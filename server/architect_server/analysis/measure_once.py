"""A text that is measured but once, as in a scan: by the shortest way that gives its figures."""

from __future__ import annotations

from dataclasses import replace

from architect_server.analysis import fast_python
from architect_server.analysis.fast_python import Stretch
from architect_server.analysis.incremental.measured import NotProvableError
from architect_server.analysis.incremental.memory import Memory
from architect_server.analysis.incremental.moving import moved
from architect_server.analysis.incremental.text import IncrementalText, Layout
from architect_server.analysis.languages import lizard_name
from architect_server.analysis.measure import measure, prepared
from architect_server.analysis.model import Confidence, FileMetrics, FunctionMetrics
from architect_server.analysis.python_outline import parses as python_parses


def measure_once(text: str, language: str, *, parses: bool = False) -> FileMetrics:
    """As ``measure``. lizard reads only those pieces that the fast pass declines.

    ``parses`` says of a text in Python that it is known to.
    """
    if lizard_name(language) == lizard_name("python"):
        source = prepared(text)
        if source is not None and (parses or python_parses(source)):
            metrics = _in_stretches(source, language)
            if metrics is not None:
                return metrics
        try:
            return IncrementalText(text, language, Memory()).metrics()
        except NotProvableError:
            pass
    return measure(text, language)


def _in_stretches(source: str, language: str) -> FileMetrics | None:
    """The figures of a text that parses, if what the fast pass declines can be read alone."""
    functions: list[FunctionMetrics] = []
    trust = Confidence()
    begun = False
    for stretch in fast_python.stretches(source):
        begun = True
        if stretch.functions is not None:
            functions += stretch.functions
            continue
        layout = _alone(stretch)
        if layout is None:
            return None
        functions += moved(layout.metrics().functions, stretch.line - 1)
        if trust == Confidence():
            trust = _moved(layout.confidence, stretch.line - 1)
    return FileMetrics(language, trust, tuple(functions)) if begun else None


def _alone(stretch: Stretch) -> Layout | None:
    """A stretch in pieces, if it parses and leaves lizard at rest for what follows."""
    try:
        layout = IncrementalText(stretch.text, "python", Memory()).layout()
    except NotProvableError:
        return None
    last = layout.parts[-1]
    leaves_class = last.piece.inside is not None and last.measured.rest == "before a def"
    rests = stretch.is_last or leaves_class or last.measured.rest == "always"
    return layout if rests and layout.is_sound else None


def _moved(trust: Confidence, lines: int) -> Confidence:
    line = trust.from_line
    return trust if line is None else replace(trust, from_line=line + lines)

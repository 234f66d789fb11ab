"""The words of the analysis: figures of a function, confidence in a file's result, findings."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, NamedTuple

from architect_server.analysis.by_position import pickled_by_position

ConfidenceLevel = Literal["complete", "partial", "skipped"]
Severity = Literal["error", "warning", "information", "hint"]


@pickled_by_position
@dataclass(frozen=True, slots=True)
class Span:
    """A stretch of one line: 1-based ``line``, 0-based code-point columns, ``end`` exclusive."""

    line: int
    start: int
    end: int


class Decision(NamedTuple):
    """One +1 of a function's cyclomatic complexity: its 1-based line and what stood there."""

    line: int
    kind: str


@pickled_by_position
@dataclass(frozen=True, slots=True)
class FunctionMetrics:
    """The figures of one function, counted by lizard's rules.

    ``name`` is lizard's own; ``qualified_name`` carries its classes and outer functions
    (``Order.total``, ``outer.inner``). Lines are 1-based and inclusive; ``start_line`` is where
    lizard begins (the ``def``), ``edit_line`` where an edit of the whole function begins (its
    first decorator). ``name_span`` is where the name stands. ``ccn`` is McCabe's cyclomatic
    complexity by lizard's counting, ``nloc`` lines without blanks and comments, ``parameters``
    what lizard counts (with self), ``nesting`` the depth of nested blocks (our own count).
    ``corrected`` is true where lizard misread the function and these are the figures that its
    rules give for the whole of it; ``raw_ccn`` is then what lizard printed, or None where it
    saw no such function. ``suppressed`` names the comment that asks for silence ("lizard
    forgives"); the figures stand all the same. Empty for most functions.
    """

    name: str
    qualified_name: str
    start_line: int
    end_line: int
    edit_line: int
    name_span: Span
    ccn: int
    nloc: int
    tokens: int
    parameters: int
    nesting: int = 0
    cognitive: int = 0
    decisions: tuple[Decision, ...] = ()
    corrected: bool = False
    raw_ccn: int | None = None
    suppressed: str = ""

    @property
    def length(self) -> int:
        """Lines from ``start_line`` to ``end_line``, both counted, as lizard's ``length``."""
        return self.end_line - self.start_line + 1


@dataclass(frozen=True, slots=True)
class Confidence:
    """How far a result can be trusted; ``reason`` is one sentence unless it is complete.

    ``partial`` means that from the 1-based ``from_line`` on functions may be missing or wrong:
    because the text is broken, as while somebody types, or because lizard ``misread`` it.
    """

    level: ConfidenceLevel = "complete"
    reason: str = ""
    from_line: int | None = None
    misread: bool = False


@dataclass(frozen=True, slots=True)
class FileMetrics:
    """The result for one text. ``functions`` are in the order of their start lines."""

    language: str
    confidence: Confidence
    functions: Sequence[FunctionMetrics] = ()


@dataclass(frozen=True, slots=True)
class Finding:
    """A figure above its limit. ``rule`` is the stable code: ccn, parameters, length and others.

    ``suppressed`` names the comment that asks for silence, with its reason; empty for most.
    """

    rule: str
    severity: Severity
    message: str
    function: FunctionMetrics
    value: int
    limit: int
    suppressed: str = ""

"""What lizard found in one text, as data: its figures under its own names, before any check."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal

from architect_server.analysis.model import Decision, FunctionMetrics, Span

Rest = Literal["always", "before a def", "never"]


@dataclass(frozen=True, slots=True)
class RawFunction:
    """One function as lizard sees it. ``nesting`` counts braces; 0 in languages without."""

    name: str
    start_line: int
    end_line: int
    ccn: int
    nloc: int
    tokens: int
    parameters: int
    cognitive: int
    nesting: int
    decisions: tuple[Decision, ...]
    forgiven: bool

    def moved(self, lines: int) -> RawFunction:
        """The same function, ``lines`` further down."""
        return replace(
            self,
            start_line=self.start_line + lines,
            end_line=self.end_line + lines,
            decisions=tuple(Decision(one.line + lines, one.kind) for one in self.decisions),
        )

    def metrics(
        self, *, qualified_name: str, name_span: Span, edit_line: int, nesting: int
    ) -> FunctionMetrics:
        """The same figures under our names."""
        return FunctionMetrics(
            name=self.name,
            qualified_name=qualified_name,
            start_line=self.start_line,
            end_line=self.end_line,
            edit_line=edit_line,
            name_span=name_span,
            ccn=self.ccn,
            nloc=self.nloc,
            tokens=self.tokens,
            parameters=self.parameters,
            nesting=nesting,
            cognitive=self.cognitive,
            decisions=self.decisions,
            suppressed="lizard forgives" if self.forgiven else "",
        )

    def has_figures_of(self, function: FunctionMetrics) -> bool:
        """Whether these are the lines and figures of ``function``; nesting is not lizard's."""
        return (
            (self.start_line, self.end_line) == (function.start_line, function.end_line)
            and (self.ccn, self.cognitive) == (function.ccn, function.cognitive)
            and (self.nloc, self.tokens) == (function.nloc, function.tokens)
            and self.parameters == function.parameters
        )

    def same_figures(self, other: RawFunction | None) -> bool:
        """Whether ``other`` is this function with these figures, whatever it is called."""
        return (
            other is not None and replace(self, name=other.name, decisions=other.decisions) == other
        )


@dataclass(frozen=True, slots=True)
class RawFile:
    """What lizard found, and where (1-based) and why it stopped if it did not reach the end.

    ``unseen`` are the lines of functions that are declared with a body and not among those
    found, for languages that declare them with a keyword. ``rest`` is whether lizard was at rest
    at the end of a Python text, so that what follows there would be read as if it stood alone:
    always, only if that is a ``def`` or indented less, or never as far as is known.
    """

    functions: tuple[RawFunction, ...]
    stopped: str = ""
    stopped_line: int | None = None
    unseen: tuple[int, ...] = ()
    rest: Rest = "never"

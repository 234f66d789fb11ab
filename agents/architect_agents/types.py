"""What the architects pass to one another: requests, proposals, verdicts. Data only."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal, Protocol

CheckStatus = Literal["passed", "failed", "not-run"]
Proof = Literal["round-trip", "equivalence", "tests"]
Status = Literal["proposed", "rejected", "leave-as-is", "no-proposal"]
StepKind = Literal["status", "thinking", "text", "tool", "todos", "retry"]
TodoState = Literal["pending", "in_progress", "completed"]


@dataclass(frozen=True, slots=True)
class FunctionFigures:
    """The figures of one function, counted by lizard's rules.

    Lines are 1-based; ``start_line`` is the line of ``def`` (lizard's), ``end_line`` the last
    line of the body, both inclusive. ``length`` is ``end_line - start_line + 1``.
    """

    qualified_name: str
    start_line: int
    end_line: int
    ccn: int
    nloc: int
    tokens: int
    parameters: int
    length: int
    nesting: int = 0


#: ``measure(source, language)`` gives the figures of every function in ``source``, in the order
#: of their start lines. ``language`` is an LSP languageId ("python"). It never raises for bad
#: code. The product hands in its own analysis, so that gate and editor show one number.
Measure = Callable[[str, str], Sequence[FunctionFigures]]


@dataclass(frozen=True, slots=True)
class FindingLimits:
    """The highest figures that draw no finding (a finding is a figure *above* its limit)."""

    ccn: int = 15
    parameters: int = 7
    length: int = 100
    nesting: int = 1_000_000


@dataclass(frozen=True, slots=True)
class SourceEdit:
    """Replace ``source[start:end]`` by ``text``; offsets count Unicode code points."""

    start: int
    end: int
    text: str


@dataclass(frozen=True, slots=True)
class RefactorRequest:
    """One function that shall become simpler.

    ``source`` is the whole document exactly as the editor has it (any line ends). ``function``
    is the qualified name (``Class.method``, ``outer.inner``); ``start_line`` its 1-based ``def``
    line, which tells functions of the same name apart. ``workspace`` is the folder that the
    document belongs to, or None for an untitled one. ``trusted`` says whether the user lets
    code of this workspace run (tests, shell commands, MCP servers). ``version`` is the editor's
    for this text, None for a file.
    """

    path: str
    language: str
    source: str
    function: str
    start_line: int
    limits: FindingLimits = field(default_factory=FindingLimits)
    question: str = ""
    workspace: Path | None = None
    trusted: bool = False
    version: int | None = None


@dataclass(frozen=True, slots=True)
class Check:
    """One line of a verdict: what was checked, how it went and why."""

    name: str
    status: CheckStatus
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Figures:
    """The highest figures among the functions a proposal touches (before) or leaves (after)."""

    ccn: int
    length: int = 0
    parameters: int = 0
    nesting: int = 0


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the gate found out about one proposal. ``proof`` names the strongest evidence."""

    checks: tuple[Check, ...]
    before: Figures
    after: Figures
    proof: Proof | None = None

    @property
    def accepted(self) -> bool:
        """No check failed. A check that was not run does not speak against the proposal."""
        return all(check.status != "failed" for check in self.checks)

    @property
    def failures(self) -> tuple[Check, ...]:
        return tuple(check for check in self.checks if check.status == "failed")


@dataclass(frozen=True, slots=True)
class Candidate:
    """An edit before the gate has seen it. ``source`` is the whole document after the edit."""

    title: str
    rationale: str
    source: str


@dataclass(frozen=True, slots=True)
class Proposal:
    """A candidate with its verdict. Shown as an offer only if ``verdict.accepted``.

    ``helpers`` are the qualified names of the functions that it adds, in the order of the steps:
    names that a person may want to change.
    """

    title: str
    rationale: str
    edits: tuple[SourceEdit, ...]
    verdict: Verdict
    helpers: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Usage:
    """What a run cost; all zero for the embedded architect. ``usd`` is an estimate."""

    model: str = ""
    turns: int = 0
    input_tokens: int = 0
    output_tokens: int = 0
    cache_read_tokens: int = 0
    cache_write_tokens: int = 0
    usd: float = 0.0
    seconds: float = 0.0


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a run ended.

    ``proposed``: ``proposal`` passed the gate. ``rejected``: ``proposal`` failed it, to be shown
    with its reason and never offered as an edit. ``leave-as-is`` and ``no-proposal``: no edit,
    and ``rationale`` says why, and what would help. ``lesson`` is the general pattern that the
    run recorded in its memory, empty if none; ``recorded`` is all that went there, a line each.
    ``conversation`` is what was said (model.Turn), for
    a wish about the proposal; empty where there was none. ``alternatives`` are other proposals
    that passed, each instead of ``proposal`` and never on top of it.
    """

    status: Status
    title: str
    rationale: str
    proposal: Proposal | None = None
    usage: Usage = field(default_factory=Usage)
    architect: str = "embedded"
    lesson: str = ""
    recorded: tuple[str, ...] = ()
    conversation: tuple[Any, ...] = field(default=(), repr=False)
    alternatives: tuple[Proposal, ...] = ()


@dataclass(frozen=True, slots=True)
class Preview:
    """What a run would send first, by the agent of that name.

    ``usd`` is for one turn of that much input; both figures are estimates.
    """

    text: str
    model: str
    input_tokens: int
    usd: float
    agent: str = ""


#: ``report(message, percentage | None)``: one short line of progress for a person.
Report = Callable[[str, int | None], None]


@dataclass(frozen=True, slots=True)
class Todo:
    """One entry of the list that a model keeps of its work."""

    text: str
    state: TodoState


@dataclass(frozen=True, slots=True)
class Step:
    """What happens in a run, for a view that shows all of it.

    ``text`` is a line of ours (status), a piece of the model's words to be joined with the next
    one (thinking, text), a tool's name (tool) or a fault's (retry). ``todos`` is the whole list.
    """

    kind: StepKind
    text: str = ""
    todos: tuple[Todo, ...] = ()


#: ``listen(step)`` hears of every step at once. It must not block.
Listen = Callable[[Step], None]


class Gate(Protocol):
    """The one judge of every proposal."""

    def judge(self, request: RefactorRequest, candidate: str) -> Verdict:
        """Compare ``request.source`` with the whole new document ``candidate``."""
        ...


class Architect(Protocol):
    """Somebody who can be asked: the embedded architect, or a model in its loop."""

    name: str

    async def propose(self, request: RefactorRequest, gate: Gate, report: Report) -> Outcome:
        """Work on ``request``; every proposal in the outcome carries the gate's verdict.

        Cancelling the task stops the work and leaves nothing running.

        Raises:
            errors.ArchitectError: one human sentence that says what to do.
        """
        ...

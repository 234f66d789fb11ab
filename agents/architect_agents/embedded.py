"""The architect that needs no key: deterministic extractions of Python, each passed by the gate."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from architect_agents.refactoring.module_source import (
    Function,
    ModuleSource,
    UnreadableSourceError,
    read_module,
)
from architect_agents.refactoring.refusal import Refusal
from architect_agents.refactoring.search import Budget, Result, Search, Step, figures_of
from architect_agents.refactoring.search_goals import Goal
from architect_agents.refactoring.splice import edits_between
from architect_agents.types import (
    Gate,
    Measure,
    Outcome,
    Proposal,
    RefactorRequest,
    Report,
    Verdict,
)

_BOM = "\ufeff"
_HELP = "A model, with a key in the settings, may find another way."
#: The part of the deadline that the first search may use; the rest is for the gate.
_SEARCH_SHARE = 0.6
#: Checks of the gate that a state between two steps may fail.
_FIGURE_CHECKS = frozenset({"complexity", "own-count", "no-new-findings"})


@dataclass(frozen=True, slots=True)
class _Judged:
    """A chain of steps with the whole document after it and what the gate says."""

    steps: tuple[Step, ...]
    source: str
    verdict: Verdict


class EmbeddedArchitect:
    """Extracts helpers and predicates from one Python function until it is simple enough.

    ``measure`` gives the figures that the editor shows. ``deadline`` is in seconds, for search
    and gate together; what was found by then is proposed. ``clock`` counts them: a benchmark on
    a busy machine hands in the process's own.
    """

    name = "embedded"

    def __init__(
        self,
        measure: Measure,
        deadline: float = 3.0,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._measure = measure
        self._deadline = deadline
        self._clock = clock

    async def propose(self, request: RefactorRequest, gate: Gate, report: Report) -> Outcome:
        """See ``types.Architect``. Cancelling stops the search's thread within moments."""
        if request.language != "python":
            return _no_proposal(
                f"No embedded refactoring for {request.language or 'this language'}",
                "The embedded architect refactors Python only. With a key for a model in the "
                "settings, the same action works for this language.",
            )
        report(f"Looking for what can be extracted from {request.function}", None)
        cancelled = threading.Event()
        budget = Budget(self._clock() + self._deadline, cancelled.is_set, self._clock)
        work = _Work(request, gate, self._measure, budget)
        try:
            return await asyncio.to_thread(work.outcome)
        finally:
            cancelled.set()


class _Work:
    """One request, worked on in a thread of its own."""

    def __init__(
        self,
        request: RefactorRequest,
        gate: Gate,
        measure: Measure,
        budget: Budget,
    ) -> None:
        self.request = request
        self.gate = gate
        self.measure = measure
        self.budget = budget
        self.goal = Goal()
        self.rejected: _Judged | None = None

    def outcome(self) -> Outcome:
        name = self.request.function
        try:
            module = read_module(self.request.source.removeprefix(_BOM))
        except UnreadableSourceError as error:
            return _no_proposal(f"{name} can't be read", f"The file can't be changed: {error}.")
        function = module.find(name, self.request.start_line)
        if function is None:
            return _no_proposal(
                f"{name} was not found", "There is no function of that name in the file any more."
            )
        self.goal = self._goal(module, function)
        started = self.budget.clock()
        search_until = started + (self.budget.deadline - started) * _SEARCH_SHARE
        result = self._search(search_until).run(module, function)
        judged = self._judge(result.steps) if result.steps else None
        if judged is not None and not _is_proved(judged.verdict):
            kept = self._proved_start(result.steps)
            other = self._search_with_gate(module, function)
            judged = min(filter(None, (other, kept)), key=self._what_is_left, default=None)
        if judged is not None:
            return self._proposed(judged)
        return self._nothing(function, result)

    def _what_is_left(self, judged: _Judged) -> int:
        after = judged.verdict.after
        return after.length if self.goal.figure == "length" else after.ccn

    def _proved_start(self, steps: Sequence[Step]) -> _Judged | None:
        """The longest start of ``steps`` that the gate lets pass, found by halving.

        A bad step stays in everything behind it, so that what follows need not be asked.
        """
        good: _Judged | None = None
        sure, bad = 0, len(steps)
        while bad - sure > 1 and not self.budget.is_spent:
            middle = (sure + bad) // 2
            judged = self._judged(steps[:middle])
            if _is_proved(judged.verdict):
                good, sure = judged, middle
            else:
                bad = middle
        return good

    def _goal(self, module: ModuleSource, function: Function) -> Goal:
        figures = figures_of(self.measure, module, function)
        return Goal.of(figures, self.request.limits) if figures else Goal()

    def _search(self, until: float) -> Search:
        return Search(self.measure, replace(self.budget, deadline=until), goal=self.goal)

    def _search_with_gate(self, module: ModuleSource, function: Function) -> _Judged | None:
        """Search again, asking the gate about each step, so that one bad step costs only itself.

        On the way figures may be above a limit; what counts is a state that passes altogether.
        """
        passed: list[tuple[str, Verdict]] = []

        def accept(source: str) -> bool:
            document = self._document(source)
            verdict = self.gate.judge(self.request, document)
            if _is_proved(verdict):
                passed.append((document, verdict))
                return True
            failed = {check.name for check in verdict.failures}
            return bool(failed) and failed <= _FIGURE_CHECKS

        search = Search(self.measure, self.budget, accept, self.goal)
        steps = search.run(module, function).steps
        if not passed:
            return None
        document, verdict = passed[-1]
        count = 1 + next(
            index for index, step in enumerate(steps) if self._document(step.source) == document
        )
        return _Judged(tuple(steps[:count]), document, verdict)

    def _judge(self, steps: Sequence[Step]) -> _Judged:
        """Judge all that was found, and remember it if it is turned down."""
        judged = self._judged(steps)
        if not _is_proved(judged.verdict):
            self.rejected = judged
        return judged

    def _judged(self, steps: Sequence[Step]) -> _Judged:
        source = self._document(steps[-1].source)
        return _Judged(tuple(steps), source, self.gate.judge(self.request, source))

    def _document(self, source: str) -> str:
        """The refactored text with the byte order mark that the document began with."""
        return (_BOM if self.request.source.startswith(_BOM) else "") + source

    def _proposed(self, judged: _Judged) -> Outcome:
        proposal = self._proposal(judged)
        return Outcome("proposed", proposal.title, proposal.rationale, proposal)

    def _proposal(self, judged: _Judged) -> Proposal:
        return Proposal(
            _title(self.request, judged, self.goal),
            _rationale(judged.steps, self.goal),
            edits_between(self.request.source, judged.source),
            judged.verdict,
        )

    def _nothing(self, function: Function, result: Result) -> Outcome:
        if self.rejected is not None and not self.rejected.verdict.accepted:
            proposal = self._proposal(self.rejected)
            return Outcome("rejected", proposal.title, proposal.rationale, proposal)
        if self.rejected is not None:
            return _no_proposal(
                f"No proved extraction from {function.name}",
                f"What could be extracted can't be proved to be the same. {_HELP}",
            )
        reasons = sorted(result.refusals.items(), key=lambda item: -item[1])
        return _no_proposal(
            f"No safe extraction from {function.name}",
            _why_nothing([one for one, _ in reasons], out_of_time=result.out_of_time),
        )


def _is_proved(verdict: Verdict) -> bool:
    """The embedded architect shows nothing that is only not disproved."""
    return verdict.accepted and verdict.proof == "round-trip"


def _no_proposal(title: str, rationale: str) -> Outcome:
    return Outcome("no-proposal", title, rationale)


def _title(request: RefactorRequest, judged: _Judged, goal: Goal) -> str:
    """For example "Extract 2 helpers from place_order: CCN 23 → 8"."""
    count = len(judged.steps)
    kinds = {step.kind for step in judged.steps}
    noun = kinds.pop() if len(kinds) == 1 else "helper"
    what = f"{count} {noun}s" if count > 1 else f"a {noun}"
    before, after = judged.verdict.before, judged.verdict.after
    numbers = f"CCN {before.ccn} → {after.ccn}"
    if goal.figure == "length":
        numbers = f"{before.length} → {after.length} lines"
    return f"Extract {what} from {_short(request.function)}: {numbers}"


def _rationale(steps: Sequence[Step], goal: Goal) -> str:
    sentences = []
    for step in steps:
        before, after, helper = step.figures
        what = "a condition" if step.kind == "predicate" else "a block"
        numbers = f"CCN {before} → {after}; the {step.kind} has {helper}"
        if goal.figure == "length":
            numbers = f"{before} → {after} lines; the {step.kind} has {helper}"
        sentences.append(
            f"`{_short(step.helper)}` takes over {what} of `{_short(step.function)}` ({numbers})."
        )
    return (
        " ".join(sentences)
        + " The statements themselves, their comments and their order are as they were."
    )


def _short(name: str) -> str:
    return name.rpartition(".")[2]


def _why_nothing(refusals: Sequence[Refusal], *, out_of_time: bool) -> str:
    if out_of_time:
        return f"The function is so large that nothing safe was found in time. {_HELP}"
    if not refusals:
        return (
            f"There is no block or condition whose extraction would lower the complexity. {_HELP}"
        )
    reasons = " ".join(refusal.sentence for refusal in refusals[:3])
    return f"Every block that is worth extracting is held back by something. {reasons} {_HELP}"

"""One request, worked on: search, ask the gate, keep what is proved, offer what else is good."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from architect_agents.embedded.patience import Patience
from architect_agents.embedded.words import rationale_of, title_of, why_nothing
from architect_agents.refactoring.module_source import (
    Function,
    ModuleSource,
    UnreadableSourceError,
    read_module,
)
from architect_agents.refactoring.search import Result, Search, Step, figures_of
from architect_agents.refactoring.search_goals import Goal
from architect_agents.refactoring.splice import edits_between
from architect_agents.types import (
    Gate,
    Measure,
    Outcome,
    Proposal,
    RefactorRequest,
    Verdict,
)

_BOM = "\ufeff"
#: Checks of the gate that a state between two steps may fail.
_FIGURE_CHECKS = frozenset({"complexity", "own-count", "no-new-findings"})
#: Beside the first proposal so many others are offered.
_MOST_OTHERS = 2


@dataclass(frozen=True, slots=True)
class Job:
    """What a request needs to be worked on, wherever that is done. ``deadline`` is in seconds."""

    request: RefactorRequest
    gate: Gate
    measure: Measure
    deadline: float


@dataclass(frozen=True, slots=True)
class _Judged:
    """A chain of steps with the whole document after it and what the gate says."""

    steps: tuple[Step, ...]
    source: str
    verdict: Verdict


def _silent(_: object) -> None:
    """Say nothing."""


class Work:
    """One job. ``say`` gets lines of progress; ``keep`` the best outcome before the last word."""

    def __init__(
        self,
        job: Job,
        patience: Patience,
        say: Callable[[str], None] = _silent,
        keep: Callable[[Outcome], None] = _silent,
    ) -> None:
        self.request = job.request
        self.gate = job.gate
        self.measure = job.measure
        self.patience = patience
        self.say = say
        self.keep = keep
        self.goal = Goal()
        self.rejected: _Judged | None = None

    def outcome(self) -> Outcome:
        """How it ended; never raises for strange code."""
        name = self.request.function
        try:
            module = read_module(self.request.source.removeprefix(_BOM))
        except UnreadableSourceError as error:
            return no_proposal(f"{name} can't be read", f"The file can't be changed: {error}.")
        function = module.find(name, self.request.start_line)
        if function is None:
            return no_proposal(
                f"{name} was not found", "There is no function of that name in the file any more."
            )
        self.goal = self._goal(module, function)
        search = Search(self.measure, self.patience.for_search(), goal=self.goal)
        search.on_first_step = self._keep_first
        result = search.run(module, function)
        judged = self._best(module, function, result)
        if judged is None:
            return self._nothing(function, result)
        first = self._proposal(judged)
        others = tuple(self._others(module, function, judged))
        return Outcome("proposed", first.title, first.rationale, first, alternatives=others)

    def _best(self, module: ModuleSource, function: Function, result: Result) -> _Judged | None:
        if not result.steps:
            return None
        self.say(f"Checking {self._so_far(result.steps)}")
        judged = self._judge(result.steps)
        if _is_proved(judged.verdict):
            return judged
        kept = self._proved_start(result.steps)
        other = self._search_with_gate(module, function)
        return min(filter(None, (other, kept)), key=self._what_is_left, default=None)

    def _so_far(self, steps: Sequence[Step]) -> str:
        return f"{len(steps)} step{'s' * (len(steps) > 1)} on {self.request.function}"

    def _keep_first(self, step: Step) -> None:
        """Where the search takes long, have something to show should it never end."""
        if self.keep is not _silent and self.patience.is_slow:
            judged = self._judged([step])
            if _is_proved(judged.verdict):
                proposal = self._proposal(judged)
                self.keep(Outcome("proposed", proposal.title, proposal.rationale, proposal))

    def _what_is_left(self, judged: _Judged) -> int:
        return int(getattr(judged.verdict.after, self.goal.figure))

    def _proved_start(self, steps: Sequence[Step]) -> _Judged | None:
        """The longest start of ``steps`` that the gate lets pass, found by halving.

        A bad step stays in everything behind it, so that what follows need not be asked.
        """
        good: _Judged | None = None
        sure, bad = 0, len(steps)
        budget = self.patience.for_all()
        while bad - sure > 1 and not budget.is_over(first=good is None):
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

        search = Search(self.measure, self.patience.for_all(), accept, self.goal)
        steps = search.run(module, function).steps
        if not passed:
            return None
        document, verdict = passed[-1]
        count = 1 + next(
            index for index, step in enumerate(steps) if self._document(step.source) == document
        )
        return _Judged(tuple(steps[:count]), document, verdict)

    def _others(
        self, module: ModuleSource, function: Function, judged: _Judged
    ) -> Iterator[Proposal]:
        """Other good proposals: a smaller change, and other places to begin, as time allows."""
        offered = 0
        for steps in self._other_chains(module, function, judged.steps):
            if offered == _MOST_OTHERS or not self.patience.has_time_for_extras:
                return
            other = self._judged(steps)
            if _is_proved(other.verdict):
                offered += 1
                yield self._proposal(other)

    def _other_chains(
        self, module: ModuleSource, function: Function, steps: Sequence[Step]
    ) -> Iterator[Sequence[Step]]:
        if len(steps) > 1:
            yield steps[: self._enough(steps)]
        search = Search(self.measure, self.patience.for_search(), goal=self.goal)
        for opening in search.openings(module, function, apart_from=steps[0]):
            yield [opening]

    def _enough(self, steps: Sequence[Step]) -> int:
        """How many of the steps end the finding; the first alone where only all of them do."""
        values = {steps[0].function: steps[0].figures[0]}
        for number, step in enumerate(steps[:-1], 1):
            values[step.function] = step.figures[1]
            if step.helper:
                values[step.helper] = step.figures[2]
            if max(values.values()) <= self.goal.limit:
                return number
        return 1

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

    def _proposal(self, judged: _Judged) -> Proposal:
        verdict = judged.verdict
        return Proposal(
            title_of(self.request.function, judged.steps, self.goal, verdict.before, verdict.after),
            rationale_of(judged.steps, self.goal),
            edits_between(self.request.source, judged.source),
            verdict,
            tuple(step.helper for step in judged.steps if step.helper),
        )

    def _nothing(self, function: Function, result: Result) -> Outcome:
        if self.rejected is not None and not self.rejected.verdict.accepted:
            proposal = self._proposal(self.rejected)
            return Outcome("rejected", proposal.title, proposal.rationale, proposal)
        if self.rejected is not None:
            return no_proposal(
                f"No proved refactoring of {function.name}",
                "What could be extracted can't be proved to be the same. A model, with a key in "
                "the settings, may find another way.",
            )
        reasons = sorted(result.refusals.items(), key=lambda item: -item[1])
        return no_proposal(
            f"No safe refactoring of {function.name}",
            why_nothing([one for one, _ in reasons], out_of_time=result.out_of_time),
        )


def _is_proved(verdict: Verdict) -> bool:
    """The embedded architect shows nothing that is only not disproved."""
    return verdict.accepted and verdict.proof in ("round-trip", "equivalence")


def no_proposal(title: str, rationale: str) -> Outcome:
    return Outcome("no-proposal", title, rationale)

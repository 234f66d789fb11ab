"""Simplifies one project's complex functions and finds out which of its tests break by it."""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass, field, replace
from threading import Event
from typing import Any

from corpus import Project
from mistakes import Mistakes, make_mistakes
from suite import Baseline, NothingRanError, Suite

from architect_agents.embedded.patience import Patience
from architect_agents.embedded.work import Job, Work
from architect_agents.gate import RefactoringGate
from architect_agents.refactoring.module_source import (
    Function,
    UnreadableSourceError,
    read_module,
)
from architect_agents.refactoring.search import Step, figures_of
from architect_agents.refactoring.splice import apply_edits
from architect_agents.types import (
    FindingLimits,
    Outcome,
    RefactorRequest,
    SourceEdit,
    Verdict,
)
from architect_server.asking import figures

#: Functions above this count as complex, and every part shall come down to it.
COMPLEX = 10
#: What a user waits for, in seconds. Here they are the process's own, since the machine is busy.
DEADLINE = 3.0

Say = Callable[[str], None]


@dataclass
class Attempt:
    """One function, what became of it, and what that took.

    Times are seconds of CPU: ``first`` up to the first proved step, ``whole`` up to the answer,
    ``static`` for the gate's checks on the first thing that was handed to it. ``rejected`` is
    why that, a right extraction as far as is known, was not proved; empty if it was.
    """

    file: str
    function: str
    line: int
    status: str
    reason: str
    ccn_before: int
    ccn_after: int
    helpers: int
    first: float | None
    whole: float
    static: float | None
    rejected: str
    covering: int
    broken: list[str] = field(default_factory=list)


class RecordingGate(RefactoringGate):
    """The product's gate, which also notes its first judgement and what that took."""

    def __init__(self) -> None:
        super().__init__(figures)
        self.first: tuple[Verdict, float] | None = None

    def judge(self, request: RefactorRequest, candidate: str) -> Verdict:
        started = time.process_time()
        verdict = super().judge(request, candidate)
        if self.first is None:
            self.first = verdict, time.process_time() - started
        return verdict


class WatchedWork(Work):
    """The product's search, which also notes when its first step was proved."""

    first: float | None = None

    def _keep_first(self, step: Step) -> None:
        # A helper may still be above the limit: what counts is that the step could be shown.
        request = replace(self.request, limits=FindingLimits(ccn=1000))
        if is_proved(RefactoringGate(figures).judge(request, step.source)):
            self.first = self.patience.used
        super()._keep_first(step)


@dataclass
class _Proposed:
    attempt: Attempt
    source: str
    edits: tuple[SourceEdit, ...]
    added: frozenset[str]

    @property
    def after(self) -> str:
        return apply_edits(self.source, self.edits)


def run_project(project: Project, most: int, mistakes: int, seed: int, say: Say) -> dict[str, Any]:
    """Everything about one project, ready for JSON."""
    suite = Suite(project)
    complex_ones = _complex_functions(project)
    say("running its tests")
    baseline = suite.baseline(
        {file: {one.qualified_name for one in found} for file, found in complex_ones.items()}
    )
    every = [(file, one) for file, found in complex_ones.items() for one in found]
    covered = [one for one in every if (one[0], one[1].qualified_name) in baseline.covering]
    rng = random.Random(f"{seed} {project.name}")
    chosen = sorted(
        rng.sample(covered, min(most, len(covered))), key=lambda one: (one[0], one[1].first_line)
    )
    proposed, attempts = [], []
    for number, (file, function) in enumerate(chosen, 1):
        say(f"function {number} of {len(chosen)}")
        attempt, done = _attempt(project, file, function, baseline)
        attempts.append(attempt)
        if done is not None:
            proposed.append(done)
    for number, together in enumerate(_rounds(proposed), 1):
        say(f"testing {len(together)} refactorings at once (round {number})")
        _test(suite, baseline, together)
    say("making mistakes")
    made = Mistakes()
    for one in proposed:
        if not one.attempt.broken:
            request = _request(one.attempt, one.source)
            covering = baseline.covering[(one.attempt.file, one.attempt.function)]
            make_mistakes(request, one.after, one.added, suite, covering, mistakes, rng, made)
    notice = _tests_notice(suite, baseline, proposed)
    suite.clean()
    return {
        "project": project.name,
        "version": project.version,
        "complex": len(every),
        "covered": len(covered),
        "tests": len(baseline.passed),
        "tests_notice": notice,
        "attempts": [asdict(one) for one in attempts],
        "mistakes": asdict(made),
    }


def _complex_functions(project: Project) -> dict[str, list[Function]]:
    """By file; those that share their qualified name with another one are left out."""
    found: dict[str, list[Function]] = {}
    for path in project.files():
        try:
            text = path.read_text(encoding="utf-8")
            module = read_module(text)
        except (OSError, UnicodeDecodeError, UnreadableSourceError):
            continue
        lines = {one.start_line for one in figures(text, "python") if one.ccn > COMPLEX}
        functions = [
            one
            for one in module.functions
            if one.node.lineno in lines and len(module.named(one.qualified_name)) == 1
        ]
        if functions:
            found[path.relative_to(project.folder).as_posix()] = functions
    return found


def _attempt(
    project: Project, file: str, function: Function, baseline: Baseline
) -> tuple[Attempt, _Proposed | None]:
    source = (project.folder / file).read_bytes().decode("utf-8")
    gate = RecordingGate()
    attempt = Attempt(
        file, function.qualified_name, function.node.lineno, "", "", 0, 0, 0, None, 0.0, None, "",
        len(baseline.covering[(file, function.qualified_name)]),
    )  # fmt: skip
    job = Job(_request(attempt, source), gate, figures, DEADLINE)
    work = WatchedWork(job, Patience.starting_now(DEADLINE, Event(), time.process_time))
    started = time.process_time()
    outcome = work.outcome()
    attempt.first, attempt.whole = work.first, time.process_time() - started
    _describe(attempt, outcome, gate, source, function)
    if outcome.status != "proposed" or outcome.proposal is None:
        return attempt, None
    known = {one.qualified_name for one in read_module(source.removeprefix("\ufeff")).functions}
    proposed = _Proposed(attempt, source, outcome.proposal.edits, frozenset())
    names = {one.qualified_name for one in read_module(proposed.after).functions}
    proposed.added = frozenset(names - known)
    attempt.helpers = len(proposed.added)
    return attempt, proposed


def _request(attempt: Attempt, source: str) -> RefactorRequest:
    return RefactorRequest(
        attempt.file, "python", source, attempt.function, attempt.line,
        FindingLimits(ccn=COMPLEX),
    )  # fmt: skip


def _describe(
    attempt: Attempt, outcome: Outcome, gate: RecordingGate, source: str, function: Function
) -> None:
    attempt.status = outcome.status
    attempt.reason = "" if outcome.status == "proposed" else outcome.rationale
    own = figures_of(figures, read_module(source.removeprefix("\ufeff")), function)
    attempt.ccn_before = attempt.ccn_after = own.ccn if own else 0
    if outcome.status == "proposed" and outcome.proposal is not None:
        verdict = outcome.proposal.verdict
        attempt.ccn_before, attempt.ccn_after = verdict.before.ccn, verdict.after.ccn
    if gate.first is not None:
        verdict, attempt.static = gate.first
        attempt.rejected = "" if is_proved(verdict) else against(verdict)


def is_proved(verdict: Verdict) -> bool:
    return verdict.accepted and verdict.proof is not None


def against(verdict: Verdict) -> str:
    """What speaks against a proposal that is not proved."""
    return "; ".join(
        f"{one.name}: {one.detail}"
        for one in verdict.checks
        if one.status == "failed" or (one.name == "round-trip" and one.status == "not-run")
    )


def _rounds(proposed: Iterable[_Proposed]) -> list[list[_Proposed]]:
    """As few groups as need be, so that in each no two get into each other's way."""
    rounds: list[list[_Proposed]] = []
    for one in proposed:
        for group in rounds:
            if not any(_clash(one, other) for other in group):
                group.append(one)
                break
        else:
            rounds.append([one])
    return rounds


def _clash(one: _Proposed, other: _Proposed) -> bool:
    if one.attempt.file != other.attempt.file:
        return False
    if one.added & other.added:
        return True
    return any(a.start <= b.end and b.start <= a.end for a in one.edits for b in other.edits)


def _test(suite: Suite, baseline: Baseline, together: list[_Proposed]) -> None:
    """Run all tests with all of these applied; whoever could have broken one is tried alone."""
    texts: dict[str, str] = {}
    for file in {one.attempt.file for one in together}:
        group = [one for one in together if one.attempt.file == file]
        edits = [edit for one in group for edit in one.edits]
        texts[file] = apply_edits(group[0].source, edits)
    try:
        passed = suite.passed(texts)
    except NothingRanError:
        passed = frozenset()
    for one in together:
        covering = baseline.covering[(one.attempt.file, one.attempt.function)]
        suspects = [test for test in covering if test not in passed]
        if suspects:
            one.attempt.broken = suite.broken_by({one.attempt.file: one.after}, suspects)


def _tests_notice(suite: Suite, baseline: Baseline, proposed: list[_Proposed]) -> bool:
    """The control: with a function that only raises, some of its tests have to fail."""
    if not proposed:
        return False
    one = max(proposed, key=lambda each: each.attempt.covering)
    covering = baseline.covering[(one.attempt.file, one.attempt.function)]
    function = read_module(one.source).find(one.attempt.function, one.attempt.line)
    assert function is not None
    first = function.node.body[0]
    lines = one.source.splitlines(keepends=True)
    lines.insert(first.lineno - 1, " " * first.col_offset + "raise AssertionError\n")
    try:
        passed = suite.passed({one.attempt.file: "".join(lines)}, covering)
    except NothingRanError:
        return True  # not even the import works without it
    return bool(set(covering) - passed)

"""One verdict for every proposal: what was checked, how it went, and what was not proved.

The order of the checks is fixed, and so are their names. A check that can't say anything is
"not-run" with its reason, never silently "passed". The policy behind it: everything up to
``frame-depth`` must pass always. The round trip is the proof for an extraction. An edit that is
none (a model's free one) is held to the strict fingerprint instead, and to the tests.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Iterator, Sequence
from dataclasses import replace

from architect_agents.refactoring import text_checks
from architect_agents.refactoring.ast_count import highest_count
from architect_agents.refactoring.comparison import ANY_LINE, Comparison, find_target
from architect_agents.refactoring.equivalence import check_equivalence
from architect_agents.refactoring.figures import (
    Measured,
    check_complexity,
    check_no_new_findings,
    falls_elsewhere,
    highest,
)
from architect_agents.refactoring.fingerprint import check_fingerprint
from architect_agents.refactoring.frame_depth import check_frame_depth
from architect_agents.refactoring.gaming import check_no_gaming
from architect_agents.refactoring.lint_delta import check_lint
from architect_agents.refactoring.module_source import (
    Function,
    UnreadableSourceError,
    read_module,
)
from architect_agents.refactoring.round_trip import check_round_trip
from architect_agents.refactoring.surface import check_surface
from architect_agents.refactoring.target_only import check_target_only
from architect_agents.same_text import unknown, with_check
from architect_agents.tests_check import TestSettings, check_tests
from architect_agents.types import (
    Check,
    Figures,
    FindingLimits,
    FunctionFigures,
    Measure,
    RefactorRequest,
    Verdict,
)

#: The names of all checks, in the order in which every verdict lists them.
CHECKS = (
    "same-text",
    "parses",
    "target-only",
    "complexity",
    "own-count",
    "no-gaming",
    "public-surface",
    "lint",
    "no-new-findings",
    "frame-depth",
    "round-trip",
    "equivalence",
    "fingerprint",
    "tests",
)

_log = logging.getLogger(__name__)
_NO_FIGURES = Figures(ccn=0)
_NO_TESTS = Check("tests", "not-run", "No tests were asked for.")


class RefactoringGate:
    """Judges a proposal by its text alone; tests are a separate, slower matter.

    ``measure`` gives the figures that the user sees elsewhere, so that gate and editor agree.
    """

    def __init__(self, measure: Measure) -> None:
        self._measure = measure

    def judge(self, request: RefactorRequest, candidate: str) -> Verdict:
        """Compare ``request.source`` with the whole new document ``candidate``.

        An empty ``request.function`` asks for every function that changed. Never raises: what
        can't be read or is nested too deeply fails the check ``parses``. Whether the text is
        still what it was is for the caller to say (see ``same_text``).
        """
        verdict = self._judged(request, candidate)
        return with_check(verdict, unknown(request))

    def _judged(self, request: RefactorRequest, candidate: str) -> Verdict:
        try:
            if request.language == "python":
                return self._judge_python(request, candidate)
            return self._judge_text(request, candidate)
        except (RecursionError, MemoryError):
            return _unreadable("The code is nested too deeply to be checked.")
        except Exception as error:  # a gate that breaks must not let anything through
            _log.exception("the gate failed on %s", request.path)
            return _unreadable(f"The checks broke on this code ({type(error).__name__}).")

    def verify(
        self,
        before: str,
        after: str,
        *,
        path: str,
        language: str,
        function: str | None = None,
        limits: FindingLimits | None = None,
    ) -> Verdict:
        """Judge the step from ``before`` to ``after``, whoever made it.

        With ``function`` (a qualified name) only that one may have changed; without it every
        changed function is judged.
        """
        request = RefactorRequest(
            path=path,
            language=language,
            source=before,
            function=function or "",
            start_line=ANY_LINE,
            limits=limits or FindingLimits(),
        )
        return self.judge(request, after)

    async def judge_with_tests(
        self, request: RefactorRequest, candidate: str, settings: TestSettings | None = None
    ) -> Verdict:
        """As ``judge``, and if nothing failed, the covering tests in the sandbox.

        Takes as long as the tests do, twice; cancelling the task ends them. Code of the
        workspace runs only if ``request.trusted``.
        """
        verdict = await asyncio.to_thread(self.judge, request, candidate)
        if not verdict.accepted:
            return verdict
        tests = await check_tests(request, candidate, settings)
        checks = tuple(tests if one.name == "tests" else one for one in verdict.checks)
        proof = verdict.proof
        if tests.status != "not-run":
            proof = (proof or "tests") if tests.status == "passed" else None
        return replace(verdict, checks=checks, proof=proof)

    def _judge_python(self, request: RefactorRequest, candidate: str) -> Verdict:
        try:
            before = read_module(request.source)
        except UnreadableSourceError as error:
            return _unreadable(f"The original can't be judged: {error}.")
        try:
            after = read_module(candidate)
        except UnreadableSourceError as error:
            return _unreadable(f"The new version is broken: {error}.")
        target = find_target(before, after, request.function, request.start_line)
        if request.function and target is None:
            return _unreadable(f"The original has no function `{request.function}`.")
        comparison = Comparison(before, after, target)
        measured = self._measured(comparison, request.language)
        return _verdict(_python_checks(comparison, measured, request.limits), measured)

    def _judge_text(self, request: RefactorRequest, candidate: str) -> Verdict:
        before, after = request.source, candidate
        measured = text_checks.touched(
            before,
            after,
            self._measure(before, request.language),
            self._measure(after, request.language),
        )
        function = request.function
        brackets = text_checks.check_brackets(before, after, measured, function)
        if brackets.status == "failed":
            return _unreadable(brackets.detail)
        return _verdict(_text_checks(request, candidate, measured, brackets), measured)

    def _measured(self, comparison: Comparison, language: str) -> Measured:
        before = self._measure(comparison.before.text, language)
        after = self._measure(comparison.after.text, language)
        return Measured(
            before,
            after,
            _figures_of(comparison.touched_before, before),
            _figures_of(comparison.touched_after, after),
        )


def _python_checks(
    comparison: Comparison, measured: Measured, limits: FindingLimits
) -> Iterator[Check]:
    yield Check("parses", "passed", "Python reads and compiles the new version.")
    yield check_target_only(comparison)
    yield check_complexity(measured, limits)
    yield _check_own_count(comparison, measured, limits)
    yield check_no_gaming(comparison)
    yield check_surface(comparison)
    yield check_lint(comparison)
    yield check_no_new_findings(measured, limits)
    yield check_frame_depth(comparison)
    yield from _proofs(comparison)
    yield _NO_TESTS


def _proofs(comparison: Comparison) -> Iterator[Check]:
    """That the code was only moved, or only moved and rewritten by rules that keep its meaning."""
    round_trip = check_round_trip(comparison)
    equivalence = check_equivalence(comparison, round_trip)
    if equivalence.status == "passed":
        # What looks like a slip in moved code is a rewrite that was shown to be one.
        round_trip = Check("round-trip", "not-run", "Code was rewritten as well as moved.")
    yield round_trip
    yield equivalence
    proved = "passed" in (round_trip.status, equivalence.status)
    yield check_fingerprint(comparison, proved=proved)


def _text_checks(
    request: RefactorRequest, candidate: str, measured: Measured, brackets: Check
) -> Iterator[Check]:
    before, function = request.source, request.function
    run = {
        check.name: check
        for check in (
            brackets,
            text_checks.check_lines_outside(before, candidate, measured, function),
            check_complexity(measured, request.limits),
            check_no_new_findings(measured, request.limits),
            text_checks.check_tokens(before, candidate, measured),
            _NO_TESTS,
        )
    }
    reason = f"There is no proof for {request.language or 'this language'}."
    for name in CHECKS[1:]:
        yield run.get(name, Check(name, "not-run", reason))


def _verdict(checks: Iterator[Check], measured: Measured) -> Verdict:
    verdict = Verdict(
        tuple(checks), highest(measured.touched_before), highest(measured.touched_after)
    )
    # A proof counts only where nothing else speaks against the proposal.
    passed = {one.name for one in verdict.checks if one.status == "passed"}
    if verdict.accepted and "round-trip" in passed:
        return replace(verdict, proof="round-trip")
    if verdict.accepted and "equivalence" in passed:
        return replace(verdict, proof="equivalence")
    return verdict


def _check_own_count(comparison: Comparison, measured: Measured, limits: FindingLimits) -> Check:
    """Our own count falls as well, so that nothing was only moved out of lizard's sight."""
    before = highest_count(one.node for one in comparison.touched_before)
    after = highest_count(one.node for one in comparison.touched_after)
    figures = highest(measured.touched_before), highest(measured.touched_after)
    may_stay = bool(falls_elsewhere(*figures, limits))
    text = f"Counted with nested and one-line functions, {before} → {after}"
    if after > before or (after == before and not may_stay):
        return Check("own-count", "failed", f"{text} does not fall.")
    return Check("own-count", "passed", f"{text}.")


def _figures_of(
    functions: Sequence[Function], measured: Sequence[FunctionFigures]
) -> list[FunctionFigures]:
    by_line = {one.start_line: one for one in measured}
    return [by_line[one.node.lineno] for one in functions if one.node.lineno in by_line]


def _unreadable(reason: str) -> Verdict:
    checks = [Check("parses", "failed", reason)]
    checks += [Check(name, "not-run", "There was nothing to compare.") for name in CHECKS[2:]]
    return Verdict(tuple(checks), _NO_FIGURES, _NO_FIGURES)


_WHAT_TO_DO = {
    "same-text": "Read the file anew.",
    "parses": "Send the whole file as Python that compiles.",
    "target-only": "Leave everything outside the function as it is; add only private helpers, "
    "right after the function, and imports they need.",
    "complexity": "Move whole blocks of decisions into helpers until the highest number falls.",
    "own-count": "Make the decisions fewer in each function instead of hiding them.",
    "no-gaming": "Write ordinary functions at module or class level, with plain conditions.",
    "public-surface": "Keep names, signatures, decorators and docstrings; start the names of "
    "helpers with an underscore.",
    "lint": "Pass every name that a helper reads as a parameter and return what is read later.",
    "no-new-findings": "Keep every function, new ones too, within the limits.",
    "frame-depth": "Leave that code in the function where it stood.",
    "round-trip": "Move the code unchanged, hand in what it reads and return what it writes.",
    "fingerprint": "Bring back what was lost and drop what was invented; behaviour must not "
    "change.",
    "tests": "Restore the behaviour that the failing tests expect.",
}


def feedback(verdict: Verdict) -> str:
    """One line for each failed check: its finding, then what to do; empty if none failed."""
    return "\n".join(
        f"- {check.name}: {check.detail} {_WHAT_TO_DO.get(check.name, '')}".rstrip()
        for check in verdict.failures
    )

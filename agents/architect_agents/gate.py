"""One verdict for every proposal: what was checked, how it went, and what was not proved.

The order of the checks is fixed, and so are their names. A check that can't say anything is
"not-run" with its reason, never silently "passed".
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from architect_agents.refactoring.ast_count import highest_count
from architect_agents.refactoring.comparison import Comparison
from architect_agents.refactoring.figures import (
    Measured,
    check_complexity,
    check_no_new_findings,
    goal,
    highest,
)
from architect_agents.refactoring.lint_delta import check_lint
from architect_agents.refactoring.module_source import (
    Function,
    UnreadableSourceError,
    read_module,
)
from architect_agents.refactoring.surface import check_surface
from architect_agents.types import (
    Check,
    Figures,
    FindingLimits,
    FunctionFigures,
    Measure,
    RefactorRequest,
    Verdict,
)

NAMES = (
    "parses",
    "complexity",
    "own-count",
    "public-surface",
    "lint",
    "no-new-findings",
    "tests",
)

_NO_FIGURES = Figures(ccn=0)


class RefactoringGate:
    """Judges a proposal by its text alone; tests are a separate, slower matter.

    ``measure`` gives the figures that the user sees elsewhere, so that gate and editor agree.
    """

    def __init__(self, measure: Measure) -> None:
        self._measure = measure

    def judge(self, request: RefactorRequest, candidate: str) -> Verdict:
        """Compare ``request.source`` with the whole new document ``candidate``.

        An empty ``request.function`` asks for every function that changed. Never raises: what
        can't be read or is nested too deeply fails the check ``parses``.
        """
        try:
            return self._judge_python(request, candidate)
        except (RecursionError, MemoryError):
            return _unreadable("The code is nested too deeply to be checked.")

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
            start_line=1,
            limits=limits or FindingLimits(),
        )
        return self.judge(request, after)

    def _judge_python(self, request: RefactorRequest, candidate: str) -> Verdict:
        try:
            before = read_module(request.source)
        except UnreadableSourceError as error:
            return _unreadable(f"The original can't be judged: {error}.")
        try:
            after = read_module(candidate)
        except UnreadableSourceError as error:
            return _unreadable(f"The new version is broken: {error}.")
        target = before.find(request.function, request.start_line) if request.function else None
        if request.function and target is None:
            return _unreadable(f"The original has no function `{request.function}`.")
        comparison = Comparison(before, after, target)
        measured = self._measured(comparison, request.language)
        checks = [Check("parses", "passed", "Python reads and compiles the new version.")]
        checks += _python_checks(comparison, measured, request.limits)
        return Verdict(
            tuple(checks), highest(measured.touched_before), highest(measured.touched_after)
        )

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
    yield check_complexity(measured, limits)
    yield _check_own_count(comparison, measured, limits)
    yield check_surface(comparison)
    yield check_lint(comparison)
    yield check_no_new_findings(measured, limits)
    yield Check("tests", "not-run", "No test was asked for.")


def _check_own_count(comparison: Comparison, measured: Measured, limits: FindingLimits) -> Check:
    """Our own count falls as well, so that nothing was only moved out of lizard's sight."""
    before = highest_count(one.node for one in comparison.touched_before if not one.is_nested)
    after = highest_count(one.node for one in comparison.touched_after if not one.is_nested)
    may_stay = goal(highest(measured.touched_before), limits) != "ccn"
    numbers = f"{before} → {after}"
    if after > before or (after == before and not may_stay):
        text = f"Counted with nested and one-line functions, {numbers} does not fall."
        return Check("own-count", "failed", text)
    return Check("own-count", "passed", f"Counted with nested and one-line functions, {numbers}.")


def _figures_of(
    functions: tuple[Function, ...], measured: Sequence[FunctionFigures]
) -> list[FunctionFigures]:
    by_line = {one.start_line: one for one in measured}
    return [by_line[one.node.lineno] for one in functions if one.node.lineno in by_line]


def _unreadable(reason: str) -> Verdict:
    checks = [Check("parses", "failed", reason)]
    checks += [Check(name, "not-run", "There was nothing to compare.") for name in NAMES[1:]]
    return Verdict(tuple(checks), _NO_FIGURES, _NO_FIGURES)


def feedback(verdict: Verdict) -> str:
    """What a model is told about a rejected proposal: each failure, and what to do."""
    return "\n".join(f"- {check.name}: {check.detail}" for check in verdict.failures)

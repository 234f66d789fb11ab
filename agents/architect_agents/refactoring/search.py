"""Find the refactorings that make a function simpler, best first, until time is up.

One step: list every block and condition whose extraction would lower the highest figure by our
own estimate, check the preconditions in the order of that estimate, rank what may be moved,
write the best few out, and let the handed-in measure confirm. Steps are repeated on whichever
part is still the most complex. Rewrites in place (see ``rewrites``) come first where they alone
would do, and last where nothing can be extracted.
"""

from __future__ import annotations

import ast
import textwrap
from collections.abc import Callable, Iterator, Sequence

from architect_agents.refactoring.extract_block import Extraction
from architect_agents.refactoring.flow import FlowTooLargeError
from architect_agents.refactoring.frame_depth import FrameReaders
from architect_agents.refactoring.module_source import (
    Function,
    FunctionNode,
    ModuleSource,
    UnreadableSourceError,
    parse_module,
)
from architect_agents.refactoring.ranking import Legal, is_settled, planned
from architect_agents.refactoring.refusal import Refusal, RefusedError
from architect_agents.refactoring.rewrites import Rewrite, rewrites
from architect_agents.refactoring.search_goals import Goal
from architect_agents.refactoring.search_steps import Budget, Result, Step, overlap
from architect_agents.refactoring.splice import apply_edits
from architect_agents.refactoring.subject import Subject
from architect_agents.types import FunctionFigures, Measure

MOST_STEPS = 30
#: How many of the ranked candidates are written out and measured.
CONFIRMED = 8

Key = tuple[str, int]

__all__ = ["Budget", "Result", "Search", "Step", "figures_of"]


class Search:
    """``accept(source)`` may turn a step down; the next best is tried then.

    No helper exceeds the goal's limit, not even for the time being, so that every step is a
    change that could be kept as it is.
    """

    def __init__(
        self,
        measure: Measure,
        budget: Budget,
        accept: Callable[[str], bool] = lambda _: True,
        goal: Goal | None = None,
    ) -> None:
        self.measure = measure
        self.budget = budget
        self.accept = accept
        self.goal = goal or Goal()
        self._frames: FrameReaders | None = None
        self._names: frozenset[str] = frozenset()
        #: Told of the first step as soon as it is found.
        self.on_first_step: Callable[[Step], None] = lambda _: None

    def run(self, module: ModuleSource, function: Function) -> Result:
        """Simplify ``function`` step by step; never raises for strange code."""
        result = Result()
        self._frames = FrameReaders(module)
        self._names = _names_in(function.node)
        done: set[Key] = set()
        parts: dict[Key, int] = {function.key: self._value(module, function)}
        while len(result.steps) < MOST_STEPS and not self._is_over(result):
            key = self._worst(parts, done)
            if key is None:
                break
            step = next(self._steps(module, module.by_key[key], parts[key], result), None)
            if step is None:
                done.add(key)
                continue
            if not result.steps:
                self.on_first_step(step)
            result.steps.append(step)
            module = parse_module(step.source)
            parts[key] = step.figures[1]
            if step.helper:
                parts[(step.helper, 0)] = step.figures[2]
        return result

    def openings(
        self, module: ModuleSource, function: Function, apart_from: Step
    ) -> Iterator[Step]:
        """Other first steps that do at least half as much, and leave that one's lines alone."""
        now = self._value(module, function)
        wanted = (now - max(apart_from.figures[1:]) + 1) // 2
        for step in self._steps(module, function, now, Result(), apart_from.lines):
            if now - max(step.figures[1:]) >= wanted and not step.overlaps(apart_from.lines):
                yield step

    def _is_over(self, result: Result) -> bool:
        return self.budget.is_over(first=not result.steps)

    def _steps(
        self,
        module: ModuleSource,
        function: Function,
        now: int,
        result: Result,
        apart_from: tuple[int, int] = (0, 0),
    ) -> Iterator[Step]:
        """Accepted next steps for one function, best first; none touches ``apart_from``."""
        try:
            made = frozenset(step.helper.rpartition(".")[2] for step in result.steps)
            subject = Subject(module, function, made, self._frames)
            found = list(rewrites(subject, self.goal.figure, result.note))
            would_do = now - sum(one.gain for one in found) <= self.goal.target
            if found and would_do:
                yield from self._rewritten(subject, found, now)
            ranked = self._ranked(subject, now, result, apart_from)
            yield from self._extracted(subject, ranked, now, result)
            if found and not would_do:
                yield from self._rewritten(subject, found, now)
        except RefusedError as error:
            result.note(error.refusal)
        except FlowTooLargeError:
            result.note(Refusal("too-large", "The function is too large to be analysed."))
        except RecursionError:
            result.note(Refusal("too-deep", "The function is nested too deeply to be analysed."))

    def _extracted(
        self, subject: Subject, ranked: Sequence[Legal], now: int, result: Result
    ) -> Iterator[Step]:
        last: list[Step] = []
        for number, candidate in enumerate(ranked[:CONFIRMED]):
            # A first try is made even when time is up: it may be all there will be.
            if self.budget.cancelled() or (self._is_over(result) and (number or result.steps)):
                break
            step = self._confirmed(subject, candidate, now, result)
            if step is not None and step.makes_finding:
                last.append(step)
            elif step is not None and self.accept(step.source):
                yield step
        yield from (step for step in last if self.accept(step.source))

    def _rewritten(self, subject: Subject, found: Sequence[Rewrite], now: int) -> Iterator[Step]:
        for rewrite in found:
            source = apply_edits(subject.lines.text, rewrite.edits)
            try:
                module = parse_module(source)
            except UnreadableSourceError:
                continue
            function = module.by_key.get(subject.function.key)
            after = self._value(module, function) if function else now
            if after < now and self.accept(source):
                name = subject.function.qualified_name
                figures = (now, after, 0)
                yield Step(source, name, "", rewrite.kind, figures, rewrite.lines, rewrite.what)

    def _ranked(
        self, subject: Subject, now: int, result: Result, apart_from: tuple[int, int]
    ) -> list[Legal]:
        """What may be moved, best first. Stops when nothing better can follow."""
        found: list[Legal] = []
        for estimate, candidate in self.goal.candidates(subject, now):
            if self.budget.is_over(first=not result.steps and not found):
                result.out_of_time = True
                break
            if is_settled(found, estimate):
                break
            if overlap(candidate.lines, apart_from):
                continue
            try:
                legal = planned(subject, candidate, estimate)
                self._refuse_reports(legal.plan.parameters)
            except RefusedError as error:
                result.note(error.refusal)
                continue
            found.append(legal)
        return sorted(found, key=lambda one: one.rank)

    def _refuse_reports(self, parameters: Sequence[str]) -> None:
        """What one helper reports to its caller is not for another helper to act on.

        Raises:
            RefusedError: the code that acts on it would move.
        """
        reports = [name for name in parameters if self._names and name not in self._names]
        if reports:
            text = f"`{reports[0]}` is what another helper says to do next."
            raise RefusedError("report", text)

    def _confirmed(
        self, subject: Subject, candidate: Legal, now: int, result: Result
    ) -> Step | None:
        """Write the candidate out and measure it; None if it helps nothing after all."""
        try:
            name, source = candidate.write(subject)
            module = parse_module(source)
        except RefusedError as error:
            result.note(error.refusal)
            return None
        except UnreadableSourceError:
            result.note(Refusal("unreadable-result", "The text could not be put together."))
            return None
        function = module.by_key.get(subject.function.key)
        helper = next((one for one in module.functions if one.name == name), None)
        if function is None or helper is None:
            return None
        figures = figures_of(self.measure, module, helper)
        new = self.goal.value(figures) if figures else self.goal.own_value(helper)
        after = self._value(module, function)
        if max(after, new) >= now or new > self.goal.limit:
            return None
        kind = "helper" if isinstance(candidate.plan, Extraction) else "predicate"
        return Step(
            source,
            subject.function.qualified_name,
            helper.qualified_name,
            kind,
            (now, after, new),
            candidate.lines,
            makes_finding=figures is not None and self.goal.is_finding(figures),
        )

    def _worst(self, parts: dict[Key, int], done: set[Key]) -> Key | None:
        """The part furthest above the target that can still be tried."""
        target = self.goal.target
        open_parts = [key for key, value in parts.items() if value > target and key not in done]
        return max(open_parts, key=lambda key: parts[key], default=None)

    def _value(self, module: ModuleSource, function: Function) -> int:
        """The figure by the measure; ours if the measure sees no function there."""
        figures = figures_of(self.measure, module, function)
        return self.goal.value(figures) if figures else self.goal.own_value(function)


def figures_of(
    measure: Measure, module: ModuleSource, function: Function
) -> FunctionFigures | None:
    """The figures of ``function``, measured on its own lines: a file may be long."""
    lines = module.lines[function.first_line - 1 : function.last_line]
    found = measure(textwrap.dedent("\n".join(lines)) + "\n", "python")
    named = [one for one in found if one.qualified_name.rpartition(".")[2] == function.name]
    return min(named or found, key=lambda one: one.start_line, default=None)


def _names_in(function: FunctionNode) -> frozenset[str]:
    """All variables that the function mentions, before anything was made of it."""
    nodes = list(ast.walk(function))
    names = {node.id for node in nodes if isinstance(node, ast.Name)}
    return frozenset(names | {node.arg for node in nodes if isinstance(node, ast.arg)})

"""The check ``tests``: tests that run the function pass before the change and after it.

Two runs in the jail, on one shadow copy. The first is of the old version, whose function notes
the tests that come by; so it is known which tests execute the function at all, and a test that
fails already is not blamed on the change. The second is of the new version, with just those tests.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from pathlib import Path

from architect_agents import execution_probe as probe
from architect_agents.refactoring.comparison import Comparison, find_target
from architect_agents.refactoring.module_source import (
    Function,
    UnreadableSourceError,
    read_module,
)
from architect_agents.sandbox.covering_tests import (
    choose_tests,
    is_test_file,
    tests_from_coverage,
)
from architect_agents.sandbox.interpreter import project_interpreter
from architect_agents.sandbox.jail import Jail, Limits
from architect_agents.sandbox.pytest_run import TestRun, run_tests
from architect_agents.sandbox.refused import RefusedError
from architect_agents.sandbox.shadow import Shadow, shadow_of
from architect_agents.types import Check, RefactorRequest

NAME = "tests"


@dataclass(frozen=True, slots=True)
class TestSettings:
    """``interpreter``: the Python to run tests with, or None for the project's own.

    ``open_texts``: the unsaved text of other documents, by posix path below the workspace.
    """

    __test__ = False  # nothing for pytest to collect

    interpreter: Path | None = None
    limits: Limits = field(default_factory=Limits)
    open_texts: dict[str, str] = field(default_factory=dict)
    more_secrets: tuple[str, ...] = ()


async def check_tests(
    request: RefactorRequest, candidate: str, settings: TestSettings | None = None
) -> Check:
    """Run the covering tests before and after; "not-run" with the reason where that can't be.

    Cancelling the task ends the runs and removes the copy.
    """
    chosen = settings or TestSettings()
    reason, relative = _why_not(request)
    if reason:
        return _not_run(reason)
    assert request.workspace is not None
    functions = await asyncio.to_thread(_functions, request, candidate)
    marked = probe.marked(request.source, functions) if functions else None
    if marked is None:
        return _not_run("The function can't be marked to see which tests run it.")
    try:
        async with shadow_of(
            request.workspace, {**chosen.open_texts, relative: marked}, chosen.more_secrets
        ) as shadow:
            return await _compare(shadow, relative, candidate, functions, chosen)
    except RefusedError as error:
        return _not_run(str(error))


def _why_not(request: RefactorRequest) -> tuple[str, str]:
    if request.language != "python":
        return f"Tests are run for Python only, not for {request.language}.", ""
    if request.workspace is None:
        return "The file belongs to no folder, so that there are no tests to run.", ""
    if not request.trusted:
        return "The workspace is not trusted, so that none of its code is run.", ""
    try:
        # The path may be the workspace's own way of naming the file, wherever we were started.
        path = (request.workspace / request.path).resolve()
        relative = path.relative_to(request.workspace.resolve())
    except ValueError:
        return "The file lies outside of the workspace, so that there are no tests to run.", ""
    return "", relative.as_posix()


def _functions(request: RefactorRequest, candidate: str) -> list[Function]:
    """The changed functions as they were."""
    try:
        before, after = read_module(request.source), read_module(candidate)
    except UnreadableSourceError:
        return []
    if request.function:
        target = find_target(before, after, request.function, request.start_line)
        return [] if target is None else [target]
    return [one.before for one in Comparison(before, after, None).targets]


async def _compare(
    shadow: Shadow,
    relative: str,
    candidate: str,
    functions: list[Function],
    settings: TestSettings,
) -> Check:
    tests = await asyncio.to_thread(_tests_for, shadow, relative, functions)
    if not tests:
        return _not_run("No test file imports this module.")
    interpreter = settings.interpreter or project_interpreter(shadow.workspace)
    tools = shadow.root.parent / "probe"
    await asyncio.to_thread(_write_probe, tools)
    jail = Jail(shadow.root, shadow.workspace, interpreter, readable=(tools,))
    environment = {
        "PYTHONPATH": str(tools),
        "ARCHITECT_PROBE": str(shadow.workspace / probe.NOTES),
    }
    before = await run_tests(jail, tests, settings.limits, environment)
    seen = await asyncio.to_thread(_noted, shadow)
    covering = sorted(before.passed & seen)
    if not covering:
        return _not_run(_why_none(before, seen, interpreter))
    await asyncio.to_thread(shadow.write, relative, candidate)
    after = await run_tests(jail, covering, settings.limits, environment)
    return _judged(covering, after)


def _tests_for(shadow: Shadow, relative: str, functions: list[Function]) -> list[str]:
    data = shadow.workspace / ".coverage"
    known = shadow.base.keys()
    for function in functions if data.is_file() else ():
        lines = range(function.first_line, function.last_line + 1)
        found = tests_from_coverage(data, relative, lines)
        current = [test for test in found if test.split("::")[0] in known]
        if current:
            return current
    return choose_tests(shadow.root, relative, sorted(filter(is_test_file, known)))


def _write_probe(folder: Path) -> None:
    folder.mkdir()
    (folder / f"{probe.MODULE}.py").write_text(probe.PROBE, encoding="utf-8")


def _noted(shadow: Shadow) -> frozenset[str]:
    try:
        notes = (shadow.root / probe.NOTES).read_text(encoding="utf-8", errors="replace")
    except OSError:
        return frozenset()
    return frozenset(notes.splitlines())


def _why_none(before: TestRun, seen: frozenset[str], interpreter: Path) -> str:
    if before.result.timed_out:
        return "The tests of the old version took too long and were stopped."
    if before.has_no_pytest:
        return f"There is no pytest for {interpreter.name} of this project."
    if not before.outcomes:
        return "No test could be run: pytest found none, or failed to start."
    if seen:
        return "The tests that run the function fail already without the change."
    return f"None of the {len(before.outcomes)} tests that were run executes the function."


def _judged(covering: list[str], after: TestRun) -> Check:
    if after.result.timed_out:
        return Check(NAME, "failed", "The tests take far longer than before and were stopped.")
    broken = [test for test in covering if test not in after.passed]
    if broken:
        others = f" and {len(broken) - 1} more" if len(broken) > 1 else ""
        text = f"`{broken[0]}`{others} passed before the change and not after it."
        return Check(NAME, "failed", text)
    count = f"{len(covering)} test" + "s" * (len(covering) != 1)
    verb = "runs" if len(covering) == 1 else "run"
    return Check(NAME, "passed", f"{count} that {verb} the function passed before and after.")


def _not_run(reason: str) -> Check:
    return Check(NAME, "not-run", reason)

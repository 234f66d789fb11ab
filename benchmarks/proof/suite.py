"""Runs a project's own tests on a scratch copy, in the jail where there is one."""

from __future__ import annotations

import asyncio
import json
import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from corpus import HOME, PYTHON, Project

from architect_agents.execution_probe import MODULE, marked
from architect_agents.refactoring.module_source import read_module
from architect_agents.sandbox.jail import Jail, JailResult, Limits, why_no_jail
from architect_agents.sandbox.pytest_run import run_tests

_LIMITS = Limits(seconds=1200)
_TURNS = 3
_NOTES = ".proof-notes"

#: In the place of the product's probe: it notes which of many functions a test runs.
_PROBE = """
import os, sys

_seen = set()


def hit():
    test = os.environ.get("PYTEST_CURRENT_TEST")
    code = sys._getframe(1).f_code
    if test and (test, code) not in _seen:
        _seen.add((test, code))
        name = code.co_qualname.replace(".<locals>", "")
        line = "\\t".join((test.rpartition(" (")[0], code.co_filename, name))
        with open(os.environ["PROOF_NOTES"], "a", encoding="utf-8") as notes:
            notes.write(line + "\\n")
"""

Place = tuple[str, str]


class NothingRanError(Exception):
    """pytest reported no test at all."""


@dataclass(frozen=True, slots=True)
class Baseline:
    """``passed`` before any change; ``covering``: the passing tests of each (file, function)."""

    passed: frozenset[str]
    covering: Mapping[Place, list[str]]


class Unjailed(Jail):
    """For machines without bubblewrap: the same commands, with nothing around them."""

    async def run(
        self,
        command: Iterable[str],
        limits: Limits | None = None,
        environment: Mapping[str, str] | None = None,
    ) -> JailResult:
        done = await asyncio.to_thread(
            subprocess.run,
            list(command),
            env={**self._environment(), **(environment or {})},
            cwd=self.workspace,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            timeout=(limits or Limits()).seconds,
            check=False,
        )
        return JailResult(done.returncode, done.stdout.decode("utf-8", "replace"))


class Suite:
    """One project's tests. ``texts`` are the changed files, by path inside the project."""

    def __init__(self, project: Project) -> None:
        self.project = project
        # Without a jail pytest would read our own settings, in the folders above ours.
        folder = Path(tempfile.gettempdir(), "architect-proof") if why_no_jail() else HOME
        self._scratch = folder / "scratch" / f"{project.name}-{os.getpid()}"
        self._tools = HOME / "tools"

    def passed(self, texts: Mapping[str, str], tests: Iterable[str] = ()) -> frozenset[str]:
        """The tests (all, or those given) that pass with these files in place."""
        self._copy(texts)
        chosen = sorted(tests) or [self.project.tests]
        return self._run(chosen)

    def broken_by(self, texts: Mapping[str, str], tests: Iterable[str]) -> list[str]:
        """Which of ``tests`` always fail with the change and never without it, in three turns.

        Stopwatch tests are why: on a busy machine they fail now and then, whatever is changed.
        """
        chosen = sorted(tests)
        failed = set(chosen)
        for _ in range(_TURNS):
            with suppress(NothingRanError):  # not even the import works with the change
                failed -= self.passed(texts, sorted(failed))
            if failed:
                failed &= self.passed({}, sorted(failed))
            if not failed:
                break
        return sorted(failed)

    def baseline(self, functions: Mapping[str, set[str]]) -> Baseline:
        """Run everything once with the functions marked; kept, since it depends on no code of ours.

        ``functions``: the qualified names in each file.
        """
        kept = HOME / "baselines" / f"{self.project.folder.name}.json"
        if kept.is_file():
            found = json.loads(kept.read_text(encoding="utf-8"))
            covering = {(file, name): tests for file, name, tests in found["covering"]}
            return Baseline(frozenset(found["passed"]), covering)
        texts = {
            file: _marked(self.project.folder / file, names) for file, names in functions.items()
        }
        self._copy(texts)
        passed = self._run([self.project.tests])
        if not passed:
            raise NothingRanError("none of its tests passes here.")
        covering = self._noted(passed)
        rows = [[file, name, tests] for (file, name), tests in sorted(covering.items())]
        kept.parent.mkdir(parents=True, exist_ok=True)
        kept.write_text(json.dumps({"passed": sorted(passed), "covering": rows}), encoding="utf-8")
        return Baseline(passed, covering)

    def clean(self) -> None:
        shutil.rmtree(self._scratch, ignore_errors=True)

    def _copy(self, texts: Mapping[str, str]) -> None:
        self.clean()
        shutil.copytree(self.project.folder, self._scratch, symlinks=True)
        for file, text in texts.items():
            (self._scratch / file).write_text(text, encoding="utf-8", newline="")

    def _run(self, tests: list[str]) -> frozenset[str]:
        self._tools.mkdir(parents=True, exist_ok=True)
        (self._tools / f"{MODULE}.py").write_text(_PROBE, encoding="utf-8")
        kind = Unjailed if why_no_jail() else Jail
        jail = kind(self._scratch, self._scratch, PYTHON, readable=(self._tools,))
        path = [self._scratch / self.project.sources, self._tools]
        environment = {
            "PYTHONPATH": ":".join(map(str, path)),
            "PROOF_NOTES": str(self._scratch / _NOTES),
            "PYTEST_ADDOPTS": " ".join(self.project.options),
        }
        run = asyncio.run(run_tests(jail, tests, _LIMITS, environment))
        if not run.outcomes:
            tail = run.result.output[-500:]
            raise NothingRanError(f"no test could be run.\n{tail}")
        return run.passed

    def _noted(self, passed: frozenset[str]) -> dict[Place, list[str]]:
        notes = self._scratch / _NOTES
        found: dict[Place, set[str]] = {}
        for line in notes.read_text(encoding="utf-8").splitlines() if notes.is_file() else ():
            test, path, name = line.split("\t")
            if test in passed and Path(path).is_relative_to(self._scratch):
                file = Path(path).relative_to(self._scratch).as_posix()
                found.setdefault((file, name), set()).add(test)
        return {place: sorted(tests) for place, tests in found.items()}


def _marked(path: Path, names: set[str]) -> str:
    """The file with those of the functions marked that can be."""
    text = path.read_bytes().decode("utf-8")
    functions = [
        one
        for one in read_module(text).functions
        if one.qualified_name in names and marked(text, [one]) is not None
    ]
    return marked(text, functions) or text

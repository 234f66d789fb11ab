"""Makes mistakes in right extractions of real code and counts what the gate lets through.

    python benchmarks/mistakes.py [FOLDER ...] [--functions 60] [--mistakes 600] [--write FILE]

Without folders it takes the running interpreter's standard library. Functions with a CCN above 10
are drawn by a seeded random choice; the embedded architect's search simplifies each; the gate
judges the result (a right proposal) and then, one by one, versions of it with one mistake each,
made by the operators in tests/mutation_operators.py. A mistake counts as caught if it is never
shown as proved: rejected outright, or left without a proof. Nothing of the code is run. Exit 1
if more than 2 % get through.
"""

from __future__ import annotations

import argparse
import difflib
import os
import random
import sys
import sysconfig
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from mistakes_report import write_report
from rich.progress import Progress

from architect_agents.gate import RefactoringGate
from architect_agents.refactoring.module_source import (
    Function,
    ModuleSource,
    UnreadableSourceError,
    read_module,
)
from architect_agents.refactoring.search import Budget, Search
from architect_agents.types import Verdict
from architect_server.asking import figures

sys.path.insert(0, str(Path(__file__).parent.parent / "tests"))
from mutation_operators import Mutant, mutants

COMPLEX = 10
PER_FUNCTION = 12
SECONDS = 3.0
LARGEST = 200_000
SKIPPED_FOLDERS = {"__pycache__", ".git", "node_modules", "site-packages", "test", "tests"}


@dataclass
class Tally:
    """Everything that was counted; ``cpu`` are the seconds of each judgement of a right one."""

    functions: int = 0
    right: Counter[str] = field(default_factory=Counter)
    wrongly_rejected: list[str] = field(default_factory=list)
    cpu: list[float] = field(default_factory=list)
    lines: list[int] = field(default_factory=list)
    by_kind: dict[str, Counter[str]] = field(default_factory=dict)
    missed: list[str] = field(default_factory=list)

    @property
    def mistakes(self) -> int:
        return sum(sum(counts.values()) for counts in self.by_kind.values())


def main() -> int:
    arguments = _arguments()
    rng = random.Random(arguments.seed)
    tally = Tally()
    candidates = _complex_functions([Path(folder) for folder in arguments.folders], rng)
    with Progress(transient=True) as progress:
        task = progress.add_task("Making mistakes", total=arguments.functions)
        for path, module, function in candidates:
            if tally.functions >= arguments.functions and tally.mistakes >= arguments.mistakes:
                break
            _measure(path, module, function, rng, tally)
            progress.update(task, completed=tally.functions)
    report = write_report(tally, arguments.folders)
    print(report)
    if arguments.write:
        Path(arguments.write).write_text(report, encoding="utf-8")
    return int(len(tally.missed) > 0.02 * max(1, tally.mistakes))


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("folders", nargs="*", default=[sysconfig.get_path("stdlib")])
    parser.add_argument("--functions", type=int, default=60)
    parser.add_argument("--mistakes", type=int, default=600)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--write", help="write the report as Markdown to this file")
    return parser.parse_args()


def _complex_functions(
    folders: list[Path], rng: random.Random
) -> Iterator[tuple[Path, ModuleSource, Function]]:
    """One complex function of each file, the files in random order."""
    files = [path for folder in folders for path in _files(folder)]
    rng.shuffle(files)
    for path in files:
        try:
            text = path.read_text(encoding="utf-8")
            module = read_module(text) if len(text) <= LARGEST else None
        except (OSError, UnicodeDecodeError, UnreadableSourceError):
            continue
        if module is None:
            continue
        lines = {one.start_line for one in figures(text, "python") if one.ccn > COMPLEX}
        found = [one for one in module.functions if one.node.lineno in lines]
        if found:
            yield path, module, rng.choice(found)


def _files(folder: Path) -> Iterator[Path]:
    for place, folders, names in os.walk(folder):
        folders[:] = sorted(name for name in folders if name not in SKIPPED_FOLDERS)
        yield from (Path(place, name) for name in sorted(names) if name.endswith(".py"))


def _measure(
    path: Path, module: ModuleSource, function: Function, rng: random.Random, tally: Tally
) -> None:
    """Judge the right proposal for one function, and some wrong ones."""
    steps = Search(figures, Budget(time.monotonic() + SECONDS)).run(module, function).steps
    if not steps:
        return
    gate, after = RefactoringGate(figures), steps[-1].source
    started = time.process_time()
    verdict = _judged(gate, path, module, function, after)
    tally.cpu.append(time.process_time() - started)
    tally.lines.append(len(module.lines))
    tally.functions += 1
    tally.right[_kind(verdict)] += 1
    place = f"{path.name} `{function.qualified_name}`"
    if _kind(verdict) != "proved":
        against = [one for one in verdict.checks if _speaks(one.name, one.status)]
        reasons = [f"{one.name}: {one.detail}" for one in against]
        tally.wrongly_rejected.append(f"{place}: {'; '.join(reasons)}")
        return
    wrong = list(mutants(after, _touched(module, function, after), rng, per_kind=1))
    for mutant in rng.sample(wrong, min(PER_FUNCTION, len(wrong))):
        found = _kind(_judged(gate, path, module, function, mutant.source))
        tally.by_kind.setdefault(mutant.kind, Counter())[found] += 1
        if found == "proved":
            tally.missed.append(f"{mutant.kind} in {place}\n\n{_difference(after, mutant)}")


def _judged(
    gate: RefactoringGate, path: Path, module: ModuleSource, function: Function, after: str
) -> Verdict:
    return gate.verify(
        module.text, after, path=path.name, language="python", function=function.qualified_name
    )


def _kind(verdict: Verdict) -> str:
    if not verdict.accepted:
        return "rejected"
    return "proved" if verdict.proof else "not proved"


def _speaks(name: str, status: str) -> bool:
    return status == "failed" or (name == "round-trip" and status == "not-run")


def _touched(module: ModuleSource, function: Function, after: str) -> set[str]:
    """The names of the function and its helpers, if they are the only ones of that name."""
    functions = read_module(after).functions
    counts = Counter(one.name for one in functions)
    new = {one.name for one in functions if one.key not in module.by_key} | {function.name}
    return {name for name in new if counts[name] == 1}


def _difference(after: str, mutant: Mutant) -> str:
    """The changed lines, both versions of the function written out in the same way."""
    lines = difflib.unified_diff(after.splitlines(), mutant.source.splitlines(), lineterm="", n=1)
    return "```diff\n" + "\n".join(list(lines)[2:60]) + "\n```"


if __name__ == "__main__":
    sys.exit(main())

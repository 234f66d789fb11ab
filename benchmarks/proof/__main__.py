"""Refactors complex functions of real projects and shows what holds: the figures of docs/proof.md.

    python benchmarks/proof [--quick] [--projects a,b] [--jobs 2] [--write]

Fetches the source distributions in corpus.txt (pinned by hash), draws functions with a CCN above
10 that tests execute, asks the embedded architect about each, applies what it proposes, runs the
projects' own tests before and after, and makes seeded mistakes in the right proposals. What is
done is kept in .tools/proof for each project until our code or the corpus changes, so that an
interrupted run goes on where it was. ``--write`` renews results.json and the tables in
docs/proof.md. Exit 1 if a figure misses its aim.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import platform
import subprocess
import sys
import time
from concurrent.futures import ProcessPoolExecutor, as_completed
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parent))

from corpus import HERE, HOME, PROJECTS, Project, fetch, prepare_environment
from report import aims, tables, write_page
from suite import NothingRanError
from trial import run_project

ROOT = HERE.parents[1]
RESULTS = HERE / "results.json"
AGENTS = ROOT / "agents" / "architect_agents"
FIGURES = ROOT / "server" / "architect_server" / "analysis"
#: What finds refactorings and judges them.
JUDGED = (AGENTS / "refactoring", AGENTS / "embedded", AGENTS / "gate.py")
#: A smaller run, for a first look.
QUICK = ("mistune", "sqlparse", "pyflakes", "jsonschema")


def main() -> int:
    arguments = _arguments()
    names = arguments.projects.split(",") if arguments.projects else [one.name for one in PROJECTS]
    chosen = [one for one in PROJECTS if one.name in (QUICK if arguments.quick else names)]
    if not chosen:
        print("None of these projects is in benchmarks/proof/corpus.py.", file=sys.stderr)
        return 2
    prepare_environment()
    found = []
    with ProcessPoolExecutor(arguments.jobs) as pool:
        code = _our_code()
        runs = {pool.submit(_run, one, arguments, code): one for one in chosen}
        for number, run in enumerate(as_completed(runs), 1):
            place = f"[{number}/{len(chosen)}] {runs[run].name}"
            try:
                found.append(run.result())
            except (NothingRanError, OSError, subprocess.SubprocessError) as error:
                print(f"{place} could not be measured: {error}", file=sys.stderr, flush=True)
            else:
                print(f"{place} is done", file=sys.stderr, flush=True)
    if len(found) < len(chosen):
        return 2
    results = _with_surroundings(sorted(found, key=lambda one: str(one["project"])))
    if arguments.write:
        RESULTS.write_text(json.dumps(results, indent=1, ensure_ascii=False) + "\n", "utf-8")
        write_page(results)
    print(tables(results))
    return int(not all(aim.reached for aim in aims(results)))


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="benchmarks/proof", description=(__doc__ or "").partition("\n")[0]
    )
    parser.add_argument("--quick", action="store_true", help="four projects, ten functions each")
    parser.add_argument("--projects", help="only these, by name, with commas between")
    parser.add_argument("--functions", type=int, default=20, help="at most so many of a project")
    parser.add_argument("--mistakes", type=int, default=2, help="so many for each proposal")
    parser.add_argument("--jobs", type=int, default=2, help="projects at a time")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--write", action="store_true", help="renew docs/proof.md and results.json")
    arguments = parser.parse_args()
    if arguments.quick:
        arguments.functions = min(arguments.functions, 10)
    return arguments


def _run(project: Project, arguments: argparse.Namespace, code: str) -> dict[str, Any]:
    """One project's results: those of a former run if nothing changed since."""
    options = [arguments.functions, arguments.mistakes, arguments.seed]
    said = json.dumps([code, repr(project), project.version, *options])
    key = hashlib.sha256(said.encode()).hexdigest()
    kept = HOME / "results" / f"{project.name}-{key[:16]}.json"
    if not kept.is_file():
        fetch(project)

        def say(text: str) -> None:
            print(f"  {project.name}: {text}", file=sys.stderr, flush=True)

        started = time.monotonic()
        result = run_project(project, *options, say)
        result["seconds"] = round(time.monotonic() - started)
        kept.parent.mkdir(parents=True, exist_ok=True)
        kept.write_text(json.dumps(result), encoding="utf-8")
    found: dict[str, Any] = json.loads(kept.read_text(encoding="utf-8"))
    return found


def _our_code() -> str:
    """A hash of all that could change a result."""
    folders = [path for path in (*JUDGED, FIGURES, HERE) if path.is_dir()]
    files = [path for folder in folders for path in sorted(folder.rglob("*.py"))]
    files = [path for path in files if path.name not in ("report.py", "corpus.py", "__main__.py")]
    hashed = hashlib.sha256()
    for path in [*files, AGENTS / "gate.py", ROOT / "tests" / "mutation_operators.py"]:
        hashed.update(path.read_bytes())
    return hashed.hexdigest()


def _with_surroundings(projects: list[dict[str, Any]]) -> dict[str, Any]:
    """With what it takes to repeat the run; the commit is the last that touched what is judged."""
    command = [
        "git",
        "log",
        "-1",
        "--format=%h",
        "--",
        "agents",
        "server/architect_server/analysis",
    ]
    commit = subprocess.run(command, cwd=ROOT, capture_output=True, check=False)
    return {
        "date": time.strftime("%Y-%m-%d"),
        "python": platform.python_version(),
        "commit": commit.stdout.decode().strip(),
        "projects": projects,
    }


if __name__ == "__main__":
    sys.exit(main())

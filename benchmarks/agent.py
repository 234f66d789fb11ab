"""How quick the architect is beside the model's own time, and what it takes: ``make bench-agent``.

Every figure has what was asked for beside it. The model is a scripted fake on this machine. Where a
figure says "processor", it is what we and our children used, which a busy machine hardly changes.
"""

from __future__ import annotations

import argparse
import asyncio
import itertools
import json
import os
import random
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE.parent / "tests"))

from architect_agents.memory.graph import MemoryGraph  # noqa: E402
from architect_agents.sandbox import jail as jail_module  # noqa: E402
from architect_agents.sandbox.jail import Jail, Kind, why_no_bubblewrap  # noqa: E402
from architect_agents.sandbox.landlock import why_no_landlock  # noqa: E402
from architect_agents.sandbox.shadow import shadow_of  # noqa: E402
from fake_messages import FakeMessages, message, tool_use  # noqa: E402

FILES, LINES = 3_000, 190
OBSERVATIONS, ENTITIES = 100_000, 5_000
TURNS = 12
KINDS: tuple[Kind, ...] = ("bubblewrap", "landlock")
WORDS = [f"word{number}" for number in range(5_000)]
#: As words of a language: the n-th has a share of 1/n.
WEIGHTS = [1 / (number + 1) for number in range(len(WORDS))]
SOURCE = "def over(value):\n" + "".join(
    f"    if value == {n}:\n        value += {n}\n" for n in range(16)
)
LEAVE = {"decision": "leave-as-is", "title": "Fine", "rationale": "It is a table."}


def main() -> None:
    """Measure and print, one line a figure."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--only", nargs="*", default=[], help="some of the measurements by name")
    parser.add_argument("--rounds", type=int, default=5)
    options = parser.parse_args()
    root = Path(tempfile.mkdtemp(prefix="architect-bench-"))
    os.environ.update(HOME=str(root), XDG_CACHE_HOME=str(root / "cache"))
    try:
        for name, measure in MEASUREMENTS.items():
            if not options.only or name in options.only:
                (root / name).mkdir()
                for label, figure, unit, wanted in measure(root / name, options.rounds):
                    print(f"{name:<10} {label:<52} {figure:>9.3f} {unit:<4} {wanted}", flush=True)
    finally:
        shutil.rmtree(root, ignore_errors=True)


Figure = tuple[str, float, str, str]


def shadow(root: Path, rounds: int) -> list[Figure]:
    """The copy of a project of some 25 MB: made for the first time, and again."""
    project = root / "project"
    chance = random.Random(1)
    for number in range(FILES):
        path = project / f"pkg{number % 60}" / f"sub{number % 7}" / f"m{number}.py"
        path.parent.mkdir(parents=True, exist_ok=True)
        lines = (f"def f{n}(a, b):\n    return a + b * {chance.random()}\n" for n in range(LINES))
        path.write_text("".join(lines))
    for command in (["git", "init", "-q"], ["git", "add", "."]):
        subprocess.run(command, cwd=project, check=True)
    cold, warm, cold_used, warm_used = [], [], [], []
    for number in range(rounds):
        shutil.rmtree(os.environ["XDG_CACHE_HOME"], ignore_errors=True)
        used = _used()
        cold.append(_timed(lambda: asyncio.run(_copy(project))))
        cold_used.append(_used() - used)
        (project / "pkg3" / "sub3" / "m3.py").write_text(f"x = {number}\n")
        used = _used()
        warm.append(_timed(lambda: asyncio.run(_copy(project))))
        warm_used.append(_used() - used)
    disk = sum(path.stat().st_size for path in project.rglob("*.py")) / 1e6
    return [
        (f"{FILES} files, {disk:.0f} MB, for the first time", _median(cold), "s", "at most 1"),
        ("processor", _median(cold_used), "s", ""),
        ("again, one file changed", _median(warm), "s", "at most 0.2"),
        ("processor", _median(warm_used), "s", ""),
    ]


async def _copy(project: Path) -> None:
    async with shadow_of(project):
        pass


def jail(root: Path, rounds: int) -> list[Figure]:
    """What the jail adds to a command that does nothing."""
    copy = root / "shadow"
    copy.mkdir()
    place = Jail(copy, root / "workspace")
    found: list[Figure] = []
    for kind in KINDS:
        if {"bubblewrap": why_no_bubblewrap, "landlock": why_no_landlock}[kind]():
            continue
        jail_module.jail_kind = lambda kind=kind: kind  # type: ignore[assignment, misc]
        bare, jailed, used = [], [], []
        for _ in range(4 * rounds):
            bare.append(_timed(lambda: subprocess.run(["true"], check=True)))
            before = _used()
            jailed.append(_timed(lambda: subprocess.run(place.command(["true"]), check=True)))
            used.append(_used() - before)
        added = 1000 * (_median(jailed) - _median(bare))
        found.append((f"added to a command ({kind})", added, "ms", "at most 50"))
        found.append(("processor", 1000 * _median(used), "ms", ""))
    return found


def memory(root: Path, rounds: int) -> list[Figure]:
    """A search in 100,000 observations, ours and the reference server's."""
    chance = random.Random(2)
    entities = [
        {
            "name": f"lesson {number}",
            "entityType": "lesson",
            "observations": [
                " ".join(chance.choices(WORDS, WEIGHTS, k=10)) + f" case {number}-{part}"
                for part in range(OBSERVATIONS // ENTITIES)
            ],
        }
        for number in range(ENTITIES)
    ]
    graph = MemoryGraph(root / "memory.sqlite3", "bench")
    for start in range(0, ENTITIES, 500):
        graph.create_entities(entities[start : start + 500])
    queries = [" ".join(chance.choices(WORDS, WEIGHTS, k=3)) for _ in range(20 * rounds)]
    queries += [f"case {chance.randrange(ENTITIES)}-3" for _ in range(20 * rounds)]
    used = _used()
    times = [_timed(lambda query=query: graph.search_nodes(query)) for query in queries]
    used = (_used() - used) / len(queries)
    graph.close()
    found = [
        ("a search in 100,000 observations, p50", 1000 * _median(times), "ms", "at most 5"),
        ("p95", 1000 * sorted(times)[int(0.95 * len(times))], "ms", ""),
        ("processor, mean", 1000 * used, "ms", ""),
    ]
    if command := os.environ.get("MCP_MEMORY_SERVER"):
        lines = (json.dumps({"type": "entity", **entity}) for entity in entities)
        (root / "theirs.json").write_text("\n".join(lines))
        theirs = asyncio.run(_reference(command, root / "theirs.json", queries[::20]))
        found.append(("the reference server, p50", 1000 * _median(theirs), "ms", "beside it"))
    return found


async def _reference(command: str, file: Path, queries: list[str]) -> list[float]:
    process = await asyncio.create_subprocess_exec(
        *command.split(),
        env={**os.environ, "MEMORY_FILE_PATH": str(file)},
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.DEVNULL,
        limit=2**30,
    )
    assert process.stdin is not None
    assert process.stdout is not None

    async def call(number: int, method: str, params: dict[str, Any]) -> None:
        request = {"jsonrpc": "2.0", "id": number, "method": method, "params": params}
        process.stdin.write(json.dumps(request).encode() + b"\n")  # type: ignore[union-attr]
        await process.stdout.readline()  # type: ignore[union-attr]

    info = {"name": "bench", "version": "1"}
    hello = {"protocolVersion": "2025-06-18", "capabilities": {}, "clientInfo": info}
    await call(0, "initialize", hello)
    times = []
    for number, query in enumerate(queries, 1):
        began = time.perf_counter()
        arguments = {"name": "search_nodes", "arguments": {"query": query}}
        await call(number, "tools/call", arguments)
        times.append(time.perf_counter() - began)
    process.kill()
    await process.wait()
    return times


def run(root: Path, rounds: int) -> list[Figure]:
    """A run in a process of its own: our own time a turn, and memory."""
    cases = [_in_process("run", root) for _ in range(rounds)]
    turns = [turn for case in cases for turn in case["turns"]]
    return [
        ("our own time a turn with the fake's, p50", 1000 * _median(turns), "ms", "at most 20"),
        ("p95", 1000 * sorted(turns)[int(0.95 * len(turns))], "ms", ""),
        ("processor, p50", 1000 * _median([u for case in cases for u in case["used"]]), "ms", ""),
        ("resident with the SDK loaded", _median([c["resident"] for c in cases]), "MB", "<= 200"),
    ]


def progress(root: Path, rounds: int) -> list[Figure]:
    """In a server that was just started: from the command to what the person sees of it."""
    cases = [_in_process("progress", root) for _ in range(rounds)]
    label = "command to the progress bar, nothing imported yet"
    return [
        (label, 1000 * _median([case["bar"] for case in cases]), "ms", "at most 300"),
        ("to its first line", 1000 * _median([case["line"] for case in cases]), "ms", ""),
    ]


def _in_process(name: str, root: Path) -> Any:
    command = [sys.executable, str(Path(__file__).resolve()), "--child", name, str(root)]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    return json.loads(done.stdout.splitlines()[-1])


async def _first_progress(root: Path) -> dict[str, float]:
    from lsprotocol import types as lsp

    from editor import open_editor

    async with FakeMessages([message(tool_use("submit", LEAVE))]) as fake:
        os.environ.update(ANTHROPIC_BASE_URL=fake.base_url, ANTHROPIC_API_KEY="sk-ant-bench")
        async with open_editor(root) as editor:
            uri = (root / "a.py").as_uri()
            editor.open(uri, SOURCE)
            (diagnostic,) = await editor.diagnostics(uri, len)
            kinds = [lsp.CodeActionKind.RefactorRewrite]
            (action,) = await editor.actions(uri, diagnostic, only=kinds)
            began = time.perf_counter()
            answer = editor.choose(action)
            await editor.until(lambda: editor.progress)
            bar = time.perf_counter() - began
            await editor.until(lambda: [v for _, v in editor.progress if v["kind"] == "report"])
            line = time.perf_counter() - began
            await answer
    return {"bar": bar, "line": line}


async def _one_run(root: Path) -> dict[str, Any]:
    """Ask as the server does, and time what is ours."""
    from architect_server.analysis.measure import measure
    from architect_server.asking import Surroundings, architect_for, make_gate, request_for
    from architect_server.document import Document
    from architect_server.settings import Layer, SettingsByPlace

    (root / "a.py").write_text(SOURCE)
    document = Document((root / "a.py").as_uri(), 1, "python", SOURCE)
    places = SettingsByPlace(Layer("the benchmark", {}))
    surroundings = Surroundings(places.of(root / "a.py", "python", root), root / "a.py", root)
    arrived: list[float] = []
    answered: list[float] = []
    processor: list[float] = []

    def reply(sent: dict[str, Any]) -> dict[str, Any]:
        arrived.append(time.perf_counter())
        processor.append(time.process_time())
        answered.append(time.perf_counter())
        if len(arrived) < TURNS:
            return message(tool_use("Read", {"file_path": "a.py"}))
        return message(tool_use("submit", LEAVE))

    async with FakeMessages(reply) as fake:
        os.environ.update(ANTHROPIC_BASE_URL=fake.base_url, ANTHROPIC_API_KEY="sk-ant-bench")
        (function,) = measure(SOURCE, "python").functions
        request = request_for(document, function, surroundings)
        architect = architect_for(request, surroundings, offline=False)
        await architect.propose(request, make_gate(), lambda *_: None)
    turns = [after - before for before, after in zip(answered, arrived[1:], strict=False)]
    used = [after - before for before, after in itertools.pairwise(processor)]
    return {"turns": turns, "used": used, "resident": _resident()}


def _resident() -> float:
    """Megabytes of this process."""
    status = Path("/proc/self/status").read_text()
    line = next(line for line in status.splitlines() if line.startswith("VmRSS"))
    return int(line.split()[1]) / 1024


def _used() -> float:
    """Seconds of processor that this process and its children used."""
    times = os.times()
    return times.user + times.system + times.children_user + times.children_system


def _timed(work: Callable[[], object]) -> float:
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


def _median(values: list[float]) -> float:
    return statistics.median(values)


MEASUREMENTS: dict[str, Callable[[Path, int], list[Figure]]] = {
    "progress": progress,
    "run": run,
    "shadow": shadow,
    "jail": jail,
    "memory": memory,
}

if __name__ == "__main__":
    if sys.argv[1:2] == ["--child"]:
        child = {"run": _one_run, "progress": _first_progress}[sys.argv[2]]
        print(json.dumps(asyncio.run(child(Path(sys.argv[3])))))
    else:
        main()

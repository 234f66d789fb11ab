"""The knowledge graph keeps what it is told, finds it by words, and survives bad days."""

from __future__ import annotations

import json
import sqlite3
import stat
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from architect_agents.memory import search
from architect_agents.memory.entries import LONGEST_OBSERVATION
from architect_agents.memory.graph import (
    LARGEST_ANSWER,
    MOST_OBSERVATIONS,
    MemoryGraph,
    MemoryRefusal,
    projects,
)
from architect_agents.memory.reference_import import import_lines
from architect_agents.tools.memory_tools import NINE, memory_tool
from architect_agents.tools.tool import ToolFailure


@pytest.fixture
def graph(tmp_path: Path) -> Iterator[MemoryGraph]:
    graph = MemoryGraph(tmp_path / "state" / "memory.sqlite3", "shop")
    yield graph
    graph.close()


def entity(name: str, *observations: str, kind: str = "pattern") -> dict[str, Any]:
    return {"name": name, "entityType": kind, "observations": list(observations)}


CACHE = entity("cache-aside", "Invalidate on write, not by time alone", "Guard against stampedes")
RETRY = entity("retry", "Cap the number and add jitter", "Only idempotent calls are repeated")
LINK = {"from": "retry", "to": "cache-aside", "relationType": "protects"}


def test_what_was_told_is_found_again(graph: MemoryGraph) -> None:
    assert graph.create_entities([CACHE, RETRY]) == [CACHE, RETRY]
    assert graph.create_relations([LINK]) == [LINK]
    graph.close()
    again = MemoryGraph(graph.path, "shop")
    assert again.open_nodes(["retry"]) == {"entities": [RETRY], "relations": [LINK]}
    assert again.read_graph()["entities"] == [RETRY, CACHE]
    again.close()


def test_what_is_there_already_is_not_made_twice(graph: MemoryGraph) -> None:
    graph.create_entities([CACHE])
    assert graph.create_entities([CACHE]) == []
    graph.create_relations([LINK])
    assert graph.create_relations([LINK]) == []
    added = graph.add_observations(
        [{"entityName": "cache-aside", "contents": ["Guard against stampedes", "New"]}]
    )
    assert added == [{"entityName": "cache-aside", "addedObservations": ["New"]}]


@pytest.mark.parametrize(
    ("query", "names"),
    [
        ("stampede", ["cache-aside"]),
        ("invalidation writes", ["cache-aside"]),
        ("JITTER", ["retry"]),
        ("retries", ["retry"]),
        ("idempot", ["retry"]),
        ("pattern", ["cache-aside", "retry"]),
        ("how do I cap retries in Kafka?", ["retry"]),
        ("unheard", []),
        ("", []),
        ('"; DROP TABLE entity; --', []),
        ("NEAR( * ^ :", []),
    ],
)
def test_search_finds_by_words_and_their_stems(
    graph: MemoryGraph, query: str, names: list[str]
) -> None:
    graph.create_entities([CACHE, RETRY])
    found = [one["name"] for one in graph.search_nodes(query)["entities"]]
    assert sorted(found) == names


def test_the_best_match_comes_first(graph: MemoryGraph) -> None:
    graph.create_entities([entity(f"e{n}", "something about a queue") for n in range(5)])
    graph.create_entities([entity("queue", "queue queue")])
    assert graph.search_nodes("queue")["entities"][0]["name"] == "queue"


def test_a_word_that_stands_everywhere_hides_no_rarer_one(
    graph: MemoryGraph, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(search, "COMMON", 20)
    graph.create_entities(
        [
            {"name": f"lesson {number}", "entityType": "python lesson", "observations": ["split"]}
            for number in range(40)
        ]
    )
    graph.add_observations([{"entityName": "lesson 3", "contents": ["guards first"]}])
    found = graph.search_nodes("python refactoring, are there guards?")["entities"]
    assert found[0]["name"] == "lesson 3"
    newest = graph.search_nodes("python lesson")["entities"]
    assert newest[0]["name"] == "lesson 39"
    assert len(newest) == 20


def test_what_is_deleted_is_gone_from_search_too(graph: MemoryGraph) -> None:
    graph.create_entities([CACHE, RETRY])
    graph.create_relations([LINK])
    deletion = {"entityName": "retry", "observations": ["Cap the number and add jitter"]}
    assert graph.delete_observations([deletion]) == 1
    assert graph.search_nodes("jitter")["entities"] == []
    assert graph.delete_entities(["cache-aside", "nobody"]) == 1
    assert graph.search_nodes("stampedes")["entities"] == []
    assert graph.read_graph()["relations"] == []
    graph.create_relations([LINK])
    assert graph.delete_relations([LINK, LINK]) == 1


def test_projects_do_not_see_one_another(graph: MemoryGraph) -> None:
    other = MemoryGraph(graph.path, "bank")
    graph.create_entities([CACHE])
    other.create_entities([entity("cache-aside", "Never cache balances")])
    assert other.search_nodes("stampedes")["entities"] == []
    assert graph.search_nodes("balances")["entities"] == []
    assert projects(graph.path) == ["bank", "shop"]
    assert other.clear() == 1
    assert graph.read_graph()["entities"] == [CACHE]
    other.close()


@pytest.mark.parametrize(
    "bad",
    [
        {"name": "x" * 201, "entityType": "t"},
        {"name": " ", "entityType": "t"},
        {"name": "x"},
        {"name": "x", "entityType": "t", "observations": "no list"},
        {"name": "x", "entityType": "t", "observations": ["y" * (LONGEST_OBSERVATION + 1)]},
        {
            "name": "x",
            "entityType": "t",
            "observations": [str(n) for n in range(MOST_OBSERVATIONS + 1)],
        },
    ],
)
def test_a_refused_call_changes_nothing(graph: MemoryGraph, bad: dict[str, Any]) -> None:
    with pytest.raises(MemoryRefusal):
        graph.create_entities([CACHE, bad])
    assert graph.read_graph() == {"entities": [], "relations": []}
    with pytest.raises(MemoryRefusal, match="nobody not found"):
        graph.add_observations([{"entityName": "nobody", "contents": ["x"]}])


def test_a_large_graph_is_capped_and_says_so(graph: MemoryGraph) -> None:
    graph.create_entities([entity(f"e{n}", "x" * 1000) for n in range(100)])
    answer = graph.read_graph()
    assert len(json.dumps(answer)) < LARGEST_ANSWER * 1.3
    assert answer["leftOut"] == 100 - len(answer["entities"])


def test_threads_at_once_lose_nothing(graph: MemoryGraph) -> None:
    with ThreadPoolExecutor(16) as pool:
        list(pool.map(lambda n: graph.create_entities([entity(f"e{n}", "x")]), range(100)))
    assert len(graph.read_graph()["entities"]) == 100


WRITER = """
import sys
from pathlib import Path
from architect_agents.memory import search
from architect_agents.memory.graph import MemoryGraph
graph = MemoryGraph(Path(sys.argv[1]), "shop")
for n in range(50):
    graph.create_entities([{"name": f"{sys.argv[2]}-{n}", "entityType": "t", "observations": []}])
"""


def test_two_processes_at_once_lose_nothing(graph: MemoryGraph) -> None:
    writers = [
        subprocess.Popen([sys.executable, "-c", WRITER, str(graph.path), name])
        for name in ("one", "two")
    ]
    assert [writer.wait(60) for writer in writers] == [0, 0]
    assert len(graph.read_graph()["entities"]) == 100


@pytest.mark.parametrize("damage", [b"no database at all" * 100, None])
def test_a_damaged_file_is_set_aside(graph: MemoryGraph, damage: bytes | None) -> None:
    graph.create_entities([entity(f"e{n}", "x" * 500) for n in range(200)])
    graph.close()
    whole = graph.path.read_bytes()
    garbled = damage or whole[:4096] + b"\xff" * (len(whole) - 4096)
    graph.path.write_bytes(garbled)
    assert graph.search_nodes("anything") == {"entities": [], "relations": []}
    assert graph.create_entities([CACHE]) == [CACHE]
    kept = [path for path in graph.path.parent.iterdir() if ".damaged-" in path.name]
    assert garbled in [path.read_bytes() for path in kept]


def test_a_file_of_a_newer_version_is_left_alone(graph: MemoryGraph) -> None:
    graph.create_entities([CACHE])
    graph.close()
    database = sqlite3.connect(graph.path)
    database.execute("PRAGMA user_version = 99")
    database.close()
    with pytest.raises(MemoryRefusal, match="newer version"):
        graph.read_graph()
    assert [p for p in graph.path.parent.iterdir() if "damaged" in p.name] == []


@pytest.mark.skipif(sys.platform == "win32", reason="file modes are Unix's")
def test_only_its_owner_can_read_the_file(graph: MemoryGraph) -> None:
    graph.create_entities([CACHE])
    assert stat.S_IMODE(graph.path.stat().st_mode) == 0o600


def test_the_reference_servers_file_is_taken_over(graph: MemoryGraph) -> None:
    lines = [
        json.dumps({"type": "entity", **CACHE}),
        "{broken",
        json.dumps({"type": "entity", **RETRY}),
        "",
        json.dumps({"type": "relation", **LINK}),
        json.dumps({"type": "entity", **CACHE, "observations": ["One more"]}),
        json.dumps(["no object"]),
        json.dumps({"type": "riddle"}),
    ]
    done = import_lines(graph, lines)
    assert (done.entities, done.relations, done.unread) == (3, 1, (2, 7, 8))
    (found,) = graph.open_nodes(["cache-aside"])["entities"]
    assert found["observations"] == [*CACHE["observations"], "One more"]


CALLS: dict[str, dict[str, Any]] = {
    "create_entities": {"entities": [CACHE, RETRY]},
    "create_relations": {"relations": [LINK]},
    "add_observations": {"observations": [{"entityName": "retry", "contents": ["More"]}]},
    "read_graph": {},
    "search_nodes": {"query": "jitter"},
    "open_nodes": {"names": ["retry"]},
    "delete_observations": {"deletions": [{"entityName": "retry", "observations": ["More"]}]},
    "delete_relations": {"relations": [LINK]},
    "delete_entities": {"entityNames": ["retry"]},
}


async def test_the_nine_tools_speak_the_shapes_of_the_reference_server(
    graph: MemoryGraph,
) -> None:
    assert set(CALLS) == set(NINE)
    answers = {}
    for operation, arguments in CALLS.items():
        tool = memory_tool(f"mcp__any__{operation}", operation, graph)
        assert tool.name == f"mcp__any__{operation}"
        answers[operation] = await tool.run(arguments)
    assert json.loads(answers["create_entities"]) == [CACHE, RETRY]
    assert json.loads(answers["create_relations"]) == [LINK]
    found = json.loads(answers["search_nodes"])
    assert [one["name"] for one in found["entities"]] == ["retry"]
    assert found["relations"] == [LINK]
    assert answers["delete_entities"] == "Entities deleted successfully"
    assert json.loads(await memory_tool("x", "read_graph", graph).run({}))["entities"] == [CACHE]


@pytest.mark.parametrize(
    ("operation", "arguments"),
    [
        ("create_entities", {}),
        ("create_entities", {"entities": ["x"]}),
        ("search_nodes", {"query": 3}),
        ("open_nodes", {"names": "x"}),
        ("add_observations", {"observations": [{"entityName": "nobody", "contents": []}]}),
    ],
)
async def test_a_wrong_call_is_answered_in_words(
    graph: MemoryGraph, operation: str, arguments: dict[str, Any]
) -> None:
    with pytest.raises(ToolFailure):
        await memory_tool("x", operation, graph).run(arguments)

"""A run looks into memory before its first turn, and leaves a pattern there, never a situation."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from architect_agents.agent_file import parse_agent
from architect_agents.architect import remember
from architect_agents.memory.graph import MemoryGraph
from architect_agents.memory.lessons import general, recall, record, topic_of
from architect_agents.places import memory_file
from architect_agents.tools.table import Bench, equip, uses_memory
from architect_agents.types import Outcome, RefactorRequest
from architect_agents.workbench import agent_memory

LESSON = "A chain of guards reads better than nested conditions when each case ends early"
REQUEST = RefactorRequest("a.py", "python", "", "Orders.total_price", 1)


@pytest.fixture
def graph(tmp_path: Path) -> Iterator[MemoryGraph]:
    graph = MemoryGraph(tmp_path / "memory.sqlite3")
    yield graph
    graph.close()


def test_a_lesson_is_found_by_the_next_task(graph: MemoryGraph) -> None:
    assert record(graph, LESSON, "proposed", "python", lambda: 0.0)
    notes = recall(graph, topic_of(replace(REQUEST, question="too many nested guards?")))
    assert LESSON in notes
    assert "proposed on 1970-01-01" in notes


def test_what_became_of_it_is_noted_beside_it(graph: MemoryGraph) -> None:
    for decision in ("proposed", "applied", "undone"):
        assert record(graph, LESSON, decision, "python", lambda: 0.0)  # type: ignore[arg-type]
    (entity,) = graph.read_graph()["entities"]
    assert [text.split()[0] for text in entity["observations"][1:]] == [
        "proposed",
        "applied",
        "undone",
    ]


def test_a_memory_that_is_not_there_is_an_empty_one(tmp_path: Path) -> None:
    missing = MemoryGraph(tmp_path / "none" / "memory.sqlite3")
    assert recall(missing, "anything") == ""
    assert not missing.path.exists()


def test_a_memory_that_can_not_be_written_stops_nothing(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    assert not record(
        MemoryGraph(tmp_path / "file" / "memory.sqlite3"), LESSON, "proposed", "python"
    )


@pytest.mark.parametrize(
    ("lesson", "kept"),
    [
        (LESSON, True),
        ("too short", False),
        ("x " * 300, False),
        ("In total_price the loop over items was replaced by a sum", False),
        ("Use `sum(x for x in y)` instead of a loop that adds up", False),
        ("See services/orders for the way in which guards are written", False),
        ("Replace the loop by items.price times items.count in one expression", False),
        ("Calling compute(order) twice is wasteful, keep the result", False),
    ],
)
def test_only_a_general_pattern_is_kept(lesson: str, kept: bool) -> None:
    assert bool(general(lesson, REQUEST)) is kept


@pytest.mark.parametrize(
    ("header", "remembers", "tools"),
    [
        ("", True, 9),
        ("tools: Read", False, 0),
        ("tools: Read\nmemory: project", True, 0),
        ("tools: mcp__memory-coder-python__search_nodes", True, 1),
        ("tools: mcp__memory-coder-python", True, 9),
        ("tools: mcp__memory__*\ndisallowedTools: mcp__memory__delete_entities", True, 8),
        ("tools: mcp__github", False, 0),
    ],
)
def test_an_agent_has_the_memory_tools_it_names(
    graph: MemoryGraph, header: str, remembers: bool, tools: int
) -> None:
    lines = ["---", "name: a", *header.split("\n"), "---", "x"]
    agent = parse_agent("\n".join(line for line in lines if line))
    assert uses_memory(agent) is remembers
    kit = equip(agent, Bench(memory=graph))
    assert sum(tool.name.startswith("mcp__") for tool in kit.tools) == tools


def test_memories_are_kept_apart_by_project_unless_the_agent_shares(tmp_path: Path) -> None:
    file = tmp_path / "memory.sqlite3"
    own = parse_agent("---\nname: a\nmemory: project\n---\nx")
    shared = parse_agent("---\nname: a\nmemory: user\n---\nx")
    graphs = [agent_memory(own, tmp_path, file), agent_memory(shared, tmp_path, file)]
    assert [graph.project if graph else None for graph in graphs] == [str(tmp_path), ""]
    assert agent_memory(own, tmp_path, None) is None


def test_the_persons_decision_is_remembered(tmp_path: Path) -> None:
    request = replace(REQUEST, workspace=tmp_path)
    outcome = Outcome("proposed", "t", "r", architect="python-backend-architect", lesson=LESSON)
    assert remember(request, outcome, "rejected")
    assert not remember(request, replace(outcome, lesson=""), "applied")
    graph = MemoryGraph(memory_file(), str(tmp_path))
    (entity,) = graph.read_graph()["entities"]
    graph.close()
    assert entity["observations"][1].startswith("rejected on")

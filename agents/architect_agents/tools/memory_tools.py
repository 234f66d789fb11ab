"""The nine tools of the knowledge graph, under whatever server name an agent knows them by."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from typing import Any

from architect_agents.memory.graph import MemoryGraph, MemoryRefusal
from architect_agents.memory.mcp_server import MemoryServer, Operation
from architect_agents.model import ToolSpec
from architect_agents.tools.tool import (
    Arguments,
    Effect,
    Tool,
    ToolFailure,
    entries,
    schema,
    strings,
    text,
)

_WORDS: dict[str, Any] = {"type": "string"}
_TEXTS: dict[str, Any] = {"type": "array", "items": _WORDS}
_RELATIONS = {
    "type": "array",
    "items": schema({"from": _WORDS, "to": _WORDS, "relationType": _WORDS}),
}


def _list_of(properties: dict[str, Any]) -> dict[str, Any]:
    return {"type": "array", "items": schema(properties)}


def _delete_entities(graph: MemoryGraph, given: Arguments) -> str:
    graph.delete_entities(strings(given, "entityNames"))
    return "Entities deleted successfully"


def _delete_observations(graph: MemoryGraph, given: Arguments) -> str:
    graph.delete_observations(entries(given, "deletions"))
    return "Observations deleted successfully"


def _delete_relations(graph: MemoryGraph, given: Arguments) -> str:
    graph.delete_relations(entries(given, "relations"))
    return "Relations deleted successfully"


#: name: description, schema, effect, what it does with the graph.
Answer = Callable[[MemoryGraph, Arguments], Any]
NINE: dict[str, tuple[str, Any, Effect, Answer]] = {
    "create_entities": (
        "Create entities in the knowledge graph. Record general patterns, never source code.",
        schema(
            {"entities": _list_of({"name": _WORDS, "entityType": _WORDS, "observations": _TEXTS})}
        ),
        "memory",
        lambda graph, given: graph.create_entities(entries(given, "entities")),
    ),
    "create_relations": (
        "Create relations between entities, in active voice.",
        schema({"relations": _RELATIONS}),
        "memory",
        lambda graph, given: graph.create_relations(entries(given, "relations")),
    ),
    "add_observations": (
        "Add observations to entities that exist.",
        schema({"observations": _list_of({"entityName": _WORDS, "contents": _TEXTS})}),
        "memory",
        lambda graph, given: graph.add_observations(entries(given, "observations")),
    ),
    "delete_entities": (
        "Delete entities with their relations.",
        schema({"entityNames": _TEXTS}),
        "memory",
        _delete_entities,
    ),
    "delete_observations": (
        "Delete observations of entities.",
        schema({"deletions": _list_of({"entityName": _WORDS, "observations": _TEXTS})}),
        "memory",
        _delete_observations,
    ),
    "delete_relations": (
        "Delete relations.",
        schema({"relations": _RELATIONS}),
        "memory",
        _delete_relations,
    ),
    "read_graph": (
        "Read the knowledge graph, newest first, as much as fits. Prefer search_nodes.",
        schema({}),
        "read",
        lambda graph, given: graph.read_graph(),
    ),
    "search_nodes": (
        "Search the knowledge graph by words; the best matches come first.",
        schema({"query": _WORDS}),
        "read",
        lambda graph, given: graph.search_nodes(text(given, "query")),
    ),
    "open_nodes": (
        "Open entities by their names.",
        schema({"names": _TEXTS}),
        "read",
        lambda graph, given: graph.open_nodes(strings(given, "names")),
    ),
}


def memory_tool(name: str, operation: str, graph: MemoryGraph) -> Tool:
    """The tool ``name`` that does ``operation``, one of NINE, on ``graph``."""
    description, input_schema, effect, answer = NINE[operation]

    def work(arguments: Arguments) -> str:
        try:
            found = answer(graph, arguments)
        except MemoryRefusal as refusal:
            raise ToolFailure(f"{refusal}.") from None
        return found if isinstance(found, str) else json.dumps(found, ensure_ascii=False, indent=1)

    async def run(arguments: Arguments) -> str:
        return await asyncio.to_thread(work, arguments)

    return Tool(ToolSpec(name, description, input_schema), run, effect)


def memory_server(graph: MemoryGraph) -> MemoryServer:
    """The nine tools for other programs, over MCP: ``serve(sys.stdin, sys.stdout)``."""
    return MemoryServer(
        graph,
        {
            name: Operation(description, input_schema, answer)
            for name, (description, input_schema, _, answer) in NINE.items()
        },
    )

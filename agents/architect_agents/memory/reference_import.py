"""Takes over what the reference memory server has kept in its file of JSON lines."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass

from architect_agents.memory.graph import Json, MemoryGraph, MemoryRefusal


@dataclass(frozen=True, slots=True)
class Imported:
    """How much came over; ``unread`` are the numbers (1-based) of the lines that did not."""

    entities: int
    relations: int
    unread: tuple[int, ...]


def import_lines(graph: MemoryGraph, lines: Iterable[str]) -> Imported:
    """Add entities and relations from ``lines``; what is there already gains observations.

    A bad line costs that line only.
    """
    entities = relations = 0
    unread: list[int] = []
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        try:
            entry = json.loads(line)
            if entry["type"] == "entity":
                _entity(graph, entry)
                entities += 1
            elif entry["type"] == "relation":
                graph.create_relations([entry])
                relations += 1
            else:
                unread.append(number)
        except (ValueError, KeyError, TypeError, AttributeError, MemoryRefusal):
            unread.append(number)
    return Imported(entities, relations, tuple(unread))


def _entity(graph: MemoryGraph, entry: Json) -> None:
    if not graph.create_entities([entry]):
        added = {"entityName": entry["name"], "contents": entry.get("observations") or []}
        graph.add_observations([added])

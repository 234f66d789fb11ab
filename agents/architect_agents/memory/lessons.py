"""What a run takes from memory before its first turn, and what it leaves there after its last."""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from typing import Literal

from architect_agents.memory.graph import Json, MemoryGraph, MemoryRefusal
from architect_agents.types import RefactorRequest

Decision = Literal["proposed", "applied", "changed", "undone", "rejected"]
LONGEST_LESSON = 400
LONGEST_NOTES = 2_000
MOST_NOTES = 5
#: Signs of source code, paths and addresses: a pattern needs none of them.
_TOO_CONCRETE = re.compile(r"[`{};=]|\w[\w.-]*\(|\w/\w|\\|://|\b\w+\.\w+\b|\w_\w")


def recall(graph: MemoryGraph, topic: str) -> str:
    """What the memory has on ``topic``, as lines for the first message; "" if it has nothing.

    A memory that can't be read counts as an empty one: it must not stop a run.
    """
    if not graph.path.exists():
        return ""  # looking something up is no reason to make a file
    try:
        found = graph.search_nodes(topic)["entities"][:MOST_NOTES]
    except MemoryRefusal:
        return ""
    return "\n".join(_line(entity) for entity in found)[:LONGEST_NOTES]


def _line(entity: Json) -> str:
    observations = "; ".join(" ".join(text.split()) for text in entity["observations"][:4])
    return f"- {entity['name']} ({entity['entityType']}): {observations}"


def topic_of(request: RefactorRequest) -> str:
    """Words to search the memory by."""
    return f"{request.language} refactoring complexity {request.question}"


def general(lesson: str, request: RefactorRequest) -> str:
    """``lesson`` if it is a general pattern, else "".

    Refused are texts that are long, look like code or a path, or name the function asked about.
    """
    lesson = " ".join(lesson.split())
    if not 20 <= len(lesson) <= LONGEST_LESSON or _TOO_CONCRETE.search(lesson):
        return ""
    names = [part for part in request.function.split(".") if len(part) > 3]
    words = set(re.findall(r"\w+", lesson))
    return "" if words.intersection(names) else lesson


def record(
    graph: MemoryGraph,
    lesson: str,
    decision: Decision,
    language: str,
    clock: Callable[[], float] = time.time,
) -> bool:
    """Note what became of a suggestion that taught ``lesson``; whether that could be written.

    Its kind has the words that the next run on the same ``language`` will look for.
    """
    kind = f"{language} refactoring lesson"
    day = time.strftime("%Y-%m-%d", time.gmtime(clock()))
    name = lesson if len(lesson) <= 80 else lesson[:79].rsplit(" ", 1)[0] + "…"
    try:
        graph.create_entities([{"name": name, "entityType": kind, "observations": [lesson]}])
        graph.add_observations([{"entityName": name, "contents": [f"{decision} on {day}"]}])
    except MemoryRefusal:
        return False
    return True

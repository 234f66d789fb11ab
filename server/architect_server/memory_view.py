"""The agents' memory for a person to look at and to tidy: a bridge to ``architect_agents``."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path


class MemoryUnusable(Exception):
    """The memory can't be read or written now; ``str`` is the sentence for the person."""


@dataclass(frozen=True, slots=True)
class MemoryPage:
    """What is remembered about a workspace and for all projects, as Markdown."""

    text: str
    entities: int
    file: Path


def memory_page(workspace: Path | None) -> MemoryPage:
    """All that agents remember here.

    Raises:
        MemoryUnusable: with why.
    """
    from architect_agents.memory.graph import MemoryGraph, MemoryRefusal
    from architect_agents.memory.page import LARGEST_PAGE, as_markdown
    from architect_agents.places import memory_file

    file = memory_file()
    scopes = [("For all projects", "")]
    if workspace is not None:
        scopes.insert(0, (f"About {workspace.name}", str(workspace)))
    parts, count = [], 0
    for title, project in scopes if file.exists() else ():
        graph = MemoryGraph(file, project)
        try:
            found = graph.read_graph(LARGEST_PAGE)
        except MemoryRefusal as refusal:
            raise MemoryUnusable(str(refusal)) from refusal
        finally:
            graph.close()
        count += len(found["entities"]) + found.get("leftOut", 0)
        parts.append(as_markdown(title, found))
    body = "\n".join(part for part in parts if part) or "Nothing is remembered yet.\n"
    where = f"Kept in `{file}`, on this machine only.\n"
    return MemoryPage(f"# What the architect remembers\n\n{where}\n{body}", count, file)


def forget(workspace: Path | None, names: Sequence[str] | None, shared: bool = False) -> int:
    """Forget the entities of these names (None: all) about the workspace; how many there were.

    Raises:
        MemoryUnusable: with why.
    """
    from architect_agents.memory.graph import MemoryGraph, MemoryRefusal
    from architect_agents.places import memory_file

    file = memory_file()
    if not file.exists():
        return 0
    graph = MemoryGraph(file, "" if shared or workspace is None else str(workspace))
    try:
        return graph.clear() if names is None else graph.delete_entities(names)
    except MemoryRefusal as refusal:
        raise MemoryUnusable(str(refusal)) from refusal
    finally:
        graph.close()

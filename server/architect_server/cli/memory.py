"""``architect memory``: look into what the agents remember, clear it, take over another's."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path
from typing import Any

from architect_agents.memory.graph import MemoryGraph, MemoryRefusal
from architect_agents.memory.reference_import import import_lines
from architect_agents.places import memory_file
from architect_agents.tools.memory_tools import memory_server
from architect_server.cli.failure import Failure
from architect_server.cli.targets import workspace_of
from architect_server.cli.terminal import console

#: Characters; an export leaves nothing out.
EVERYTHING = 10**12


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the options of this subcommand."""
    parser.add_argument(
        "--shared", action="store_true", help="the memory of all projects, not this project's"
    )
    parser.add_argument("--json", action="store_true", help="print JSON")
    verbs = parser.add_subparsers(dest="verb", metavar="VERB", required=True)
    verbs.add_parser("serve", help="serve it over MCP on stdio, for other programs")
    verbs.add_parser("search", help="what is known about words").add_argument("text")
    verbs.add_parser("show", help="all that is known, up to a page")
    forgetting = verbs.add_parser("forget", help="forget entries by their names")
    forgetting.add_argument("names", nargs="+", metavar="NAME")
    noting = verbs.add_parser("note", help="add a line to an entry, which is made if need be")
    noting.add_argument("name", metavar="NAME")
    noting.add_argument("text", metavar="TEXT")
    verbs.add_parser("export", help="print it as JSON lines, which import reads")
    clear = verbs.add_parser("clear", help="forget everything of this project")
    clear.add_argument("--yes", action="store_true", help="really")
    importing = verbs.add_parser("import", help="add the reference memory server's JSON lines")
    importing.add_argument("file")


def run(options: argparse.Namespace) -> int:
    """Look into it, add to it, take from it; 1 where something was not found or not read."""
    project = "" if options.shared else str(workspace_of(Path.cwd() / "anything"))
    graph = MemoryGraph(memory_file(), project)
    try:
        if options.verb == "serve":
            memory_server(graph).serve(sys.stdin, sys.stdout)
            return 0
        if options.verb == "search":
            return _print(graph.search_nodes(options.text), options.json)
        if options.verb == "show":
            return _print(graph.read_graph(), options.json)
        if options.verb == "clear":
            return _clear(graph, project, options.yes)
        if options.verb == "forget":
            return _forget(graph, options.names)
        if options.verb == "note":
            return _note(graph, options.name, options.text)
        if options.verb == "export":
            return _export(graph)
        return _import(graph, Path(options.file))
    except MemoryRefusal as refusal:
        raise Failure(f"{refusal}.".replace("..", ".")) from refusal
    finally:
        graph.close()


def _print(graph: dict[str, Any], as_json: bool) -> int:
    if as_json:
        print(json.dumps(graph, indent=2, ensure_ascii=False))
        return 0
    target = console()
    for entity in graph["entities"]:
        target.print(f"{entity['name']} ({entity['entityType']})", style="bold", markup=False)
        for observation in entity["observations"]:
            target.print(f"  - {observation}", markup=False)
    for relation in graph["relations"]:
        line = f"{relation['from']} {relation['relationType']} {relation['to']}"
        target.print(line, markup=False)
    if not graph["entities"]:
        target.print("Nothing is remembered here.")
    return 0


def _forget(graph: MemoryGraph, names: list[str]) -> int:
    count = graph.delete_entities(names)
    print(f"Forgot {count} of {len(names)} entries.")
    return 0 if count == len(names) else 1


def _note(graph: MemoryGraph, name: str, text: str) -> int:
    graph.create_entities([{"name": name, "entityType": "note", "observations": []}])
    graph.add_observations([{"entityName": name, "contents": [text]}])
    print(f"Noted under {name}.")
    return 0


def _export(graph: MemoryGraph) -> int:
    found = graph.read_graph(EVERYTHING)
    for entity in found["entities"]:
        print(json.dumps({"type": "entity", **entity}, ensure_ascii=False))
    for relation in found["relations"]:
        print(json.dumps({"type": "relation", **relation}, ensure_ascii=False))
    return 0


def _clear(graph: MemoryGraph, project: str, really: bool) -> int:
    if not really:
        where = project or "all projects"
        raise Failure(f"This would forget everything of {where}; say so with --yes.")
    print(f"Forgot {graph.clear()} entities.")
    return 0


def _import(graph: MemoryGraph, path: Path) -> int:
    """1 if a line could not be read."""
    try:
        lines = path.read_text(encoding="utf-8").split("\n")
    except (OSError, UnicodeDecodeError) as error:
        raise Failure(f"{path} can't be read: {error}.") from error
    taken = import_lines(graph, lines)
    print(f"Took over {taken.entities} entities and {taken.relations} relations.")
    if taken.unread:
        print(f"Not understood: lines {', '.join(str(number) for number in taken.unread)}.")
    return 1 if taken.unread else 0

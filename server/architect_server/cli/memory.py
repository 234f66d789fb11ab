"""``architect memory``: look into what the agents remember, clear it, take over another's."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path
from typing import Any

from architect_agents.memory.graph import MemoryGraph
from architect_agents.memory.reference_import import import_lines
from architect_agents.places import memory_file
from architect_agents.tools.memory_tools import memory_server
from architect_server.cli.failure import Failure
from architect_server.cli.targets import workspace_of
from architect_server.cli.terminal import console


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
    clear = verbs.add_parser("clear", help="forget everything of this project")
    clear.add_argument("--yes", action="store_true", help="really")
    importing = verbs.add_parser("import", help="add the reference memory server's JSON lines")
    importing.add_argument("file")


def run(options: argparse.Namespace) -> int:
    """Search, show, clear or import."""
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
        return _import(graph, Path(options.file))
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

"""``architect agents``: which agent files there are, what one says, what is wrong with one."""

from __future__ import annotations

import argparse
import json
from pathlib import Path

from architect_agents.agent_file import AgentDefinition, check_agent_file, discover
from architect_server.cli.failure import Failure
from architect_server.cli.terminal import console


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the options of this subcommand."""
    verbs = parser.add_subparsers(dest="verb", metavar="VERB", required=True)
    listing = verbs.add_parser("list", help="every agent found from here, the one in force first")
    listing.add_argument("--json", action="store_true", help="print JSON")
    verbs.add_parser("show", help="one agent, as it will be used").add_argument("name")
    verbs.add_parser("check", help="problems of one agent file").add_argument("file")


def run(options: argparse.Namespace) -> int:
    """List, show or check."""
    if options.verb == "check":
        return _check(Path(options.file))
    found = discover(Path.cwd(), Path.home())
    if options.verb == "list":
        return _list(found, options.json)
    return _show(found, options.name)


def _list(found: tuple[AgentDefinition, ...], as_json: bool) -> int:
    if as_json:
        entries = [
            {
                "name": agent.name,
                "origin": agent.origin,
                "path": str(agent.path or ""),
                "model": agent.model,
                "usable": agent.usable,
                "problems": len(agent.problems),
            }
            for agent in found
        ]
        print(json.dumps(entries, indent=2, ensure_ascii=False))
        return 0
    for agent in found:
        state = "" if agent.usable else " (can't be used; see architect agents check)"
        print(f"{agent.name}  [{agent.origin}]  {agent.path}{state}")
    return 0


def _show(found: tuple[AgentDefinition, ...], name: str) -> int:
    agent = next((agent for agent in found if agent.name == name), None)
    if agent is None:
        names = ", ".join(sorted({agent.name for agent in found}))
        raise Failure(f"There is no agent {name} here; there are: {names}.")
    tools = "all" if agent.tools is None else ", ".join(str(rule) for rule in agent.tools)
    target = console()
    for label, value in (
        ("name", agent.name),
        ("file", str(agent.path or "")),
        ("model", agent.model or "default"),
        ("tools", tools or "none"),
        ("not allowed", ", ".join(str(rule) for rule in agent.disallowed_tools) or "nothing"),
        ("description", agent.description),
    ):
        target.print(f"{label}: {value}", markup=False)
    target.print(f"\n{agent.prompt}", markup=False)
    return 0


def _check(path: Path) -> int:
    """1 if the file has a problem."""
    try:
        text = path.read_bytes().decode("utf-8")
    except OSError as error:
        raise Failure(f"{path} can't be read: {error.strerror}.") from error
    except UnicodeDecodeError as error:
        raise Failure(f"{path} is not UTF-8 text.") from error
    problems = check_agent_file(text)
    for problem in problems:
        print(f"{path}:{problem.line}: {problem.severity}: {problem.message}")
    if not problems:
        print(f"{path}: no problems")
    return 1 if problems else 0

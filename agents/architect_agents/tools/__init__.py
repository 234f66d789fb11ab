"""The tools by their names, and which of them an agent gets in a run."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from architect_agents.agent_file import AgentDefinition
from architect_agents.tools.file_tools import glob_tool, ls_tool, read_tool
from architect_agents.tools.grep_tool import grep_tool
from architect_agents.tools.todo_tool import todo_tool
from architect_agents.tools.tool import Tool
from architect_agents.tools.workspace_files import NO_WORKSPACE, WorkspaceFiles


def _silent(line: str) -> None:
    """Say nothing."""


@dataclass(frozen=True, slots=True)
class Bench:
    """What a run has to offer to its tools; a part that is None makes its tools unavailable."""

    files: WorkspaceFiles | None = None
    say: Callable[[str], None] = _silent


@dataclass(frozen=True, slots=True)
class Kit:
    """The tools of a run; ``missing`` are those the agent names that are not offered, and why."""

    tools: tuple[Tool, ...] = ()
    missing: tuple[tuple[str, str], ...] = ()


#: Makes a tool for a bench, or says in a sentence why there is none.
Factory = Callable[[Bench], Tool | str]


def _on_files(make: Callable[[WorkspaceFiles], Tool]) -> Factory:
    return lambda bench: NO_WORKSPACE if bench.files is None else make(bench.files)


TABLE: dict[str, Factory] = {
    "Read": _on_files(read_tool),
    "Glob": _on_files(glob_tool),
    "Grep": _on_files(grep_tool),
    "LS": _on_files(ls_tool),
    "TodoWrite": lambda bench: todo_tool(bench.say),
}


def equip(agent: AgentDefinition, bench: Bench) -> Kit:
    """The tools that ``agent`` names (all if it names none) and that ``bench`` can offer."""
    tools: list[Tool] = []
    missing: list[tuple[str, str]] = []
    for name, factory in TABLE.items():
        if agent.offers(name):
            made = factory(bench)
            if isinstance(made, Tool):
                tools.append(made)
            elif agent.tools is not None:
                missing.append((name, made))
    for rule in agent.tools or ():
        if rule.name != "*" and not any(rule.covers(name) for name in TABLE):
            missing.append((str(rule), "There is no such tool here."))
    return Kit(tuple(tools), tuple(missing))

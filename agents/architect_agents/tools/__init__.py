"""The tools by their names, and which of them an agent gets in a run."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from architect_agents.agent_file import AgentDefinition, ToolRule
from architect_agents.memory.graph import MemoryGraph
from architect_agents.tools.file_tools import glob_tool, ls_tool, read_tool
from architect_agents.tools.grep_tool import grep_tool
from architect_agents.tools.memory_tools import NINE, memory_tool
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
    memory: MemoryGraph | None = None


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


#: The server name of the nine tools for an agent that names no tools at all.
MEMORY_SERVER = "memory"


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
    rules = agent.tools if agent.tools is not None else (ToolRule(f"mcp__{MEMORY_SERVER}"),)
    for rule in rules:
        if rule.name == "*" or any(rule.covers(name) for name in TABLE):
            continue
        remembering = _memory_tools(rule, agent, bench)
        tools += [tool for tool in remembering if tool.name not in {one.name for one in tools}]
        if not remembering:
            missing.append((str(rule), "There is no such tool here."))
    return Kit(tuple(tools), tuple(missing))


def uses_memory(agent: AgentDefinition) -> bool:
    """Whether the agent has a memory: its file says so, or names one of the nine tools."""
    if agent.memory or agent.tools is None:
        return True
    return any(operation_of(rule.name) or _is_memory_server(rule) for rule in agent.tools)


def operation_of(name: str) -> str:
    """``search_nodes`` for ``mcp__anything__search_nodes``; "" for other tools."""
    prefix, _, operation = name.rpartition("__")
    return operation if prefix.startswith("mcp__") and operation in NINE else ""


def _is_memory_server(rule: ToolRule) -> bool:
    """Whether a rule for a whole server means the memory, by the server's name."""
    return rule.name.startswith("mcp__memory") and rule.name.removesuffix("__*").count("__") == 1


def _memory_tools(rule: ToolRule, agent: AgentDefinition, bench: Bench) -> list[Tool]:
    if bench.memory is None:
        return []
    names = [rule.name] if operation_of(rule.name) else []
    if _is_memory_server(rule):
        names = [f"{rule.name.removesuffix('__*')}__{operation}" for operation in NINE]
    return [
        memory_tool(name, operation_of(name), bench.memory) for name in names if agent.offers(name)
    ]

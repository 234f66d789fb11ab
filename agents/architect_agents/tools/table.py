"""The tools by their names, and which of them an agent gets in a run."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

from architect_agents.agent_file import AgentDefinition, ToolRule
from architect_agents.mcp_host import McpHost, tool_name
from architect_agents.memory.graph import MemoryGraph
from architect_agents.model import ServerTool
from architect_agents.sandbox.jail import Jail
from architect_agents.tools.bash_tool import bash_tool
from architect_agents.tools.edit_tools import edit_tool, multi_edit_tool, write_tool
from architect_agents.tools.file_tools import glob_tool, ls_tool, read_tool
from architect_agents.tools.grep_tool import grep_tool
from architect_agents.tools.ide_tools import Diagnostics, diagnostics_tool
from architect_agents.tools.mcp_tools import hosted_tool, list_resources_tool, read_resource_tool
from architect_agents.tools.memory_tools import NINE, memory_tool
from architect_agents.tools.notebook_tools import notebook_edit_tool, notebook_read_tool
from architect_agents.tools.postgres_tool import postgres_tool
from architect_agents.tools.repl_tool import Repl, repl_tool
from architect_agents.tools.shadow_files import ShadowFiles
from architect_agents.tools.todo_tool import todo_tool
from architect_agents.tools.tool import Tool
from architect_agents.tools.web_fetch_tool import web_fetch_tool
from architect_agents.tools.workspace_files import NO_WORKSPACE, WorkspaceFiles
from architect_agents.types import Todo


def _silent(what: object) -> None:
    """Say nothing."""


UNTRUSTED = "This workspace is not trusted, so nothing of it is run."
NO_COPY = "There is no copy of the project to change."
WEB_OFF = (
    "Web tools are off: with code in the context, an open way out is a way for data. "
    "The person can turn them on."
)
NO_SEARCH = "This provider can't search the web."
NO_DIAGNOSTICS = "No editor is connected that could tell its diagnostics."


Web = Literal["provider", "ourselves", "nobody"]


@dataclass(frozen=True, slots=True)
class Bench:
    """What a run has to offer to its tools; a part that is None makes its tools unavailable.

    ``stage`` is the shadow copy for writing. ``no_jail`` says why ``jail`` is None. ``web`` is
    who goes to the web: the provider with tools of its own, ourselves (pages only), or nobody.
    """

    files: WorkspaceFiles | None = None
    say: Callable[[str], None] = _silent
    show_todos: Callable[[Sequence[Todo]], None] = _silent
    memory: MemoryGraph | None = None
    stage: ShadowFiles | None = None
    no_stage: str = NO_COPY
    jail: Jail | None = None
    no_jail: str = UNTRUSTED
    repl: Repl | None = None
    host: McpHost | None = None
    server_problems: Mapping[str, str] = field(default_factory=dict)
    postgres_url: str = ""
    web: Web = "nobody"
    diagnostics: Diagnostics | None = None


@dataclass(frozen=True, slots=True)
class Kit:
    """The tools of a run; ``missing`` are those the agent names that are not offered, and why."""

    tools: tuple[Tool, ...] = ()
    missing: tuple[tuple[str, str], ...] = ()
    server_tools: tuple[ServerTool, ...] = ()


Made = Tool | ServerTool | str
#: Makes a tool for an agent at a bench, or says in a sentence why there is none.
Factory = Callable[[AgentDefinition, Bench], Made]


def _on_files(make: Callable[[WorkspaceFiles], Tool]) -> Factory:
    return lambda agent, bench: NO_WORKSPACE if bench.files is None else make(bench.files)


def _on_stage(make: Callable[[ShadowFiles], Tool]) -> Factory:
    return lambda agent, bench: bench.no_stage if bench.stage is None else make(bench.stage)


def _bash(agent: AgentDefinition, bench: Bench) -> Made:
    if bench.jail is None:
        return bench.no_jail
    return bash_tool(bench.jail, agent.tools or (), agent.disallowed_tools)


def _web(name: str, otherwise: Callable[[], Tool | str]) -> Factory:
    """The provider's own tool where it has one, ``otherwise`` where the web is on without it."""
    wire = {"type": f"{name}_20260318", "name": name, "max_uses": MOST_WEB_USES}

    def make(agent: AgentDefinition, bench: Bench) -> Made:
        if bench.web == "nobody":
            return WEB_OFF
        return ServerTool(name, wire) if bench.web == "provider" else otherwise()

    return make


MOST_WEB_USES = 5
TABLE: dict[str, Factory] = {
    "Read": _on_files(read_tool),
    "Glob": _on_files(glob_tool),
    "Grep": _on_files(grep_tool),
    "LS": _on_files(ls_tool),
    "NotebookRead": _on_files(notebook_read_tool),
    "Edit": _on_stage(edit_tool),
    "MultiEdit": _on_stage(multi_edit_tool),
    "Write": _on_stage(write_tool),
    "NotebookEdit": _on_stage(notebook_edit_tool),
    "Bash": _bash,
    "TodoWrite": lambda agent, bench: todo_tool(bench.show_todos),
    "WebFetch": _web("web_fetch", web_fetch_tool),
    "WebSearch": _web("web_search", lambda: NO_SEARCH),
    "ListMcpResourcesTool": lambda agent, bench: list_resources_tool(bench.host, bench.memory),
    "ReadMcpResourceTool": lambda agent, bench: read_resource_tool(bench.host, bench.memory),
    "mcp__ide__getDiagnostics": lambda agent, bench: (
        diagnostics_tool(bench.diagnostics) if bench.diagnostics else NO_DIAGNOSTICS
    ),
    "mcp__ide__executeCode": lambda agent, bench: (
        repl_tool(bench.repl) if bench.repl else bench.no_jail
    ),
    "mcp__postgres__query": lambda agent, bench: postgres_tool(bench.postgres_url),
}
#: Tools that change the copy of the project, or run in it.
NEED_COPY = ("Edit", "MultiEdit", "Write", "NotebookEdit", "Bash", "mcp__ide__executeCode")
#: The server name of the nine tools for an agent that names no tools at all.
MEMORY_SERVER = "memory"


def equip(agent: AgentDefinition, bench: Bench) -> Kit:
    """The tools that ``agent`` names (all if it names none) and that ``bench`` can offer."""
    hosted = _hosted_tools(agent, bench)
    offers = {**_own_offers(agent, bench, set(hosted)), **hosted}
    for rule in _rules_of_others(agent, hosted):
        remembering = _memory_tools(rule, agent, bench)
        offers.update(remembering or {str(rule): _why_missing(rule, bench)})
    made = [offer for offer in offers.values() if not isinstance(offer, str)]
    reasons = ((name, offer) for name, offer in offers.items() if isinstance(offer, str))
    return Kit(
        tuple(offer for offer in made if isinstance(offer, Tool)),
        # An agent that names no tools misses none.
        () if agent.tools is None else tuple(reasons),
        tuple(offer for offer in made if isinstance(offer, ServerTool)),
    )


def _own_offers(agent: AgentDefinition, bench: Bench, hosted: set[str]) -> dict[str, Made]:
    """The tools of the table; a server that the person configured under a name of ours wins."""
    wanted = [name for name in TABLE if agent.offers(name) and name not in hosted]
    return {name: TABLE[name](agent, bench) for name in wanted}


def _hosted_tools(agent: AgentDefinition, bench: Bench) -> dict[str, Made]:
    """The tools of running servers, for an agent that names them."""
    if bench.host is None or agent.tools is None:
        return {}
    host = bench.host
    return {one.name: hosted_tool(host, one) for one in host.tools if agent.offers(one.name)}


def _rules_of_others(agent: AgentDefinition, hosted: Mapping[str, Made]) -> list[ToolRule]:
    """The rules that are about neither the table nor a running server."""
    rules = agent.tools if agent.tools is not None else (ToolRule(f"mcp__{MEMORY_SERVER}"),)
    known = (*TABLE, *hosted)
    return [
        rule for rule in rules if rule.name != "*" and not any(rule.covers(name) for name in known)
    ]


def _why_missing(rule: ToolRule, bench: Bench) -> str:
    hosted = bench.host.problems if bench.host else {}
    for server, problem in {**bench.server_problems, **hosted}.items():
        if names_server(rule, server):
            return problem
    if rule.name.startswith("mcp__"):
        return "No server of that name is configured, approved and running."
    return "There is no such tool here."


def names_server(rule: ToolRule, server: str) -> bool:
    """Whether a rule is about the MCP server of that name, or about a tool of it."""
    whole = tool_name(server, "").rstrip("_")
    return rule.name == whole or rule.name.startswith(f"{whole}__")


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


def _memory_tools(rule: ToolRule, agent: AgentDefinition, bench: Bench) -> dict[str, Made]:
    if bench.memory is None:
        return {}
    names = [rule.name] if operation_of(rule.name) else []
    if _is_memory_server(rule):
        names = [f"{rule.name.removesuffix('__*')}__{operation}" for operation in NINE]
    offered = [name for name in names if agent.offers(name)]
    return {name: memory_tool(name, operation_of(name), bench.memory) for name in offered}

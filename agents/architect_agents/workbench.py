"""Sets up what the tools of one run need, and takes all of it down again.

A copy of the project for tools that change or run something, the jail around it, the knowledge
graph, the servers that the person approved. Nothing of it outlives the run.
"""

from __future__ import annotations

import asyncio
import os
import sys
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path

from architect_agents.agent_file import AgentDefinition
from architect_agents.limits import Price
from architect_agents.mcp_config import Approvals, ServerEntry, read_config
from architect_agents.mcp_host import McpHost
from architect_agents.memory.graph import MemoryGraph
from architect_agents.models.credentials import own_server, provider_in_use
from architect_agents.narration import Narrator
from architect_agents.sandbox.interpreter import project_interpreter
from architect_agents.sandbox.jail import Jail, why_no_jail
from architect_agents.sandbox.refused import RefusedError
from architect_agents.sandbox.shadow import shadow_of
from architect_agents.spending import DailySpending
from architect_agents.tools.ide_tools import Diagnostics
from architect_agents.tools.repl_tool import Repl
from architect_agents.tools.shadow_files import ShadowFiles
from architect_agents.tools.table import NEED_COPY, UNTRUSTED, Bench, Web, names_server, uses_memory
from architect_agents.tools.workspace_files import WorkspaceFiles
from architect_agents.types import Listen, RefactorRequest

NOT_APPROVED = "The server {name} waits for the person's approval."


@dataclass(frozen=True, slots=True)
class Facilities:
    """What this user's installation offers to runs; what is None or empty is not offered.

    ``memory`` is the file of the knowledge graph, ``approvals`` the file of approved servers,
    ``server_logs`` the folder for what servers write to stderr, ``spending`` counts the money;
    ``listen`` hears of every step of a run, ``prices`` go before the built-in list's.
    """

    memory: Path | None = None
    approvals: Path | None = None
    server_logs: Path | None = None
    postgres_url: str = ""
    web: bool = False
    diagnostics: Diagnostics | None = None
    spending: DailySpending | None = None
    listen: Listen | None = None
    prices: Mapping[str, Price] = field(default_factory=dict)


def agent_memory(
    agent: AgentDefinition, workspace: Path | None, file: Path | None
) -> MemoryGraph | None:
    """The agent's graph: the project's, or the shared one if its file says `memory: user`."""
    if file is None or not uses_memory(agent):
        return None
    shared = agent.memory == "user" or workspace is None
    return MemoryGraph(file, "" if shared else str(workspace))


def planned_bench(
    agent: AgentDefinition, request: RefactorRequest, facilities: Facilities, narrator: Narrator
) -> Bench:
    """The bench as it would be, with nothing copied or started: to show what would be sent."""
    bench = Bench(
        files=workspace_files(request),
        say=narrator.say,
        show_todos=narrator.todos,
        memory=agent_memory(agent, request.workspace, facilities.memory),
        postgres_url=facilities.postgres_url,
        web=_who_goes_to_the_web(facilities.web, os.environ),
        diagnostics=facilities.diagnostics,
    )
    if request.workspace is None or not needs_copy(agent):
        return bench
    bench = replace(bench, stage=ShadowFiles(request.workspace))
    return _with_jail(bench, request, request.workspace)


def _who_goes_to_the_web(allowed: bool, environ: Mapping[str, str]) -> Web:
    """Anthropic's own API has tools for it; other servers of its protocol have not."""
    if not allowed:
        return "nobody"
    elsewhere = own_server(environ) or provider_in_use() != "anthropic"
    return "ourselves" if elsewhere else "provider"


@asynccontextmanager
async def open_bench(
    agent: AgentDefinition, request: RefactorRequest, facilities: Facilities, narrator: Narrator
) -> AsyncIterator[Bench]:
    """The bench for one run. What can't be had is left out with its reason."""
    async with AsyncExitStack() as stack:
        bench = planned_bench(agent, request, facilities, narrator)
        if bench.memory is not None:
            stack.callback(bench.memory.close)
        if bench.stage is not None:
            bench = await _with_copy(bench, request, stack)
        if bench.repl is not None:
            stack.push_async_callback(bench.repl.close)
        yield await _with_servers(bench, agent, request, facilities, stack)


def staged(bench: Bench, request: RefactorRequest) -> Callable[[], str]:
    """Gives the request's document as the run's tools have left it in the copy."""

    def document() -> str:
        if bench.stage is None or request.workspace is None:
            return request.source
        names = list(_open_texts(request, request.workspace.resolve()))
        if not names or not (bench.stage.root / names[0]).is_file():
            return request.source
        raw = bench.stage.read_bytes(names[0])
        return raw.decode("utf-8", errors="replace")

    return document


def needs_copy(agent: AgentDefinition) -> bool:
    """Whether the agent has a tool that changes the project or runs something in it."""
    return any(agent.offers(name) for name in NEED_COPY)


def workspace_files(request: RefactorRequest) -> WorkspaceFiles | None:
    """The workspace with the document's unsaved text on top."""
    if request.workspace is None:
        return None
    root = request.workspace.resolve()
    return WorkspaceFiles(root, _open_texts(request, root))


def _open_texts(request: RefactorRequest, root: Path) -> dict[str, str]:
    normal = Path(os.path.normpath(root / request.path))
    if not normal.is_relative_to(root):
        return {}
    return {normal.relative_to(root).as_posix(): request.source}


async def _with_copy(bench: Bench, request: RefactorRequest, stack: AsyncExitStack) -> Bench:
    assert request.workspace is not None
    root = request.workspace.resolve()
    try:
        shadow = await stack.enter_async_context(shadow_of(root, _open_texts(request, root)))
    except RefusedError as refusal:
        reason = str(refusal)
        return replace(bench, stage=None, no_stage=reason, jail=None, no_jail=reason, repl=None)
    files = ShadowFiles(shadow.root, shown_as=root)
    if bench.jail is not None and (reason := await asyncio.to_thread(why_no_jail)):
        return replace(bench, files=files, stage=files, jail=None, no_jail=reason, repl=None)
    return _with_jail(replace(bench, files=files, stage=files), request, shadow.root)


def _with_jail(bench: Bench, request: RefactorRequest, copy: Path) -> Bench:
    """The jail around ``copy``, for a trusted workspace only."""
    if not request.trusted or request.workspace is None:
        return replace(bench, jail=None, no_jail=UNTRUSTED, repl=None)
    root = request.workspace.resolve()
    ours = (Path(sys.prefix), Path(sys.base_prefix))
    jail = Jail(copy, root, project_interpreter(root), ours)
    return replace(bench, jail=jail, repl=Repl(jail))


async def _with_servers(
    bench: Bench,
    agent: AgentDefinition,
    request: RefactorRequest,
    facilities: Facilities,
    stack: AsyncExitStack,
) -> Bench:
    if facilities.approvals is None or facilities.server_logs is None or not request.workspace:
        return bench
    wanted, problems = named_servers(agent, request.workspace, os.environ)
    approvals = Approvals(facilities.approvals)
    approved = []
    for entry in wanted:
        if not request.trusted:
            problems[entry.name] = UNTRUSTED
        elif approvals.has(request.workspace, entry):
            approved.append(entry)
        else:
            problems[entry.name] = NOT_APPROVED.format(name=entry.name)
    if not approved:
        return replace(bench, server_problems=problems)
    bench.say(f"starting {', '.join(entry.name for entry in approved)}")
    host = McpHost(approved, facilities.server_logs, request.workspace)
    await stack.enter_async_context(host)
    return replace(bench, host=host, server_problems=problems)


def named_servers(
    agent: AgentDefinition, workspace: Path, environ: Mapping[str, str]
) -> tuple[list[ServerEntry], dict[str, str]]:
    """The servers of the workspace's `.mcp.json` that the agent names, and what is wrong."""
    config = read_config(workspace, environ)

    def named(server: str) -> bool:
        rules = agent.tools or ()
        return server in agent.mcp_servers or any(names_server(rule, server) for rule in rules)

    wanted = [entry for entry in config.servers if named(entry.name)]
    problems = {name: f"The server {name} can't be used: {why}." for name, why in config.problems}
    return wanted, problems


def waiting_for_approval(
    agent: AgentDefinition, workspace: Path, approvals: Approvals
) -> tuple[ServerEntry, ...]:
    """The servers to ask the person about before a run, with what each of them would run."""
    wanted, _ = named_servers(agent, workspace, os.environ)
    return tuple(entry for entry in wanted if not approvals.has(workspace, entry))

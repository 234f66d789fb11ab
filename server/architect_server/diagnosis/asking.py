"""Who would answer "Ask architect", as what, on whose money, with which memory and tools."""

from __future__ import annotations

import contextlib
import os
import sqlite3
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

from architect_agents.agent_file import AgentDefinition, discover
from architect_agents.mcp_config import Approvals, read_config
from architect_agents.models.credentials import credentials_origin, why_unavailable
from architect_agents.models.names import TABLE, alias_of, from_environment
from architect_agents.places import approvals_file, memory_file, spending_file
from architect_agents.spending import DailySpending
from architect_server.consents import default_place, is_allowed
from architect_server.diagnosis.fact import Fact
from architect_server.model_access import model_provider
from architect_server.settings import Settings

_DEFAULT_AGENT = "python-backend-architect"


def asking(workspace: Path, settings: Settings) -> Iterator[Fact]:
    """The architects of ``workspace`` under ``settings``."""
    agents = discover(workspace, Path.home())
    yield _key()
    yield _base_url()
    yield _model(agents, settings)
    if provider := model_provider():
        allowed = is_allowed(default_place(), str(workspace), provider)
        word = "allowed" if allowed else "you are asked before the first question"
        yield Fact("consent", f"{workspace} to {provider}: {word}")
    spent = DailySpending(spending_file()).today
    caps = f"at most {settings.max_cost:g} a run and {settings.max_daily_cost:g} a day"
    yield Fact("spending", f"about {spent:.2f} USD today; {caps}, by estimate")
    yield from map(_agent, agents)
    yield _memory(memory_file())
    yield from _servers(workspace)


def _key() -> Fact:
    """Where a key comes from, never the key itself; a key that can't be right needs a fix."""
    origin, missing = credentials_origin(), why_unavailable()
    for variable in ("ANTHROPIC_API_KEY", "ANTHROPIC_AUTH_TOKEN"):
        value = os.environ.get(variable, "")
        if value != value.strip() or value[:1] in ("'", '"'):
            fix = f"Set {variable} anew, without blanks and quotes around the value."
            return Fact("key", f"{variable} has blanks or quotes around it", False, fix)
    if origin and missing:
        return Fact("key", f"found ({origin}), but no use", False, missing)
    if missing:
        return Fact("key", f"none; the embedded architect answers, for Python. {missing}")
    return Fact("key", f"found ({origin})" if origin else "none needed for a server of your own")


def _base_url() -> Fact:
    url = os.environ.get("ANTHROPIC_BASE_URL", "")
    if not url:
        return Fact("base URL", "the provider's own")
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        fix = "Set ANTHROPIC_BASE_URL to a URL such as http://127.0.0.1:8080, or unset it."
        return Fact("base URL", f"{url} is no http(s) URL", False, fix)
    return Fact("base URL", f"{url} (from ANTHROPIC_BASE_URL)")


def _model(agents: tuple[AgentDefinition, ...], settings: Settings) -> Fact:
    """What the agent in force asks for, and the model that this means as far as one knows here."""
    name = settings.agent or _DEFAULT_AGENT
    agent = next((a for a in agents if a.name == name and a.usable), None)
    if agent is None:
        names = ", ".join(a.name for a in agents if a.usable)
        fix = f"Set architect.ask.agent to one of: {names}."
        return Fact("model", f"there is no usable agent {name}", False, fix)
    wanted = settings.model or agent.model or "default"
    origin = "architect.ask.model" if settings.model else f"agent {name}"
    known = from_environment(wanted, os.environ) or TABLE.get(alias_of(wanted) or "", wanted)
    means = "" if known == wanted else f", as of now {known} or a newer one of its line"
    where = "; ask.offline is on, so it is not asked" if settings.offline else ""
    return Fact("model", f"{wanted} ({origin}){means}{where}")


def _agent(agent: AgentDefinition) -> Fact:
    fix = "" if agent.usable else f"architect agents check {agent.path}"
    notes = f", {len(agent.problems)} remarks" if agent.problems and agent.usable else ""
    return Fact("agent", f"{agent.name} ({agent.origin}, {agent.path}){notes}", agent.usable, fix)


def _memory(path: Path) -> Fact:
    """The memory file, read without touching it: opening it properly would set a bad one aside."""
    if not path.exists():
        return Fact("memory", f"{path} (empty; it is made when something is remembered)")
    fix = "The next run sets it aside and starts anew; `architect memory import FILE` fills it."
    try:
        uri = f"{path.as_uri()}?mode=ro"
        with contextlib.closing(sqlite3.connect(uri, uri=True, timeout=2)) as database:
            (verdict,) = database.execute("PRAGMA quick_check(1)").fetchone()
    except sqlite3.Error as error:
        return Fact("memory", f"{path} can't be read: {error}", False, fix)
    if verdict != "ok":
        return Fact("memory", f"{path} is damaged: {verdict}", False, fix)
    if not os.access(path, os.W_OK):
        return Fact("memory", f"{path} can't be written", False, f"chmod u+w {path}")
    return Fact("memory", f"{path} ({path.stat().st_size // 1024} KB)")


def _servers(workspace: Path) -> Iterator[Fact]:
    config = read_config(workspace, os.environ)
    approvals = Approvals(approvals_file())
    for entry in config.servers:
        word = "approved" if approvals.has(workspace, entry) else "not approved, not started"
        yield Fact("MCP server", f"{entry.name}: {word}")
    for name, reason in config.problems:
        fix = f"Correct it in {workspace / '.mcp.json'}."
        yield Fact("MCP server", f"{name}: {reason}", False, fix)

"""Which agents could be asked in a workspace, and what a saved agent file means: a bridge."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path


@dataclass(frozen=True, slots=True)
class AgentChoice:
    """One agent that can be asked. ``origin`` is "project", "user" or "package"."""

    name: str
    description: str
    model: str
    origin: str
    path: Path | None


def agents_of(workspace: Path | None) -> tuple[AgentChoice, ...]:
    """Every usable agent, the project's first; read anew only where a file changed."""
    from architect_agents.agent_file import agent_folders

    folders = agent_folders(workspace, Path.home())
    return _read(workspace, tuple(_state(folder) for folder in folders))


def fitting(language: str) -> str:
    """The name of the agent that is asked about ``language`` where nobody chose another."""
    from architect_agents.agent_file import fitting_name

    return fitting_name(language)


def others(workspace: Path | None, current: str) -> tuple[AgentChoice, ...]:
    """Agents to choose from beside ``current``; none where nobody wrote one of them."""
    found = tuple(agent for agent in agents_of(workspace) if agent.name != current)
    return found if any(agent.origin != "package" for agent in found) else ()


def reloaded(text: str, path: Path, workspace: Path | None) -> str:
    """What a saved agent file means from now on, in a sentence."""
    from architect_agents.agent_file import parse_agent

    agent = parse_agent(text, path, "project")
    errors = [problem.message for problem in agent.problems if problem.severity == "error"]
    if errors:
        return f"this agent file can't be used: {errors[0]}"
    tools = "every tool" if agent.tools is None else f"{len(agent.tools)} tools"
    first = next((one for one in agents_of(workspace) if one.name == agent.name), None)
    if first is not None and first.path is not None and first.path != path:
        return f"the agent {agent.name} of {first.path} comes before this file, which is not used."
    problems = f"; {len(agent.problems)} remarks stand in the file" if agent.problems else ""
    return (
        f"the agent {agent.name} ({agent.model or 'sonnet'}, {tools}) is used as saved from the "
        f"next question on{problems}."
    )


def _state(folder: Path) -> tuple[str, tuple[tuple[str, int], ...]]:
    """What tells whether the files of a folder are as they were."""
    try:
        files = sorted(folder.rglob("*.md"))[:200]
        return str(folder), tuple((str(file), file.stat().st_mtime_ns) for file in files)
    except OSError:
        return str(folder), ()


@lru_cache(maxsize=16)
def _read(workspace: Path | None, state: object) -> tuple[AgentChoice, ...]:
    from architect_agents.agent_file import discover

    return tuple(
        AgentChoice(agent.name, agent.description, agent.model, agent.origin, agent.path)
        for agent in discover(workspace, Path.home())
        if agent.usable
    )

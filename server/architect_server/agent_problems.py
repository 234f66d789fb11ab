"""What is wrong with a Claude agent file that is open in the editor: a bridge to the agents."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from architect_server.analysis.model import Severity


@dataclass(frozen=True, slots=True)
class AgentProblem:
    """One mistake on a 1-based line. Where ``old`` is given, the fix puts ``new`` in its place."""

    line: int
    message: str
    severity: Severity
    code: str
    old: str = ""
    new: str = ""


def is_agent_file(path: Path | None) -> bool:
    """Whether the file lies where agent files are looked for."""
    return path is not None and path.suffix == ".md" and path.parts[-3:-1] == (".claude", "agents")


def agent_problems(text: str) -> tuple[AgentProblem, ...]:
    """The mistakes of an agent file, by line. Never raises for bad text."""
    # Loaded when the first agent file is opened: no editor should wait for it at the start.
    from architect_agents.agent_file import check_agent_file

    return tuple(
        AgentProblem(found.line, found.message, found.severity, found.code, found.old, found.new)
        for found in check_agent_file(text)
    )

"""Bash: a command in the jail, in the shadow copy, without network."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path

from architect_agents.agent_file import ToolRule
from architect_agents.model import ToolSpec
from architect_agents.sandbox.jail import Jail, JailResult, Limits
from architect_agents.sandbox.refused import RefusedError
from architect_agents.tools.command_rules import why_not
from architect_agents.tools.tool import Arguments, Tool, ToolFailure, number, schema, text

LONGEST_MS = 110_000
LARGEST_ANSWER = 60_000
SYSTEM = ("/usr/local/bin", "/usr/bin", "/bin")
SPEC = ToolSpec(
    "Bash",
    "Run a shell command in a sandbox: a copy of the project, no network, nothing else of this "
    "machine. Tools of the project's Python such as pytest and lizard are called directly. "
    "`timeout` is in milliseconds.",
    schema(
        {"command": {"type": "string"}},
        {"timeout": {"type": "integer"}, "description": {"type": "string"}},
    ),
)


def bash_tool(jail: Jail, allowed: Sequence[ToolRule], denied: Sequence[ToolRule]) -> Tool:
    """Bash{command, timeout?, description?}, as far as the agent file's rules allow.

    The commands of our own Python (lizard) come after those of the project's.
    """
    folders = [str(jail.interpreter.parent), str(Path(sys.executable).parent), *SYSTEM]
    environment = {"PATH": ":".join(dict.fromkeys(folders))}

    async def bash(arguments: Arguments) -> str:
        command = text(arguments, "command")
        if reason := why_not(command, allowed, denied):
            raise ToolFailure(reason)
        wanted = number(arguments, "timeout", LONGEST_MS)
        seconds = min(max(wanted, 1), LONGEST_MS) / 1000
        try:
            result = await jail.run(["bash", "-c", command], Limits(seconds), environment)
        except RefusedError as refusal:
            raise ToolFailure(str(refusal)) from None
        return said(result, seconds)

    return Tool(SPEC, bash, "exec")


def said(result: JailResult, seconds: float) -> str:
    """What the model hears of a command: its output, and how it ended if not well.

    Raises:
        ToolFailure: it was stopped.
    """
    if result.timed_out:
        raise ToolFailure(f"The command was stopped after {seconds:g} seconds.")
    output = result.output[-LARGEST_ANSWER:]
    if result.exit_code:
        return f"{output}\n(exit code {result.exit_code})".lstrip("\n")
    return output or "(no output)"

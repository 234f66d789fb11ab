"""Finds mistakes in the header of an agent file, each with its line and, where we can, a fix."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any, Literal

from architect_agents.agent_header import KNOWN_KEYS, Header

Severity = Literal["error", "warning", "information"]
#: Where an agent file comes from. A project's file may widen no right.
Origin = Literal["project", "user", "package"]

BYTE_ORDER_MARK = "\ufeff"
EFFORTS = ("low", "medium", "high", "xhigh", "max")
MEMORIES = ("user", "project", "local")
MODELS = ("sonnet", "opus", "haiku", "fable", "mythos", "inherit", "default")
#: The tools that agent files name. What is offered of them is up to tools/.
KNOWN_TOOLS = (
    "Bash",
    "Edit",
    "Glob",
    "Grep",
    "LS",
    "ListMcpResourcesTool",
    "MultiEdit",
    "NotebookEdit",
    "NotebookRead",
    "Read",
    "ReadMcpResourceTool",
    "TodoWrite",
    "WebFetch",
    "WebSearch",
    "Write",
)
#: Tools of Claude Code that make no sense here. Naming them is no mistake, only without effect.
ELSEWHERE = (
    "Agent",
    "AskUserQuestion",
    "BashOutput",
    "EnterPlanMode",
    "ExitPlanMode",
    "KillBash",
    "KillShell",
    "Skill",
    "SlashCommand",
    "Task",
    "TaskCreate",
    "TaskGet",
    "TaskList",
    "TaskOutput",
    "TaskUpdate",
)


@dataclass(frozen=True, slots=True)
class Problem:
    """One mistake. ``line`` is 1-based. A fix replaces ``old`` on that line by ``new``."""

    line: int
    message: str
    severity: Severity
    code: str
    old: str = ""
    new: str = ""


def check_header(
    header: Header, named_tools: Sequence[tuple[str, str]], origin: Origin
) -> tuple[Problem, ...]:
    """The problems of ``header``, by line. ``named_tools`` are (key, tool name) pairs."""
    if not header.found:
        message = "An agent file begins with a header between two lines of ---."
        return (Problem(1, message, "error", "no-header"),)
    problems = [
        *_missing(header),
        *_keys(header),
        *_tools(header, named_tools),
        *_values(header),
        *_not_yaml(header),
        *(_walls(header) if origin == "project" else ()),
    ]
    return tuple(sorted(problems, key=lambda problem: problem.line))


def _missing(header: Header) -> Iterator[Problem]:
    for key, why in (
        ("name", "the file's own name is used"),
        ("description", "people can't tell what it is for"),
    ):
        if not header.values.get(key):
            yield Problem(1, f"The agent has no {key}: {why}.", "warning", f"no-{key}")
    if not header.body:
        message = "The agent has no instructions: write them below the header."
        yield Problem(1, message, "warning", "no-prompt")


def _keys(header: Header) -> Iterator[Problem]:
    for key in header.values:
        line = header.lines.get(key, 1)
        if key == "allowed-tools":
            message = (
                "`allowed-tools` belongs to skills and has no effect here; agents say `tools`."
            )
            yield Problem(line, message, "warning", "allowed-tools", key, "tools")
        elif key not in KNOWN_KEYS:
            close = _close(key, KNOWN_KEYS)
            hint = f"; did you mean `{close}`?" if close else "."
            message = f"`{key}` is no key of an agent file and has no effect{hint}"
            severity: Severity = "warning" if close else "information"
            yield Problem(line, message, severity, "unknown-key", key if close else "", close)


def _tools(header: Header, named: Sequence[tuple[str, str]]) -> Iterator[Problem]:
    for key, name in named:
        line = header.line_of(key, name)
        if name in KNOWN_TOOLS or name == "*" or name.startswith("mcp__"):
            continue
        if name in ELSEWHERE:
            message = f"{name} is a tool of Claude Code that is not offered here."
            yield Problem(line, message, "information", "tool-not-offered")
            continue
        close = _close(name, KNOWN_TOOLS)
        hint = f"; did you mean {close}?" if close else "."
        message = f"There is no tool {name}{hint}"
        old = name if close else _with_separator(header.text(line), name)
        yield Problem(line, message, "warning", "unknown-tool", old, close)


def _values(header: Header) -> Iterator[Problem]:
    model = str(header.values.get("model") or "")
    if " " in model.strip() or _close(model, MODELS) not in ("", model.lower()):
        close = _close(model, MODELS)
        hint = f"; did you mean {close}?" if close else "."
        close = close or "sonnet"
        message = f"{model} is no model{hint} Use sonnet, opus, haiku, inherit or a model's id."
        line = header.lines.get("model", 1)
        yield Problem(line, message, "warning", "bad-model", model, close)
    for key, allowed in (("effort", EFFORTS), ("memory", MEMORIES)):
        value = header.values.get(key)
        if value is not None and str(value).lower() not in allowed:
            message = f"`{key}` is one of {', '.join(allowed)}; this value has no effect."
            close = _close(str(value), allowed)
            old = str(value) if close else ""
            yield Problem(header.lines.get(key, 1), message, "warning", f"bad-{key}", old, close)
    turns = header.values.get("maxTurns")
    if turns is not None and not (str(turns).isdecimal() and int(turns) > 0):
        message = "`maxTurns` is a whole number above 0; this value has no effect."
        yield Problem(header.lines.get("maxTurns", 1), message, "warning", "bad-max-turns")


def _not_yaml(header: Header) -> Iterator[Problem]:
    for key in header.not_yaml:
        message = (
            f"The value of `{key}` is no YAML, most likely for an unquoted `: `. It is read as "
            "plain text here; other tools may stop at it. Put it in quotes."
        )
        line = header.lines.get(key, 1)
        yield Problem(line, message, "information", "not-yaml", *_in_quotes(header, key))
    if header.marked:
        message = "The file begins with a byte order mark, which other tools stumble over."
        yield Problem(1, message, "information", "byte-order-mark", BYTE_ORDER_MARK)


def _with_separator(line: str, name: str) -> str:
    """What to take out of ``line`` so that ``name`` is gone and the list is whole."""
    for old in (f", {name}", f",{name}", f"{name}, ", f"{name},", f"- {name}"):
        if old in line:
            return old
    return name if name in line else ""


def _in_quotes(header: Header, key: str) -> tuple[str, str]:
    """A value as it stands and in quotes; nothing where it goes over several lines."""
    value = header.text(header.lines.get(key, 1)).partition(":")[2].strip()
    if not value or str(header.values.get(key)) != value:
        return "", ""
    return value, json.dumps(value, ensure_ascii=False)


def _walls(header: Header) -> Iterator[Problem]:
    """What a repository's file may not do: run code because it was opened."""
    ignored = {
        "hooks": header.values.get("hooks"),
        "permissionMode": header.values.get("permissionMode") == "bypassPermissions",
        "mcpServers": _defines_inline(header.values.get("mcpServers")),
    }
    for key, present in ignored.items():
        if present:
            message = f"`{key}` is ignored here: a repository's file may not widen what runs."
            yield Problem(header.lines.get(key, 1), message, "warning", f"ignored-{key}")


def _defines_inline(servers: Any) -> bool:
    if isinstance(servers, list):
        return any(not isinstance(server, str) for server in servers)
    return isinstance(servers, dict)


def _close(word: str, known: Sequence[str]) -> str:
    """The known word that ``word`` was meant to be, or nothing."""
    by_lower = {name.lower(): name for name in known}
    matches = get_close_matches(word.strip().lower(), by_lower, n=1, cutoff=0.75)
    return by_lower[matches[0]] if matches else ""

"""Agent files: found where Claude Code looks for them, read tolerantly, checked for mistakes."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Literal

from architect_agents.agent_check import EFFORTS, MEMORIES, Origin, Problem, check_header
from architect_agents.agent_header import Header, read_header
from architect_agents.errors import AgentFileError
from architect_agents.types import RefactorRequest

Memory = Literal["user", "project", "local"]
FOLDER = Path(".claude") / "agents"
PACKAGED = Path(__file__).parent / "definitions"
LARGEST = 256 * 1024
MOST_FILES = 200


@dataclass(frozen=True, slots=True)
class ToolRule:
    """One entry of ``tools``: ``Bash(git diff:*)`` is the name Bash with that specifier."""

    name: str
    specifier: str = ""

    def __str__(self) -> str:
        return f"{self.name}({self.specifier})" if self.specifier else self.name

    def covers(self, tool: str) -> bool:
        """Whether the rule is about ``tool``; ``mcp__db`` and ``mcp__db__*`` are all of db's."""
        if self.name.startswith("mcp__"):
            server = self.name.removesuffix("__*")
            return tool == self.name or tool.startswith(f"{server}__")
        return tool == self.name


@dataclass(frozen=True, slots=True)
class AgentDefinition:
    """What an agent file says, within the walls that hold for its origin.

    ``tools`` is None where the file names none, which means every tool. ``mcp_servers`` are
    names of configured servers; a server that a project's file defines by itself is dropped.
    """

    name: str
    description: str = ""
    tools: tuple[ToolRule, ...] | None = None
    disallowed_tools: tuple[ToolRule, ...] = ()
    model: str = ""
    max_turns: int | None = None
    effort: str = ""
    memory: Memory | None = None
    mcp_servers: tuple[str, ...] = ()
    prompt: str = ""
    path: Path | None = None
    origin: Origin = "user"
    problems: tuple[Problem, ...] = ()

    @property
    def usable(self) -> bool:
        """Whether the architect can run it; lesser problems do not count."""
        return all(problem.severity != "error" for problem in self.problems)

    def offers(self, tool: str) -> bool:
        """Whether the file lets the agent have ``tool`` at all (a specifier may narrow it)."""
        if any(not rule.specifier and rule.covers(tool) for rule in self.disallowed_tools):
            return False
        return self.tools is None or any(rule.covers(tool) for rule in self.tools)


def parse_agent(text: str, path: Path | None = None, origin: Origin = "user") -> AgentDefinition:
    """The definition in ``text``. Never raises: what is wrong stands in ``problems``."""
    header = read_header(text)
    values = header.values
    return AgentDefinition(
        name=_text(values.get("name")) or (path.stem if path else "unnamed"),
        description=_text(values.get("description")),
        tools=rules(values["tools"]) if values.get("tools") is not None else None,
        disallowed_tools=rules(values.get("disallowedTools")),
        model=_text(values.get("model")),
        max_turns=_count(values.get("maxTurns")),
        effort=_one_of(values.get("effort"), EFFORTS),
        memory=_one_of(values.get("memory"), MEMORIES) or None,  # type: ignore[arg-type]
        mcp_servers=_server_names(values.get("mcpServers")),
        prompt=header.body,
        path=path,
        origin=origin,
        problems=_problems(header, origin),
    )


def check_agent_file(text: str, origin: Origin = "project") -> tuple[Problem, ...]:
    """What is wrong with an agent file, in the order of its lines."""
    return _problems(read_header(text), origin)


def _problems(header: Header, origin: Origin) -> tuple[Problem, ...]:
    named = [
        (key, rule.name)
        for key in ("tools", "disallowedTools")
        for rule in rules(header.values.get(key))
    ]
    return check_header(header, named, origin)


def load_agent(path: Path, origin: Origin = "user") -> AgentDefinition:
    """Read one agent file.

    Raises:
        AgentFileError: it can't be read, is no text, or has no header.
    """
    definition = _load(path, origin)
    for problem in definition.problems:
        if problem.severity == "error":
            raise AgentFileError(f"The agent file {path} can't be used: {problem.message}")
    return definition


def discover(workspace: Path | None, home: Path | None) -> tuple[AgentDefinition, ...]:
    """Every agent one can ask, each name once: project, then user, then the package.

    Within the project the folder nearest to ``workspace`` wins; the walk up ends at the root of
    the repository. Files that can't be used are listed too, after the ones that can.
    """
    found: dict[str, AgentDefinition] = {}
    broken: list[AgentDefinition] = []
    for folder, origin in _folders(workspace, home):
        for path in sorted(folder.rglob("*.md"))[:MOST_FILES]:
            if not _may_be_read(path, folder, origin):
                continue
            definition = _load(path, origin)
            if definition.usable:
                found.setdefault(definition.name, definition)
            else:
                broken.append(definition)
    return (*found.values(), *broken)


def choose_agent(request: RefactorRequest, name: str = "") -> AgentDefinition:
    """The agent of that name, or the one that fits the request's language.

    Raises:
        AgentFileError: there is none, or its file can't be used.
    """
    found = discover(request.workspace, Path.home())
    wanted = name or fitting_name(request.language)
    for definition in found:
        if definition.name == wanted and definition.usable:
            return definition
    names = ", ".join(definition.name for definition in found if definition.usable)
    raise AgentFileError(f"There is no usable agent file named {wanted}. There are: {names}.")


def fitting_name(language: str) -> str:
    """The agent that is asked about ``language`` where nobody chose another."""
    return "python-backend-architect" if language == "python" else "general-architect"


def agent_folders(workspace: Path | None, home: Path | None) -> list[Path]:
    """Where agent files of this workspace may lie, the nearest first; those of the package last."""
    return [folder for folder, _ in _folders(workspace, home)]


def _folders(workspace: Path | None, home: Path | None) -> Iterator[tuple[Path, Origin]]:
    if workspace is not None:
        for folder in (workspace, *workspace.parents):
            if folder == home:
                break
            yield folder / FOLDER, "project"
            if (folder / ".git").exists():
                break
    if home is not None:
        yield home / FOLDER, "user"
    yield PACKAGED, "package"


def _may_be_read(path: Path, folder: Path, origin: Origin) -> bool:
    """No pipe or device; and a repository's link shall not send another file as a prompt."""
    try:
        if origin == "project" and not path.resolve().is_relative_to(folder.parents[1].resolve()):
            return False
        return path.is_file()
    except (OSError, RuntimeError):
        return False


def _load(path: Path, origin: Origin) -> AgentDefinition:
    try:
        if path.stat().st_size > LARGEST:
            raise ValueError(f"it is larger than {LARGEST // 1024} KB")
        text = path.read_bytes().decode("utf-8")
    except (OSError, ValueError) as error:
        unread = Problem(1, f"This file can't be read as text: {error}.", "error", "unreadable")
        return AgentDefinition(path.stem, path=path, origin=origin, problems=(unread,))
    definition = parse_agent(text, path, origin)
    # The agents of the package are ours: they are checked by our tests, not in front of people.
    return replace(definition, problems=()) if origin == "package" else definition


def rules(value: Any) -> tuple[ToolRule, ...]:
    """The entries of a comma string or a list; commas within parentheses do not separate."""
    if isinstance(value, str):
        entries = _split(value)
    elif isinstance(value, list):
        entries = [part for item in value if isinstance(item, str) for part in _split(item)]
    else:
        entries = []
    return tuple(_rule(entry) for entry in entries)


def _split(text: str) -> list[str]:
    parts, depth = [""], 0
    for character in text.strip().removeprefix("[").removesuffix("]"):
        depth += {"(": 1, ")": -1}.get(character, 0)
        if character in ",\n" and depth <= 0:
            parts.append("")
        else:
            parts[-1] += character
    return [part for part in (raw.strip(" \t\"'-") for raw in parts) if part]


def _rule(entry: str) -> ToolRule:
    name, bracket, rest = entry.partition("(")
    specifier = rest.rstrip().removesuffix(")") if bracket else ""
    return ToolRule(name.strip(), "" if specifier == "*" else specifier)


def _text(value: Any) -> str:
    """A scalar as text; lists and mappings are no text, however they would print."""
    return str(value).strip() if isinstance(value, str | int | float) else ""


def _count(value: Any) -> int | None:
    text = _text(value)
    return int(text) if text.isdecimal() and int(text) > 0 else None


def _one_of(value: Any, allowed: tuple[str, ...]) -> str:
    text = _text(value).lower()
    return text if text in allowed else ""


def _server_names(value: Any) -> tuple[str, ...]:
    """The servers that are named; a mapping within the list defines one inline and is dropped."""
    if isinstance(value, str):
        return tuple(_split(value))
    return tuple(item for item in value if isinstance(item, str)) if isinstance(value, list) else ()

"""Agent files are read the way real ones are written, and their mistakes are found."""

from __future__ import annotations

from pathlib import Path

import pytest

from architect_agents.agent_file import (
    AgentDefinition,
    ToolRule,
    check_agent_file,
    discover,
    load_agent,
    parse_agent,
)
from architect_agents.errors import AgentFileError

REAL = Path(__file__).parents[2] / "cases" / "agent_files" / "python-backend-architect.md"
PLAIN = "---\nname: helper\ndescription: Helps.\ntools: Read, Grep\nmodel: opus\n---\nDo help.\n"


def test_a_real_file_with_unquoted_colons_is_read_whole() -> None:
    agent = load_agent(REAL, "project")
    assert agent.name == "python-backend-architect"
    assert agent.description.startswith("Use this agent when you need expert-level Python")
    assert agent.description.endswith("</example>")
    assert agent.model == "sonnet"
    assert agent.tools is not None
    assert len(agent.tools) == 27
    assert agent.offers("mcp__postgres__query")
    assert agent.offers("mcp__memory-coder-python__search_nodes")
    assert not agent.offers("Task")
    assert agent.prompt.startswith("You are a Senior Python Backend Architect")
    assert agent.prompt.endswith("evolve over time.")
    assert [problem.code for problem in agent.problems] == ["not-yaml"]
    assert agent.problems[0].line == 3


@pytest.mark.parametrize(
    "text",
    [
        PLAIN,
        PLAIN.replace("\n", "\r\n"),
        PLAIN.replace("\n", "\r"),
        "\ufeff" + PLAIN,
        "\n\n" + PLAIN,
        PLAIN.replace("Read, Grep", "[Read, Grep]"),
        PLAIN.replace(" Read, Grep", "\n  - Read\n  - Grep"),
        PLAIN.replace(" Read, Grep", "\n- Read\n- Grep"),
        PLAIN.replace("Helps.", "'Helps.'"),
        PLAIN.replace(" Helps.", " >\n  Helps."),
        PLAIN.replace("model: opus", "model: opus\nhooks:\n  PreToolUse: [{}]"),
        PLAIN.replace("model: opus", "model: opus\nskills: a: b: c"),
        PLAIN.replace("model: opus", "model: opus\nskills: {broken\nnew-key: 1"),
    ],
)
def test_every_way_to_write_the_header_reads_the_same(text: str) -> None:
    agent = parse_agent(text)
    assert agent.name == "helper"
    assert agent.description == "Helps."
    assert agent.tools == (ToolRule("Read"), ToolRule("Grep"))
    assert agent.model == "opus"
    assert agent.prompt == "Do help."
    assert agent.usable


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        ("tools: Bash(git diff:*), Read", [("Bash", "git diff:*"), ("Read", "")]),
        ("tools: Bash(a, b), Read", [("Bash", "a, b"), ("Read", "")]),
        ('tools: ["Bash(npm run:*)", Read]', [("Bash", "npm run:*"), ("Read", "")]),
        ("tools: Bash(*)", [("Bash", "")]),
        ("tools: ''", []),
        ("color: red", None),
        ("tools:", None),
    ],
)
def test_tools_are_a_list_or_a_comma_string(
    header: str, expected: list[tuple[str, str]] | None
) -> None:
    tools = parse_agent(f"---\nname: a\n{header}\n---\nx").tools
    found = None if tools is None else [(rule.name, rule.specifier) for rule in tools]
    assert found == expected


@pytest.mark.parametrize(
    ("tools", "disallowed", "tool", "offered"),
    [
        ("", "", "Read", True),
        ("tools: Read", "", "Read", True),
        ("tools: Read", "", "Write", False),
        ("tools: Read, Write", "disallowedTools: Write", "Write", False),
        ("", "disallowedTools: Write", "Write", False),
        ("", "disallowedTools: Bash(rm:*)", "Bash", True),
        ("tools: mcp__db", "", "mcp__db__query", True),
        ("tools: mcp__db__*", "", "mcp__db__query", True),
        ("tools: mcp__db__query", "", "mcp__db__write", False),
        ("tools: mcp__db", "", "mcp__dbx__query", False),
        ("tools: mcp__db", "disallowedTools: mcp__db__drop", "mcp__db__drop", False),
    ],
)
def test_a_tool_is_offered_if_it_is_named_and_not_disallowed(
    tools: str, disallowed: str, tool: str, offered: bool
) -> None:
    text = "\n".join(line for line in ("---", "name: a", tools, disallowed, "---", "x") if line)
    assert parse_agent(text).offers(tool) is offered


def test_the_other_fields_are_honoured_or_left_out_if_wrong() -> None:
    good = parse_agent(
        "---\nname: a\nmaxTurns: 7\neffort: high\nmemory: user\nmcpServers: [db, web]\n---\nx"
    )
    assert (good.max_turns, good.effort, good.memory) == (7, "high", "user")
    assert good.mcp_servers == ("db", "web")
    bad = parse_agent("---\nname: a\nmaxTurns: many\neffort: huge\nmemory: all\n---\nx")
    assert (bad.max_turns, bad.effort, bad.memory) == (None, "", None)
    assert [problem.code for problem in bad.problems if problem.line > 1] == [
        "bad-max-turns",
        "bad-effort",
        "bad-memory",
    ]


@pytest.mark.parametrize(
    ("line", "code", "severity", "fix"),
    [
        ("tools: Raed", "unknown-tool", "warning", ("Raed", "Read")),
        ("tools: read", "unknown-tool", "warning", ("read", "Read")),
        ("tools: Frobnicate", "unknown-tool", "warning", ("Frobnicate", "")),
        ("disallowedTools: Wrte", "unknown-tool", "warning", ("Wrte", "Write")),
        ("tools: Task", "tool-not-offered", "information", ("", "")),
        ("tool: Read", "unknown-key", "warning", ("tool", "tools")),
        (
            "disallowed_tools: Read",
            "unknown-key",
            "warning",
            ("disallowed_tools", "disallowedTools"),
        ),
        ("owner: me", "unknown-key", "information", ("", "")),
        ("allowed-tools: Read", "allowed-tools", "warning", ("allowed-tools", "tools")),
        ("model: sonet", "bad-model", "warning", ("sonet", "sonnet")),
        ("model: the big one", "bad-model", "warning", ("the big one", "sonnet")),
        ("hooks: {Stop: []}", "ignored-hooks", "warning", ("", "")),
        ("permissionMode: bypassPermissions", "ignored-permissionMode", "warning", ("", "")),
        ("mcpServers: {x: {command: sh}}", "ignored-mcpServers", "warning", ("", "")),
        ("mcpServers: [{x: {command: sh}}]", "ignored-mcpServers", "warning", ("", "")),
        ("skills: a: b", "not-yaml", "information", ("a: b", '"a: b"')),
    ],
)
def test_a_mistake_is_reported_on_its_line_with_a_fix(
    line: str, code: str, severity: str, fix: tuple[str, str]
) -> None:
    text = f"---\nname: a\ndescription: b\n{line}\n---\nDo."
    (problem,) = check_agent_file(text)
    assert (problem.line, problem.code, problem.severity) == (4, code, severity)
    assert (problem.old, problem.new) == fix
    if fix[0]:
        fixed = text.split("\n")
        fixed[3] = fixed[3].replace(problem.old, problem.new)
        assert check_agent_file("\n".join(fixed)) == ()


@pytest.mark.parametrize(
    "line",
    [
        "model: sonnet",
        "model: inherit",
        "model: claude-opus-5-5",
        "model: qwen3:32b",
        "tools: Read, mcp__any__thing, Bash(git diff:*)",
        "permissionMode: plan",
        "mcpServers: [db]",
        "color: blue",
    ],
)
def test_what_is_right_is_not_reported(line: str) -> None:
    assert check_agent_file(f"---\nname: a\ndescription: b\n{line}\n---\nDo.") == ()


def test_a_project_file_can_not_define_a_server() -> None:
    agent = parse_agent("---\nname: a\nmcpServers: [db, {evil: {command: sh}}]\n---\nx")
    assert agent.mcp_servers == ("db",)


@pytest.mark.parametrize("text", ["", "just text", "---\nname: x\n", "# Title\n---\na: b\n---\n"])
def test_a_file_without_header_can_not_be_used(text: str, tmp_path: Path) -> None:
    path = tmp_path / "a.md"
    path.write_text(text)
    with pytest.raises(AgentFileError, match="header"):
        load_agent(path)


def test_hostile_headers_do_no_harm() -> None:
    bomb = "---\na: &a [x,x]\nb: &b [*a,*a]\nname: *b\ntools: [*b, 1, {}]\n---\nx"
    agent = parse_agent(bomb, Path("fallback.md"))
    assert agent.name == "fallback"
    assert agent.tools == ()


@pytest.fixture
def home(tmp_path: Path) -> Path:
    return write(tmp_path / "home", "shared", "from home") and tmp_path / "home"


def write(root: Path, name: str, prompt: str) -> Path:
    folder = root / ".claude" / "agents"
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{name}.md"
    path.write_text(f"---\nname: {name}\ndescription: d\n---\n{prompt}")
    return path


def named(agents: tuple[AgentDefinition, ...], name: str) -> AgentDefinition:
    (agent,) = [agent for agent in agents if agent.name == name]
    return agent


def test_project_comes_before_user_and_package(tmp_path: Path, home: Path) -> None:
    repository = tmp_path / "repository"
    inner = repository / "services" / "orders"
    inner.mkdir(parents=True)
    (repository / ".git").mkdir()
    write(tmp_path, "outside", "above the repository")
    write(repository, "shared", "from the repository")
    write(repository, "python-backend-architect", "the project's own")
    write(inner, "near", "near")
    agents = discover(inner, home)
    assert named(agents, "shared").prompt == "from the repository"
    assert named(agents, "python-backend-architect").origin == "project"
    assert named(agents, "near").origin == "project"
    assert named(agents, "general-architect").origin == "package"
    assert "outside" not in {agent.name for agent in agents}
    assert named(discover(None, home), "shared").prompt == "from home"


def test_a_broken_file_is_listed_last_and_hides_nothing(tmp_path: Path, home: Path) -> None:
    write(tmp_path, "shared", "x").write_bytes(b"\xff\xfe\x00")
    agents = discover(tmp_path, home)
    assert not agents[-1].usable
    assert agents[0].prompt == "from home"


def test_the_agents_of_the_package_are_without_fault() -> None:
    agents = discover(None, None)
    assert {agent.name for agent in agents} == {"python-backend-architect", "general-architect"}
    for agent in agents:
        assert agent.path is not None
        assert check_agent_file(agent.path.read_text(encoding="utf-8")) == ()


COMPETENCES = """
    Big-O pattern SOLID CQRS saga cache queue debt tests small documents memory lizard pytest
    idempotency partition query why services
"""


@pytest.mark.parametrize("competence", COMPETENCES.split())
def test_our_python_architect_covers_every_competence(competence: str) -> None:
    agent = named(discover(None, None), "python-backend-architect")
    assert competence.lower() in agent.prompt.lower()


def test_our_python_architect_has_every_tool_of_the_real_file() -> None:
    ours = named(discover(None, None), "python-backend-architect")
    theirs = load_agent(REAL).tools or ()
    for rule in theirs:
        assert ours.offers(rule.name.replace("memory-coder-python", "memory")), rule.name

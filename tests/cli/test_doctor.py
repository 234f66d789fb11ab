"""`architect doctor PATH`: which limit is in force, and which line of which file says so."""

from __future__ import annotations

import json
import sys
from importlib.metadata import version
from pathlib import Path
from typing import Any

import pytest

from architect_agents.memory.graph import MemoryGraph
from architect_agents.places import memory_file
from architect_agents.sandbox import jail
from architect_server import __version__
from architect_server.cli import main

PROJECT = """\
[tool.ruff.lint.pylint]
max-args = 5

[tool.architect.limits]
ccn = 12

[[tool.architect.overrides]]
paths = ["tests/"]
reason = "tests read from top to bottom"
limits = { ccn = 30, length = 0 }
"""


@pytest.fixture(autouse=True)
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project, and the working directory."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "pyproject.toml").write_text(PROJECT)
    (tmp_path / "tests").mkdir()
    (tmp_path / "tests" / "test_a.py").touch()
    return tmp_path


def doctor(capsys: Any, path: str) -> tuple[int, dict[str, str]]:
    """Exit code, and the report by area."""
    code = main(["doctor", path, "--json"])
    facts = json.loads(capsys.readouterr().out)
    return code, {fact["area"]: fact["value"] for fact in facts}


def test_a_files_limits_name_their_lines_and_reasons(capsys: Any, project: Path) -> None:
    file = project / "pyproject.toml"
    code, facts = doctor(capsys, "tests/test_a.py")
    assert code == 0
    assert facts["limit ccn"] == f"30 (from {file}:7: tests read from top to bottom)"
    assert facts["limit length"] == f"off (from {file}:7: tests read from top to bottom)"
    assert facts["limit parameters"] == f"5 (from {file}:2: ruff's limit for PLR0913)"
    assert facts["limit nesting"] == "off (from default)"


def test_a_folder_lists_the_exceptions_too(capsys: Any, project: Path) -> None:
    file = project / "pyproject.toml"
    _, facts = doctor(capsys, ".")
    assert facts["limit ccn"] == f"12 (from {file}:5)"
    assert facts["for tests/"] == (
        f"ccn 30, length off: tests read from top to bottom (from {file}:7)"
    )
    assert facts["for python"] == f"parameters 5: ruff's limit for PLR0913 (from {file}:2)"


def test_a_wrong_setting_needs_a_fix(capsys: Any, project: Path) -> None:
    (project / "pyproject.toml").write_text("[tool.architect]\ncolour = 1\n")
    code, facts = doctor(capsys, ".")
    assert code == 1
    assert facts["setting"].startswith(f"{project / 'pyproject.toml'}:2: unknown setting 'colour'")


def facts_of(capsys: Any) -> dict[str, dict[str, Any]]:
    """The report's facts by area, whole."""
    main(["doctor", ".", "--json"])
    return {fact["area"]: fact for fact in json.loads(capsys.readouterr().out)}


def test_what_is_installed_is_named(capsys: Any) -> None:
    facts = facts_of(capsys)
    assert facts["architect"]["value"].startswith(__version__)
    assert sys.executable in facts["python"]["value"].replace("~", str(Path.home()))
    assert facts["lizard"]["value"] == f"{version('lizard')}, measures as expected"
    assert f"pygls {version('pygls')}" in facts["packages"]["value"]
    assert "sandbox" in facts


KEY = "sk-ant-api03-" + "a1B2c3D4" * 6


def test_no_key_is_fine_and_says_how_to_get_one(capsys: Any) -> None:
    key = facts_of(capsys)["key"]
    assert key["ok"]
    assert "none; the embedded architect answers" in key["value"]
    assert "ANTHROPIC_API_KEY" in key["value"]


@pytest.mark.parametrize(
    ("variable", "value", "area", "ok", "words"),
    [
        ("ANTHROPIC_API_KEY", KEY, "key", True, "found (the variable ANTHROPIC_API_KEY)"),
        ("ANTHROPIC_AUTH_TOKEN", KEY, "key", True, "found (the variable ANTHROPIC_AUTH_TOKEN)"),
        ("ANTHROPIC_API_KEY", f" {KEY}\n", "key", False, "blanks or quotes"),
        ("ANTHROPIC_API_KEY", f"'{KEY}'", "key", False, "blanks or quotes"),
        ("ANTHROPIC_BASE_URL", "http://127.0.0.1:9/v", "base URL", True, "http://127.0.0.1:9/v"),
        ("ANTHROPIC_BASE_URL", "localhost:9", "base URL", False, "no http(s) URL"),
        ("ANTHROPIC_DEFAULT_SONNET_MODEL", "claude-x", "model", True, "as of now claude-x"),
    ],
)
def test_the_models_environment_is_told_without_the_key(
    variable: str,
    value: str,
    area: str,
    ok: bool,
    words: str,
    capsys: Any,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv(variable, value)
    facts = facts_of(capsys)
    assert words in facts[area]["value"]
    assert facts[area]["ok"] is ok
    assert bool(facts[area]["fix"]) is not ok
    main(["doctor"])
    assert KEY not in capsys.readouterr().out + json.dumps(facts)


def test_a_password_in_the_base_url_is_masked(capsys: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ANTHROPIC_BASE_URL", "https://me:hunter2hunter2@models.example")
    assert "hunter2" not in json.dumps(facts_of(capsys))


def test_a_damaged_memory_is_told_and_left_alone(capsys: Any) -> None:
    memory = memory_file()
    memory.parent.mkdir(parents=True)
    memory.write_bytes(b"no database at all" * 100)
    fact = facts_of(capsys)["memory"]
    assert not fact["ok"]
    assert fact["fix"]
    assert memory.read_bytes().startswith(b"no database")


def test_a_memory_in_use_is_fine(capsys: Any) -> None:
    graph = MemoryGraph(memory_file(), "")
    graph.create_entities([{"name": "retries", "entityType": "pattern", "observations": ["x"]}])
    graph.close()
    fact = facts_of(capsys)["memory"]
    assert fact["ok"], fact
    assert fact["value"].startswith("~"), "the home folder's name is nobody's business"


def test_servers_are_named_with_their_approval(capsys: Any, project: Path) -> None:
    entry = {"command": "server", "args": ["--token", KEY]}
    (project / ".mcp.json").write_text(json.dumps({"mcpServers": {"tickets": entry}}))
    fact = facts_of(capsys)["MCP server"]
    assert fact["value"] == "tickets: not approved, not started"
    (project / ".mcp.json").write_text("{")
    assert not facts_of(capsys)["MCP server"]["ok"]


def test_an_agent_that_is_not_there_needs_a_fix(capsys: Any, project: Path) -> None:
    (project / "pyproject.toml").write_text('[tool.architect.ask]\nagent = "nobody"\n')
    fact = facts_of(capsys)["model"]
    assert not fact["ok"]
    assert "python-backend-architect" in fact["fix"]


def test_without_a_sandbox_it_says_how_to_get_one(
    capsys: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", "/nowhere")
    jail.jail_kind.cache_clear()
    jail.why_no_bubblewrap.cache_clear()
    fact = facts_of(capsys)["sandbox"]
    jail.jail_kind.cache_clear()
    jail.why_no_bubblewrap.cache_clear()
    if sys.platform == "linux" and fact["value"].startswith("none"):
        assert "apt-get install bubblewrap" in fact["fix"]
    else:
        assert fact["value"].startswith("landlock"), fact


def test_a_path_that_is_not_there_is_wrong_use(capsys: Any) -> None:
    assert main(["doctor", "nowhere"]) == 2
    assert "nowhere does not exist" in capsys.readouterr().err

"""What a `.mcp.json` names, and that nothing of it runs without the person's yes."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from architect_agents.mcp_config import Approvals, ServerEntry, parse_config, read_config

ENVIRON = {"TOKEN": "t0ken", "EMPTY": ""}


def parse(**servers: object) -> tuple[dict[str, ServerEntry], dict[str, str]]:
    config = parse_config(json.dumps({"mcpServers": servers}), ENVIRON)
    return {server.name: server for server in config.servers}, dict(config.problems)


def test_commands_and_addresses_are_read_with_their_variables() -> None:
    servers, problems = parse(
        db={
            "command": "${SHELL_OF_MINE:-sh}",
            "args": ["-c", "$HOME ${TOKEN}"],
            "env": {"KEY": "${TOKEN}", "NONE": "${UNSET:-}x"},
        },
        web={"type": "http", "url": "https://x.example/mcp", "headers": {"A": "B ${TOKEN}"}},
        short={"url": "http://127.0.0.1:1/mcp"},
    )
    assert problems == {}
    assert servers["db"].command == "sh"
    assert servers["db"].args == ("-c", "$HOME t0ken")
    assert dict(servers["db"].env) == {"KEY": "t0ken", "NONE": "x"}
    assert dict(servers["web"].headers) == {"A": "B t0ken"}
    assert servers["short"].url == "http://127.0.0.1:1/mcp"


@pytest.mark.parametrize(
    ("entry", "why"),
    [
        ({"command": "${UNSET}"}, "UNSET is not set"),
        ({"args": []}, "missing"),
        ({"command": "x", "args": "y"}, "no list"),
        ({"command": "x", "env": ["y"]}, "no object"),
        ({"type": "sse", "url": "http://x"}, "not supported"),
        ({"type": "http", "url": "file:///etc/passwd"}, "no http address"),
        ("sh", "no object"),
    ],
)
def test_an_entry_that_can_not_be_used_is_named_with_its_reason(entry: object, why: str) -> None:
    servers, problems = parse(bad=entry, good={"command": "x"})
    assert set(servers) == {"good"}
    assert why in problems["bad"]


@pytest.mark.parametrize("text", ["", "[]", "{", '{"mcpServers": 3}', '{"x": 1}', "[" * 100_000])
def test_a_file_that_is_no_configuration_names_no_servers(text: str, tmp_path: Path) -> None:
    (tmp_path / ".mcp.json").write_text(text)
    config = read_config(tmp_path, {})
    assert config.servers == ()
    assert len(config.problems) == 1
    assert read_config(tmp_path / "none", {}).problems == ()


def test_an_approval_is_good_for_one_workspace_and_one_entry_as_it_was(tmp_path: Path) -> None:
    servers, _ = parse(db={"command": "psql"}, other={"command": "psql"})
    approvals = Approvals(tmp_path / "state" / "approved.json")
    here, there = tmp_path / "here", tmp_path / "there"
    entry = servers["db"]
    assert not approvals.has(here, entry)
    approvals.grant(here, entry)
    assert approvals.has(here, entry)
    assert not approvals.has(there, entry)
    assert not approvals.has(here, servers["other"])
    changed, _ = parse(db={"command": "psql", "args": ["-c", "drop"]})
    assert not approvals.has(here, changed["db"])
    assert not approvals.has(here, replace(entry, fingerprint=""))
    approvals.grant(there, entry)
    approvals.revoke(here)
    assert not approvals.has(here, entry)
    assert approvals.has(there, entry)


def test_an_approval_does_not_depend_on_the_values_of_variables(tmp_path: Path) -> None:
    text = json.dumps({"mcpServers": {"db": {"command": "x", "env": {"K": "${TOKEN}"}}}})
    one, other = (parse_config(text, {"TOKEN": value}).servers[0] for value in "12")
    assert one.fingerprint == other.fingerprint
    assert one.env != other.env


@pytest.mark.parametrize("text", ["", "[]", '{"x": 3}', "garbage"])
def test_a_damaged_approval_approves_nothing(text: str, tmp_path: Path) -> None:
    (tmp_path / "approved.json").write_text(text)
    approvals = Approvals(tmp_path / "approved.json")
    servers, _ = parse(db={"command": "x"})
    assert not approvals.has(tmp_path, servers["db"])
    approvals.grant(tmp_path, servers["db"])
    assert approvals.has(tmp_path, servers["db"])

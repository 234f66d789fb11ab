"""Rules such as `Bash(git diff:*)` in an agent file narrow which commands may run."""

from __future__ import annotations

import pytest

from architect_agents.agent_file import rules
from architect_agents.tools.command_rules import matches, parts, why_not


@pytest.mark.parametrize(
    ("command", "allowed", "denied", "may"),
    [
        ("rm -rf /", "Bash", "", True),
        ("rm -rf /", "Bash", "Bash(rm:*)", False),
        ("git diff", "Bash(git diff:*)", "", True),
        ("git diff --stat", "Bash(git diff:*)", "", True),
        ("git difftool", "Bash(git diff:*)", "", False),
        ("git push", "Bash(git diff:*)", "", False),
        ("git diff && rm x", "Bash(git diff:*)", "", False),
        ("git diff; rm x", "Bash(git diff:*)", "", False),
        ("git diff | rm x", "Bash(git diff:*)", "", False),
        ("git diff & rm x", "Bash(git diff:*)", "", False),
        ("git diff\nrm x", "Bash(git diff:*)", "", False),
        ("git diff || git diff -w", "Bash(git diff:*)", "", True),
        ("git diff $(rm x)", "Bash(git diff:*)", "", False),
        ("git diff `rm x`", "Bash(git diff:*)", "", False),
        ("git diff <(rm x)", "Bash(git diff:*)", "", False),
        ("git diff ${x:=$(rm)}", "Bash(git diff:*)", "", False),
        ("git diff 'a;b'", "Bash(git diff:*)", "", True),
        ("git diff 'a", "Bash(git diff:*)", "", False),
        ("(rm x)", "Bash(git diff:*)", "", False),
        ("pytest", "Bash(pytest), Bash(lizard:*)", "", True),
        ("pytest -x", "Bash(pytest), Bash(lizard:*)", "", False),
        ("lizard a.py", "Bash(pytest), Bash(lizard:*)", "", True),
        ("make test-all", "Bash(make test*)", "", True),
        ("git push -f", "Bash(git:*)", "Bash(git push:*)", False),
        ("git log && git push", "Bash(git:*)", "Bash(git push:*)", False),
        ("eval 'git push'", "Bash", "Bash(git push:*)", False),
        ("anything", "Bash(*)", "", True),
        ("ls", "Read", "", True),
    ],
)
def test_each_part_of_a_command_must_be_allowed(
    command: str, allowed: str, denied: str, may: bool
) -> None:
    assert (why_not(command, rules(allowed), rules(denied)) == "") is may


def test_a_prefix_ends_with_a_word() -> None:
    assert matches("npm run test", "npm run:*")
    assert not matches("npm running", "npm run:*")


@pytest.mark.parametrize(
    ("command", "expected"),
    [
        ("a b && c", ["a b", "c"]),
        ("a 'b && c'", ["a 'b && c'"]),
        ("a;b|c&d", ["a", "b", "c", "d"]),
        ("a > out 2>&1 | b &> c", ["a > out", "b c"]),
        ('a "', [None]),
        ("", []),
    ],
)
def test_a_compound_command_is_taken_apart(command: str, expected: list[str | None]) -> None:
    assert parts(command) == expected

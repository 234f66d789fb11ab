"""`architect doctor PATH`: which limit is in force, and which line of which file says so."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

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


def test_a_path_that_is_not_there_is_wrong_use(capsys: Any) -> None:
    assert main(["doctor", "nowhere"]) == 2
    assert "nowhere does not exist" in capsys.readouterr().err

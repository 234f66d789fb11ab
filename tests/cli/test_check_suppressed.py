"""`architect check` and silence: what is silenced is listed and does not count."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from architect_server.cli import main

SCHEMA = Path(__file__).parents[1] / "cases" / "sarif" / "sarif-2.1.0.schema.json"
BAD = "def bad(a, b):\n    if a and b:\n        return 1\n    return 2\n"
SILENT = "# architect: ignore[ccn] a flat table\n" + BAD
STALE = "# architect: ignore[length] was long\ndef good():\n    return 1\n"


@pytest.fixture(autouse=True)
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project with a low limit, and the working directory."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "pyproject.toml").write_text("[tool.architect.limits]\nccn = 2\n")
    return tmp_path


def check(capsys: Any, *arguments: str) -> tuple[int, str]:
    """Exit code and stdout."""
    code = main(["check", *arguments])
    return code, str(capsys.readouterr().out)


WAYS = {
    "a comment of ours": ("a.py", SILENT, "a flat table"),
    "another tool's": ("a.py", BAD.replace("b):", "b):  # noqa: C901"), "noqa"),
    "generated code": ("a.py", "# @generated\n" + BAD, "generated code, as line 1 says"),
    "a vendored path": ("vendor/lib/a.py", BAD, "vendored code (suppress.vendored)"),
}


@pytest.mark.parametrize(("name", "text", "reason"), WAYS.values(), ids=WAYS.keys())
def test_what_is_silenced_is_listed_and_does_not_fail(
    name: str, text: str, reason: str, capsys: Any, project: Path
) -> None:
    path = project / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    code, out = check(capsys, ".")
    assert code == 0
    assert f"suppressed ({reason}): bad has cyclomatic complexity 3 (limit 2)" in out
    assert "0 findings and 1 suppressed in 1 function of 1 file" in out


def test_machines_that_know_no_silence_are_not_told(capsys: Any, project: Path) -> None:
    (project / "a.py").write_text(SILENT)
    assert json.loads(check(capsys, "a.py", "--format", "gitlab")[1]) == []
    assert check(capsys, "a.py", "--format", "github")[1] == ""
    assert "<error" not in check(capsys, "a.py", "--format", "checkstyle")[1]


def test_json_and_sarif_carry_the_reason(capsys: Any, project: Path) -> None:
    (project / "a.py").write_text(SILENT)
    document = json.loads(check(capsys, "a.py", "--json")[1])
    (finding,) = document["files"][0]["findings"]
    assert finding["suppressed"] == "a flat table"
    document = json.loads(check(capsys, "a.py", "--format", "sarif")[1])
    jsonschema.Draft202012Validator(json.loads(SCHEMA.read_text("utf-8"))).validate(document)
    (result,) = document["runs"][0]["results"]
    assert result["suppressions"] == [{"kind": "inSource", "justification": "a flat table"}]


def test_a_stale_suppression_is_a_finding_in_every_format(capsys: Any, project: Path) -> None:
    (project / "a.py").write_text(STALE)
    code, out = check(capsys, "a.py")
    assert code == 1
    assert out.splitlines()[1].split()[:3] == ["a.py:1:1", "warning", "stale-suppression"]
    document = json.loads(check(capsys, "a.py", "--format", "sarif")[1])
    jsonschema.Draft202012Validator(json.loads(SCHEMA.read_text("utf-8"))).validate(document)
    (result,) = document["runs"][0]["results"]
    rules = document["runs"][0]["tool"]["driver"]["rules"]
    assert rules[result["ruleIndex"]]["id"] == result["ruleId"] == "stale-suppression"
    (entry,) = json.loads(check(capsys, "a.py", "--format", "gitlab")[1])
    assert entry["check_name"] == "stale-suppression"
    assert "architect.stale-suppression" in check(capsys, "a.py", "--format", "checkstyle")[1]
    assert "title=architect stale-suppression::" in check(capsys, "a.py", "--format", "github")[1]
    (file,) = json.loads(check(capsys, "a.py", "--json")[1])["files"]
    assert file["findings"] == []
    assert file["suppression_problems"][0]["line"] == 1


def test_lizards_whitelist_lets_pass_what_it_let_pass(capsys: Any, project: Path) -> None:
    (project / "a.py").write_text(BAD)
    (project / "whitelizer.txt").write_text("b.py: bad\n")
    assert check(capsys, "a.py")[0] == 1
    (project / "whitelizer.txt").write_text("./a.py: bad\n")
    code, out = check(capsys, "a.py")
    assert code == 0
    assert f"suppressed (lizard's whitelist, {project / 'whitelizer.txt'}:1)" in out


def test_silence_for_a_file_can_be_switched_off(capsys: Any, project: Path) -> None:
    (project / "pyproject.toml").write_text(
        "[tool.architect]\nlimits = { ccn = 2 }\nsuppress = { generated = false, vendored = [] }\n"
    )
    (project / "vendor").mkdir()
    (project / "vendor" / "a.py").write_text("# @generated\n" + BAD)
    assert check(capsys, ".")[0] == 1

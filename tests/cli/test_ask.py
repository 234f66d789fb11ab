"""``architect ask``, ``verify``, ``agents``, ``memory`` and ``doctor`` as a person runs them."""

from __future__ import annotations

import hashlib
import json
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

EXAMPLE = Path(__file__).parents[2] / "examples" / "order_service.py"


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A small project with tests, and folders of the user's own that no other test sees."""
    for name in ("XDG_STATE_HOME", "XDG_CACHE_HOME", "XDG_DATA_HOME", "HOME"):
        monkeypatch.setenv(name, str(tmp_path / "home" / name))
    folder = tmp_path / "project"
    (folder / "tests").mkdir(parents=True)
    (folder / "pyproject.toml").write_text("[project]\nname = 'shop'\nversion = '1'\n", "utf-8")
    shutil.copy(EXAMPLE, folder / "shop.py")
    (folder / "broken.py").write_text("def f(a):\n    return a\n\n\nx = (\n", "utf-8")
    (folder / "tests" / "test_shop.py").write_text(
        "from datetime import date\n"
        "from decimal import Decimal\n"
        "from shop import *\n\n\n"
        "def test_place_order():\n"
        "    customer = Customer('a@b.c', Address('Street 1', 'Ulm', 'DE'))\n"
        "    order = Order('1', customer, [Line(Product('s', 'Cup', Decimal(10)), 2)])\n"
        "    service = OrderService(Stock({'s': 5}), Payments(), [])\n"
        "    assert service.place_order(order, date(2026, 1, 1)).total == Decimal('29.63')\n",
        "utf-8",
    )
    return folder


def architect(*arguments: str, cwd: Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-P", "-m", "architect_server", *arguments]
    return subprocess.run(command, cwd=cwd, capture_output=True, text=True, timeout=110)


def as_json(done: subprocess.CompletedProcess[str]) -> dict[str, Any]:
    result: dict[str, Any] = json.loads(done.stdout)
    return result


def test_a_proposal_is_shown_and_nothing_is_written(project: Path) -> None:
    before = (project / "shop.py").read_bytes()
    done = architect("ask", "shop.py:place_order", "--offline", "--json", cwd=project)
    assert done.returncode == 0, done.stderr
    answer = as_json(done)
    assert answer["status"] == "proposed"
    assert answer["verdict"]["accepted"]
    assert answer["verdict"]["proof"] == "round-trip"
    assert answer["verdict"]["before"]["ccn"] == 25
    first = answer["verdict"]["checks"][0]
    assert (first["name"], first["status"]) == ("same-text", "passed")
    assert hashlib.sha256(before).hexdigest()[:12] in first["detail"]
    assert answer["verdict"]["after"]["ccn"] <= 15
    assert answer["diff"].startswith("--- a/shop.py\n+++ b/shop.py\n@@")
    assert (project / "shop.py").read_bytes() == before


def test_another_proposal_can_be_taken_by_its_number(project: Path) -> None:
    ask = ("ask", "shop.py:place_order", "--offline")
    none = architect(*ask, "--alternative", "9", cwd=project)
    assert none.returncode == 2
    assert "no number 9" in none.stderr
    first = as_json(architect(*ask, "--json", cwd=project))
    assert all(f"+    def {name.rpartition('.')[2]}(" in first["diff"] for name in first["helpers"])
    if first["alternatives"]:  # on a very busy machine the first proposal is all there is time for
        other = as_json(architect(*ask, "--json", "--alternative", "1", cwd=project))
        assert other["title"] in first["alternatives"][0]
        assert other["diff"] != first["diff"]


def test_the_diff_is_one_that_git_applies(project: Path) -> None:
    answer = as_json(architect("ask", "shop.py:place_order", "--offline", "--json", cwd=project))
    applied = subprocess.run(
        ["git", "apply", "-"], cwd=project, input=answer["diff"], text=True, capture_output=True
    )
    assert applied.returncode == 0, applied.stderr
    checked = architect("check", "shop.py", "--format", "json", cwd=project)
    (file,) = as_json(checked)["files"]
    assert "OrderService.place_order" not in [found["function"] for found in file["findings"]]


def test_apply_writes_what_the_tests_still_accept(project: Path) -> None:
    (project / "shop.py").chmod(0o640)
    done = architect("ask", "shop.py:place_order", "--offline", "--apply", cwd=project)
    assert done.returncode == 0, done.stderr
    assert (project / "shop.py").read_text("utf-8") != EXAMPLE.read_text("utf-8")
    assert (project / "shop.py").stat().st_mode & 0o777 == 0o640
    tests = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider"],
        cwd=project,
        env={"PATH": "/usr/bin:/bin", "PYTHONPATH": str(project)},
        capture_output=True,
        text=True,
    )
    assert tests.returncode == 0, tests.stdout


def test_a_wrong_refactoring_is_rejected_with_its_reason(project: Path) -> None:
    right = project / "shop.py"
    wrong = project / "wrong.py"
    text = right.read_text("utf-8")
    start = text.index("        if order.customer.blocked:")
    wrong.write_text(text[:start] + text[text.index("        for line in order.lines:", start) :])
    done = architect("verify", "shop.py", "wrong.py", "--json", cwd=project)
    assert done.returncode == 1
    verdict = as_json(done)
    assert not verdict["accepted"]
    failed = [check for check in verdict["checks"] if check["status"] == "failed"]
    assert failed
    assert all(check["detail"] for check in failed)


WRONG_USE = {
    "no such file": (["ask", "gone.py:f"], "gone.py is no file"),
    "no function": (["ask", "shop.py:gone"], "no function gone"),
    "no target": (["ask", "shop.py"], "FILE:FUNCTION"),
    "no such line": (["ask", "shop.py:9999"], "no function at line 9999"),
    "no Python": (["ask", "broken.py:f", "--offline"], "line 5"),
    "not unique": (["ask", "shop.py:__init__"], "not unique"),
    "no such agent": (["ask", "shop.py:cancel", "--agent", "x", "--dry-run"], "agent file named x"),
    "a review without a model": (["ask", "shop.py", "--review"], "ANTHROPIC_API_KEY"),
    "verify what is gone": (["verify", "shop.py", "gone.py"], "gone.py"),
    "verify another function": (
        ["verify", "shop.py", "shop.py", "--function", "place_ordr"],
        "did you mean OrderService.place_order?",
    ),
    "an unknown agent": (["agents", "show", "x"], "There is no agent x"),
    "clear without a word": (["memory", "clear"], "--yes"),
    "import what is gone": (["memory", "import", "gone.jsonl"], "can't be read"),
    "a port for everybody": (["serve", "--tcp", "0.0.0.0:1"], "loopback only"),
}


@pytest.mark.parametrize("case", WRONG_USE)
def test_wrong_use_gets_one_sentence_and_code_2(case: str, project: Path) -> None:
    arguments, words = WRONG_USE[case]
    done = architect(*arguments, cwd=project)
    assert done.returncode == 2
    assert words in done.stderr
    assert len(done.stderr.splitlines()) == 1
    assert done.stdout == ""


def test_a_dry_run_shows_what_would_be_sent_without_secrets(project: Path) -> None:
    secret = "sk-ant-api03-" + "a1B2c3D4" * 6
    path = project / "shop.py"
    path.write_text(f'KEY = "{secret}"\n' + path.read_text("utf-8"), "utf-8")
    done = architect("ask", "shop.py:place_order", "--dry-run", cwd=project)
    assert done.returncode == 0, done.stderr
    assert "def place_order" in done.stdout
    assert "Nothing was sent" in done.stdout
    assert secret not in done.stdout


def test_memory_can_be_filled_searched_and_cleared(project: Path) -> None:
    entry = {
        "type": "entity",
        "name": "retries",
        "entityType": "pattern",
        "observations": ["Cap every retry."],
    }
    (project / "old.jsonl").write_text(json.dumps(entry) + "\nnonsense\n", "utf-8")
    taken = architect("memory", "import", "old.jsonl", cwd=project)
    assert taken.returncode == 1
    assert "lines 2" in taken.stdout
    assert "Cap every retry." in architect("memory", "search", "retry", cwd=project).stdout
    assert architect("memory", "clear", "--yes", cwd=project).returncode == 0
    assert "Nothing is remembered" in architect("memory", "show", cwd=project).stdout


def test_memory_can_be_edited_by_the_line_and_as_a_file(project: Path) -> None:
    for text in ("Cap every retry.", "Add jitter."):
        assert architect("memory", "note", "retries", text, cwd=project).returncode == 0
    exported = architect("memory", "export", cwd=project).stdout
    assert json.loads(exported)["observations"] == ["Cap every retry.", "Add jitter."]
    missing = architect("memory", "forget", "retries", "nothing", cwd=project)
    assert (missing.returncode, missing.stdout) == (1, "Forgot 1 of 2 entries.\n")
    assert "Nothing is remembered" in architect("memory", "show", cwd=project).stdout
    (project / "notes.jsonl").write_text(exported.replace("jitter", "full jitter"), "utf-8")
    assert architect("memory", "import", "notes.jsonl", cwd=project).returncode == 0
    assert "Add full jitter." in architect("memory", "show", cwd=project).stdout


def test_the_packaged_agents_have_no_problems(project: Path) -> None:
    agents = json.loads(architect("agents", "list", "--json", cwd=project).stdout)
    assert {agent["name"] for agent in agents} == {"general-architect", "python-backend-architect"}
    for agent in agents:
        assert architect("agents", "check", agent["path"], cwd=project).returncode == 0


def test_doctor_says_where_a_limit_comes_from(project: Path) -> None:
    with (project / "pyproject.toml").open("a") as stream:
        stream.write("[tool.architect.limits]\nccn = 12\n")
    done = architect("doctor", "shop.py", cwd=project)
    assert done.returncode == 0, done.stdout
    assert "12" in done.stdout
    assert str(project / "pyproject.toml") in done.stdout

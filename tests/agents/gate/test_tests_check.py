"""The check `tests`: which tests are run, who is blamed, and when nothing is run at all."""

from __future__ import annotations

import asyncio
import sqlite3
import sys
from collections.abc import Callable, Mapping
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from architect_agents.execution_probe import marked
from architect_agents.gate import RefactoringGate
from architect_agents.refactoring.module_source import read_module
from architect_agents.sandbox.covering_tests import (
    choose_tests,
    module_names,
)
from architect_agents.sandbox.covering_tests import (
    tests_from_coverage as names_from_coverage,
)
from architect_agents.sandbox.jail import Limits
from architect_agents.tests_check import TestSettings, check_tests
from architect_agents.types import RefactorRequest
from lizard_measure import lizard_measure

MakeWorkspace = Callable[[Mapping[str, str]], Path]

SOURCE = '''\
"""A shop."""


def price(item, rate):
    """The price with tax."""
    if item["taxed"] and rate:
        if item["reduced"]:
            return item["price"] * (1 + rate / 2)
        return item["price"] * (1 + rate)
    return item["price"]


def name(item):
    return item["name"]
'''
RIGHT = SOURCE.replace(
    """        if item["reduced"]:
            return item["price"] * (1 + rate / 2)
        return item["price"] * (1 + rate)
    return item["price"]
""",
    """        return _taxed(item, rate)
    return item["price"]


def _taxed(item, rate):
    if item["reduced"]:
        return item["price"] * (1 + rate / 2)
    return item["price"] * (1 + rate)
""",
)
WRONG = RIGHT.replace("rate / 2", "rate / 3")
TESTS = """\
import pytest

from shop import name, price


def test_name():
    assert name({"name": "tea"}) == "tea"


@pytest.mark.parametrize("reduced", [True, False], ids=["less - half", "full"])
def test_price(reduced):
    item = {"taxed": True, "reduced": reduced, "price": 100}
    assert price(item, 0.5) == (125 if reduced else 150)


def test_already_wrong():
    assert price({"taxed": False, "price": 1}, 0) == 2
"""
NO_RATE = """

def test_no_rate():
    assert price({"taxed": True, "reduced": False, "price": 100}, None) == 100
"""
PLUGINS = ("asyncio", "platformdirs", "pytest-lsp", "hypothesispytest", "timeout", "anyio")
#: Our own plugins are of no use to these tests, and slow to load.
SETTINGS = f"[pytest]\npythonpath = .\naddopts = {' '.join(f'-p no:{one}' for one in PLUGINS)}\n"
FILES = {"shop.py": SOURCE, "tests/test_shop.py": TESTS, "pytest.ini": SETTINGS}
OURS = TestSettings(interpreter=Path(sys.executable))


def request_for(root: Path, **changes: object) -> RefactorRequest:
    request = RefactorRequest(
        str(root / "shop.py"), "python", SOURCE, "price", 4, workspace=root, trusted=True
    )
    return replace(request, **changes)  # type: ignore[arg-type]


def stamps(root: Path) -> dict[Path, int]:
    files = (path for path in root.rglob("*") if path.is_file() and ".git" not in path.parts)
    return {path: path.stat().st_mtime_ns for path in files}


@pytest.mark.usefixtures("needs_jail")
class TestInTheJail:
    async def test_covering_tests_join_the_proof_and_leave_the_workspace_as_it_was(
        self, make_workspace: MakeWorkspace
    ) -> None:
        root = make_workspace(FILES)
        before = stamps(root)
        gate = RefactoringGate(lizard_measure)
        verdict = await gate.judge_with_tests(request_for(root), RIGHT, OURS)
        check = verdict.checks[-1]
        assert (check.name, check.status) == ("tests", "passed"), check
        assert "2 tests that run the function" in check.detail
        assert (verdict.accepted, verdict.proof) == (True, "round-trip")
        assert stamps(root) == before

    async def test_a_lost_condition_that_all_else_lets_pass_is_caught_by_the_tests_alone(
        self, make_workspace: MakeWorkspace
    ) -> None:
        root = make_workspace({**FILES, "tests/test_shop.py": TESTS + NO_RATE})
        lost = SOURCE.replace('if item["taxed"] and rate:', 'if item["taxed"]:')
        gate = RefactoringGate(lizard_measure)
        untested = gate.judge(request_for(root), lost)
        assert (untested.accepted, untested.proof) == (True, None), untested.failures
        verdict = await gate.judge_with_tests(request_for(root), lost, OURS)
        assert {check.name for check in verdict.failures} == {"tests"}

    async def test_a_path_inside_the_workspace_is_found_from_wherever_we_run(
        self, make_workspace: MakeWorkspace
    ) -> None:
        request = request_for(make_workspace(FILES), path="shop.py")
        check = await check_tests(request, RIGHT, OURS)
        assert check.status == "passed", check

    async def test_a_test_that_fails_now_is_named_and_one_that_always_failed_is_not(
        self, make_workspace: MakeWorkspace
    ) -> None:
        check = await check_tests(request_for(make_workspace(FILES)), WRONG, OURS)
        assert check.status == "failed", check
        assert "tests/test_shop.py::test_price[less - half]" in check.detail
        assert "already" not in check.detail

    async def test_a_test_that_never_runs_the_function_proves_nothing(
        self, make_workspace: MakeWorkspace
    ) -> None:
        only_name = TESTS.split("@pytest")[0].replace(", price", "").replace("import pytest\n", "")
        root = make_workspace({**FILES, "tests/test_shop.py": only_name})
        check = await check_tests(request_for(root), WRONG, OURS)
        assert (check.status, check.detail) == (
            "not-run",
            "None of the 1 tests that were run executes the function.",
        )

    async def test_tests_that_hang_are_stopped(self, make_workspace: MakeWorkspace) -> None:
        root = make_workspace(FILES)
        header = "def _taxed(item, rate):\n"
        slow = RIGHT.replace(header, f"{header}    while 1: 1\n")
        settings = replace(OURS, limits=Limits(seconds=10))
        check = await check_tests(request_for(root), slow, settings)
        assert (check.status, "were stopped" in check.detail) == ("failed", True)

    async def test_cancelling_ends_the_runs(self, make_workspace: MakeWorkspace) -> None:
        root = make_workspace({**FILES, "tests/test_shop.py": f"while True: pass\n{TESTS}"})
        run = asyncio.create_task(check_tests(request_for(root), RIGHT, OURS))
        await asyncio.sleep(0)
        run.cancel()
        with pytest.raises(asyncio.CancelledError):
            await run


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"trusted": False}, "not trusted"),
        ({"workspace": None}, "belongs to no folder"),
        ({"language": "rust"}, "Python only"),
        ({"path": "/elsewhere/shop.py"}, "outside"),
    ],
)
async def test_nothing_runs_without_trust_or_a_place(
    make_workspace: MakeWorkspace, changes: dict[str, object], reason: str
) -> None:
    check = await check_tests(request_for(make_workspace(FILES), **changes), RIGHT, OURS)
    assert check.status == "not-run"
    assert reason in check.detail


def test_tests_are_chosen_by_name_and_by_imports(make_workspace: MakeWorkspace) -> None:
    files = {
        "src/shop/cart.py": "",
        "tests/test_cart.py": "",
        "tests/test_by_module.py": "import os, shop.cart as c\n",
        "tests/test_by_from.py": "from shop import (\n    bag,\n    cart,\n)\n",
        "tests/test_package_only.py": "import shop\n",
        "tests/test_other.py": "from shopping.cart import x\n",
        "tests/helper.py": "import shop.cart\n",
    }
    root = make_workspace(files)
    chosen = choose_tests(root, "src/shop/cart.py", sorted(files))
    assert chosen == ["tests/test_cart.py", "tests/test_by_from.py", "tests/test_by_module.py"]


def test_where_no_test_imports_the_module_those_of_its_package_are_taken(
    make_workspace: MakeWorkspace,
) -> None:
    files = {
        "shop/cart.py": "",
        "tests/test_all.py": "import shop\n",
        "tests/test_x.py": "import y\n",
    }
    assert choose_tests(make_workspace(files), "shop/cart.py", sorted(files)) == [
        "tests/test_all.py"
    ]


def test_module_names_leave_out_source_folders_and_packages_files() -> None:
    assert module_names("src/shop/cart.py") == ["shop.cart", "cart"]
    assert module_names("shop/__init__.py") == ["shop"]


def test_a_coverage_map_names_the_tests_of_a_function(tmp_path: Path) -> None:
    data = tmp_path / ".coverage"
    with closing(sqlite3.connect(data)) as made, made:
        made.execute("create table file (id integer, path text)")
        made.execute("create table context (id integer, context text)")
        made.execute("create table line_bits (file_id integer, context_id integer, numbits blob)")
        made.executemany(
            "insert into file values (?, ?)", [(1, "/x/shop/cart.py"), (2, "/x/other/cart.py")]
        )
        contexts = ["", "tests/test_a.py::test_a|run", "tests/test_b.py::test_b|setup"]
        made.executemany("insert into context values (?, ?)", enumerate(contexts))
        rows = [(1, 0, b"\xff"), (1, 1, bytes([0b1000])), (1, 2, bytes([0, 1])), (2, 2, b"\xff")]
        made.executemany("insert into line_bits values (?, ?, ?)", rows)
    assert names_from_coverage(data, "shop/cart.py", range(2, 5)) == ["tests/test_a.py::test_a"]
    assert names_from_coverage(data, "shop/cart.py", range(8, 9)) == ["tests/test_b.py::test_b"]
    assert names_from_coverage(tmp_path / "none", "shop/cart.py", range(2, 5)) == []


@pytest.mark.parametrize("newline", ["\n", "\r\n"])
def test_marking_adds_one_line_behind_the_docstring(newline: str) -> None:
    source = SOURCE.replace("\n", newline)
    module = read_module(source)
    text = marked(source, list(module.functions))
    assert text is not None
    added = [line for line in text.split(newline) if "architect_probe" in line]
    assert len(added) == 2
    assert text.replace(added[0] + newline, "") == source
    assert text.split(newline)[5] == added[0]


def test_a_one_line_function_is_not_marked() -> None:
    source = "def f(a): return a\n"
    assert marked(source, list(read_module(source).functions)) is None

"""docs/proof.md shows what `make proof` measured, and lists every miss of it."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path
from types import ModuleType

import pytest

PROOF = Path(__file__).parent.parent / "benchmarks" / "proof"


@pytest.fixture(scope="module")
def report() -> ModuleType:
    spec = importlib.util.spec_from_file_location("proof_report", PROOF / "report.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module  # dataclasses look their module up
    spec.loader.exec_module(module)
    return module


def test_the_tables_are_those_of_the_committed_results(report: ModuleType) -> None:
    results = report.read_results(PROOF / "results.json")
    page = report.PAGE.read_text(encoding="utf-8")
    assert page.endswith(report.tables(results))


def test_every_miss_of_the_results_is_on_the_page(report: ModuleType) -> None:
    results = report.read_results(PROOF / "results.json")
    page = report.PAGE.read_text(encoding="utf-8")
    attempts = [one for project in results["projects"] for one in project["attempts"]]
    missed = [
        one
        for one in attempts
        if one["ccn_after"] > 10 or one["broken"] or one["rejected"] or one["status"] != "proposed"
    ]
    assert missed
    assert all(f"{one['file']}:{one['line']} `{one['function']}`" in page for one in missed)


def test_a_figure_that_misses_its_aim_is_said_to_miss_it(report: ModuleType) -> None:
    results = report.read_results(PROOF / "results.json")
    for project in results["projects"]:
        for attempt in project["attempts"]:
            attempt["broken"] = ["test_x"]
            attempt["ccn_after"] = attempt["ccn_before"]
    reached = {aim.what: aim.reached for aim in report.aims(results)}
    assert not reached["improved"]
    assert not reached["every part at most 10"]
    assert not reached["broken, by the projects' own tests"]
    assert "**no**" in report.tables(results)

"""A daily cap over all runs of a person."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from architect_agents.agent_file import parse_agent
from architect_agents.errors import LimitReached, ModelRefused
from architect_agents.inquiry import Inquiry
from architect_agents.limits import Tokens
from architect_agents.model_architect import ModelArchitect
from architect_agents.models.scripted import Reply, ScriptedModel, says
from architect_agents.spending import DailySpending
from architect_agents.types import RefactorRequest, Verdict
from architect_agents.workbench import Facilities

DAY = 24 * 3600.0


class Unasked:
    def judge(self, request: RefactorRequest, candidate: str) -> Verdict:
        raise AssertionError("a question is not judged")


def test_a_cap_holds_for_a_day(tmp_path: Path) -> None:
    now = 0.0
    spending = DailySpending(tmp_path / "state" / "spending.json", 1.0, lambda: now)
    assert spending.left(0.75) == 0.75
    spending.add(0.5)
    spending.add(0.0)
    assert spending.left(0.75) == 0.5
    spending.add(0.6)
    with pytest.raises(LimitReached, match=r"1\.00 USD is used up"):
        spending.left(0.75)
    now = DAY
    assert spending.today == 0
    assert spending.left(0.75) == 0.75


def test_without_a_cap_only_the_sum_is_kept(tmp_path: Path) -> None:
    spending = DailySpending(tmp_path / "spending.json")
    spending.add(100)
    assert spending.left(5) == 5
    assert spending.today == 100


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"day": 3, "usd": "x"}', "1970-01-01 x\n\xff"])
def test_a_damaged_file_counts_as_empty(tmp_path: Path, text: str) -> None:
    (tmp_path / "spending.json").write_text(text, encoding="latin-1")
    spending = DailySpending(tmp_path / "spending.json", 1.0)
    assert spending.left(0.5) == 0.5
    spending.add(0.25)
    assert spending.today == 0.25


def test_runs_that_end_at_once_are_all_counted(tmp_path: Path) -> None:
    script = (
        "import sys; from pathlib import Path; from architect_agents.spending import *\n"
        "for _ in range(50): DailySpending(Path(sys.argv[1])).add(0.01)"
    )
    file = tmp_path / "spending.txt"
    command = [sys.executable, "-c", script, str(file)]
    runs = [subprocess.Popen(command) for _ in range(3)]
    assert [run.wait() for run in runs] == [0, 0, 0]
    assert DailySpending(file).today == pytest.approx(1.5)


async def test_runs_are_counted_also_the_ones_that_fail(tmp_path: Path) -> None:
    spending = DailySpending(tmp_path / "spending.json", 0.5)
    tokens = Tokens(input=50_000)
    question = Inquiry("question", "a.py", "python", "x = 1\n", "Why?")

    async def ask(*replies: Reply) -> None:
        architect = ModelArchitect(
            parse_agent("---\nname: a\ntools: Read\n---\nx"),
            lambda: ScriptedModel(replies),
            lambda source, language: [],
            facilities=Facilities(spending=spending),
        )
        await architect.consult(question, Unasked(), lambda *_: None)

    await ask(says("", ("answer", {"title": "t", "text": "x"}), tokens=tokens))
    assert spending.today == pytest.approx(0.2)
    with pytest.raises(ModelRefused):
        await ask(says("", ("Read", {}), tokens=tokens), ModelRefused("no"))
    assert spending.today == pytest.approx(0.4)
    with pytest.raises(LimitReached, match=r"cap of 0\.10 USD"):
        await ask(*[says("", ("Read", {}), tokens=tokens)] * 3)
    with pytest.raises(LimitReached, match="Today's cap"):
        await ask()

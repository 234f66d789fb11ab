"""Each limit of a run, over the real SDK and the loopback fake."""

from __future__ import annotations

import asyncio
import contextlib
import json
import stat
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from architect_agents.agent_file import parse_agent
from architect_agents.errors import LimitReached, ModelRefused, ModelUnavailable
from architect_agents.inquiry import Consultation, Inquiry
from architect_agents.limits import Limits, price_from
from architect_agents.model_architect import ModelArchitect
from architect_agents.models.claude import ClaudeModel, Patience
from architect_agents.spending import DailySpending
from architect_agents.types import RefactorRequest, Step, Verdict
from architect_agents.workbench import Facilities
from fake_messages import Broken, FakeMessages, Fault, Reply, message, text, tool_use

AGENT = parse_agent("---\nname: a\ntools: Read, Grep\n---\nYou look.")
READ = message(tool_use("Read", {"file_path": "a.py"}))
ANSWER = message(tool_use("answer", {"title": "So", "text": "It is sound."}))
#: What the fake says that an answer cost: 1,000 tokens in and 200 out, of Sonnet.
A_TURN = (1000 * 2.00 + 200 * 10.00) / 1e6


class Unasked:
    def judge(self, request: RefactorRequest, candidate: str) -> Verdict:
        raise AssertionError("a question is not judged")


class Asked:
    """One question, and what it left behind."""

    def __init__(self, folder: Path, limits: Limits, facilities: Facilities | None = None) -> None:
        (folder / "b.py").write_text("x = 1\n" * 2000)
        self.steps: list[Step] = []
        self.transcripts = folder / "state"
        offered = facilities or Facilities(listen=self.steps.append)
        self.inquiry = Inquiry("question", "a.py", "python", "x = 1\n", "Why?", workspace=folder)
        self.architect = ModelArchitect(
            AGENT,
            lambda: ClaudeModel("claude-sonnet-5-5", patience=Patience(first_pause=0.01)),
            lambda source, language: [],
            limits,
            self.transcripts,
            offered,
        )
        self.turns: list[dict[str, Any]] = []

    async def over(self, monkeypatch: pytest.MonkeyPatch, script: list[Reply]) -> Consultation:
        monkeypatch.setenv("ANTHROPIC_API_KEY", "sk-ant-test")
        async with FakeMessages(script) as fake:
            monkeypatch.setenv("ANTHROPIC_BASE_URL", fake.base_url)
            try:
                return await self.architect.consult(self.inquiry, Unasked(), lambda *_: None)
            finally:
                self.turns = fake.turns


def results(turn: dict[str, Any]) -> list[dict[str, Any]]:
    return [block for block in turn["messages"][-1]["content"] if block["type"] == "tool_result"]


async def test_turns_end_with_a_hurry_at_four_fifths(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    asked = Asked(tmp_path, Limits(turns=5))
    with pytest.raises(LimitReached, match=r"5 turns .* architect\.ask\.maxTurns"):
        await asked.over(monkeypatch, [READ])
    assert len(asked.turns) == 5
    said = [json.dumps(turn["messages"][-1]) for turn in asked.turns]
    hurried = ["nearly spent: call answer now" in words for words in said]
    assert hurried == [False, False, False, True, False]
    (refused,) = results(asked.turns[-1])
    assert refused["is_error"]
    assert "only answer works now" in refused["content"]


async def test_a_hurried_model_that_answers_is_heard(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    asked = Asked(tmp_path, Limits(turns=5))
    answer = await asked.over(monkeypatch, [READ, READ, READ, ANSWER])
    assert answer.text == "It is sound."
    assert answer.usage.turns == 4
    assert answer.usage.usd == pytest.approx(4 * A_TURN)


async def test_money_ends_a_run(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    asked = Asked(tmp_path, Limits(usd=2.5 * A_TURN))
    with pytest.raises(LimitReached, match=r"cap of 0\.01 USD .* architect\.ask\.maxCost"):
        await asked.over(monkeypatch, [READ])
    assert len(asked.turns) == 3


async def test_a_price_of_ones_own_is_what_a_run_costs(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    free = price_from({"input": 0, "output": 0.5})
    asked = Asked(tmp_path, Limits(), Facilities(prices={"claude-sonnet": free}))
    answer = await asked.over(monkeypatch, [READ, ANSWER])
    assert answer.usage.usd == pytest.approx(2 * A_TURN)  # the list's longer name goes before
    asked = Asked(tmp_path, Limits(), Facilities(prices={"claude-sonnet-5-5": free}))
    answer = await asked.over(monkeypatch, [READ, ANSWER])
    assert answer.usage.usd == pytest.approx(2 * 200 * 0.5 / 1e6)


async def test_time_ends_a_run_in_mid_answer(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    asked = Asked(tmp_path, Limits(seconds=6.0))
    with pytest.raises(LimitReached, match=r"6 seconds.*architect\.ask\.maxSeconds"):
        await asked.over(monkeypatch, [Broken(message(text("Let me see.")), "hang")])


async def test_an_answer_that_is_cut_off_twice_ends_a_run(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    asked = Asked(tmp_path, Limits(output_tokens=77))
    with pytest.raises(LimitReached, match="longer than 77 tokens"):
        await asked.over(monkeypatch, [message(text("So"), stop_reason="max_tokens")])
    assert [turn["max_tokens"] for turn in asked.turns] == [77, 77]
    assert "cut off for its length" in json.dumps(asked.turns[1]["messages"])


async def test_a_long_result_is_shortened_on_the_wire(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    asked = Asked(tmp_path, Limits(result_characters=500))
    await asked.over(monkeypatch, [message(tool_use("Read", {"file_path": "b.py"})), ANSWER])
    (found,) = results(asked.turns[1])
    assert "characters left out" in found["content"]
    assert len(found["content"]) < 600


async def test_the_day_has_a_cap_over_runs(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    spending = DailySpending(tmp_path / "spent" / "spending.txt", 1.5 * A_TURN)
    asked = Asked(tmp_path, Limits(), Facilities(spending=spending))
    await asked.over(monkeypatch, [ANSWER])
    assert spending.today == pytest.approx(A_TURN)
    with pytest.raises(LimitReached, match=r"cap of 0\.00 USD"):
        await asked.over(monkeypatch, [READ])
    assert len(asked.turns) == 1, "half a turn's money was left, so one more was begun"
    with pytest.raises(LimitReached, match=r"Today's cap .* architect\.ask\.maxDailyCost"):
        await asked.over(monkeypatch, [ANSWER])
    assert asked.turns == []


async def test_a_fault_in_mid_run_is_retried_and_the_conversation_goes_on(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    asked = Asked(tmp_path, Limits())
    overloaded = Fault(529, "overloaded_error")
    script = [READ, Broken(READ, "reset"), overloaded, ANSWER]
    answer = await asked.over(monkeypatch, script)
    assert answer.text == "It is sound."
    assert answer.usage.turns == 2, "attempts that failed are no turns"
    assert [step.kind for step in asked.steps].count("retry") == 2
    first, *again = (turn["messages"] for turn in asked.turns)
    assert again[0] == again[1] == again[2]
    assert again[0][:-2] == first


async def test_a_fault_that_stays_ends_a_run_with_its_sentence(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    asked = Asked(tmp_path, Limits())
    with pytest.raises(ModelUnavailable, match="overloaded"):
        await asked.over(monkeypatch, [READ, Fault(529, "overloaded_error")])


@pytest.mark.parametrize(
    ("script", "ends"),
    [
        ([READ, ANSWER], ["asked", "said", "answer", "said", "answer", "ended"]),
        ([Fault(401, "authentication_error")], ["asked", "said", "failed"]),
    ],
)
async def test_every_run_has_a_record_that_only_its_owner_reads(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, script: list[Reply], ends: list[str]
) -> None:
    secret = "sk-ant-api03-" + "a1B2c3D4" * 6
    asked = Asked(tmp_path, Limits())
    asked.inquiry = replace(asked.inquiry, source=f"KEY = '{secret}'\n")
    with contextlib.suppress(ModelRefused):
        await asked.over(monkeypatch, script)
    (record,) = asked.transcripts.iterdir()
    assert stat.S_IMODE(record.stat().st_mode) == 0o600
    assert stat.S_IMODE(asked.transcripts.stat().st_mode) == 0o700
    lines = [json.loads(line) for line in record.read_text("utf-8").splitlines()]
    assert [line["kind"] for line in lines] == ends
    assert secret not in record.read_text("utf-8")


async def test_a_cancel_in_mid_tool_leaves_no_stream_no_child_and_no_folder(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """What a search by hand would find: the worker of a Grep that never ends."""
    asked = Asked(tmp_path, Limits())
    (tmp_path / "c.py").write_text("a" * 60 + "!\n")
    endless = message(tool_use("Grep", {"pattern": "(a+)+b", "output_mode": "content"}))
    monkeypatch.setenv("ANTHROPIC_API_KEY", "sk-ant-test")
    async with FakeMessages([endless]) as fake:
        monkeypatch.setenv("ANTHROPIC_BASE_URL", fake.base_url)
        run = asyncio.create_task(
            asked.architect.consult(asked.inquiry, Unasked(), lambda *_: None)
        )
        async with asyncio.timeout(60):
            while not searching():  # noqa: ASYNC110 - a child of ours tells nobody that it runs
                await asyncio.sleep(0)
        run.cancel()
        with pytest.raises(asyncio.CancelledError):
            await run
        assert not searching()
        assert len(fake.turns) == 1


def searching() -> list[str]:
    """The search workers that are children of this very process."""
    children = Path("/proc/self/task").glob("*/children")
    pids = [pid for path in children for pid in path.read_text().split()]
    found = []
    for pid in pids:
        try:
            line = Path("/proc", pid, "cmdline").read_bytes()
        except OSError:
            continue
        if b"grep_worker" in line:
            found.append(pid)
    return found

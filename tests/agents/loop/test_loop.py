"""The loop answers every call once, keeps its limits, and ends with a result or one sentence."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any

import pytest

from architect_agents import errors
from architect_agents.limits import Budget, Limits, Price, Tokens, price_of
from architect_agents.loop import Feedback, Job, run
from architect_agents.model import AssistantTurn, ModelRequest, Text, ToolResult, ToolSpec, UserTurn
from architect_agents.models.scripted import Reply, ScriptedModel, says
from architect_agents.narration import Narrator
from architect_agents.tools.tool import Arguments, Tool, ToolFailure
from architect_agents.transcript import Transcript

SUBMIT = ToolSpec("submit", "", {"type": "object"})


@dataclass
class Handed:
    """A finish tool that takes any result but "bad"."""

    spec: ToolSpec = SUBMIT
    seen: list[Arguments] = field(default_factory=list)

    async def accept(self, arguments: Arguments) -> str | Feedback:
        self.seen.append(arguments)
        value = str(arguments.get("value"))
        return Feedback("bad is not good enough") if value == "bad" else value

    def nothing(self, text: str) -> str:
        return f"nothing: {text}"


def tool(name: str, answer: Callable[[Arguments], Awaitable[str]], effect: Any = "read") -> Tool:
    return Tool(ToolSpec(name, "", {"type": "object"}), answer, effect)


async def echo(arguments: Arguments) -> str:
    return f"you said {arguments.get('say')}"


async def refuse(arguments: Arguments) -> str:
    raise ToolFailure("not today")


async def crash(arguments: Arguments) -> str:
    raise RuntimeError("/home/someone/secret.py, line 7")


async def hang(arguments: Arguments) -> str:
    await asyncio.Event().wait()
    return "never"


TOOLS = (tool("echo", echo), tool("refuse", refuse), tool("crash", crash), tool("hang", hang))


async def go(
    *replies: Reply, tools: tuple[Tool, ...] = TOOLS, limits: Limits | None = None, **job: Any
) -> tuple[str, list[ModelRequest], list[str]]:
    model = ScriptedModel(replies)
    lines: list[str] = []
    narrator = Narrator(lambda line, percentage: lines.append(line))
    work = Job("system", "prompt", Handed(), tools, **job)
    result = await run(model, work, Budget(limits or Limits()), narrator, Transcript())
    return result, model.requests, lines


def results(request: ModelRequest) -> list[ToolResult]:
    last = request.turns[-1]
    assert isinstance(last, UserTurn)
    return [part for part in last.parts if isinstance(part, ToolResult)]


def last_words(request: ModelRequest) -> str:
    last = request.turns[-1]
    assert isinstance(last, UserTurn)
    return "\n".join(part.text for part in last.parts if isinstance(part, Text))


DONE = says("", ("submit", {"value": "good"}))


async def test_tools_are_run_and_the_result_is_returned() -> None:
    result, requests, lines = await go(says("I look.", ("echo", {"say": "hi"})), DONE)
    assert result == "good"
    (answer,) = results(requests[1])
    assert answer.text == "you said hi"
    assert not answer.failed
    assert lines[0] == "I look."


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("refuse", "not today"),
        ("crash", "The tool failed; go on without it."),
        ("hang", "No answer within 0.05 seconds."),
        ("unheard", "There is no tool unheard here."),
    ],
)
async def test_a_call_that_fails_is_answered_too(name: str, text: str) -> None:
    limits = Limits(tool_seconds=0.05)
    _, requests, _ = await go(says("", (name, {})), DONE, limits=limits)
    (answer,) = results(requests[1])
    assert (answer.text, answer.failed) == (text, True)


async def test_every_call_of_a_turn_is_answered_exactly_once_and_in_order() -> None:
    calls = says(
        "",
        ("echo", {"say": 1}),
        ("submit", {"value": "bad"}),
        ("crash", {}),
        ("submit", {"value": "good"}),
        ("nowhere", {}),
    )
    result, requests, _ = await go(calls, DONE)
    assert result == "good"
    assert [answer.call_id for answer in results(requests[1])] == [c.id for c in calls.calls]
    assert [answer.failed for answer in results(requests[1])] == [False, True, True, True, True]


async def test_reading_calls_run_side_by_side_and_others_one_after_another() -> None:
    running, most = 0, 0

    async def count(arguments: Arguments) -> str:
        nonlocal running, most
        running += 1
        most = max(most, running)
        await asyncio.sleep(0)
        running -= 1
        return "ok"

    for effect, expected in (("read", 3), ("stage", 1)):
        most = 0
        calls = says("", *[("count", {})] * 3)
        await go(calls, DONE, tools=(tool("count", count, effect),))
        assert most == expected


async def test_feedback_goes_back_as_the_answer_to_the_call() -> None:
    result, requests, _ = await go(says("", ("submit", {"value": "bad"})), DONE)
    assert result == "good"
    (answer,) = results(requests[1])
    assert (answer.text, answer.failed) == ("bad is not good enough", True)


async def test_a_model_that_forgets_the_result_is_nudged_once() -> None:
    result, requests, _ = await go(says("All fine."), DONE)
    assert result == "good"
    assert "submit" in last_words(requests[1])
    result, requests, _ = await go(says("All fine."), says("Still fine."))
    assert result == "nothing: Still fine."
    assert len(requests) == 2


async def test_an_empty_answer_is_not_sent_back() -> None:
    _, requests, _ = await go(AssistantTurn(wire=()), DONE)
    assert [type(turn).__name__ for turn in requests[1].turns] == ["UserTurn"]


async def test_a_paused_turn_is_sent_back_unchanged() -> None:
    paused = says("searching", stop="paused")
    result, requests, _ = await go(paused, DONE)
    assert result == "good"
    assert requests[1].turns[-1] is paused


async def test_an_answer_that_was_cut_off_is_dropped_and_asked_for_again() -> None:
    cut = says("long", ("submit", {"value": "goo"}), stop="cut-off")
    result, requests, _ = await go(cut, DONE)
    assert result == "good"
    assert cut not in requests[1].turns
    assert "cut off" in last_words(requests[1])
    with pytest.raises(errors.LimitReached, match="16000 tokens"):
        await go(cut, cut)


async def test_a_refusal_is_said() -> None:
    refusal = AssistantTurn(wire=(), stop="refused", detail="cyber")
    with pytest.raises(errors.ModelRefused, match="cyber"):
        await go(refusal)


async def test_a_full_window_is_said() -> None:
    with pytest.raises(errors.LimitReached, match="window"):
        await go(says("x", stop="window-full"))


async def test_an_unknown_way_to_stop_is_treated_as_an_end() -> None:
    result, _, _ = await go(says("x", stop="other"), DONE)
    assert result == "good"


async def test_at_four_fifths_the_model_is_told_to_finish_and_loses_its_tools() -> None:
    looking = says("", ("echo", {}))
    result, requests, _ = await go(looking, looking, looking, looking, DONE, limits=Limits(turns=5))
    assert result == "good"
    assert "call submit now" not in last_words(requests[2])
    assert "call submit now" in last_words(requests[3])
    assert [answer.failed for answer in results(requests[4])] == [True]


async def test_turns_are_limited() -> None:
    with pytest.raises(errors.LimitReached, match="3 turns"):
        await go(*[says("", ("echo", {}))] * 3, limits=Limits(turns=3))


async def test_money_is_limited() -> None:
    dear = says("", ("echo", {}), tokens=Tokens(output=100_000))
    with pytest.raises(errors.LimitReached, match=r"0\.75 USD"):
        await go(dear, dear, limits=Limits())


async def test_time_is_limited_also_in_mid_answer() -> None:
    class Slow(ScriptedModel):
        async def turn(self, request: ModelRequest, watch: Any) -> AssistantTurn:
            await asyncio.Event().wait()
            raise AssertionError

    work = Job("", "", Handed())
    with pytest.raises(errors.LimitReached, match="seconds"):
        await run(
            Slow([]),
            work,
            Budget(Limits(seconds=0.05)),
            Narrator(lambda *_: None),
            Transcript(),
        )


async def test_a_long_result_is_shortened_with_a_note() -> None:
    async def flood(arguments: Arguments) -> str:
        return "x" * 100_000

    limits = Limits(result_characters=1000)
    _, requests, _ = await go(
        says("", ("flood", {})), DONE, tools=(tool("flood", flood),), limits=limits
    )
    (answer,) = results(requests[1])
    assert len(answer.text) < 1100
    assert "99001 characters left out" in answer.text


async def test_all_that_we_say_passes_the_redaction() -> None:
    _, requests, _ = await go(
        says("", ("echo", {"say": "hunter2"})),
        DONE,
        redact=lambda text: text.replace("hunter2", "███").replace("system", "███"),
    )
    assert "hunter2" not in str(requests[1].turns[-1])
    assert requests[0].system == "███"


async def test_cancel_stops_model_and_tools() -> None:
    started, stopped = asyncio.Event(), asyncio.Event()

    async def linger(arguments: Arguments) -> str:
        started.set()
        try:
            await asyncio.Event().wait()
        finally:
            stopped.set()
        return ""

    task = asyncio.create_task(go(says("", ("linger", {})), tools=(tool("linger", linger),)))
    await started.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert stopped.is_set()


@pytest.mark.parametrize(
    ("model", "output_price"),
    [
        ("claude-sonnet-5-5", 10.0),
        ("claude-sonnet-5-5-20260929", 10.0),
        ("claude-haiku-5-5", 0.5),
        ("somebody-elses", 20.0),
    ],
)
def test_the_price_is_found_by_the_start_of_the_id(model: str, output_price: float) -> None:
    assert price_of(model).output == output_price


def test_a_price_of_the_users_own_wins() -> None:
    budget = Budget(prices={"mine": Price(1, 2, 3, 4)})
    budget.charge("mine-8b", Tokens(1_000_000, 1_000_000, 1_000_000, 1_000_000))
    assert budget.usage().usd == 10.0


def test_progress_comes_at_most_four_times_a_second() -> None:
    now = 0.0
    lines: list[str] = []
    narrator = Narrator(lambda line, percentage: lines.append(line), lambda: now)
    for number in range(100):
        now = number * 0.01
        narrator.notice("thinking", f"Step {number}. ")
    assert lines == ["Step 0.", "Step 25.", "Step 50.", "Step 75."]
    narrator.flush(at_once=True)
    assert lines[-1] == "Step 99."

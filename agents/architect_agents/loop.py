"""The loop: ask the model, run the tools it calls, until it hands in a result that is taken."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Generic, Protocol, TypeVar

from architect_agents.errors import LimitReached, ModelRefused
from architect_agents.limits import Budget
from architect_agents.model import (
    AssistantTurn,
    Model,
    ModelRequest,
    ServerTool,
    Text,
    ToolCall,
    ToolResult,
    ToolSpec,
    Turn,
    UserTurn,
)
from architect_agents.narration import Narrator
from architect_agents.tools.tool import Arguments, Tool, ToolFailure, shortened
from architect_agents.transcript import Transcript

T = TypeVar("T")
T_co = TypeVar("T_co", covariant=True)
log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Feedback:
    """The result was not taken; ``text`` tells the model why, so that it can try again."""

    text: str


class Finish(Protocol[T_co]):
    """The tool through which the model hands in its result, and what becomes of it."""

    @property
    def spec(self) -> ToolSpec:
        """The tool as the model sees it."""
        ...

    async def accept(self, arguments: Arguments) -> T_co | Feedback:
        """Take the result, or say what is wrong with it."""
        ...

    def nothing(self, text: str) -> T_co:
        """What it means that the model ended without a result; ``text`` is its last words."""
        ...


@dataclass(frozen=True, slots=True)
class Job(Generic[T]):
    """What one run is about. ``redact`` passes over all we say.

    ``prompt`` is the next message of ours in ``conversation``, which holds what was said before
    (nothing, but for a follow-up) and, after the run, all of it.
    """

    system: str
    prompt: str
    finish: Finish[T]
    tools: tuple[Tool, ...] = ()
    server_tools: tuple[ServerTool, ...] = ()
    effort: str = "medium"
    redact: Callable[[str], str] = str
    conversation: list[Turn] = field(default_factory=list)

    def request(self, turns: Sequence[Turn], max_tokens: int) -> ModelRequest:
        """The request for the next turn; everything but the turns is the same each time."""
        specs: list[ToolSpec | ServerTool] = [tool.spec for tool in self.tools]
        specs += [self.finish.spec, *self.server_tools]
        return ModelRequest(
            self.redact(self.system), tuple(turns), tuple(specs), max_tokens, self.effort
        )

    def opening(self) -> UserTurn:
        """The first message, as it is sent."""
        return UserTurn((Text(self.redact(self.prompt)),))


async def run(
    model: Model, job: Job[T], budget: Budget, narrator: Narrator, transcript: Transcript
) -> T:
    """Work on ``job`` until its result is taken.

    Raises:
        errors.LimitReached: turns, time or money ran out.
        errors.ModelRefused, errors.ModelUnavailable, errors.NoCredentials: from the model.
    """
    deadline = asyncio.timeout(max(0.0, budget.limits.seconds - budget.seconds))
    try:
        async with deadline:
            return await _Run(model, job, budget, narrator, transcript).until_done()
    except TimeoutError:
        if deadline.expired():
            raise budget.out_of_time() from None
        raise


@dataclass(frozen=True, slots=True)
class _Done(Generic[T]):
    result: T


@dataclass(slots=True)
class _Run(Generic[T]):
    model: Model
    job: Job[T]
    budget: Budget
    narrator: Narrator
    transcript: Transcript
    hurried: bool = False
    nudged: bool = False
    cut_off: bool = False

    @property
    def turns(self) -> list[Turn]:
        return self.job.conversation

    async def until_done(self) -> T:
        self._say(*self.job.opening().parts)
        while True:
            self.budget.begin_turn()
            if self.budget.nearly_spent and not self.hurried:
                self.hurried = True
                self._say(
                    Text(f"The limits of this run are nearly spent: call {self._finish} now.")
                )
            request = self.job.request(self.turns, self.budget.limits.output_tokens)
            answer = await self.model.turn(request, self.narrator.notice)
            self.budget.charge(answer.model, answer.tokens)
            self.transcript.turn(answer)
            done = await self._digest(answer)
            if done is not None:
                return done.result

    @property
    def _finish(self) -> str:
        return self.job.finish.spec.name

    async def _digest(self, answer: AssistantTurn) -> _Done[T] | None:
        if answer.stop == "refused":
            reason = f" (category: {answer.detail})" if answer.detail else ""
            raise ModelRefused(
                f"The model declined to work on this{reason}. Ask about another part, or use "
                "--offline."
            )
        if answer.stop == "window-full":
            raise LimitReached(
                "The conversation no longer fits the model's window. Ask about a smaller function."
            )
        if answer.stop == "cut-off":
            self._shorter_please()
            return None
        if answer.wire:
            self.turns.append(answer)
        if answer.calls:
            return await self._serve(answer.calls)
        if answer.stop == "paused":
            return None
        return self._nudge(answer.text)

    def _shorter_please(self) -> None:
        """Drop an answer that was cut off, for its last tool call is not whole."""
        if self.cut_off:
            raise LimitReached(
                f"The model's answers are longer than {self.budget.limits.output_tokens} tokens. "
                "Ask about a smaller function, or another agent."
            )
        self.cut_off = True
        self._say(
            Text("Your last answer was cut off for its length and is lost. Answer more briefly.")
        )

    def _nudge(self, text: str) -> _Done[T] | None:
        if self.nudged or self.hurried:
            return _Done(self.job.finish.nothing(text))
        self.nudged = True
        self._say(Text(f"Hand in the result through the tool {self._finish}."))
        return None

    async def _serve(self, calls: Sequence[ToolCall]) -> _Done[T] | None:
        """Answer each call exactly once; a result that is taken ends the run instead."""
        results: dict[str, ToolResult] = {}
        submissions = [call for call in calls if call.name == self._finish]
        for call in submissions[:1]:
            verdict = await self.job.finish.accept(call.arguments)
            if not isinstance(verdict, Feedback):
                # A follow-up question goes on from here, so the calls need their answers too.
                taken = tuple(ToolResult(one.id, "Taken.") for one in calls)
                self.turns.append(UserTurn(taken))
                return _Done(verdict)
            results[call.id] = self._result(call, verdict.text, failed=True)
        for call in submissions[1:]:
            results[call.id] = self._result(call, "Only one result a turn is looked at.", True)
        others = [call for call in calls if call.name != self._finish]
        for result in await self._run_tools(others):
            results[result.call_id] = result
        turn = UserTurn(tuple(results[call_id] for call_id in dict.fromkeys(c.id for c in calls)))
        self.turns.append(turn)
        self.transcript.turn(turn)
        return None

    async def _run_tools(self, calls: Sequence[ToolCall]) -> list[ToolResult]:
        tools = {tool.name: tool for tool in self.job.tools}
        known = [tools[call.name] for call in calls if call.name in tools]
        if all(tool.effect in ("read", "net") for tool in known):
            return list(await asyncio.gather(*(self._run_tool(tools, call) for call in calls)))
        return [await self._run_tool(tools, call) for call in calls]

    async def _run_tool(self, tools: dict[str, Tool], call: ToolCall) -> ToolResult:
        seconds = self.budget.limits.tool_seconds
        try:
            if self.hurried:
                raise ToolFailure(f"The limits are nearly spent: only {self._finish} works now.")
            if call.name not in tools:
                raise ToolFailure(f"There is no tool {call.name} here.")
            async with asyncio.timeout(seconds):
                return self._result(call, await tools[call.name].run(call.arguments))
        except ToolFailure as failure:
            return self._result(call, str(failure), failed=True)
        except TimeoutError:
            return self._result(call, f"No answer within {seconds:g} seconds.", failed=True)
        except Exception:
            # What went wrong is for our log; the model must not see the inside of this machine.
            log.exception("the tool %s failed", call.name)
            return self._result(call, "The tool failed; go on without it.", failed=True)

    def _result(self, call: ToolCall, text: str, failed: bool = False) -> ToolResult:
        redacted = self.job.redact(text)
        return ToolResult(
            call.id, shortened(redacted, self.budget.limits.result_characters), failed
        )

    def _say(self, *parts: Text | ToolResult) -> None:
        """Add words of ours; two turns of ours in a row would be refused, so they become one."""
        turn = UserTurn(parts)
        self.transcript.turn(turn)
        last = self.turns[-1] if self.turns else None
        if isinstance(last, UserTurn):
            self.turns.pop()
            turn = UserTurn((*last.parts, *parts))
        self.turns.append(turn)

"""A model that says what it was told to say, so that the loop can be tested without a provider."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from architect_agents.limits import Tokens
from architect_agents.model import AssistantTurn, ModelRequest, Stop, ToolCall, Watch

Reply = AssistantTurn | Exception | Callable[[ModelRequest], AssistantTurn]
_ids = itertools.count(1)


def says(
    text: str = "",
    *calls: tuple[str, Mapping[str, Any]],
    stop: Stop | None = None,
    tokens: Tokens | None = None,
) -> AssistantTurn:
    """One answer: ``text`` first, then a call of each ``(tool name, arguments)``."""
    wire: list[Mapping[str, Any]] = [{"type": "text", "text": text}] if text else []
    made = [ToolCall(f"call_{next(_ids)}", name, arguments) for name, arguments in calls]
    wire += [
        {"type": "tool_use", "id": call.id, "name": call.name, "input": call.arguments}
        for call in made
    ]
    return AssistantTurn(
        wire=tuple(wire),
        text=text,
        calls=tuple(made),
        stop=stop or ("tools" if made else "done"),
        model="scripted",
        tokens=tokens or Tokens(input=100, output=50),
    )


class ScriptedModel:
    """Gives its replies in order, and keeps the requests. Running out of script is an error."""

    def __init__(self, replies: Iterable[Reply]) -> None:
        self._replies = iter(replies)
        self.requests: list[ModelRequest] = []
        self.closed = False

    async def turn(self, request: ModelRequest, watch: Watch) -> AssistantTurn:
        """The next reply of the script; an exception in the script is raised."""
        self.requests.append(request)
        reply = next(self._replies, None)
        if reply is None:
            raise AssertionError("the script has no reply left")
        if isinstance(reply, Exception):
            raise reply
        answer = reply if isinstance(reply, AssistantTurn) else reply(request)
        if answer.text:
            watch("text", answer.text)
        for call in answer.calls:
            watch("tool", call.name)
        return answer

    async def count_tokens(self, request: ModelRequest) -> int:
        """A quarter of the characters, which is about right for source code."""
        return (len(request.system) + sum(len(repr(turn)) for turn in request.turns)) // 4

    async def close(self) -> None:
        """Remember that the run let go of the model."""
        self.closed = True

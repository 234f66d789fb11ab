"""What the loop needs of a model: one streamed turn, a token count. Data and a Protocol only."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, Protocol

from architect_agents.limits import Tokens

#: Why an answer ended. ``other`` is a reason that this version does not know.
Stop = Literal["done", "tools", "cut-off", "window-full", "paused", "refused", "other"]
NoticeKind = Literal["thinking", "text", "tool", "retry"]
#: ``watch(kind, text)`` hears of an answer while it comes in. A repeated attempt starts anew.
Watch = Callable[[NoticeKind, str], None]


@dataclass(frozen=True, slots=True)
class ToolSpec:
    """A tool as the model sees it. ``input_schema`` is a JSON schema of type object."""

    name: str
    description: str
    input_schema: Mapping[str, Any]
    strict: bool = False


@dataclass(frozen=True, slots=True)
class ServerTool:
    """A tool that the provider runs by itself; ``wire`` is its entry in the request."""

    name: str
    wire: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Text:
    """Words for the model."""

    text: str


@dataclass(frozen=True, slots=True)
class ToolResult:
    """The one answer to one tool call."""

    call_id: str
    text: str
    failed: bool = False


@dataclass(frozen=True, slots=True)
class UserTurn:
    """Our side of the conversation."""

    parts: tuple[Text | ToolResult, ...]


@dataclass(frozen=True, slots=True)
class ToolCall:
    """What the model wants to be run."""

    id: str
    name: str
    arguments: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class AssistantTurn:
    """The model's side of the conversation.

    ``wire`` holds the content blocks as they came, also of kinds unknown to us: providers sign
    them and want them back unchanged. ``detail`` explains a refusal.
    """

    wire: tuple[Mapping[str, Any], ...]
    text: str = ""
    calls: tuple[ToolCall, ...] = ()
    stop: Stop = "done"
    detail: str = ""
    model: str = ""
    tokens: Tokens = field(default_factory=Tokens)


Turn = UserTurn | AssistantTurn


@dataclass(frozen=True, slots=True)
class ModelRequest:
    """Everything that goes to the model for its next turn.

    Tools, system and the first turn stay the same through a run, so that the provider's cache
    pays. ``effort`` is "low" to "max", or empty for the provider's own choice.
    """

    system: str
    turns: tuple[Turn, ...]
    tools: tuple[ToolSpec | ServerTool, ...] = ()
    max_tokens: int = 16_000
    effort: str = "medium"


class Model(Protocol):
    """A model one can talk to. Each method raises errors.ArchitectError, nothing else."""

    async def turn(self, request: ModelRequest, watch: Watch) -> AssistantTurn:
        """Stream one answer. Cancelling the task closes the stream at once.

        Raises:
            errors.NoCredentials: there is no key.
            errors.ModelRefused: the provider will never answer this request.
            errors.ModelUnavailable: it does not answer now, after our retries.
        """
        ...

    async def count_tokens(self, request: ModelRequest) -> int:
        """The input tokens of ``request``, counted by the provider."""
        ...

    async def close(self) -> None:
        """Let go of connections."""
        ...

"""What one run may spend: turns, seconds, tokens and money, looked at in one place."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from architect_agents.errors import LimitReached
from architect_agents.types import Usage

#: The share of a limit from which on the model is told to come to its end.
NEARLY = 0.8
MILLION = 1_000_000


@dataclass(frozen=True, slots=True)
class Price:
    """USD for a million tokens."""

    input: float
    output: float
    cache_write: float
    cache_read: float


#: List prices of November 2026, by the start of the model's id. The longest start wins. Writing
#: to the cache costs 1.25 times, reading from it 0.1 times the input price where the list names
#: no figure. Shown as an estimate only: the provider's bill is what counts.
PRICES: dict[str, Price] = {
    "claude-sonnet-5-5": Price(2.00, 10.00, 2.50, 0.20),
    "claude-opus-5-5": Price(4.00, 20.00, 5.00, 0.40),
    "claude-haiku-5-5": Price(0.10, 0.50, 0.125, 0.01),
}
#: For a model that is not in the table: the dearest line, so that a cap holds rather than slips.
UNKNOWN_PRICE = PRICES["claude-opus-5-5"]


def price_from(usd: Mapping[str, float]) -> Price:
    """A price of the user's own: ``input`` and ``output``, ``cacheWrite`` and ``cacheRead``."""
    into = usd["input"]
    write, read = usd.get("cacheWrite", 1.25 * into), usd.get("cacheRead", 0.1 * into)
    return Price(into, usd["output"], write, read)


def price_of(model: str, overrides: Mapping[str, Price] | None = None) -> Price:
    """The price of ``model`` (an id such as ``claude-sonnet-5-5``), the user's own first."""
    table = {**PRICES, **(overrides or {})}
    known = [start for start in table if model.startswith(start)]
    return table[max(known, key=len)] if known else UNKNOWN_PRICE


@dataclass(frozen=True, slots=True)
class Tokens:
    """The tokens of one answer, as the provider bills them; ``input`` is without the cached."""

    input: int = 0
    output: int = 0
    cache_write: int = 0
    cache_read: int = 0

    def cost(self, price: Price) -> float:
        """USD, estimated."""
        return (
            self.input * price.input
            + self.output * price.output
            + self.cache_write * price.cache_write
            + self.cache_read * price.cache_read
        ) / MILLION


@dataclass(frozen=True, slots=True)
class Limits:
    """The caps of one run.

    ``seconds`` is the whole run, ``tool_seconds`` one tool call, ``output_tokens`` one answer,
    ``result_characters`` one tool result, ``repairs`` how often a failing proposal is fed back.
    """

    turns: int = 24
    seconds: float = 300.0
    tool_seconds: float = 120.0
    output_tokens: int = 16_000
    result_characters: int = 20_000
    usd: float = 0.75
    repairs: int = 3


@dataclass(slots=True)
class Budget:
    """Counts one run against its limits. The only place that says a run has to end."""

    limits: Limits = field(default_factory=Limits)
    clock: Callable[[], float] = time.monotonic
    prices: Mapping[str, Price] | None = None
    model: str = ""
    turns: int = 0
    spent: Tokens = field(default_factory=Tokens)
    usd: float = 0.0
    _began: float = field(init=False)

    def __post_init__(self) -> None:
        self._began = self.clock()

    @property
    def seconds(self) -> float:
        return self.clock() - self._began

    def begin_turn(self) -> None:
        """Count one more turn.

        Raises:
            LimitReached: the turns or the money are used up.
        """
        if self.turns >= self.limits.turns:
            raise LimitReached(
                f"The architect used its {self.limits.turns} turns without coming to a result. "
                "Raise architect.ask.maxTurns, or ask about a smaller function."
            )
        if self.usd >= self.limits.usd:
            raise LimitReached(
                f"The run reached its cap of {self.limits.usd:.2f} USD (about {self.usd:.2f} "
                "spent) before a result stood. Raise architect.ask.maxCost, or ask about a smaller "
                "function."
            )
        self.turns += 1

    def charge(self, model: str, tokens: Tokens) -> None:
        """Add what one answer cost."""
        self.model = model
        self.usd += tokens.cost(price_of(model, self.prices))
        self.spent = Tokens(
            self.spent.input + tokens.input,
            self.spent.output + tokens.output,
            self.spent.cache_write + tokens.cache_write,
            self.spent.cache_read + tokens.cache_read,
        )

    @property
    def nearly_spent(self) -> bool:
        """Whether this turn is the one to finish in: a limit is used up to four fifths."""
        limits = self.limits
        return (
            self.turns >= NEARLY * limits.turns
            or self.seconds >= NEARLY * limits.seconds
            or self.usd >= NEARLY * limits.usd
        )

    def out_of_time(self) -> LimitReached:
        """The error for a run that took too long."""
        return LimitReached(
            f"The architect had no result after {self.limits.seconds:.0f} seconds. Raise "
            "architect.ask.maxSeconds, or ask again when the provider is quicker."
        )

    def usage(self) -> Usage:
        """What the run cost so far."""
        return Usage(
            model=self.model,
            turns=self.turns,
            input_tokens=self.spent.input,
            output_tokens=self.spent.output,
            cache_read_tokens=self.spent.cache_read,
            cache_write_tokens=self.spent.cache_write,
            usd=round(self.usd, 6),
            seconds=round(self.seconds, 3),
        )

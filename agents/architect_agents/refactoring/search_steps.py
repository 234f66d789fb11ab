"""What a search works with and what it hands back: its budget, its steps, its result."""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from dataclasses import dataclass, field

from architect_agents.refactoring.refusal import Refusal


@dataclass(frozen=True, slots=True)
class Step:
    """One refactoring done. ``source`` is the whole module after it.

    ``function`` was changed, ``helper`` is the new one, both as qualified names; ``helper`` is
    empty for a step that adds none, and then ``what`` tells what it rewrote. ``figures`` are the
    measured figures: of the function before, of the function after, of the helper (or 0).
    ``lines`` are the first and last line that it took hold of, 1-based, in the module before.
    ``makes_finding``: the helper exceeds a limit, if not that of the figure that shall fall.
    """

    source: str
    function: str
    helper: str
    kind: str
    figures: tuple[int, int, int]
    lines: tuple[int, int] = (0, 0)
    what: str = ""
    makes_finding: bool = False

    def overlaps(self, lines: tuple[int, int]) -> bool:
        return overlap(self.lines, lines)


def overlap(one: tuple[int, int], other: tuple[int, int]) -> bool:
    """Whether two ranges of lines, first and last, have a line in common."""
    return one[0] <= other[1] and other[0] <= one[1]


@dataclass(slots=True)
class Budget:
    """How long the search may go on, unless cancelled.

    Until ``deadline`` by ``clock``, or ``cpu_deadline`` by this thread's processor time, whichever
    comes first, both in seconds. A first step that helps may be looked for until
    ``first_deadline`` by ``clock``, however busy the machine is; 0: no longer than all others.
    """

    deadline: float
    cancelled: Callable[[], bool] = lambda: False
    clock: Callable[[], float] = time.monotonic
    cpu_deadline: float = math.inf
    first_deadline: float = 0.0

    @property
    def is_spent(self) -> bool:
        return self.is_over(first=False)

    def is_over(self, *, first: bool) -> bool:
        """Whether to stop; ``first``: nothing was found until now."""
        now = self.clock()
        if self.cancelled():
            return True
        if first and self.first_deadline:
            return now >= self.first_deadline
        return now >= self.deadline or time.thread_time() >= self.cpu_deadline


@dataclass(slots=True)
class Result:
    """All steps in order, how often which precondition failed, and whether time ran out."""

    steps: list[Step] = field(default_factory=list)
    refusals: dict[Refusal, int] = field(default_factory=dict)
    out_of_time: bool = False

    def note(self, refusal: Refusal) -> None:
        self.refusals[refusal] = self.refusals.get(refusal, 0) + 1

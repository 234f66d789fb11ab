"""How long a proposal may take: counted in work, so that a busy machine finds as much."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass

from architect_agents.refactoring.search import Budget

#: The part of the time that the first search may use; the rest is for the gate.
_SEARCH_SHARE = 0.75
#: Where other programs take the processor, the wall clock may run so many times as long.
_STRETCH = 5.0
#: So long, in deadlines of the wall clock, may the first step take that helps at all.
_FIRST_STEP = 8.0
#: What is asked once more only while less than this part of the deadline is used up.
_EXTRAS_SHARE = 0.15
#: Who has worked for this part of the deadline keeps what was found so far.
_SLOW_SHARE = 0.4


@dataclass(frozen=True, slots=True)
class Patience:
    """Begins when the work does, on the thread that does it. ``deadline`` is in seconds.

    So much processor time may be used. By the wall clock it may be ``_STRETCH`` times as long;
    for the first improving step ``_FIRST_STEP`` times, so that a proposal is found at all.
    """

    deadline: float
    cancelled: threading.Event
    began: float
    began_cpu: float
    clock: Callable[[], float] = time.monotonic

    @classmethod
    def starting_now(
        cls,
        deadline: float,
        cancelled: threading.Event,
        clock: Callable[[], float] = time.monotonic,
    ) -> Patience:
        return cls(deadline, cancelled, clock(), time.thread_time(), clock)

    @property
    def used(self) -> float:
        """Seconds of this thread's processor time since the work began."""
        return time.thread_time() - self.began_cpu

    @property
    def has_time_for_extras(self) -> bool:
        """Whether more than the first proposal can be had without keeping anybody waiting."""
        waited = self.clock() - self.began
        return max(self.used, waited / _STRETCH) < self.deadline * _EXTRAS_SHARE

    @property
    def is_slow(self) -> bool:
        """Whether the work has gone on for so long that its end may never come."""
        return self.clock() - self.began > self.deadline * _SLOW_SHARE

    def for_search(self) -> Budget:
        return self._until(_SEARCH_SHARE)

    def for_all(self) -> Budget:
        return self._until(1.0)

    def _until(self, share: float) -> Budget:
        return Budget(
            self.began + self.deadline * share * _STRETCH,
            self._is_cancelled(),
            self.clock,
            cpu_deadline=self.began_cpu + self.deadline * share,
            first_deadline=self.began + self.deadline * _FIRST_STEP,
        )

    def _is_cancelled(self) -> Callable[[], bool]:
        return self.cancelled.is_set


def hard_limit(deadline: float) -> float:
    """Seconds after which nothing more can come: the first step's time, and the gate's."""
    return deadline * (_FIRST_STEP + 2 * _STRETCH)

"""What was spent today over all runs of this user, in a small file, against a daily cap."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from architect_agents.errors import LimitReached

LARGEST = 128 * 1024


@dataclass(frozen=True, slots=True)
class DailySpending:
    """Counts USD by day (UTC) in ``file``; ``cap`` is the most for a day, None for no cap.

    The figures are estimates like those of a run. A file that can't be read counts as empty, for
    a cap is a help and no lock.
    """

    file: Path
    cap: float | None = None
    clock: Callable[[], float] = time.time

    @property
    def today(self) -> float:
        """USD spent today."""
        day = self._day()
        return sum(usd for when, usd in self._runs() if when == day)

    def left(self, wanted: float) -> float:
        """How much of ``wanted`` a run may spend now.

        Raises:
            LimitReached: today's cap is used up.
        """
        if self.cap is None:
            return wanted
        spent = self.today
        if spent >= self.cap:
            raise LimitReached(
                f"Today's cap of {self.cap:.2f} USD is used up (about {spent:.2f} spent). Raise "
                "architect.ask.maxDailyCost, use --offline, or go on tomorrow."
            )
        return min(wanted, self.cap - spent)

    def add(self, usd: float) -> None:
        """Count a run; also one that failed, for its tokens are billed all the same.

        A line is appended, so that runs which end at the same moment lose nothing.
        """
        if usd <= 0:
            return
        line = f"\n{self._day()} {usd:.6f}\n"  # a torn line before it stays one of its own
        try:
            self.file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            if self.file.exists() and self.file.stat().st_size > LARGEST:
                self.file.unlink()  # some thousands of runs; most of them of other days
            with self.file.open("a", encoding="ascii") as file:
                file.write(line)
        except OSError:
            return

    def _runs(self) -> Iterator[tuple[str, float]]:
        """Each run's day and USD; what can't be read counts as nothing."""
        try:
            lines = self.file.read_text(encoding="ascii", errors="replace").splitlines()
        except OSError:
            return
        for line in lines:
            day, _, usd = line.partition(" ")
            with contextlib.suppress(ValueError):
                yield day, float(usd)

    def _day(self) -> str:
        return time.strftime("%Y-%m-%d", time.gmtime(self.clock()))

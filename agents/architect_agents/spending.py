"""What was spent today over all runs of this user, in a small file, against a daily cap."""

from __future__ import annotations

import json
import os
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from architect_agents.errors import LimitReached


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
        try:
            kept = json.loads(self.file.read_text(encoding="utf-8"))
            return float(kept["usd"]) if kept["day"] == self._day() else 0.0
        except (OSError, ValueError, TypeError, KeyError):
            return 0.0

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
                "it in the settings, use --offline, or go on tomorrow."
            )
        return min(wanted, self.cap - spent)

    def add(self, usd: float) -> None:
        """Count a run; also one that failed, for its tokens are billed all the same."""
        if usd <= 0:
            return
        kept = {"day": self._day(), "usd": round(self.today + usd, 6)}
        fresh = self.file.with_name(f"{self.file.name}.{os.getpid()}")
        try:
            self.file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            fresh.write_text(json.dumps(kept), encoding="utf-8")
            fresh.replace(self.file)
        except OSError:
            return

    def _day(self) -> str:
        return time.strftime("%Y-%m-%d", time.gmtime(self.clock()))

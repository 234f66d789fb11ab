"""From the model an agent file names ("sonnet", an id, "inherit") to the id that the API knows."""

from __future__ import annotations

import json
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

DEFAULT_ALIAS = "sonnet"
#: The environment variable that settles an alias, as Claude Code reads it.
VARIABLES = {
    alias: f"ANTHROPIC_DEFAULT_{alias.upper()}_MODEL"
    for alias in ("sonnet", "opus", "haiku", "fable", "mythos")
}
#: What an alias meant in November 2026, for servers that can't list their models.
TABLE = {
    "sonnet": "claude-sonnet-5-5",
    "opus": "claude-opus-5-5",
    "haiku": "claude-haiku-5-5",
}
DAY = 24 * 3600.0


@dataclass(frozen=True, slots=True)
class Listed:
    """A model as the Models API lists it; ``created`` is an ISO date, which sorts by age."""

    id: str
    line: str
    lifecycle: str
    created: str


ListModels = Callable[[], Awaitable[Sequence[Listed]]]


def alias_of(wanted: str) -> str | None:
    """The alias that ``wanted`` stands for, or None if it is a model id already.

    Nothing and ``inherit`` stand for the default; letter case does not matter.
    """
    name = wanted.strip().lower()
    if name in ("", "inherit", "default"):
        return DEFAULT_ALIAS
    return name if name in VARIABLES else None


def from_environment(wanted: str, environ: Mapping[str, str]) -> str | None:
    """The id for ``wanted`` if no listing is needed to know it, else None."""
    alias = alias_of(wanted)
    if alias is None:
        return wanted.strip()
    return environ.get(VARIABLES[alias]) or None


def newest(alias: str, models: Sequence[Listed]) -> str | None:
    """The id of the newest active model of the line ``alias``."""
    fitting = [model for model in models if model.line == alias and model.lifecycle == "active"]
    return max(fitting, key=lambda model: model.created).id if fitting else None


async def resolve(
    wanted: str, environ: Mapping[str, str], list_models: ListModels, cache: ListingCache
) -> str:
    """The model id for ``wanted``.

    The environment comes first, then the provider's listing (kept for a day), then our table.
    ``list_models`` may fail in any way; an alias without entry in the table is passed on.
    """
    if settled := from_environment(wanted, environ):
        return settled
    alias = alias_of(wanted) or DEFAULT_ALIAS
    models = cache.read()
    if models is None:
        try:
            models = await list_models()
        except Exception:
            # Servers other than Anthropic's often can't list; a wrong key shows in the first turn.
            models = ()
        else:
            cache.write(models)
    return newest(alias, models) or TABLE.get(alias, alias)


@dataclass(frozen=True, slots=True)
class ListingCache:
    """The provider's listing in a file of the user's cache folder, or nowhere without a folder."""

    folder: Path | None
    server: str
    clock: Callable[[], float] = time.time

    def read(self) -> Sequence[Listed] | None:
        """The listing if it is of the same server and less than a day old."""
        if self.folder is None:
            return None
        try:
            kept = json.loads((self.folder / "models.json").read_text(encoding="utf-8"))
            fresh = kept["server"] == self.server and 0 <= self.clock() - kept["when"] < DAY
            return [Listed(**entry) for entry in kept["models"]] if fresh else None
        except (OSError, ValueError, TypeError, KeyError):
            return None

    def write(self, models: Sequence[Listed]) -> None:
        """Keep the listing; a folder that can't be written only means asking again."""
        if self.folder is None:
            return
        entries = [asdict(model) for model in models]
        kept = {"server": self.server, "when": self.clock(), "models": entries}
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            (self.folder / "models.json").write_text(json.dumps(kept), encoding="utf-8")
        except OSError:
            return

"""Which limits and settings are in force, and the line of the file that says so."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from architect_server.diagnosis.fact import Fact
from architect_server.settings import SETTINGS, Settings, SettingsByPlace
from architect_server.settings.overrides import Override


def limits(settings: Settings, places: SettingsByPlace, folder: Path | None) -> Iterator[Fact]:
    """What is in force; for a ``folder`` also the exceptions made for files in it."""
    for problem in places.problems:
        yield Fact("setting", problem, False, "Correct the value; docs/settings.md has them all.")
    for setting in SETTINGS:
        name = setting.key.rpartition(".")[2]
        origin = settings.origins.get(setting.key)
        if setting.key.startswith("limits."):
            value = getattr(settings.limits, name)
            yield Fact(f"limit {name}", f"{value or 'off'} (from {origin or 'default'})")
        elif origin:
            yield Fact(f"setting {setting.key}", f"set in {origin}")
    for function, place in settings.allowed.items():
        yield Fact("allowed", f"{function} (from {place})")
    if folder is not None:
        yield from map(_override, places.overrides_at(folder / "any"))


def _override(override: Override) -> Fact:
    values = ", ".join(f"{rule} {limit or 'off'}" for rule, limit in override.limits.items())
    where = ", ".join([*override.paths, *sorted(override.languages)])
    return Fact(f"for {where}", f"{values}: {override.reason} (from {override.origin})")

"""``architect doctor``: what was found on this machine, and which settings are in force where.

Meant to be pasted into a bug report: secrets are named by where they come from, never shown.
"""

from __future__ import annotations

import argparse
import json
import platform
import sys
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from architect_agents.agent_file import discover
from architect_agents.models.credentials import credentials_available, why_unavailable
from architect_server import __version__
from architect_server.cli.failure import Failure
from architect_server.cli.terminal import console
from architect_server.settings import SETTINGS, Layer, SettingsByPlace
from architect_server.settings.overrides import Override

_PACKAGES = ("lizard", "pygls", "lsprotocol", "pyflakes", "python-frontmatter", "anthropic", "mcp")


@dataclass(frozen=True, slots=True)
class Fact:
    """One line of the report; ``fix`` says what to do where ``ok`` is false."""

    area: str
    value: str
    ok: bool = True
    fix: str = ""


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the options of this subcommand."""
    parser.add_argument(
        "path",
        nargs="?",
        default=".",
        metavar="PATH",
        help="the file or folder whose settings to show (default: .)",
    )
    parser.add_argument("--json", action="store_true", help="print JSON")


def run(options: argparse.Namespace) -> int:
    """Report; 1 if something needs a fix."""
    path = Path(options.path)
    if not path.exists():
        raise Failure(f"{path} does not exist.")
    facts = list(_facts(path))
    if options.json:
        print(json.dumps([asdict(fact) for fact in facts], indent=2, ensure_ascii=False))
    else:
        target = console()
        for fact in facts:
            target.print(f"{'ok ' if fact.ok else 'FIX'}  {fact.area}: {fact.value}", markup=False)
            if fact.fix:
                target.print(f"     {fact.fix}", markup=False)
    return 0 if all(fact.ok for fact in facts) else 1


def _facts(path: Path) -> Iterator[Fact]:
    yield Fact("architect", f"{__version__} on Python {platform.python_version()}, {sys.platform}")
    yield from _packages()
    yield _model()
    yield from _agents()
    yield from _settings(path)


def _packages() -> Iterator[Fact]:
    found = []
    for name in _PACKAGES:
        try:
            found.append(f"{name} {version(name)}")
        except PackageNotFoundError:
            found.append(f"{name} absent")
    yield Fact("packages", ", ".join(found))


def _model() -> Fact:
    if credentials_available():
        return Fact("model", "credentials found; Ask architect uses the agent file's model")
    return Fact("model", f"none, the embedded architect answers. {why_unavailable()}")


def _agents() -> Iterator[Fact]:
    for agent in discover(Path.cwd(), Path.home()):
        broken = not agent.usable
        fix = f"architect agents check {agent.path}" if broken else ""
        yield Fact("agent", f"{agent.name} ({agent.origin}, {agent.path})", not broken, fix)


def _settings(path: Path) -> Iterator[Fact]:
    """For a file the limits in force; for a folder those of any file in it, and the exceptions."""
    inside = path / "any" if path.is_dir() else path
    places = SettingsByPlace(Layer("the command line", {}))
    settings = places.of(inside)
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
    if path.is_dir():
        yield from (_override(one) for one in places.overrides_at(inside))


def _override(override: Override) -> Fact:
    limits = ", ".join(f"{rule} {limit or 'off'}" for rule, limit in override.limits.items())
    where = ", ".join([*override.paths, *sorted(override.languages)])
    return Fact(f"for {where}", f"{limits}: {override.reason} (from {override.origin})")

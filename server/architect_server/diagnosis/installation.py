"""What is installed: this program, its Python, the packages, the sandbox."""

from __future__ import annotations

import platform
import sys
from collections.abc import Iterator
from importlib.metadata import PackageNotFoundError, version
from importlib.util import find_spec
from pathlib import Path

from architect_agents.sandbox.jail import jail_kind, why_no_jail
from architect_server import __version__
from architect_server.analysis.measure import measure
from architect_server.diagnosis.fact import Fact

#: Distributions by what they are imported as; each with what is missing without it.
_NEEDED = {
    "lsprotocol": "lsprotocol",
    "pygls": "pygls",
    "pathspec": "pathspec",
    "platformdirs": "platformdirs",
    "pyflakes": "pyflakes",
    "frontmatter": "python-frontmatter",
}
_OPTIONAL = {"anthropic": "anthropic", "mcp": "mcp", "psycopg": "psycopg"}

_PROBE = "def probe(a, b):\n    if a and b:\n        return 1\n    return 2\n"
_PROBE_CCN = 3
_REINSTALL = "Install Architect LSP again: pipx reinstall architect-lsp"


def installation() -> Iterator[Fact]:
    """The program and what it runs on."""
    yield Fact("architect", f"{__version__} in {Path(__file__).parents[1]}")
    yield Fact("python", f"{platform.python_version()} at {sys.executable}, {platform.platform()}")
    yield _lizard()
    missing = [name for module, name in _NEEDED.items() if find_spec(module) is None]
    found = ", ".join(_versions([*_NEEDED.values(), *_OPTIONAL.values()]))
    if missing:
        yield Fact("packages", f"missing: {', '.join(missing)}; {found}", False, _REINSTALL)
    else:
        yield Fact("packages", found)
    yield _sandbox()


def _lizard() -> Fact:
    """Whether lizard measures as it should, not only whether it is there."""
    name = _version("lizard")
    try:
        functions = measure(_PROBE, "python").functions
    except Exception as error:
        return Fact("lizard", f"{name} fails: {error}", False, _REINSTALL)
    figures = [function.ccn for function in functions]
    if figures != [_PROBE_CCN]:
        return Fact("lizard", f"{name} measures {figures} for {_PROBE_CCN}", False, _REINSTALL)
    return Fact("lizard", f"{name}, measures as expected")


def _sandbox() -> Fact:
    if kind := jail_kind():
        return Fact("sandbox", f"{kind}; tests and agents' commands run in it, without a network")
    fix = (
        "Install bubblewrap: apt-get install bubblewrap (dnf install bubblewrap)."
        if sys.platform == "linux"
        else ""
    )
    # Elsewhere there is nothing to put right: everything but tests and commands works.
    return Fact("sandbox", f"none. {why_no_jail()}", sys.platform != "linux", fix)


def _versions(names: list[str]) -> Iterator[str]:
    for name in names:
        yield f"{name} {_version(name)}"


def _version(name: str) -> str:
    try:
        return version(name)
    except PackageNotFoundError:
        return "absent"

"""Raw options of editors, pyproject.toml and the command line become one frozen Settings.

Every setting stands once, in ``SETTINGS``; whoever names settings elsewhere (documentation, the
VS Code manifest) is generated from it or tested against it. A bad value keeps the default and
is reported in one sentence; it never stops the rest from working.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from architect_server.analysis.model import Limits

Kind = Literal["integer", "number", "boolean", "string", "strings"]

#: What a value of each kind must be, for the one sentence a person gets.
_EXPECTED: Mapping[Kind, str] = {
    "integer": "a whole number",
    "number": "a number",
    "boolean": "true or false",
    "string": "a string",
    "strings": "a list of strings",
}


@dataclass(frozen=True, slots=True)
class Setting:
    """One setting: its dotted key as editors spell it, kind, default and meaning.

    ``minimum`` holds for numbers. ``user_only`` settings are ignored in a repository's
    pyproject.toml, since a repository must not widen its own rights or spend the user's money.
    """

    key: str
    kind: Kind
    default: Any
    description: str
    minimum: float | None = None
    user_only: bool = False


SETTINGS: tuple[Setting, ...] = (
    Setting(
        "limits.ccn",
        "integer",
        15,
        "Highest cyclomatic complexity (lizard's CCN) that draws no finding; 0: rule off.",
        minimum=0,
    ),
    Setting(
        "limits.parameters",
        "integer",
        7,
        "Highest number of parameters that draws no finding; 0 switches the rule off.",
        minimum=0,
    ),
    Setting(
        "limits.length",
        "integer",
        100,
        "Highest number of lines of a function that draws no finding; 0 switches the rule off.",
        minimum=0,
    ),
    Setting(
        "limits.cognitive",
        "integer",
        0,
        "Highest cognitive complexity that draws no finding; 0 switches the rule off.",
        minimum=0,
    ),
    Setting(
        "limits.nesting",
        "integer",
        0,
        "Deepest nesting of blocks that draws no finding; 0 switches the rule off.",
        minimum=0,
    ),
    Setting(
        "exclude",
        "strings",
        [],
        "Glob patterns (as in .gitignore) of files that are not analysed.",
    ),
    Setting(
        "analysis.timeLimit",
        "number",
        5.0,
        "Seconds after which the analysis of one file is stopped and the file reported as skipped.",
        minimum=0.1,
    ),
    Setting(
        "analysis.sizeLimit",
        "integer",
        2_000_000,
        "Characters above which a file is not analysed but reported as skipped.",
        minimum=1_000,
    ),
    Setting(
        "architect.enabled",
        "boolean",
        True,
        "Offer the architect's code actions.",
    ),
    Setting(
        "architect.agent",
        "string",
        "",
        "Name of the agent file to use; empty: python-backend-architect for Python, "
        "general-architect for other languages.",
    ),
    Setting(
        "architect.model",
        "string",
        "",
        "Model that overrides the agent file's: an alias such as sonnet, or a full model name.",
        user_only=True,
    ),
    Setting(
        "architect.offline",
        "boolean",
        False,
        "Always use the embedded architect, also where a key is present.",
        user_only=True,
    ),
    Setting(
        "architect.maxCost",
        "number",
        0.75,
        "Most US dollars that one run of the model may cost, by estimate.",
        minimum=0.0,
        user_only=True,
    ),
)


def _folded(key: str) -> str:
    """``time-limit``, ``time_limit`` and ``timeLimit`` are one key; dots part the levels."""
    return key.replace("-", "").replace("_", "").lower()


_BY_KEY: Mapping[str, Setting] = {_folded(setting.key): setting for setting in SETTINGS}


@dataclass(frozen=True, slots=True)
class Layer:
    """Raw options from one source; ``origin`` is how a person knows it ("editor", a path)."""

    origin: str
    options: Mapping[str, Any]
    from_repository: bool = False
    #: 1-based line of each key in its file, by dotted key as written, where there is a file.
    lines: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Settings:
    """The resolved settings of one place. ``origins`` says where each non-default came from."""

    limits: Limits = field(default_factory=Limits)
    exclude: tuple[str, ...] = ()
    time_limit: float = 5.0
    size_limit: int = 2_000_000
    architect_enabled: bool = True
    agent: str = ""
    model: str = ""
    offline: bool = False
    max_cost: float = 0.75
    origins: Mapping[str, str] = field(default_factory=dict)


def resolve(layers: Sequence[Layer]) -> tuple[Settings, tuple[str, ...]]:
    """Lay ``layers`` over the defaults, later ones on top.

    Returns:
        The settings, and one sentence for every option that could not be used.
    """
    values: dict[str, Any] = {setting.key: setting.default for setting in SETTINGS}
    origins: dict[str, str] = {}
    problems: list[str] = []
    for layer in layers:
        for key, value in _flatten(layer.options):
            setting = _BY_KEY.get(_folded(key))
            problem = _problem(setting, key, value, layer)
            if problem or setting is None:
                problems.append(f"{_where(layer, key)}: {problem}")
                continue
            values[setting.key] = value
            origins[setting.key] = layer.origin
    return _settings(values, origins), tuple(problems)


def _settings(values: Mapping[str, Any], origins: Mapping[str, str]) -> Settings:
    limits = {
        key.removeprefix("limits."): value
        for key, value in values.items()
        if key.startswith("limits.")
    }
    return Settings(
        limits=Limits(**limits),
        exclude=tuple(values["exclude"]),
        time_limit=float(values["analysis.timeLimit"]),
        size_limit=values["analysis.sizeLimit"],
        architect_enabled=values["architect.enabled"],
        agent=values["architect.agent"],
        model=values["architect.model"],
        offline=values["architect.offline"],
        max_cost=float(values["architect.maxCost"]),
        origins=origins,
    )


def _flatten(options: Mapping[str, Any], prefix: str = "") -> Iterable[tuple[str, Any]]:
    for key, value in options.items():
        dotted = f"{prefix}{key}"
        if isinstance(value, Mapping):
            yield from _flatten(value, f"{dotted}.")
        else:
            yield dotted, value


def _problem(setting: Setting | None, key: str, value: Any, layer: Layer) -> str:
    """Why ``value`` can't be used, or an empty string."""
    if setting is None:
        return f"unknown setting '{key}' is ignored; the known ones are in docs/settings.md."
    if layer.from_repository and setting.user_only:
        return f"'{key}' is ignored, since only the user's own settings may set it."
    if not _is_of(setting.kind, value):
        return (
            f"'{key}' must be {_EXPECTED[setting.kind]}, not {value!r}; "
            f"the default {setting.default!r} is kept."
        )
    if setting.minimum is not None and value < setting.minimum:
        return f"'{key}' must be at least {setting.minimum:g}; {setting.default!r} is kept."
    return ""


def _is_of(kind: Kind, value: Any) -> bool:
    if kind == "strings":
        return isinstance(value, list) and all(isinstance(item, str) for item in value)
    if kind == "boolean":
        return isinstance(value, bool)
    if isinstance(value, bool):
        return False
    if kind == "number":
        return isinstance(value, int | float)
    return isinstance(value, int if kind == "integer" else str)


def _where(layer: Layer, key: str) -> str:
    line = layer.lines.get(key)
    return f"{layer.origin}:{line}" if line else layer.origin


def project_layer(folder: Path) -> tuple[Layer | None, tuple[str, ...]]:
    """Read ``[tool.architect]`` of the nearest pyproject.toml at or above ``folder``.

    A pyproject.toml without that table ends nothing: the search goes on upwards, so that a
    nested package inherits its repository's limits.

    Returns:
        The layer or None, and one sentence for every file that could not be read.
    """
    problems: list[str] = []
    for place in (folder, *folder.parents):
        path = place / "pyproject.toml"
        try:
            text = path.read_text(encoding="utf-8")
            table = tomllib.loads(text).get("tool", {}).get("architect")
        except (FileNotFoundError, NotADirectoryError):
            continue
        except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
            problems.append(f"{path}: its settings are not used, it can't be read ({error}).")
            continue
        if isinstance(table, Mapping):
            layer = Layer(str(path), table, from_repository=True, lines=_toml_lines(text))
            return layer, tuple(problems)
    return None, tuple(problems)


def _toml_lines(text: str) -> dict[str, int]:
    """Where each key of ``[tool.architect…]`` stands; good enough to point a person at it."""
    lines: dict[str, int] = {}
    table = ""
    for number, line in enumerate(text.splitlines(), start=1):
        if header := re.match(r"\s*\[+\s*([^\]]+?)\s*\]+", line):
            table = header[1].replace('"', "").replace(" ", "")
        elif (key := re.match(r"\s*([\w.\"-]+)\s*=", line)) and table.startswith("tool.architect"):
            dotted = f"{table}.{key[1]}".removeprefix("tool.architect.").replace('"', "")
            lines.setdefault(dotted, number)
    return lines

"""Raw options of editors, pyproject.toml and the command line become one frozen Settings.

A bad value is left out and reported in one sentence; it never stops the rest from working.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from architect_server.analysis.limits import Limits
from architect_server.settings.overrides import Override, read_override
from architect_server.settings.table import SETTINGS
from architect_server.settings.values import problem, setting_of

#: Never to be altered, as everything in here.
_NONE: dict[str, Any] = {}


class Layer(NamedTuple):
    """Raw options from one source; ``origin`` is how a person knows it ("editor", a path)."""

    origin: str
    options: Mapping[str, Any]
    from_repository: bool = False
    #: 1-based line of each key in its file, by dotted key as written, where there is a file.
    lines: Mapping[str, int] = _NONE
    #: The folder that its globs are relative to.
    base: Path | None = None


class ReadLayer(NamedTuple):
    """The usable part of a layer: values by setting's key, each with its place, and overrides."""

    values: Mapping[str, Any] = _NONE
    places: Mapping[str, str] = _NONE
    overrides: tuple[Override, ...] = ()
    problems: tuple[str, ...] = ()
    base: Path | None = None


class Surfaces(NamedTuple):
    """What an editor is shown. ``hide_below`` is a cyclomatic complexity."""

    diagnostics: bool = True
    suppressed: bool = True
    workspace: bool = True
    hover: bool = True
    inlay_hints: bool = False
    code_lens: bool = False
    hide_below: int = 10


class Settings(NamedTuple):
    """The resolved settings of one place. ``origins`` says where each non-default came from.

    ``exclude_base`` is the folder that ``exclude`` is relative to; None: the workspace's.
    ``allowed`` names functions that lizard's whitelist lets pass, each with its place there.
    """

    limits: Limits = Limits()
    exclude: tuple[str, ...] = ()
    exclude_base: Path | None = None
    suppress_generated: bool = True
    vendored: tuple[str, ...] = ()
    allowed: Mapping[str, str] = _NONE
    surfaces: Surfaces = Surfaces()
    time_limit: float = 5.0
    size_limit: int = 2_000_000
    workspace_limit: int = 10_000
    architect_enabled: bool = True
    agent: str = ""
    model: str = ""
    offline: bool = False
    max_cost: float = 0.75
    max_daily_cost: float = 5.0
    prices: Mapping[str, Mapping[str, float]] = _NONE
    max_turns: int = 24
    max_seconds: float = 300.0
    web: bool = False
    origins: Mapping[str, str] = _NONE


def read_layer(layer: Layer) -> ReadLayer:
    """Sort the layer's options into what can be used and what is wrong."""
    values: dict[str, Any] = {}
    places: dict[str, str] = {}
    overrides: list[Override] = []
    problems: list[str] = []
    for key, value in _flatten(layer.options):
        setting = setting_of(key)
        wrong = problem(setting, key, value, from_repository=layer.from_repository)
        if wrong or setting is None:
            problems.append(f"{_where(layer, key)}: {wrong}")
        elif setting.kind == "overrides":
            for number, entry in enumerate(value):
                where = _where(layer, f"{key}.{number}")
                override, found = read_override(entry, where, layer.base)
                overrides += [override] if override else []
                problems += [f"{where}: {sentence}" for sentence in found]
        else:
            values[setting.key] = value
            places[setting.key] = _where(layer, key)
    return ReadLayer(values, places, tuple(overrides), tuple(problems), layer.base)


def lay(
    layers: Iterable[ReadLayer],
    path: Path | None = None,
    language: str = "",
    workspace: Path | None = None,
    allowed: Mapping[str, str] | None = None,
) -> Settings:
    """Lay ``layers`` over the defaults, later ones on top, for a text at ``path``.

    A layer's overrides lie above its own limits and below the next layer. Globs that come from
    no file are relative to ``workspace``.
    """
    values: dict[str, Any] = {setting.key: setting.default for setting in SETTINGS}
    origins: dict[str, str] = {}
    exclude_base: Path | None = None
    for layer in layers:
        values.update(layer.values)
        origins.update(layer.places)
        if "exclude" in layer.values:
            exclude_base = layer.base
        for override in layer.overrides:
            if override.holds(path, language, workspace):
                for rule, limit in override.limits.items():
                    values[f"limits.{rule}"] = limit
                    origins[f"limits.{rule}"] = f"{override.origin}: {override.reason}"
    return _settings(values, origins, exclude_base, allowed or {})


def resolve(
    layers: Sequence[Layer], path: Path | None = None, language: str = ""
) -> tuple[Settings, tuple[str, ...]]:
    """Read ``layers`` and lay them over the defaults, later ones on top.

    Returns:
        The settings, and one sentence for every option that could not be used.
    """
    read = [read_layer(layer) for layer in layers]
    problems = tuple(sentence for layer in read for sentence in layer.problems)
    return lay(read, path, language), problems


def _settings(
    values: Mapping[str, Any],
    origins: Mapping[str, str],
    exclude_base: Path | None,
    allowed: Mapping[str, str],
) -> Settings:
    limits = {
        key.removeprefix("limits."): value
        for key, value in values.items()
        if key.startswith("limits.")
    }
    return Settings(
        limits=Limits(**limits),
        exclude=tuple(values["exclude"]),
        exclude_base=exclude_base,
        suppress_generated=values["suppress.generated"],
        vendored=tuple(values["suppress.vendored"]),
        allowed=allowed,
        surfaces=Surfaces(
            diagnostics=values["surfaces.diagnostics"],
            suppressed=values["surfaces.suppressed"],
            workspace=values["surfaces.workspace"],
            hover=values["surfaces.hover"],
            inlay_hints=values["surfaces.inlayHints"],
            code_lens=values["surfaces.codeLens"],
            hide_below=values["surfaces.hideBelow"],
        ),
        time_limit=float(values["analysis.timeLimit"]),
        size_limit=values["analysis.sizeLimit"],
        workspace_limit=values["analysis.workspaceLimit"],
        architect_enabled=values["ask.enabled"],
        agent=values["ask.agent"],
        model=values["ask.model"],
        offline=values["ask.offline"],
        max_cost=float(values["ask.maxCost"]),
        max_daily_cost=float(values["ask.maxDailyCost"]),
        prices=values["ask.prices"],
        max_turns=values["ask.maxTurns"],
        max_seconds=float(values["ask.maxSeconds"]),
        web=values["ask.web"],
        origins=origins,
    )


def _flatten(options: Mapping[str, Any], prefix: str = "") -> Iterable[tuple[str, Any]]:
    for key, value in options.items():
        dotted = f"{prefix}{key}"
        setting = setting_of(dotted)
        is_table = setting is not None and setting.kind == "prices"
        if isinstance(value, Mapping) and not is_table:
            yield from _flatten(value, f"{dotted}.")
        else:
            yield dotted, value


def _where(layer: Layer, key: str) -> str:
    """The layer and, where it is a file, the line of ``key`` or of what it stands in."""
    while key:
        if line := layer.lines.get(key):
            return f"{layer.origin}:{line}"
        key = key.rpartition(".")[0]
    return layer.origin

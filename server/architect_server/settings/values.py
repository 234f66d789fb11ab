"""Is a raw value what its setting wants? One sentence for a person where it is not."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from architect_server.settings.table import SETTINGS, Kind, Setting

#: What a value of each kind must be, for the one sentence a person gets.
_EXPECTED: Mapping[Kind, str] = {
    "integer": "a whole number",
    "number": "a number",
    "boolean": "true or false",
    "string": "a string",
    "strings": "a list of strings",
    "overrides": "a list of tables",
    "prices": "a table of models, each with its 'input' and 'output' in US dollars",
}

#: What can be priced: tokens in and out, and the cache's where they differ from the usual.
PRICED = frozenset({"input", "output", "cacheWrite", "cacheRead"})


def folded(key: str) -> str:
    """``time-limit``, ``time_limit`` and ``timeLimit`` are one key; dots part the levels."""
    return key.replace("-", "").replace("_", "").lower()


_BY_KEY: Mapping[str, Setting] = {folded(setting.key): setting for setting in SETTINGS}


def setting_of(key: str) -> Setting | None:
    """The setting that ``key`` means, however its words are joined."""
    return _BY_KEY.get(folded(key))


def problem(setting: Setting | None, key: str, value: Any, *, from_repository: bool) -> str:
    """Why ``value`` can't be used, or an empty string."""
    if setting is None:
        return f"unknown setting '{key}' is ignored{_meant(key)}; docs/settings.md has them all."
    if from_repository and setting.user_only:
        return f"'{key}' is ignored, since only the user's own settings may set it."
    if not is_of(setting.kind, value):
        return f"'{key}' must be {_EXPECTED[setting.kind]}, not {value!r}; it is not used."
    if setting.minimum is not None and value < setting.minimum:
        return f"'{key}' must be at least {setting.minimum:g}, not {value!r}; it is not used."
    return ""


def _meant(key: str) -> str:
    from difflib import get_close_matches  # only for a key with a mistake in it

    near = get_close_matches(folded(key), _BY_KEY, n=1, cutoff=0.8)
    return f" (did you mean '{_BY_KEY[near[0]].key}'?)" if near else ""


def is_of(kind: Kind, value: Any) -> bool:
    """Whether ``value`` has the JSON type of ``kind``; true is no whole number."""
    if kind in ("strings", "overrides"):
        inner = str if kind == "strings" else Mapping
        return isinstance(value, list) and all(isinstance(item, inner) for item in value)
    if kind == "prices":
        return isinstance(value, Mapping) and all(_is_price(price) for price in value.values())
    if kind == "boolean":
        return isinstance(value, bool)
    if isinstance(value, bool):
        return False
    if kind == "number":
        return isinstance(value, int | float)
    return isinstance(value, int if kind == "integer" else str)


def _is_price(value: Any) -> bool:
    if not isinstance(value, Mapping) or not {"input", "output"} <= value.keys() <= PRICED:
        return False
    return all(is_of("number", usd) and usd >= 0 for usd in value.values())

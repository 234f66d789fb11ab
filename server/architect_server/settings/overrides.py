"""Limits for some paths or languages: looser for tests, say, with the reason written down."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple

from architect_server.analysis.languages import LANGUAGE_IDS
from architect_server.analysis.limits import Limits
from architect_server.ignores import matches
from architect_server.settings.values import is_of

_RULES = Limits._fields
_KEYS = ("paths", "languages", "reason", "limits")


class Override(NamedTuple):
    """Other limits (by rule) for the files that ``paths`` and ``languages`` describe.

    Both must hold where both are given. Globs are relative to ``base``; without one, to the
    workspace. ``origin`` is how a person finds the place where it is written.
    """

    limits: Mapping[str, int]
    reason: str
    origin: str
    paths: tuple[str, ...] = ()
    languages: frozenset[str] = frozenset()
    base: Path | None = None

    def holds(self, path: str | Path | None, language: str, workspace: Path | None) -> bool:
        """Whether a text at ``path`` (None: an untitled one) in ``language`` is meant."""
        if self.languages and language not in self.languages:
            return False
        return not self.paths or matches(self.paths, self.base or workspace, path)


def read_override(
    entry: Mapping[str, Any], origin: str, base: Path | None
) -> tuple[Override | None, tuple[str, ...]]:
    """One entry as it was written.

    Returns:
        The override, or None where it can't be used; and a sentence for each thing wrong in it.
    """
    problems = [
        f"unknown key '{key}' in an override is ignored; the keys are {', '.join(_KEYS)}."
        for key in entry
        if key not in _KEYS
    ]
    refusal = _refusal(entry)
    if refusal:
        return None, (*problems, f"{refusal}; the override is not used.")
    limits = dict(entry["limits"])
    for rule, value in entry["limits"].items():
        if wrong := _wrong_limit(rule, value):
            problems.append(wrong)
            del limits[rule]
    problems += _unknown_languages(entry.get("languages", []))
    override = Override(
        limits=limits,
        reason=entry["reason"].strip(),
        origin=origin,
        paths=tuple(entry.get("paths", [])),
        languages=frozenset(entry.get("languages", [])),
        base=base,
    )
    return override, tuple(problems)


def _refusal(entry: Mapping[str, Any]) -> str:
    reason = entry.get("reason", "")
    if not isinstance(reason, str) or not reason.strip():
        return 'an override needs a reason (reason = "...") that says why its limits differ'
    for key in ("paths", "languages"):
        if not is_of("strings", entry.get(key, [])):
            return f"'{key}' of an override must be a list of strings"
    if not entry.get("paths") and not entry.get("languages"):
        return "an override needs 'paths' or 'languages' that say where it holds"
    if not isinstance(entry.get("limits"), Mapping):
        return "an override needs its limits (limits = { ccn = 25 })"
    return ""


def _wrong_limit(rule: str, value: Any) -> str:
    if rule not in _RULES:
        return f"unknown limit '{rule}' is ignored; the rules are {', '.join(_RULES)}."
    if not is_of("integer", value) or value < 0:
        return f"limit '{rule}' must be a whole number from 0 on, not {value!r}; it is not used."
    return ""


def _unknown_languages(languages: list[str]) -> Iterator[str]:
    for language in languages:
        if language not in LANGUAGE_IDS:
            yield f"no language '{language}' is known to lizard (python, cpp, typescript, ...)."

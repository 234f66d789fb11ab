"""Entries of the knowledge graph as callers write them, read with limits."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

Json = dict[str, Any]
LONGEST_NAME = 200
LONGEST_OBSERVATION = 2000


class MemoryRefusal(Exception):
    """The graph can't do what was asked, in words that the model may see."""


def name_in(entry: Mapping[str, Any], key: str) -> str:
    """The name under ``key``.

    Raises:
        MemoryRefusal: it is missing, empty or too long.
    """
    value = entry.get(key)
    if not isinstance(value, str) or not value.strip():
        raise MemoryRefusal(f"`{key}` must be a text")
    if len(value) > LONGEST_NAME:
        raise MemoryRefusal(f"`{key}` is longer than {LONGEST_NAME} characters")
    return value


def observations_in(values: Any) -> list[str]:
    """The texts that say something.

    Raises:
        MemoryRefusal: they are no list of texts, or one is too long.
    """
    if not isinstance(values, list) or not all(isinstance(value, str) for value in values):
        raise MemoryRefusal("Observations are a list of texts")
    if any(len(value) > LONGEST_OBSERVATION for value in values):
        raise MemoryRefusal(f"An observation has at most {LONGEST_OBSERVATION} characters")
    return [value for value in values if value.strip()]


def ends(relation: Mapping[str, Any]) -> tuple[str, str, str]:
    """From, to and type of a relation."""
    return name_in(relation, "from"), name_in(relation, "to"), name_in(relation, "relationType")


def as_relation(row: Sequence[str]) -> Json:
    """A row of the table as callers write it."""
    _, source, target, kind = row
    return {"from": source, "to": target, "relationType": kind}

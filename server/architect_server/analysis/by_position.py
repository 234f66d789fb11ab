"""Frozen dataclasses pickled as a call with their fields: thousands go over a pipe for one text."""

from __future__ import annotations

from dataclasses import fields
from operator import attrgetter
from typing import Any, TypeVar

T = TypeVar("T")


def pickled_by_position(kind: type[T]) -> type[T]:
    """Give a dataclass of two fields or more a way to be pickled that takes half of the time.

    Its own, where it has slots, sets each field by a call and asks for the fields every time.
    """
    values = attrgetter(*[field.name for field in fields(kind)])  # type: ignore[arg-type]

    def reduce(self: T) -> tuple[type[T], tuple[Any, ...]]:
        return kind, values(self)

    kind.__reduce__ = reduce  # type: ignore[assignment, method-assign]
    return kind

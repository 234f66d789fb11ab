"""Renaming a helper that an architect has just made: its name is new, so every word of it is it."""

from __future__ import annotations

import keyword
import re
from collections.abc import Collection, Iterator

from architect_server.document import Document, Splice

_WORD = re.compile(r"\w+")


def defined(document: Document, names: Collection[str]) -> Iterator[Splice]:
    """Where each of ``names`` is defined, in their order: the name's extent, and the name."""
    for name in names:
        found = re.search(rf"\bdef[ \t]+({re.escape(name)})\b", document.text)
        if found:
            yield Splice(found.start(1), found.end(1), name)


def name_at(document: Document, offset: int, names: Collection[str]) -> Splice | None:
    """The extent of the one of ``names`` that stands at ``offset``, if one does."""
    line_start = document.text.rfind("\n", 0, offset) + 1
    for found in _WORD.finditer(document.text, line_start):
        if found.start() > offset:
            return None
        if found.end() >= offset and found.group() in names:
            return Splice(found.start(), found.end(), found.group())
    return None


def renamed(document: Document, old: str, new: str) -> list[Splice]:
    """The edit that gives ``old`` another name wherever the text mentions it.

    Raises:
        ValueError: ``new`` can't be its name, in a sentence for the person.
    """
    if not new.isidentifier() or keyword.iskeyword(new):
        raise ValueError(f"{new!r} can't be the name of a function.")
    if new != old and re.search(rf"\b{re.escape(new)}\b", document.text):
        raise ValueError(f"The name {new} is already in use in this file.")
    words = re.finditer(rf"\b{re.escape(old)}\b", document.text)
    return [Splice(word.start(), word.end(), new) for word in words]

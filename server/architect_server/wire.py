"""The messages of every keystroke, read as the JSON they are.

``lsprotocol`` says the same with typed objects, a hundred times slower; tests hold the two
against each other. Whatever is not as the protocol says is None here, and left to it to refuse.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from architect_server.document import Change, Document, Place


@dataclass(frozen=True, slots=True)
class Json:
    """A value as it goes over the wire. ``str`` of it is the JSON."""

    text: str

    def __str__(self) -> str:
        return self.text


#: Takes a message's parameters as JSON values. None: it goes the typed way. Else it was taken,
#: and where it is a request this is the result.
PlainHandler = Callable[[Any], Json | None]

#: What a plain handler says of a notification that it took.
TAKEN = Json("null")


@dataclass(frozen=True, slots=True)
class Changed:
    """A didChange: the new ``version`` of the text at ``uri``, and how it comes about."""

    uri: str
    version: int
    changes: list[Change]


def read_change(params: Any) -> Changed | None:
    """The parameters of a didChange; None if they are not what the protocol says."""
    try:
        identifier = params["textDocument"]
        uri, version = identifier["uri"], identifier["version"]
        changes = [_change(event) for event in params["contentChanges"]]
    except (KeyError, TypeError):
        return None
    if not isinstance(uri, str) or not isinstance(version, int) or None in changes:
        return None
    return Changed(uri, version, [change for change in changes if change is not None])


def _change(event: Mapping[str, Any]) -> Change | None:
    text = event["text"]
    if not isinstance(text, str):
        return None
    if "range" not in event:
        return Change(text)
    where = event["range"]
    start, end = _place(where["start"]), _place(where["end"])
    return Change(text, start, end) if start and end else None


def _place(position: Mapping[str, Any]) -> Place | None:
    line, character = position["line"], position["character"]
    if isinstance(line, int) and isinstance(character, int) and line >= 0 and character >= 0:
        return Place(line, character)
    return None


def read_opened(params: Any) -> Document | None:
    """The text of a didOpen."""
    try:
        item = params["textDocument"]
        uri, version, text = item["uri"], item["version"], item["text"]
        language = item["languageId"]
    except (KeyError, TypeError):
        return None
    words = all(isinstance(value, str) for value in (uri, text, language))
    return Document(uri, version, language, text) if words and isinstance(version, int) else None


def read_uri(params: Any) -> str | None:
    """The URI of the text that a message is about."""
    try:
        uri = params["textDocument"]["uri"]
    except (KeyError, TypeError):
        return None
    return uri if isinstance(uri, str) else None

"""The answer to ``initialize``, given before anything else is loaded.

It is a table, made from the full server's own answer (``make generated``), with the choices in
it that depend on the client. A test holds it against that answer for every recorded client.
"""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from typing import Any, Literal, NamedTuple

from architect_server import __version__
from architect_server.message_frames import Frames, framed

#: Where the answer of the full server is kept.
CAPABILITIES = os.path.join(os.path.dirname(__file__), "capabilities.json")  # noqa: PTH118, PTH120

_ENCODINGS: Mapping[str, Literal["utf-8", "utf-16", "utf-32"]] = {
    "utf-8": "utf-8",
    "utf-16": "utf-16",
    "utf-32": "utf-32",
}
_CHUNK = 1 << 16

_Values = Mapping[str, Any]


class FirstWords(NamedTuple):
    """All that was read so far, and the request in it that has its answer already."""

    received: bytes = b""
    answered: str | int | None = None


def answer_first(source: int, target: int) -> FirstWords:
    """Read the first message from the descriptor ``source``; answer it if it is ``initialize``.

    Whatever is wrong with it is for the full server to say.
    """
    received, frames = b"", Frames()
    while chunk := os.read(source, _CHUNK):
        received += chunk
        for body in frames.feed(chunk):
            try:
                message = json.loads(body)
                if message["method"] != "initialize":
                    return FirstWords(received)
                said = answer(message["params"])
                identifier = json.dumps(message["id"])
            except (ValueError, LookupError, TypeError, AttributeError):
                return FirstWords(received)
            reply = f'{{"jsonrpc":"2.0","id":{identifier},"result":{said}}}'
            _write(target, framed(reply))
            return FirstWords(received, message["id"])
    return FirstWords(received)


def _write(target: int, data: bytes) -> None:
    while data:
        data = data[os.write(target, data) :]


def answer(params: _Values) -> str:
    """The result of ``initialize`` as JSON.

    Raises:
        TypeError: the client does not say what it can do.
    """
    if not isinstance(params["capabilities"], Mapping):
        raise TypeError("initialize without capabilities")
    with open(CAPABILITIES, encoding="utf-8") as table:  # noqa: PTH123 - pathlib is not loaded yet
        result = json.load(table)
    result["capabilities"]["positionEncoding"] = encoding_of(params)
    if at(params, "capabilities", "notebookDocument") is None:
        result["capabilities"].pop("notebookDocumentSync", None)
    if has_one_server(params):
        prepares = at(params, "capabilities", "textDocument", "rename", "prepareSupport")
        result["capabilities"]["renameProvider"] = {"prepareProvider": True} if prepares else True
    result["serverInfo"]["version"] = __version__
    return json.dumps(result)


def name_of(params: _Values) -> str:
    """What the client calls itself; empty if it does not say."""
    return str(at(params, "clientInfo", "name") or "")


def has_one_server(params: _Values) -> bool:
    """Whether the client has but one server for a text, so that ours has to do all it can."""
    return "eglot" in name_of(params).lower()


def encoding_of(params: _Values) -> Literal["utf-8", "utf-16", "utf-32"]:
    """The first of the client's encodings that we know; the protocol's default is utf-16."""
    offered = at(params, "capabilities", "general", "positionEncodings") or []
    known = [_ENCODINGS[name] for name in offered if name in _ENCODINGS]
    return known[0] if known else "utf-16"


def at(values: Any, *keys: str) -> Any:
    """What lies under ``keys``; None where one of them is missing."""
    for key in keys:
        values = values.get(key) if isinstance(values, Mapping) else None
    return values

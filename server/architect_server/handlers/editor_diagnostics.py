"""What the editor shows under the code, for an agent that asks: everyone's, or at least ours."""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from lsprotocol import types as lsp
from pygls.exceptions import JsonRpcException

from architect_server.desk import to_path
from architect_server.server import ArchitectServer

METHOD = "architect/diagnostics"
SECONDS = 5.0
MOST = 500
_SEVERITY = {1: "error", 2: "warning", 3: "information", 4: "hint"}

logger = logging.getLogger(__name__)


async def diagnostics(server: ArchitectServer, which: str) -> Sequence[Mapping[str, Any]]:
    """{uri, line, endLine, severity, message, source, code}, lines 1-based, of ``which``.

    That is the URI or the path of a document, or "" for all that the editor tells of.
    """
    uri = _uri_of(server, which)
    if server.session.client.tells_diagnostics:
        try:
            async with asyncio.timeout(SECONDS):
                told = await server.protocol.send_request_async(METHOD, {"uri": uri})
            return [found for entry in _entries(told) if (found := _read(entry))]
        except (TimeoutError, JsonRpcException) as error:
            logger.warning("The editor does not tell its diagnostics: %r", error)
    return list(_ours(server, uri))


def _uri_of(server: ArchitectServer, which: str) -> str | None:
    """The URI that ``which`` means; None for all."""
    if not which or "://" in which:
        return which or None
    for uri, document in server.session.documents.items():
        path = to_path(uri)
        if document.name == which or (path is not None and path.as_posix().endswith(f"/{which}")):
            return uri
    folders = list(server.session.folders.values()) or [Path.cwd()]
    return (folders[0] / which).as_uri()


def _ours(server: ArchitectServer, uri: str | None) -> Iterator[Mapping[str, Any]]:
    """What we ourselves found in the open texts."""
    for shown, diagnostics in list(server.desk.diagnostics.items()):
        if uri is None or shown == uri:
            for diagnostic in json.loads(diagnostics):
                if found := _read({"uri": shown, **diagnostic}):
                    yield found


def _entry(
    uri: str, where: lsp.Range, severity: int, message: str, source: str, code: str
) -> Mapping[str, Any]:
    return {
        "uri": uri,
        "line": where.start.line + 1,
        "endLine": where.end.line + 1,
        "severity": _SEVERITY.get(severity, "information"),
        "message": message[:2000],
        "source": source,
        "code": code,
    }


def _entries(told: Any) -> Sequence[Any]:
    return told[:MOST] if isinstance(told, list) else ()


def _read(entry: Any) -> Mapping[str, Any] | None:
    """One diagnostic, which also carries its text's URI; None if it is not in order."""
    try:
        start, end = entry["range"]["start"]["line"], entry["range"]["end"]["line"]
        where = lsp.Range(lsp.Position(int(start), 0), lsp.Position(int(end), 0))
        code = entry.get("code", "")
        if isinstance(code, Mapping):
            code = code.get("value", "")
        return _entry(
            str(entry["uri"]),
            where,
            int(entry.get("severity") or 3),
            str(entry["message"]),
            str(entry.get("source") or ""),
            str(code),
        )
    except (KeyError, TypeError, ValueError, AttributeError):
        return None

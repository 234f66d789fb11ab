"""Inlay hints: each +1 at the end of the line where it is counted. Off by default."""

from __future__ import annotations

from collections.abc import Iterator

from lsprotocol import types as lsp

from architect_server.analysis.model import FunctionMetrics
from architect_server.convert import to_position
from architect_server.handlers.surfaces import is_shown, newest_result
from architect_server.server import ArchitectServer
from architect_server.session import Result


def register(server: ArchitectServer) -> None:
    """Add the handler of this file to ``server``."""
    server.feature(lsp.TEXT_DOCUMENT_INLAY_HINT)(inlay_hints)


async def inlay_hints(
    server: ArchitectServer, params: lsp.InlayHintParams
) -> list[lsp.InlayHint] | None:
    """The hints between the first and the last line of the range."""
    result = await newest_result(server, params.text_document.uri)
    if result is None or not result.surfaces.inlay_hints:
        return None
    labels: dict[int, list[str]] = {}
    for function in result.metrics.functions:
        if is_shown(result, function):
            for line, label in _labels(function):
                labels.setdefault(line, []).append(label)
    first, last = params.range.start.line + 1, params.range.end.line + 1
    return [
        _hint(server, result, line, "  ".join(found))
        for line, found in sorted(labels.items())
        if first <= line <= last
    ]


def _labels(function: FunctionMetrics) -> Iterator[tuple[int, str]]:
    yield function.start_line, f"CCN {function.ccn}"
    for decision in function.decisions:
        yield decision.line, f"+1 {decision.kind}"


def _hint(server: ArchitectServer, result: Result, line: int, label: str) -> lsp.InlayHint:
    end = len(result.document.lines.line_text(line - 1))
    where = to_position(result.document, line, end, server.session.client.encoding)
    return lsp.InlayHint(position=where, label=label, padding_left=True)

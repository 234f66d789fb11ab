"""Hover on a function's name: its figures side by side, each +1 with its line, in words why."""

from __future__ import annotations

from collections.abc import Iterator

from lsprotocol import types as lsp

from architect_server.analysis.explain import hover as as_markdown
from architect_server.convert import to_range
from architect_server.handlers.surfaces import explanation, is_shown, newest_result
from architect_server.server import ArchitectServer
from architect_server.settings import Settings


def register(server: ArchitectServer) -> None:
    """Add the handler of this file to ``server``."""
    server.feature(lsp.TEXT_DOCUMENT_HOVER)(hover)


async def hover(server: ArchitectServer, params: lsp.HoverParams) -> lsp.Hover | None:
    """Explain the function whose name is at the position."""
    uri = params.text_document.uri
    result = await newest_result(server, uri)
    if result is None or not result.surfaces.hover:
        return None
    client = server.session.client
    for function in result.metrics.functions:
        where = to_range(result.document, function.name_span, client.encoding)
        if where.start <= params.position <= where.end and is_shown(result, function):
            path, language = server.path_of(uri), result.document.language_id
            settings = server.session.settings_for(path, language)
            text = as_markdown(explanation(result, function), settings.limits._asdict())
            kind = lsp.MarkupKind.Markdown if client.markdown else lsp.MarkupKind.PlainText
            content = "\n\n".join([text, *_origins(settings)])
            return lsp.Hover(lsp.MarkupContent(kind, content), where)
    return None


def _origins(settings: Settings) -> Iterator[str]:
    """Where the limits come from that are not the defaults."""
    for key, origin in settings.origins.items():
        if key.startswith("limits."):
            yield f"Limit `{key.removeprefix('limits.')}` from {origin}"

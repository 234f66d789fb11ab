"""What can be asked anywhere in a text, as source actions: shown when somebody opens the menu."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from lsprotocol import types as lsp

from architect_server.analysis.model import FunctionMetrics
from architect_server.document import Place
from architect_server.handlers.inquiries import REVIEW
from architect_server.handlers.looking import MEMORY, PREVIEW
from architect_server.server import ArchitectServer

KIND = "source.architect"


def wanted(params: lsp.CodeActionParams) -> bool:
    """Asked for by kind, or by a person; never where an editor asks at each move of the cursor."""
    only = params.context.only
    if only:
        kinds = [entry.value if isinstance(entry, lsp.CodeActionKind) else entry for entry in only]
        return any(kind == KIND or KIND.startswith(f"{kind}.") for kind in kinds if kind)
    return params.context.trigger_kind == lsp.CodeActionTriggerKind.Invoked


def source_actions(
    server: ArchitectServer, params: lsp.CodeActionParams
) -> Iterator[lsp.CodeAction]:
    """Review the selection, the function or the file; look at what would be sent and remembered."""
    uri = params.text_document.uri
    settings = server.session.settings_for(server.path_of(uri))
    document = server.session.documents.get(uri)
    if document is None or server.session.restricted or not settings.architect_enabled:
        return
    encoding = server.session.client.encoding
    start, end = (
        document.offset(Place(place.line, place.character), encoding)
        for place in (params.range.start, params.range.end)
    )
    first, last = params.range.start.line + 1, params.range.end.line + 1
    function = _around(server, uri, first)
    if start != end:
        lines = {"startLine": first, "endLine": last}
        yield _action(f"Architect: review lines {first} to {last}", REVIEW, {"uri": uri, **lines})
    elif function is not None:
        lines = {"startLine": function.edit_line, "endLine": function.end_line}
        yield _action(f"Architect: review {function.qualified_name}", REVIEW, {"uri": uri, **lines})
    yield _action("Architect: review this file", REVIEW, {"uri": uri})
    about = {"function": function.qualified_name} if function is not None else {"kind": "review"}
    yield _action("Architect: show what would be sent", PREVIEW, {"uri": uri, **about})
    yield _action("Architect: show what it remembers", MEMORY, {"uri": uri})


def _around(server: ArchitectServer, uri: str, line: int) -> FunctionMetrics | None:
    """The innermost function at a 1-based line, as far as the newest result knows."""
    result = server.session.results.get(uri)
    found = [
        function
        for function in (result.metrics.functions if result else ())
        if function.edit_line <= line <= function.end_line
    ]
    return max(found, key=lambda function: function.start_line, default=None)


def _action(title: str, command: str, argument: dict[str, Any]) -> lsp.CodeAction:
    return lsp.CodeAction(
        title=title,
        kind=KIND,
        command=lsp.Command(title=title, command=command, arguments=[argument]),
    )

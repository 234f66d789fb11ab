"""A line of figures above each function, and the command that explains them. Off by default."""

from __future__ import annotations

from typing import Any

from lsprotocol import types as lsp

from architect_server.analysis.model import FunctionMetrics
from architect_server.convert import to_range
from architect_server.handlers.surfaces import explanation, is_shown, newest_result
from architect_server.server import ArchitectServer
from architect_server.target import RefactorTarget, StaleTarget, find_again, target_of

EXPLAIN = "architect.explain"


def register(server: ArchitectServer) -> None:
    """Add the handlers of this file to ``server``."""
    server.feature(lsp.TEXT_DOCUMENT_CODE_LENS)(code_lens)

    @server.command(EXPLAIN)
    async def _explain(target: Any = None) -> dict[str, Any]:
        return await explain_target(server, target)


async def code_lens(
    server: ArchitectServer, params: lsp.CodeLensParams
) -> list[lsp.CodeLens] | None:
    """A lens for every function that has something to say."""
    result = await newest_result(server, params.text_document.uri)
    if result is None or not result.surfaces.code_lens:
        return None
    lenses = []
    for function in result.metrics.functions:
        if is_shown(result, function):
            where = to_range(result.document, function.name_span, server.session.client.encoding)
            argument = target_of(result.document, function).to_wire()
            command = lsp.Command(title=_title(function), command=EXPLAIN, arguments=[argument])
            lenses.append(lsp.CodeLens(range=where, command=command))
    return lenses


def _title(function: FunctionMetrics) -> str:
    return (
        f"CCN {function.ccn} · cognitive {function.cognitive} · "
        f"{function.parameters} parameter{'' if function.parameters == 1 else 's'} · "
        f"{function.length} line{'' if function.length == 1 else 's'}"
    )


async def explain_target(server: ArchitectServer, argument: Any) -> dict[str, Any]:
    """Say in a message why the function has its figures."""
    target = RefactorTarget.from_wire(argument)
    result = await newest_result(server, target.uri) if target else None
    if target is None or result is None:
        message = "Architect: this command comes with a code lens; open the file and use it there."
        server.say(message)
        return {"status": "failed", "message": message}
    try:
        function = find_again(target, result.document, result.metrics)
    except StaleTarget as stale:
        server.say(f"Architect: {stale}")
        return {"status": "failed", "message": str(stale)}
    whole = explanation(result, function)
    c901 = "" if whole.c901 is None else f", ruff's C901 {whole.c901}"
    figures = f"lizard {function.ccn}{c901}, cognitive {function.cognitive}."
    message = f"{function.qualified_name}: {' '.join([figures, *whole.differences])}"
    server.say(message)
    return {"status": "explained", "message": message}

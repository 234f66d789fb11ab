"""The command that shows the figures of every function of a text, the most complex first."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from lsprotocol import types as lsp

from architect_server.analysis.model import FunctionMetrics
from architect_server.asking import Refused
from architect_server.handlers.looking import open_page
from architect_server.handlers.run import tell
from architect_server.handlers.surfaces import newest_result
from architect_server.pages import keep_page
from architect_server.server import ArchitectServer
from architect_server.session import Result

METRICS = "architect.metrics"

_HEAD = (
    "| function | line | CCN | cognitive | nesting | parameters | length | NLOC | finding |",
    "|---|--:|--:|--:|--:|--:|--:|--:|---|",
)


def register(server: ArchitectServer) -> None:
    """Add the command of this file to ``server``; ARCHITECTURE.md has its argument."""

    @server.command(METRICS)
    async def _metrics(argument: Any = None) -> dict[str, Any]:
        return await _show(server, argument if isinstance(argument, Mapping) else {})


async def _show(server: ArchitectServer, given: Mapping[str, Any]) -> dict[str, Any]:
    result = await newest_result(server, str(given.get("uri")))
    if result is None:
        return tell(server, "failed", "Architect: open the file first, then look again.")
    text = metrics_page(result)
    try:
        page = keep_page(f"metrics-{result.document.name}", result.document.uri, text)
    except Refused as refusal:
        return tell(server, "failed", f"Architect: {refusal}", lsp.MessageType.Warning)
    count = len(result.metrics.functions)
    return {
        "status": "shown",
        "message": f"{count} functions.",
        "text": text,
        "report": await open_page(server, page, given),
    }


def metrics_page(result: Result) -> str:
    """A table of the functions, by their cyclomatic complexity, and how far it can be trusted."""
    functions = sorted(result.metrics.functions, key=lambda one: (-one.ccn, one.start_line))
    rows = [_row(result, function) for function in functions]
    confidence = result.metrics.confidence
    trust = f"\n{confidence.reason}\n" if confidence.level != "complete" else ""
    table = [*_HEAD, *rows] if rows else ["There is no function in it."]
    return "\n".join([f"# Functions of {result.document.name}", trust, *table, ""])


def _row(result: Result, function: FunctionMetrics) -> str:
    figures = (
        function.name_span.line,
        function.ccn,
        function.cognitive,
        function.nesting,
        function.parameters,
        function.length,
        function.nloc,
    )
    found = "; ".join(_findings(result, function))
    name = function.qualified_name.replace("|", "\\|")
    cells = [f"`{name}`", *map(str, figures), found]
    return f"| {' | '.join(cells)} |"


def _findings(result: Result, function: FunctionMetrics) -> Iterator[str]:
    for finding in result.findings:
        if finding.function == function:
            mark = ", suppressed" if finding.suppressed else ""
            yield f"{finding.rule} over {finding.limit}{mark}"

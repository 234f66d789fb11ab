"""What hover, inlay hints and code lenses have in common: the newest result, and calm."""

from __future__ import annotations

from architect_server.analysis.explain import Explanation, explain
from architect_server.analysis.model import FunctionMetrics
from architect_server.server import ArchitectServer
from architect_server.session import Result


async def newest_result(server: ArchitectServer, uri: str) -> Result | None:
    """The result of the newest run; None for a text that is not open or has no result yet."""
    await server.schedule.settled(uri)
    return server.session.results.get(uri)


def is_shown(result: Result, function: FunctionMetrics) -> bool:
    """Whether ``function`` has anything to say; a good one draws nothing."""
    if function.ccn >= result.surfaces.hide_below:
        return True
    return any(finding.function == function for finding in result.findings)


def explanation(result: Result, function: FunctionMetrics) -> Explanation:
    """The figures of ``function`` by each way of counting."""
    return explain(result.document.lines, result.metrics.language, function)

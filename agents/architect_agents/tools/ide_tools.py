"""mcp__ide__getDiagnostics: what the editor shows under the code, as far as we know of it."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any

from architect_agents.model import ToolSpec
from architect_agents.tools.tool import Arguments, Tool, schema, text

#: ``diagnostics(uri or path, or "")``: {uri, line, severity, message, source} of one document, or
#: of all open ones.
Diagnostics = Callable[[str], Awaitable[Sequence[Mapping[str, Any]]]]
MOST = 200
SPEC = ToolSpec(
    "mcp__ide__getDiagnostics",
    "The editor's diagnostics of one document (by URI or path), or of all that are open.",
    schema({}, {"uri": {"type": "string"}}),
)


def diagnostics_tool(diagnostics: Diagnostics) -> Tool:
    """mcp__ide__getDiagnostics{uri?}."""

    async def get(arguments: Arguments) -> str:
        found = await diagnostics(text(arguments, "uri", ""))
        return json.dumps(list(found)[:MOST], ensure_ascii=False, indent=1)

    return Tool(SPEC, get, "read")

"""The composition root: wires the handlers to a server; holds no logic."""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from architect_server.clients import client_facts
from architect_server.desk import Desk
from architect_server.handlers import (
    agents,
    code_actions,
    code_lens,
    commands,
    configuration,
    consent,
    diagnostics,
    doctor,
    hover,
    inlay_hints,
    inquiries,
    lifecycle,
    looking,
    metrics,
    notebooks,
    text_sync,
    workspace_check,
    workspace_diagnostics,
)
from architect_server.server import ArchitectServer

_AREAS = (
    lifecycle,
    configuration,
    text_sync,
    diagnostics,
    doctor,
    code_actions,
    commands,
    agents,
    consent,
    inquiries,
    looking,
    metrics,
    hover,
    inlay_hints,
    code_lens,
    notebooks,
    workspace_check,
    workspace_diagnostics,
)


def create_server(desk: Desk | None = None) -> ArchitectServer:
    """A server with every handler in place, ready to be started on a transport.

    ``desk`` is one at which work has begun already.
    """
    server = ArchitectServer(desk)
    for area in _AREAS:
        area.register(server)
    return server


def full_answer(params: Mapping[str, Any]) -> dict[str, Any]:
    """What the full server answers to ``initialize``."""
    said: list[str] = []
    server = create_server(Desk(said.append))
    server.desk.greeted = True  # nothing but the answer is wanted
    server.session.client = client_facts(params)
    server.protocol.send_json = said.append  # type: ignore[assignment, method-assign]
    message = {"jsonrpc": "2.0", "id": 1, "method": "initialize", "params": params}
    server.protocol.take(json.dumps(message).encode())
    result: dict[str, Any] = json.loads(said[-1])["result"]
    return result


def _write_answer(path: Path) -> None:
    """Write the table that ``greeting.answer`` answers from."""
    params: dict[str, Any] = {
        "processId": None,
        "capabilities": {"notebookDocument": {"synchronization": {}}},
    }
    path.write_text(json.dumps(full_answer(params), indent=2) + "\n", "utf-8")


if __name__ == "__main__":
    _write_answer(Path(sys.argv[1]))

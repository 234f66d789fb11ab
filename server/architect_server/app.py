"""The composition root: wires the handlers to a server; holds no logic."""

from __future__ import annotations

from architect_server.handlers import (
    agents,
    code_actions,
    code_lens,
    commands,
    configuration,
    diagnostics,
    hover,
    inlay_hints,
    inquiries,
    lifecycle,
    looking,
    metrics,
    notebooks,
    text_sync,
    workspace_diagnostics,
)
from architect_server.server import ArchitectServer

_AREAS = (
    lifecycle,
    configuration,
    text_sync,
    diagnostics,
    code_actions,
    commands,
    agents,
    inquiries,
    looking,
    metrics,
    hover,
    inlay_hints,
    code_lens,
    notebooks,
    workspace_diagnostics,
)


def create_server() -> ArchitectServer:
    """A server with every handler in place, ready to be started on a transport."""
    server = ArchitectServer()
    for area in _AREAS:
        area.register(server)
    return server

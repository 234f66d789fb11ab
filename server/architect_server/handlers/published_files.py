"""Diagnostics of closed files, published to an editor that asks for none, and kept true."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable

from architect_server.discovery import Found
from architect_server.handlers.closed_files import closed_files, reports
from architect_server.progress import Report
from architect_server.server import ArchitectServer
from architect_server.texts import publish


async def publish_closed(server: ArchitectServer, files: list[Found], report: Report) -> int:
    """Publish what differs from what is shown of ``files``; gives the number of those shown."""
    desk = server.desk
    found_in: set[str] = set()
    number = 0
    async for found in reports(server, files):
        number += 1
        if found.result_id:
            uri = found.uri
            found_in.add(uri)
            if uri not in desk.session.documents:
                publish(desk, uri, found.items)
        report(f"{number} of {len(files)} files", 100 * number // len(files))
    _take_back(server, desk.published.keys() - found_in - desk.session.documents.keys())
    return len(found_in)


def _take_back(server: ArchitectServer, uris: Iterable[str]) -> None:
    for uri in uris:
        publish(server.desk, uri, "[]")


def follow(server: ArchitectServer) -> None:
    """Something may have changed: renew what was published of closed files, if it was asked for."""
    if server.follows_workspace and not server.following:
        server.following = True
        server.background(_follow(server))


def leave(server: ArchitectServer) -> None:
    """Take back what was published of closed files: the client asks for them by itself."""
    if server.follows_workspace:
        server.follows_workspace = False
        _take_back(server, server.desk.published.keys() - server.session.documents.keys())


async def _follow(server: ArchitectServer) -> None:
    try:
        while server.workspace_scan.has_news:
            server.workspace_scan.look()
            limit = server.session.settings_for(None).workspace_limit
            files, _ = await asyncio.to_thread(closed_files, server, limit)
            await publish_closed(server, files[:limit], lambda message, percentage: None)
    finally:
        server.following = False

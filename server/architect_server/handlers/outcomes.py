"""Watches what a person makes of an applied proposal, so that the agent's memory learns of it.

An undo shows at once. Whether somebody works on the lines shows when they pause: at a save, when
the text is closed, at the next question, at the end.
"""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from typing import Any

from architect_server.answers import Answer, Decision
from architect_server.applied import Applied
from architect_server.document import Document
from architect_server.inquiries import remember_applied
from architect_server.refactor import remember
from architect_server.server import ArchitectServer


def watch(server: ArchitectServer, answer: Answer, before: str, after: str) -> None:
    """From now on the fate of this proposal counts; ``before`` and ``after`` are whole texts."""
    if answer.outcome.lesson:
        server.applied[answer.document.uri] = Applied(answer, before, after)


def typed(server: ArchitectServer, document: Document) -> None:
    """Look at a new text: is the proposal undone?"""
    opinion = server.opinions.get(document.uri)
    if opinion is not None and opinion.is_applied(document.text):
        _keep(server, remember_applied(opinion))
    applied = server.applied.get(document.uri)
    if applied is not None and applied.is_undone(document.text):
        _note(server, document.uri, applied.answer, "undone")


def paused(server: ArchitectServer, uri: str) -> None:
    """The person pauses: note what they made of the proposal, if anything."""
    applied, document = server.applied.get(uri), server.session.documents.get(uri)
    if applied is None or document is None:
        return
    fate = applied.fate(document.text)
    if fate != "stands":
        _note(server, uri, applied.answer, fate)


async def ended(server: ArchitectServer) -> None:
    """The session ends: note what is left to note, and wait until all of it is kept."""
    for uri in list(server.applied):
        paused(server, uri)
    await asyncio.gather(*server.remembering, return_exceptions=True)


def _note(server: ArchitectServer, uri: str, answer: Answer, decision: Decision) -> None:
    del server.applied[uri]
    _keep(server, remember(answer, decision))


def _keep(server: ArchitectServer, noting: Coroutine[Any, Any, None]) -> None:
    task = asyncio.ensure_future(noting)
    server.remembering.add(task)
    task.add_done_callback(server.remembering.discard)

"""The commands for reviews and questions: ask, open the page, show its points in the text."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any

from lsprotocol import types as lsp

from architect_server.asking import Refused
from architect_server.document import Document
from architect_server.handlers.analyse import show_again
from architect_server.handlers.consent import approve_servers, must_stay_offline
from architect_server.handlers.run import Teller, run_once, surroundings_of, tell, workspace_key
from architect_server.inquiries import Kind, Opinion, Topic, inquire, preview_inquiry
from architect_server.model_access import model_provider, why_no_model
from architect_server.pages import keep_page
from architect_server.server import ArchitectServer
from architect_server.wording import cost

REVIEW = "architect.review"
QUESTION = "architect.question"
FOLLOW_UP = "architect.followUp"

_TITLES: dict[Kind, str] = {"review": "a review of", "question": "a question about"}


def register(server: ArchitectServer) -> None:
    """Add the commands of this file to ``server``.

    Each takes one object: ``uri``, and as they apply ``startLine`` and ``endLine`` (1-based; left
    out for the whole file) and ``question``.
    """

    @server.command(REVIEW)
    async def _review(argument: Any = None) -> dict[str, Any]:
        return await _run(server, "review", argument)

    @server.command(QUESTION)
    async def _question(argument: Any = None) -> dict[str, Any]:
        return await _run(server, "question", argument)

    @server.command(FOLLOW_UP)
    async def _follow_up(argument: Any = None) -> dict[str, Any]:
        return await _run(server, "follow-up", argument)


async def _run(server: ArchitectServer, how: str, argument: Any) -> dict[str, Any]:
    given = argument if isinstance(argument, Mapping) else {}
    document = server.session.documents.get(str(given.get("uri")))
    if document is None:
        return tell(server, "failed", "Architect: open the file first, then ask again.")
    topic = topic_of(how, given)
    if topic.kind == "question" and not topic.question:
        return tell(server, "failed", "Architect: the question is empty.")
    earlier = server.opinions.get(document.uri) if how == "follow-up" else None
    if how == "follow-up" and earlier is None:
        return tell(server, "failed", "Architect: ask something first, then follow up on it.")
    if not server.session.restricted and not model_provider():
        # Said before a run begins: a progress bar that flashes up would hide the answer.
        return tell(server, "failed", f"Architect: {why_no_model()}", lsp.MessageType.Warning)
    return await run_once(
        server,
        document.uri,
        f"Architect: {_TITLES[topic.kind]} {document.name}",
        lambda teller: _ask(server, topic, document, earlier, teller),
        lambda opinion: _show(server, opinion, topic),
    )


def topic_of(how: str, given: Mapping[Any, Any]) -> Topic:
    """What ``given`` asks: lines where it names some, words where it holds any."""
    first, last = given.get("startLine"), given.get("endLine")
    question = given.get("question")
    return Topic(
        "review" if how == "review" else "question",
        first if isinstance(first, int) and first > 0 else 0,
        last if isinstance(last, int) and last > 0 else 0,
        question.strip() if isinstance(question, str) else "",
    )


async def _ask(
    server: ArchitectServer,
    topic: Topic,
    document: Document,
    earlier: Opinion | None,
    teller: Teller,
) -> Opinion:
    surroundings = surroundings_of(server, document, teller.listen)
    settings, workspace = surroundings.settings, surroundings.workspace
    look = partial(preview_inquiry, topic, document, surroundings)
    key = workspace_key(server, document.uri)
    if await must_stay_offline(server, key, settings, False, look):
        raise Refused(why_no_model())
    await approve_servers(server, workspace, document.language_id, settings)
    return await inquire(topic, document, surroundings, teller.report, earlier)


async def _show(server: ArchitectServer, opinion: Opinion, topic: Topic) -> dict[str, Any]:
    """Show the points in the text and the page where the client can; else say where it lies."""
    server.opinions[opinion.document.uri] = opinion
    show_again(server, opinion.document.uri)
    page = keep_page(f"{opinion.document.name}-{topic.kind}", opinion.document.uri, opinion.page)
    shown = False
    if server.session.client.show_document:
        answer = await server.window_show_document_async(
            lsp.ShowDocumentParams(uri=page.as_uri(), take_focus=True)
        )
        shown = answer.success
    points = f", {len(opinion.points)} points" if opinion.points else ""
    where = "" if shown else f" The report is in {page}."
    result = tell(
        server, "answered", f"Architect: {opinion.title}{points}.{where}{cost(opinion.usage)}"
    )
    return {**result, "report": page.as_uri()}

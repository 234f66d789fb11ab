"""The commands behind the code actions: ask an architect, then have the editor apply the edit."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import replace
from functools import partial
from typing import Any

from lsprotocol import types as lsp

from architect_server.answers import Answer, choose, spliced
from architect_server.asking import Refused
from architect_server.convert import to_proposal
from architect_server.document import Document
from architect_server.handlers import outcomes
from architect_server.handlers.agents import pick_agent
from architect_server.handlers.consent import approve_servers, must_stay_offline
from architect_server.handlers.rename import made_helpers, offer
from architect_server.handlers.run import Teller, run_once, surroundings_of, tell, workspace_key
from architect_server.model_access import why_no_model
from architect_server.pages import outcome_page
from architect_server.previews import preview_again, preview_target
from architect_server.refactor import ask, reanchored, refine, remember
from architect_server.server import ArchitectServer
from architect_server.target import RefactorTarget

ASK = "architect.ask"
SIMPLIFY = "architect.simplify"
REFINE = "architect.refine"
ASK_AS = "architect.askAs"
APPLY = "architect.apply"
#: A client that says no with this reason has the person's wish, which comes as a refinement.
REFINING = "refine"


def register(server: ArchitectServer) -> None:
    """Add the commands of this file to ``server``."""

    @server.command(ASK)
    async def _ask(target: Any = None) -> dict[str, Any]:
        return await _run(server, target, offline=False)

    @server.command(SIMPLIFY)
    async def _simplify(target: Any = None) -> dict[str, Any]:
        return await _run(server, target, offline=True)

    @server.command(ASK_AS)
    async def _ask_as(target: Any = None) -> dict[str, Any]:
        return await _run_as(server, target)

    @server.command(REFINE)
    async def _refine(argument: Any = None) -> dict[str, Any]:
        return await _run_refinement(server, argument)

    @server.command(APPLY)
    async def _apply(argument: Any = None) -> dict[str, Any]:
        return await _take(server, argument)


async def _run_as(server: ArchitectServer, argument: Any) -> dict[str, Any]:
    """Ask another agent, which the person picks where the argument has no ``agent``."""
    target = RefactorTarget.from_wire(argument)
    agent = argument.get("agent") if isinstance(argument, Mapping) else ""
    document = server.session.documents.get(target.uri) if target else None
    name = agent if isinstance(agent, str) else ""
    if document is not None and not name:
        name = await pick_agent(server, document)
        if not name:
            return {"status": "cancelled", "message": ""}
    return await _run(server, argument, offline=False, agent=name)


async def _run(
    server: ArchitectServer, argument: Any, offline: bool, agent: str = ""
) -> dict[str, Any]:
    """Ask about the function that ``argument`` names; the answer says how it ended."""
    target = RefactorTarget.from_wire(argument)
    if target is None:
        return tell(
            server,
            "failed",
            "Architect: this command comes with a code action; "
            "place the cursor on a function with a finding and ask there.",
        )
    document = server.session.documents.get(target.uri)
    if document is None:
        return tell(server, "failed", "Architect: open the file first, then ask again.")

    outcomes.paused(server, target.uri)
    return await run_once(
        server,
        target.uri,
        f"Architect: {target.function}",
        lambda teller: _ask_about(server, target, document, offline, teller, agent),
        lambda answer: _deliver(server, answer),
    )


async def _ask_about(
    server: ArchitectServer,
    target: RefactorTarget,
    document: Document,
    offline: bool,
    teller: Teller,
    agent: str,
) -> Answer:
    surroundings = surroundings_of(server, document, teller.listen, agent)
    settings = surroundings.settings
    key = workspace_key(server, document.uri)
    metrics = await server.worker.measure(document.text, document.language_id, settings.time_limit)
    look = partial(preview_target, target, document, metrics, surroundings)
    offline = await must_stay_offline(server, key, settings, offline, look)
    if not offline:
        await approve_servers(server, surroundings.workspace, document.language_id, settings)
    return await ask(target, document, metrics, surroundings, offline, teller.report)


async def _run_refinement(server: ArchitectServer, argument: Any) -> dict[str, Any]:
    """Go on from the newest proposal about ``uri`` with the person's ``wish``."""
    given = argument if isinstance(argument, Mapping) else {}
    uri, wish = str(given.get("uri")), given.get("wish")
    document, earlier = server.session.documents.get(uri), server.proposals.get(uri)
    if document is None or earlier is None:
        return tell(server, "failed", "Architect: ask about a function of this file first.")
    if not isinstance(wish, str) or not wish.strip():
        return tell(server, "failed", "Architect: the wish is empty; say what shall be different.")
    outcomes.paused(server, uri)
    return await run_once(
        server,
        uri,
        f"Architect: {earlier.function}, refined",
        lambda teller: _refine_with(server, earlier, wish.strip(), document, teller),
        lambda answer: _deliver(server, answer),
    )


async def _refine_with(
    server: ArchitectServer, earlier: Answer, wish: str, document: Document, teller: Teller
) -> Answer:
    surroundings = surroundings_of(server, document, teller.listen)
    settings = surroundings.settings
    key = workspace_key(server, document.uri)
    metrics = await server.worker.measure(document.text, document.language_id, settings.time_limit)
    look = partial(preview_again, earlier, wish, document, metrics, surroundings)
    if await must_stay_offline(server, key, settings, False, look):
        raise Refused(why_no_model())
    return await refine(earlier, wish, document, metrics, surroundings, teller.report)


async def _take(server: ArchitectServer, argument: Any) -> dict[str, Any]:
    """Have one of the proposals that stand applied: ``{"uri": …, "number": …}``, from 0."""
    given = argument if isinstance(argument, Mapping) else {}
    uri, number = str(given.get("uri")), given.get("number")
    answer = server.proposals.get(uri)
    if answer is None or not isinstance(number, int) or not 0 <= number < len(answer.offers):
        return tell(
            server, "stale", "Architect: that proposal no longer stands; ask again on the new text."
        )
    outcomes.paused(server, uri)
    return await run_once(
        server,
        uri,
        f"Architect: {answer.function}",
        lambda teller: _ready(choose(answer, number)),
        lambda chosen: _deliver(server, chosen),
    )


async def _ready(answer: Answer) -> Answer:
    """There is nothing to wait for: it was worked out before."""
    return answer


async def _deliver(server: ArchitectServer, answer: Answer) -> dict[str, Any]:
    """Say how it ended; where a checked edit stands, have the editor apply it."""
    server.proposals[answer.document.uri] = answer
    ended = await _offer(server, answer)
    if answer.usage.model:
        page = await asyncio.to_thread(outcome_page, answer)
        ended["report"] = page.as_uri()
    return ended


async def _offer(server: ArchitectServer, answer: Answer) -> dict[str, Any]:
    if not answer.splices:
        kind = lsp.MessageType.Warning if answer.status == "rejected" else lsp.MessageType.Info
        return tell(server, answer.status, answer.message, kind)
    if not server.session.client.applies_edits:
        how = f"list the code actions at {answer.function} again and choose “Apply suggestion”"
        return tell(server, "kept", f"{answer.message} To take it, {how}.")
    current = server.session.documents.get(answer.document.uri)
    splices = await reanchored(answer, current)
    if current is None or splices is None:
        return tell(
            server,
            "stale",
            f"Architect: {answer.function} changed while the architect "
            "was at work, so nothing was edited; ask again on the new text.",
        )
    edit = to_proposal(current, splices, server.session.client, answer.title, answer.summary)
    response = await server.workspace_apply_edit_async(
        lsp.ApplyWorkspaceEditParams(edit=edit, label=answer.title)
    )
    if not response.applied and response.failure_reason == REFINING:
        return {"status": "refining", "message": ""}
    await remember(answer, "applied" if response.applied else "rejected")
    if not response.applied:
        why = f" ({response.failure_reason})" if response.failure_reason else ""
        return tell(server, "not-applied", f"Architect: the edit was not applied{why}.")
    after = replace(current, text=spliced(current, splices))
    outcomes.watch(server, answer, current.text, after.text)
    return await _applied(server, answer, after)


async def _applied(server: ArchitectServer, answer: Answer, after: Document) -> dict[str, Any]:
    """Say so, and offer the first new helper, whose name the person may want to change.

    The answer's ``helpers`` are places for a client that starts the rename by itself.
    """
    places = made_helpers(server, after, answer.offers[0].helpers)
    if places:
        await offer(server, places[0])
    return {**tell(server, "applied", answer.message), "helpers": places}

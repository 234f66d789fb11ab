"""From a document to its published diagnostics: the one road that every handler takes."""

from __future__ import annotations

import asyncio

from lsprotocol import types as lsp

from architect_server.agent_problems import is_agent_file
from architect_server.analysis.carry_over import carry_over
from architect_server.analysis.model import Confidence, FileMetrics
from architect_server.analysis.notebook_cells import without_magics
from architect_server.convert import to_diagnostics, to_points
from architect_server.document import Document
from architect_server.handlers.agent_files import agent_diagnostics
from architect_server.judgement import judge
from architect_server.server import ArchitectServer
from architect_server.session import Result
from architect_server.settings import Settings
from architect_server.worker import skipped

#: Characters above which a text's comments are not looked for on the loop.
_LONG = 100_000


def start_analysis(server: ArchitectServer, document: Document) -> None:
    """Analyse ``document`` in the background; an older run for the same text is cancelled."""
    server.schedule.start(document.uri, _analyse(server, document))


async def _analyse(server: ArchitectServer, document: Document) -> None:
    path = server.path_of(document.uri)
    settings = server.session.settings_for(path, document.language_id)
    tell_problems(server)
    if server.session.leaves_out(path, settings) or is_agent_file(path):
        take(server, Result(document, FileMetrics(document.language_id, Confidence()), ()))
        return
    metrics = await _measure(server, document, settings)
    if server.session.documents.get(document.uri) is not document:
        return
    previous = server.session.results.get(document.uri)
    if previous is not None:
        metrics = carry_over(previous.document.text, previous.metrics, document.text, metrics)
    subject = (document.text, metrics, settings, path, server.session.workspace_of(path))
    if len(document.text) > _LONG:
        judged = await asyncio.to_thread(judge, *subject)
        if server.session.documents.get(document.uri) is not document:
            return
    else:
        judged = judge(*subject)
    take(
        server,
        Result(document, metrics, judged.findings, judged.problems, settings.surfaces),
    )


async def _measure(server: ArchitectServer, document: Document, settings: Settings) -> FileMetrics:
    if len(document.text) > settings.size_limit:
        reason = f"The file has more than {settings.size_limit:,} characters (analysis.sizeLimit)."
        return skipped(document.language_id, reason)
    text = document.text
    if document.uri in server.session.notebooks and document.language_id == "python":
        text = without_magics(text)
    metrics = server.live.measure(document.uri, text)
    if metrics is not None:
        return metrics
    answer = await server.worker.analyse(text, document.language_id, settings.time_limit)
    if server.session.documents.get(document.uri) is document:
        server.live.adopt(document.uri, text, answer)
    return answer.metrics


def take(server: ArchitectServer, result: Result) -> None:
    """Keep ``result`` and show it, unless the client asks for diagnostics itself."""
    server.session.results[result.document.uri] = result
    if not server.session.client.pull_diagnostics:
        publish(server, result)


def shown_diagnostics(server: ArchitectServer, result: Result) -> list[lsp.Diagnostic]:
    """All that is to be shown of a document: its findings, and the points of a review."""
    found = to_diagnostics(result, server.session.client)
    found += agent_diagnostics(server, result.document)
    opinion = server.opinions.get(result.document.uri)
    if opinion is not None:
        found += to_points(opinion, result.document, server.session.client)
    return found


def show_again(server: ArchitectServer, uri: str) -> None:
    """After something other than the text changed: show the newest result anew."""
    client = server.session.client
    if not client.pull_diagnostics and (result := server.session.results.get(uri)):
        publish(server, result)
    elif client.diagnostics_refresh:
        server.workspace_diagnostic_refresh(None)


def publish(server: ArchitectServer, result: Result) -> None:
    """Push the diagnostics of ``result``, if they differ from what the client shows."""
    uri = result.document.uri
    diagnostics = shown_diagnostics(server, result)
    if server.published.get(uri, []) == diagnostics:
        return
    server.published[uri] = diagnostics
    server.text_document_publish_diagnostics(
        lsp.PublishDiagnosticsParams(uri, diagnostics, version=result.document.version)
    )


def refresh(server: ArchitectServer) -> None:
    """After a change of settings: judge every document anew."""
    server.workspace_scan.forget()
    for document in list(server.session.documents.values()):
        start_analysis(server, document)
    client = server.session.client
    if client.pull_diagnostics and client.diagnostics_refresh:
        server.workspace_diagnostic_refresh(None)
    if client.inlay_hint_refresh:
        server.workspace_inlay_hint_refresh(None)
    if client.code_lens_refresh:
        server.workspace_code_lens_refresh(None)


def tell_problems(server: ArchitectServer) -> None:
    """One message for all options that could not be used, once each."""
    problems = list(server.session.new_problems())
    if problems:
        server.say("Architect: " + " ".join(problems), lsp.MessageType.Warning)

"""From a text to its published diagnostics: the one road that every keystroke takes."""

from __future__ import annotations

import asyncio
import json
import logging
from functools import partial
from typing import TYPE_CHECKING, Any

from architect_server.agent_problems import agent_problems, is_agent_file
from architect_server.analysis.carry_over import carry_over
from architect_server.analysis.model import Confidence, FileMetrics
from architect_server.analysis.notebook_cells import without_magics
from architect_server.desk import WARNING, Desk
from architect_server.diagnostic_json import (
    agent_problem_json,
    findings_json,
    points_json,
    problems_json,
    version_json,
)
from architect_server.document import Document
from architect_server.judgement import Judgement, judge
from architect_server.session import Result, Situation
from architect_server.shown import ShownPieces
from architect_server.wire import (
    TAKEN,
    Changed,
    Json,
    PlainHandler,
    read_change,
    read_opened,
    read_uri,
)
from architect_server.worker import skipped

if TYPE_CHECKING:  # it brings lizard along, which the server's start need not wait for
    from architect_server.analysis.incremental.text import Layout

logger = logging.getLogger(__name__)

#: Characters above which a text's comments are not looked for on the loop.
_LONG = 100_000

# --- what comes in ---------------------------------------------------------------------------


def plain_handlers(desk: Desk) -> dict[str, PlainHandler]:
    """The handlers of messages that are read as the JSON they are, by method."""
    return {
        "textDocument/didOpen": partial(_open_plainly, desk),
        "textDocument/didChange": partial(_change_plainly, desk),
        "textDocument/didClose": partial(_close_plainly, desk),
        "textDocument/diagnostic": partial(_report_plainly, desk),
    }


def _open_plainly(desk: Desk, params: Any) -> Json | None:
    document = read_opened(params)
    if document is None:
        return None
    open_text(desk, document)
    return TAKEN


def _change_plainly(desk: Desk, params: Any) -> Json | None:
    changed = read_change(params)
    if changed is None:
        return None
    change_text(desk, changed)
    return TAKEN


def _close_plainly(desk: Desk, params: Any) -> Json | None:
    uri = read_uri(params)
    if uri is None:
        return None
    close_text(desk, uri)
    return TAKEN


def _report_plainly(desk: Desk, params: Any) -> Json | None:
    """The answer to a pull, where there is nothing to wait for."""
    uri = read_uri(params)
    if uri is None or not desk.schedule.is_settled(uri):
        return None
    return report(desk, uri, params.get("previousResultId"))


def open_text(desk: Desk, document: Document) -> None:
    """Take the first snapshot and analyse it."""
    desk.session.open(document)
    desk.workspace_scan.changed()
    if desk.session.client.pull_diagnostics:
        publish(desk, document.uri, "[]")  # a closed file's, which the answer to a pull replaces
    start_analysis(desk, document)


def change_text(desk: Desk, changed: Changed) -> None:
    """Take a new snapshot and analyse it; the older run is cancelled."""
    before = desk.session.documents.get(changed.uri)
    if before is None:
        logger.warning("Ignoring a change of a text that is not open: %s", changed.uri)
        return
    encoding = desk.session.client.encoding
    document, splices = before.edited(changed.version, changed.changes, encoding)
    desk.session.open(document)
    desk.live.edited(changed.uri, before.text, splices, document.text)
    start_analysis(desk, document)
    for hear in desk.on_typed:
        hear(document)


def close_text(desk: Desk, uri: str) -> None:
    """Forget the text and clear what is shown of it; the workspace's diagnostics take over."""
    for hear in desk.on_closing:
        hear(uri)
    desk.workspace_scan.changed()
    desk.schedule.cancel(uri)
    desk.live.forget(uri)
    desk.session.close(uri)
    for kept in (desk.shown, desk.diagnostics, desk.pulled, desk.opinions, desk.proposals):
        kept.pop(uri, None)
    publish(desk, uri, "[]")
    desk.published.pop(uri, None)


# --- analysis --------------------------------------------------------------------------------


def start_analysis(desk: Desk, document: Document) -> None:
    """Analyse ``document`` as soon as the client's messages are read; an older run is cancelled."""

    def run() -> None:
        if not _at_once(desk, document):
            desk.schedule.start(document.uri, _analyse(desk, document))

    desk.schedule.soon(document.uri, run)


def _at_once(desk: Desk, document: Document) -> bool:
    """The short way of an edit whose every consequence is small; False where there is none."""
    uri = document.uri
    situation = _situation(desk, document)
    too_large = len(document.text) > situation.settings.size_limit
    if situation.left_out or too_large or uri in desk.session.notebooks:
        return False
    layout = desk.live.measure(uri, document.text)
    if layout is None:
        return False
    if not _show_pieces(desk, document, layout, situation):
        metrics = _completed(layout.metrics(), document, desk.session.results.get(uri))
        if len(document.text) > _LONG:
            desk.schedule.start(uri, _judge_aside(desk, document, metrics, situation))
        else:
            take(desk, _judged(document, metrics, situation))
    return True


def _show_pieces(desk: Desk, document: Document, layout: Layout, situation: Situation) -> bool:
    """Show a text piece by piece; False if it must be judged as a whole."""
    shown = _shown_pieces(desk, document, situation)
    diagnostics = shown.diagnostics(document, layout)
    if diagnostics is None:
        return False
    take(desk, shown.result(document), diagnostics)
    return True


def _shown_pieces(desk: Desk, document: Document, situation: Situation) -> ShownPieces:
    shown = desk.shown.get(document.uri)
    if shown is None or shown.situation is not situation:
        tell_problems(desk)
        shown = desk.shown[document.uri] = ShownPieces(situation, desk.session.client)
    return shown


def _situation(desk: Desk, document: Document) -> Situation:
    return desk.session.situation_of(document, desk.path_of(document.uri))


def _completed(metrics: FileMetrics, document: Document, previous: Result | None) -> FileMetrics:
    """``metrics``, with what is still known of a text that can't be read just now."""
    if previous is None or metrics.confidence.level == "complete":
        return metrics
    return carry_over(previous.document.text, previous.metrics, document.text, metrics)


def _judged(document: Document, metrics: FileMetrics, situation: Situation) -> Result:
    settings = situation.settings
    judged = judge(document.text, metrics, settings, situation.path, situation.workspace)
    return Result.known(document, metrics, judged, settings.surfaces)


async def _judge_aside(
    desk: Desk, document: Document, metrics: FileMetrics, situation: Situation
) -> None:
    """Judge a long text on a thread, and show what was found if it is still the newest."""
    result = await asyncio.to_thread(_judged, document, metrics, situation)
    if desk.session.documents.get(document.uri) is document:
        take(desk, result)


async def _analyse(desk: Desk, document: Document) -> None:
    situation = _situation(desk, document)
    tell_problems(desk)
    uri = document.uri
    if situation.left_out or is_agent_file(situation.path):
        nothing = FileMetrics(document.language_id, Confidence())
        take(desk, Result.known(document, nothing, Judgement()))
        return
    metrics, layout = await _measure(desk, document, situation)
    if layout is not None:
        await _prepare(desk, document, layout, situation)
    if desk.session.documents.get(uri) is not document:
        return
    if layout is not None and _show_pieces(desk, document, layout, situation):
        return
    metrics = _completed(metrics, document, desk.session.results.get(uri))
    if len(document.text) > _LONG:
        await _judge_aside(desk, document, metrics, situation)
    else:
        take(desk, _judged(document, metrics, situation))


async def _measure(
    desk: Desk, document: Document, situation: Situation
) -> tuple[FileMetrics, Layout | None]:
    """The figures of a text, with its pieces where these are all that is to be judged."""
    uri, settings = document.uri, situation.settings
    if len(document.text) > settings.size_limit:
        reason = f"The file has more than {settings.size_limit:,} characters (analysis.sizeLimit)."
        return skipped(document.language_id, reason), None
    text = document.text
    if uri in desk.session.notebooks and document.language_id == "python":
        text = without_magics(text)
        if (layout := desk.live.measure(uri, text)) is not None:
            return layout.metrics(), None
    base = desk.live.base(uri, text)
    language, limit = document.language_id, settings.time_limit
    answer = await desk.worker.analyse(text, language, limit, uri, base)
    if desk.session.documents.get(uri) is not document:
        return answer.metrics, None
    layout = desk.live.adopt(uri, text, answer)
    return answer.metrics, layout if text == document.text else None


async def _prepare(desk: Desk, document: Document, layout: Layout, situation: Situation) -> None:
    """Have all pieces ready to be shown, and let others have the loop between them."""
    for _ in _shown_pieces(desk, document, situation).prepare(document, layout):
        await asyncio.sleep(0)
        if desk.session.documents.get(document.uri) is not document:
            return


# --- what goes out ---------------------------------------------------------------------------


def take(desk: Desk, result: Result, findings: list[str] | None = None) -> None:
    """Keep ``result`` and show it, unless the client asks for diagnostics itself.

    ``findings`` are its findings' diagnostics as JSON, where these are known and all that is to
    be said of it.
    """
    uri = result.document.uri
    desk.session.results[uri] = result
    shown = _all_of(desk, result) if findings is None else list(findings)
    opinion = desk.opinions.get(uri)
    if opinion is not None:
        shown += points_json(opinion, result.document, desk.session.client)
    diagnostics = desk.diagnostics[uri] = f"[{','.join(shown)}]"
    if not desk.session.client.pull_diagnostics:
        publish(desk, uri, diagnostics, version_json(result.document))


def _all_of(desk: Desk, result: Result) -> list[str]:
    """All that is to be said of a document by itself."""
    client, document = desk.session.client, result.document
    shown = [*findings_json(result, client), *problems_json(result, client)]
    if is_agent_file(desk.path_of(document.uri)):
        problems = agent_problems(document.text)
        shown += [agent_problem_json(problem, document, client) for problem in problems]
    return shown


def publish(desk: Desk, uri: str, diagnostics: str, version: str = "") -> None:
    """Show ``diagnostics``, a JSON array, of a text, unless they are what is shown already."""
    if desk.published.get(uri, "[]") == diagnostics:
        return
    desk.published[uri] = diagnostics
    given = f'"version":{version},' if version else ""
    params = f'{{"uri":{json.dumps(uri)},{given}"diagnostics":{diagnostics}}}'
    desk.notify("textDocument/publishDiagnostics", params)


def report(desk: Desk, uri: str, previous_result_id: str | None) -> Json:
    """The answer to a pull: what is to be shown of the text, or "unchanged"."""
    diagnostics = desk.diagnostics.get(uri, "[]")
    shown, number = desk.pulled.get(uri, ("[]", 0))
    if shown != diagnostics:
        number += 1
        desk.pulled[uri] = diagnostics, number
    if previous_result_id == str(number):
        return Json(f'{{"kind":"unchanged","resultId":"{number}"}}')
    return Json(f'{{"kind":"full","resultId":"{number}","items":{diagnostics}}}')


def tell_problems(desk: Desk) -> None:
    """One message for all options that could not be used, once each."""
    problems = list(desk.session.new_problems())
    if problems:
        desk.say("Architect: " + " ".join(problems), WARNING)

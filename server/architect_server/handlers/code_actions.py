"""Code actions: listed instantly from what is known; nothing is worked out and nothing is spent."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from lsprotocol import types as lsp

from architect_server.convert import to_proposal, to_workspace_edit
from architect_server.diagnostic_json import SOURCE
from architect_server.handlers import agent_files, consent, source_actions, suppress_actions
from architect_server.handlers.agents import choices
from architect_server.handlers.commands import APPLY, ASK, ASK_AS, SIMPLIFY
from architect_server.server import ArchitectServer
from architect_server.target import RefactorTarget, target_of

#: "Ask architect" may go to a model; a rewrite, and never a preferred one.
ASK_KIND = lsp.CodeActionKind.RefactorRewrite
#: A change that came with a point of a review.
SUGGESTION_KIND = lsp.CodeActionKind.RefactorRewrite
#: The embedded architect moves code into helpers, as an editor's own "extract" does.
SIMPLIFY_KIND = lsp.CodeActionKind.RefactorExtract


def register(server: ArchitectServer) -> None:
    """Add the handler of this file to ``server``."""
    options = lsp.CodeActionOptions(
        code_action_kinds=[ASK_KIND, SIMPLIFY_KIND, suppress_actions.KIND, source_actions.KIND]
    )
    server.feature(lsp.TEXT_DOCUMENT_CODE_ACTION, options)(code_action)


def code_action(server: ArchitectServer, params: lsp.CodeActionParams) -> list[lsp.CodeAction]:
    """Offer what removes a bad suppression, the architects, silence, and what is always there."""
    anywhere = (
        source_actions.source_actions(server, params) if source_actions.wanted(params) else ()
    )
    return [*_at_findings(server, params), *anywhere]


def _at_findings(server: ArchitectServer, params: lsp.CodeActionParams) -> list[lsp.CodeAction]:
    architects = _architects(server, params)
    if not _wanted(suppress_actions.KIND, params.context.only):
        return architects
    return [
        *agent_files.fixes(server, params),
        *suppress_actions.removals(server, params),
        *architects,
        *_consent(server, params, architects),
        *suppress_actions.suppressions(server, params),
    ]


def _architects(server: ArchitectServer, params: lsp.CodeActionParams) -> list[lsp.CodeAction]:
    """Offer the architects for every function with a finding at the given range."""
    uri = params.text_document.uri
    settings = server.session.settings_for(server.path_of(uri))
    if server.session.restricted or not settings.architect_enabled:
        return []
    actions = [*_standing(server, params)]
    known = server.proposals[uri].function if actions and server.proposals[uri].is_embedded else ""
    for target, diagnostic in _targets(server, params):
        document = server.session.documents.get(uri)
        if _wanted(ASK_KIND, params.context.only):
            actions.append(
                _action(
                    f"Ask architect: simplify {target.function}", ASK_KIND, ASK, target, diagnostic
                )
            )
            if document is not None and choices(server, document):
                title = f"Ask another architect: simplify {target.function}…"
                actions.append(_action(title, ASK_KIND, ASK_AS, target, diagnostic))
        python = document is not None and document.language_id == "python"
        # What the embedded architect would say stands already.
        if python and target.function != known and _wanted(SIMPLIFY_KIND, params.context.only):
            title = f"Extract helpers from {target.function} (embedded architect)"
            actions.append(_action(title, SIMPLIFY_KIND, SIMPLIFY, target, diagnostic))
    if _wanted(SUGGESTION_KIND, params.context.only):
        actions += _suggestions(server, params)
    return actions


def _consent(
    server: ArchitectServer, params: lsp.CodeActionParams, offered: Sequence[lsp.CodeAction]
) -> Iterator[lsp.CodeAction]:
    """Where an architect is offered and the editor shows no questions: the consent."""
    if offered and not params.context.only:
        uri = params.text_document.uri
        yield from consent.offer(server, uri, server.session.settings_for(server.path_of(uri)))


def _standing(server: ArchitectServer, params: lsp.CodeActionParams) -> Iterator[lsp.CodeAction]:
    """What was worked out for the function at the lines, and was not taken: with its verdict."""
    uri = params.text_document.uri
    answer, document = server.proposals.get(uri), server.session.documents.get(uri)
    lines = params.range.start.line, params.range.end.line
    if answer is None or not answer.stands_for(document, *lines):
        return
    kind = SIMPLIFY_KIND if answer.is_embedded else ASK_KIND
    for number, offer in enumerate(answer.offers if _wanted(kind, params.context.only) else ()):
        if document is not None and not server.session.client.applies_edits:
            edit = to_workspace_edit(document, offer.splices, server.session.client)
            yield lsp.CodeAction(f"Apply suggestion: {offer.title}", kind=kind, edit=edit)
            continue
        wanted = [{"uri": uri, "number": number}]
        command = lsp.Command(title=offer.title, command=APPLY, arguments=wanted)
        yield lsp.CodeAction(title=offer.title, kind=kind, command=command)


def _suggestions(server: ArchitectServer, params: lsp.CodeActionParams) -> list[lsp.CodeAction]:
    """Apply suggestion n: for the points of a review at the given lines.

    A suggestion was checked against one text, so it is offered on that text only.
    """
    uri = params.text_document.uri
    opinion, document = server.opinions.get(uri), server.session.documents.get(uri)
    if opinion is None or document is None or document.text != opinion.document.text:
        return []
    client = server.session.client
    actions = []
    for point in opinion.points:
        first, _ = document.lines.position(point.extent.start)
        last, _ = document.lines.position(point.extent.end)
        if point.suggestion and first <= params.range.end.line and last >= params.range.start.line:
            title = f"Apply suggestion {point.number}: {point.title} ({point.headline})"
            edit = to_proposal(document, point.suggestion, client, title)
            actions.append(lsp.CodeAction(title=title, kind=SUGGESTION_KIND, edit=edit))
    return actions


def _targets(
    server: ArchitectServer, params: lsp.CodeActionParams
) -> Iterator[tuple[RefactorTarget, lsp.Diagnostic | None]]:
    """First from the diagnostics themselves, then from the results for the range's lines.

    Not every client hands a diagnostic's data back, and the cursor may stand in the body.
    """
    seen: set[tuple[str, str]] = set()
    for diagnostic in params.context.diagnostics:
        if diagnostic.source != SOURCE:
            continue
        target = RefactorTarget.from_wire(diagnostic.data)
        if target and (target.function, target.fingerprint) not in seen:
            seen.add((target.function, target.fingerprint))
            yield target, diagnostic
    result = server.session.results.get(params.text_document.uri)
    for finding in result.findings if result else ():
        function = finding.function
        first, last = params.range.start.line + 1, params.range.end.line + 1
        if result is None or function.end_line < first or function.edit_line > last:
            continue
        target = target_of(result.document, function)
        if (target.function, target.fingerprint) not in seen:
            seen.add((target.function, target.fingerprint))
            yield target, None


def _wanted(kind: lsp.CodeActionKind, only: Sequence[lsp.CodeActionKind | str] | None) -> bool:
    """Whether ``kind`` is one of those asked for, or a kind below one of them."""
    if not only:
        return True
    wanted = [entry.value if isinstance(entry, lsp.CodeActionKind) else entry for entry in only]
    return any(kind.value == entry or kind.value.startswith(f"{entry}.") for entry in wanted)


def _action(
    title: str,
    kind: lsp.CodeActionKind,
    command: str,
    target: RefactorTarget,
    diagnostic: lsp.Diagnostic | None,
) -> lsp.CodeAction:
    return lsp.CodeAction(
        title=title,
        kind=kind,
        diagnostics=[diagnostic] if diagnostic else None,
        command=lsp.Command(title=title, command=command, arguments=[target.to_wire()]),
    )

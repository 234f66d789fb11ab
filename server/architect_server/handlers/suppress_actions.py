"""Quick fixes about silence: write a suppression of ours, or remove one that is wrong."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from lsprotocol import types as lsp

from architect_server.analysis.model import Finding
from architect_server.analysis.suppression import PLACEHOLDER, SuppressionFinding, insertion
from architect_server.convert import to_offsets_range, to_range, to_workspace_edit
from architect_server.diagnostic_json import SOURCE
from architect_server.document import Splice
from architect_server.server import ArchitectServer
from architect_server.session import Result

KIND = lsp.CodeActionKind.QuickFix


def removals(server: ArchitectServer, params: lsp.CodeActionParams) -> Iterator[lsp.CodeAction]:
    """For each bad suppression in the range: take the comment out."""
    result = _current(server, params)
    for problem in result.problems if result else ():
        if result is not None and _touches(server, result, problem, params.range):
            splice = Splice(*problem.removal, "")
            diagnostic = _shown(params, problem.rule, problem.line - 1)
            title = "Remove this suppression"
            yield _action(server, result, title, splice, diagnostic, preferred=True)


def suppressions(server: ArchitectServer, params: lsp.CodeActionParams) -> Iterator[lsp.CodeAction]:
    """For each finding at the range: a comment above the function, its reason left to fill in."""
    result = _current(server, params)
    for finding in result.findings if result else ():
        if result is not None and not finding.suppressed and _at(server, result, finding, params):
            language = result.document.language_id
            reason = _architects_reason(server, result, finding)
            start, text = insertion(result.document.text, language, finding, reason or PLACEHOLDER)
            name = finding.function.qualified_name
            title = f"Suppress {finding.rule} for {name}, with a reason"
            if reason:
                title = f"Leave {name} as it is: suppress {finding.rule} ({reason})"
            diagnostic = _shown(params, finding.rule, finding.function.name_span.line - 1)
            yield _action(server, result, title, Splice(start, start, text), diagnostic)


def _architects_reason(server: ArchitectServer, result: Result, finding: Finding) -> str:
    """Why an architect would leave this very function as it is; "" if it did not say so."""
    answer = server.proposals.get(result.document.uri)
    if answer is None or answer.status != "leave-as-is":
        return ""
    same = answer.function == finding.function.qualified_name
    return answer.reason if same and answer.own_text in result.document.text else ""


def _current(server: ArchitectServer, params: lsp.CodeActionParams) -> Result | None:
    """The result, if it is of the text as it stands: an edit must fit exactly."""
    uri = params.text_document.uri
    result = server.session.results.get(uri)
    if result is None or server.session.documents.get(uri) is not result.document:
        return None
    return result


def _touches(
    server: ArchitectServer, result: Result, problem: SuppressionFinding, where: lsp.Range
) -> bool:
    encoding = server.session.client.encoding
    own = to_offsets_range(result.document, problem.start, problem.end, encoding)
    return own.start <= where.end and where.start <= own.end


def _at(
    server: ArchitectServer, result: Result, finding: Finding, params: lsp.CodeActionParams
) -> bool:
    """Whether the cursor is on the name's line; in the body nobody looks for silence."""
    own = to_range(result.document, finding.function.name_span, server.session.client.encoding)
    return params.range.start.line <= own.start.line <= params.range.end.line


def _shown(params: lsp.CodeActionParams, rule: str, line: int) -> lsp.Diagnostic | None:
    for diagnostic in params.context.diagnostics:
        same = diagnostic.source == SOURCE and diagnostic.code == rule
        if same and diagnostic.range.start.line == line:
            return diagnostic
    return None


def _action(
    server: ArchitectServer,
    result: Result,
    title: str,
    splice: Splice,
    diagnostic: lsp.Diagnostic | None,
    preferred: bool = False,
) -> lsp.CodeAction:
    # The person chose exactly this comment: there is nothing to confirm in a preview.
    client = replace(server.session.client, change_annotations=False)
    return lsp.CodeAction(
        title=title,
        kind=KIND,
        diagnostics=[diagnostic] if diagnostic else None,
        is_preferred=preferred or None,
        edit=to_workspace_edit(result.document, [splice], client),
    )

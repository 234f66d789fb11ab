"""The only file that speaks both the protocol's types and ours."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache
from importlib.resources import files
from pathlib import Path

from lsprotocol import types as lsp
from pygls import uris

from architect_server.agent_problems import AgentProblem
from architect_server.analysis.model import Finding, FunctionMetrics, Severity, Span
from architect_server.analysis.suppression import SuppressionFinding
from architect_server.document import Change, Document, Encoding, Place, Splice
from architect_server.inquiries import Opinion
from architect_server.session import ClientFacts, Result
from architect_server.target import target_of

#: How our diagnostics are signed.
SOURCE = "architect"

#: The code of the one hint that says how far a file's result can be trusted.
CONFIDENCE_CODE = "confidence"

#: The code of a review's points.
REVIEW_CODE = "review"

#: How many decision points a diagnostic lists at most as related information.
_RELATED = 30

_SEVERITY: Mapping[Severity, lsp.DiagnosticSeverity] = {
    "error": lsp.DiagnosticSeverity.Error,
    "warning": lsp.DiagnosticSeverity.Warning,
    "information": lsp.DiagnosticSeverity.Information,
    "hint": lsp.DiagnosticSeverity.Hint,
}


def client_facts(params: lsp.InitializeParams, encoding: str | None) -> ClientFacts:
    """Reduce the client's capabilities to what we decide by."""
    text = params.capabilities.text_document or lsp.TextDocumentClientCapabilities()
    workspace = params.capabilities.workspace or lsp.WorkspaceClientCapabilities()
    window = params.capabilities.window or lsp.WindowClientCapabilities()
    edits = workspace.workspace_edit or lsp.WorkspaceEditClientCapabilities()
    hover = text.hover or lsp.HoverClientCapabilities()
    publish = text.publish_diagnostics or lsp.PublishDiagnosticsClientCapabilities()
    refresh = workspace.diagnostics
    watching = workspace.did_change_watched_files
    ours = _supports(params.initialization_options)
    renaming = text.rename
    return ClientFacts(
        name=_name(params),
        encoding=_encoding(encoding),
        pull_diagnostics=text.diagnostic is not None,
        diagnostics_refresh=bool(refresh and refresh.refresh_support),
        related_information=bool(publish.related_information),
        code_description=bool(publish.code_description_support),
        markdown=lsp.MarkupKind.Markdown in (hover.content_format or []),
        inlay_hint_refresh=bool(workspace.inlay_hint and workspace.inlay_hint.refresh_support),
        code_lens_refresh=bool(workspace.code_lens and workspace.code_lens.refresh_support),
        document_changes=bool(edits.document_changes),
        change_annotations=edits.change_annotation_support is not None,
        work_done_progress=bool(window.work_done_progress),
        show_document=bool(window.show_document and window.show_document.support),
        configuration=bool(workspace.configuration),
        watched_files=bool(watching and watching.dynamic_registration),
        shows_steps=ours.get("progress") is True,
        tells_diagnostics=ours.get("diagnostics") is True,
        rename_registration=bool(renaming and renaming.dynamic_registration),
        has_one_server="eglot" in _name(params).lower(),
    )


def _name(params: lsp.InitializeParams) -> str:
    return params.client_info.name if params.client_info else ""


def _supports(options: object) -> Mapping[str, object]:
    """What the client says of our own extensions: ``initializationOptions.supports``."""
    found = options.get("supports") if isinstance(options, Mapping) else None
    return found if isinstance(found, Mapping) else {}


def _encoding(kind: str | None) -> Encoding:
    if kind == lsp.PositionEncodingKind.Utf8:
        return "utf-8"
    return "utf-32" if kind == lsp.PositionEncodingKind.Utf32 else "utf-16"


def to_path(uri: str) -> Path | None:
    """The file behind ``uri``; None for untitled texts and other schemes."""
    path = uris.to_fs_path(uri) if uri.startswith("file:") else None
    return Path(path) if path else None


def to_document(item: lsp.TextDocumentItem) -> Document:
    """The first snapshot of an opened text."""
    return Document(item.uri, item.version, str(item.language_id), item.text)


def to_changes(events: Sequence[lsp.TextDocumentContentChangeEvent]) -> list[Change]:
    """The protocol's content changes as ours."""
    return [
        Change(event.text, _place(event.range.start), _place(event.range.end))
        if isinstance(event, lsp.TextDocumentContentChangePartial)
        else Change(event.text)
        for event in events
    ]


def _place(position: lsp.Position) -> Place:
    return Place(position.line, position.character)


def _position(place: Place) -> lsp.Position:
    return lsp.Position(place.line, place.character)


def to_position(document: Document, line: int, column: int, encoding: Encoding) -> lsp.Position:
    """The protocol's position of a code-point ``column`` in a 1-based ``line``."""
    return _position(document.place_in_line(line - 1, column, encoding))


def to_range(document: Document, span: Span, encoding: Encoding) -> lsp.Range:
    """The protocol's range of a stretch of one line."""
    line = span.line - 1
    return lsp.Range(
        _position(document.place_in_line(line, span.start, encoding)),
        _position(document.place_in_line(line, span.end, encoding)),
    )


def to_diagnostics(result: Result, client: ClientFacts) -> list[lsp.Diagnostic]:
    """All that is to be shown of one result: its findings, and how far it can be trusted."""
    if not result.surfaces.diagnostics:
        return []
    shown = [
        _finding(result.document, finding, client)
        for finding in result.findings
        if result.surfaces.suppressed or not finding.suppressed
    ]
    shown += [_problem(result.document, problem, client) for problem in result.problems]
    confidence = result.metrics.confidence
    if confidence.level != "complete":
        line = (confidence.from_line or 1) - 1
        place = _position(result.document.place_in_line(line, 0, client.encoding))
        what = "skipped" if confidence.level == "skipped" else f"partial from line {line + 1}"
        shown.append(
            lsp.Diagnostic(
                range=lsp.Range(place, place),
                message=f"Complexity {what}: {confidence.reason}",
                severity=lsp.DiagnosticSeverity.Hint,
                source=SOURCE,
                code=CONFIDENCE_CODE,
            )
        )
    return shown


def _finding(document: Document, finding: Finding, client: ClientFacts) -> lsp.Diagnostic:
    function, silence = finding.function, finding.suppressed
    return lsp.Diagnostic(
        range=to_range(document, function.name_span, client.encoding),
        message=finding.message + (f"; suppressed: {silence}" if silence else ""),
        severity=lsp.DiagnosticSeverity.Hint if silence else _SEVERITY[finding.severity],
        source=SOURCE,
        code=finding.rule,
        code_description=_description(finding.rule, client),
        related_information=_related(document, function, client) if finding.rule == "ccn" else None,
        data=target_of(document, function).to_wire(),
    )


def _problem(
    document: Document, problem: SuppressionFinding, client: ClientFacts
) -> lsp.Diagnostic:
    """What is wrong with a suppression of ours; one that is not needed any more is faded."""
    stale = problem.rule == "stale-suppression"
    return lsp.Diagnostic(
        range=to_offsets_range(document, problem.start, problem.end, client.encoding),
        message=problem.message,
        severity=lsp.DiagnosticSeverity.Information if stale else lsp.DiagnosticSeverity.Warning,
        source=SOURCE,
        code=problem.rule,
        code_description=_description(problem.rule, client),
        tags=[lsp.DiagnosticTag.Unnecessary] if stale else None,
    )


def to_offset(document: Document, position: lsp.Position, encoding: Encoding) -> int:
    """The offset of a protocol position."""
    return document.offset(_place(position), encoding)


def to_offsets_range(document: Document, start: int, end: int, encoding: Encoding) -> lsp.Range:
    """The protocol's range of a stretch of text, by offsets."""
    return lsp.Range(
        _position(document.place(start, encoding)), _position(document.place(end, encoding))
    )


def _description(rule: str, client: ClientFacts) -> lsp.CodeDescription | None:
    page = rule_page(rule) if client.code_description else None
    return lsp.CodeDescription(page) if page else None


def _related(
    document: Document, function: FunctionMetrics, client: ClientFacts
) -> list[lsp.DiagnosticRelatedInformation] | None:
    """Each +1 with its line."""
    if not client.related_information or not function.decisions:
        return None
    related = []
    for decision in function.decisions[:_RELATED]:
        line = decision.line - 1
        place = _position(document.place_in_line(line, 0, client.encoding))
        related.append(
            lsp.DiagnosticRelatedInformation(
                lsp.Location(document.uri, lsp.Range(place, place)), f"+1 {decision.kind}"
            )
        )
    return related


@cache
def rule_page(rule: str) -> str | None:
    """The URI of the page that explains ``rule``; it travels with the package."""
    page = Path(str(files("architect_server") / "rules" / f"{rule}.md"))
    return uris.from_fs_path(str(page)) if page.is_file() else None


def to_points(opinion: Opinion, document: Document, client: ClientFacts) -> list[lsp.Diagnostic]:
    """The points of a review that still apply to ``document``."""
    return [
        lsp.Diagnostic(
            range=lsp.Range(
                _position(document.place(extent.start, client.encoding)),
                _position(document.place(extent.end, client.encoding)),
            ),
            message=point.message,
            severity=_SEVERITY[point.severity],
            source=SOURCE,
            code=REVIEW_CODE,
        )
        for point, extent in opinion.points_now(document.text)
    ]


def to_agent_diagnostic(
    problem: AgentProblem, document: Document, client: ClientFacts
) -> lsp.Diagnostic:
    """A mistake of an agent file, on the word that is wrong or on its whole line."""
    line = problem.line - 1
    text = document.lines.line_text(line)
    start = max(text.find(problem.old), 0) if problem.old else 0
    end = start + len(problem.old) if problem.old else len(text)
    return lsp.Diagnostic(
        range=to_range(document, Span(problem.line, start, end), client.encoding),
        message=problem.message,
        severity=_SEVERITY[problem.severity],
        source=SOURCE,
        code=problem.code,
    )


def to_workspace_edit(
    document: Document, splices: Sequence[Splice], client: ClientFacts
) -> lsp.WorkspaceEdit:
    """An edit of exactly this version."""
    edits = [_text_edit(document, splice, client) for splice in splices]
    if not client.document_changes:
        return lsp.WorkspaceEdit(changes={document.uri: edits})
    identifier = lsp.OptionalVersionedTextDocumentIdentifier(document.uri, document.version)
    return lsp.WorkspaceEdit(document_changes=[lsp.TextDocumentEdit(identifier, [*edits])])


def to_proposal(
    document: Document,
    splices: Sequence[Splice],
    client: ClientFacts,
    label: str,
    description: str = "",
) -> lsp.WorkspaceEdit:
    """The same, to be confirmed by the person where the client can ask."""
    if not (client.document_changes and client.change_annotations):
        return to_workspace_edit(document, splices, client)
    edits = [_text_edit(document, splice, client) for splice in splices]
    identifier = lsp.OptionalVersionedTextDocumentIdentifier(document.uri, document.version)
    annotated = [
        lsp.AnnotatedTextEdit(annotation_id=SOURCE, range=edit.range, new_text=edit.new_text)
        for edit in edits
    ]
    annotation = lsp.ChangeAnnotation(label, needs_confirmation=True, description=description)
    return lsp.WorkspaceEdit(
        document_changes=[lsp.TextDocumentEdit(identifier, [*annotated])],
        change_annotations={SOURCE: annotation},
    )


def _text_edit(document: Document, splice: Splice, client: ClientFacts) -> lsp.TextEdit:
    where = lsp.Range(
        _position(document.place(splice.start, client.encoding)),
        _position(document.place(splice.end, client.encoding)),
    )
    return lsp.TextEdit(where, splice.text)

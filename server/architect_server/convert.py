"""The only file that speaks both the protocol's types and ours."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from lsprotocol import types as lsp

from architect_server.analysis.model import Severity, Span
from architect_server.diagnostic_json import SOURCE
from architect_server.document import Change, Document, Encoding, Place, Splice
from architect_server.session import ClientFacts

#: The code of the one hint that says how far a file's result can be trusted.
CONFIDENCE_CODE = "confidence"

#: The code of a review's points.
REVIEW_CODE = "review"

_SEVERITY: Mapping[Severity, lsp.DiagnosticSeverity] = {
    "error": lsp.DiagnosticSeverity.Error,
    "warning": lsp.DiagnosticSeverity.Warning,
    "information": lsp.DiagnosticSeverity.Information,
    "hint": lsp.DiagnosticSeverity.Hint,
}


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


def to_offset(document: Document, position: lsp.Position, encoding: Encoding) -> int:
    """The offset of a protocol position."""
    return document.offset(_place(position), encoding)


def to_offsets_range(document: Document, start: int, end: int, encoding: Encoding) -> lsp.Range:
    """The protocol's range of a stretch of text, by offsets."""
    return lsp.Range(
        _position(document.place(start, encoding)), _position(document.place(end, encoding))
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

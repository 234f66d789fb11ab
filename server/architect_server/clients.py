"""What a client says in ``initialize``: what it can do, where its folders are, what it wishes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from architect_server.desk import Desk, to_path
from architect_server.greeting import at, encoding_of, has_one_server, name_of
from architect_server.parent import end_with_parent
from architect_server.session import ClientFacts

_Values = Mapping[str, Any]


def greet(desk: Desk, params: _Values) -> None:
    """Learn what the client can do, and have the analysis process ready for the first text."""
    session = desk.session
    session.client = client_facts(params)
    options = params.get("initializationOptions")
    if isinstance(options, Mapping):
        session.trusted = options.get("trusted") is True
        session.restricted = options.get("trusted") is False
        if isinstance(settings := options.get("settings", {}), Mapping):
            session.use_editor_options(settings)
    roots = [folder["uri"] for folder in params.get("workspaceFolders") or []]
    for uri in roots or [params.get("rootUri") or ""]:
        if path := to_path(uri):
            session.folders[uri] = path
    desk.background(desk.worker.start())
    if params.get("processId") is not None:
        desk.background(end_with_parent(params["processId"], desk.worker.close))
    desk.greeted = True


def client_facts(params: _Values) -> ClientFacts:
    """Reduce the client's capabilities to what we decide by."""
    text, workspace = (
        at(params, "capabilities", name) or {} for name in ("textDocument", "workspace")
    )
    window = at(params, "capabilities", "window") or {}
    edits, publish = workspace.get("workspaceEdit") or {}, text.get("publishDiagnostics") or {}
    # Our own extensions.
    ours = at(params, "initializationOptions", "supports")
    return ClientFacts(
        name=name_of(params),
        encoding=encoding_of(params),
        pull_diagnostics=text.get("diagnostic") is not None,
        diagnostics_refresh=bool(at(workspace, "diagnostics", "refreshSupport")),
        related_information=bool(publish.get("relatedInformation")),
        code_description=bool(publish.get("codeDescriptionSupport")),
        markdown="markdown" in (at(text, "hover", "contentFormat") or []),
        inlay_hint_refresh=bool(at(workspace, "inlayHint", "refreshSupport")),
        code_lens_refresh=bool(at(workspace, "codeLens", "refreshSupport")),
        document_changes=bool(edits.get("documentChanges")),
        change_annotations=edits.get("changeAnnotationSupport") is not None,
        # Some that can do not say so; only a plain no counts.
        applies_edits=workspace.get("applyEdit") is not False,
        can_be_asked=workspace.get("applyEdit") is not False or bool(window),
        work_done_progress=bool(window.get("workDoneProgress")),
        show_document=bool(at(window, "showDocument", "support")),
        configuration=bool(workspace.get("configuration")),
        watched_files=bool(at(workspace, "didChangeWatchedFiles", "dynamicRegistration")),
        begins_rename=at(ours, "rename") is True,
        related_in_hover=at(ours, "relatedInHover") is True,
        shows_steps=at(ours, "progress") is True,
        tells_diagnostics=at(ours, "diagnostics") is True,
        rename_registration=bool(at(text, "rename", "dynamicRegistration")),
        has_one_server=has_one_server(params),
    )

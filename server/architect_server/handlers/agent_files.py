"""Agent files in the editor: their mistakes as diagnostics, and what puts them right."""

from __future__ import annotations

from collections.abc import Iterator

from lsprotocol import types as lsp

from architect_server.agent_problems import AgentProblem, agent_problems, is_agent_file
from architect_server.convert import to_agent_diagnostic, to_workspace_edit
from architect_server.document import Document, Splice
from architect_server.server import ArchitectServer

KIND = lsp.CodeActionKind.QuickFix


def agent_diagnostics(server: ArchitectServer, document: Document) -> list[lsp.Diagnostic]:
    """The mistakes of an agent file; nothing for any other text."""
    if not is_agent_file(server.path_of(document.uri)):
        return []
    return [
        to_agent_diagnostic(problem, document, server.session.client)
        for problem in agent_problems(document.text)
    ]


def _title(problem: AgentProblem) -> str:
    if problem.code == "not-yaml":
        return "Put the value in quotes"
    if problem.code == "byte-order-mark":
        return "Remove the byte order mark"
    if problem.new:
        return f"Replace “{problem.old}” by “{problem.new}”"
    return f"Remove “{problem.old.strip(', -')}”"


def fixes(server: ArchitectServer, params: lsp.CodeActionParams) -> Iterator[lsp.CodeAction]:
    """For each mistake in the range that has one: its quick fix."""
    uri = params.text_document.uri
    document = server.session.documents.get(uri)
    if document is None or not is_agent_file(server.path_of(uri)):
        return
    for problem in agent_problems(document.text):
        line = problem.line - 1
        column = document.lines.line_text(line).find(problem.old) if problem.old else -1
        if column < 0 or not params.range.start.line <= line <= params.range.end.line:
            continue
        start = document.lines.line_start(line) + column
        splice = Splice(start, start + len(problem.old), problem.new)
        title = _title(problem)
        client = server.session.client
        yield lsp.CodeAction(
            title=title,
            kind=KIND,
            is_preferred=True,
            diagnostics=[to_agent_diagnostic(problem, document, client)],
            edit=to_workspace_edit(document, [splice], client),
        )

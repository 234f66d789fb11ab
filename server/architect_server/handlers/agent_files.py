"""Agent files in the editor: what puts their mistakes right."""

from __future__ import annotations

from collections.abc import Iterator

from lsprotocol import types as lsp

from architect_server.agent_problems import AgentProblem, agent_problems, is_agent_file
from architect_server.convert import to_workspace_edit
from architect_server.diagnostic_json import agent_problem_json
from architect_server.document import Splice
from architect_server.server import ArchitectServer

KIND = lsp.CodeActionKind.QuickFix


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
            diagnostics=[
                server.typed(agent_problem_json(problem, document, client), lsp.Diagnostic)
            ],
            edit=to_workspace_edit(document, [splice], client),
        )

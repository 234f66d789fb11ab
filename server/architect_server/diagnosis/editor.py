"""What the connected editor can show, and what takes the place of what it can't."""

from __future__ import annotations

from collections.abc import Iterator

from architect_server.diagnosis.fact import Fact
from architect_server.session import ClientFacts, Session

#: A fact of the client, how it is called here, and what a person has instead of it.
_CAPABILITIES = (
    ("pull_diagnostics", "asks for diagnostics", "they are sent when they change"),
    ("related_information", "related information", "the hover lists each +1"),
    ("code_description", "links to rules", "docs/rules.md has them"),
    ("markdown", "hover in Markdown", "the hover is plain text"),
    ("applies_edits", "edits on request", "the code action “Apply suggestion”"),
    ("document_changes", "versioned edits", "plain edits, refused on a text that changed"),
    ("change_annotations", "edits that want confirmation", "look at the text, undo takes it back"),
    ("work_done_progress", "progress and cancel", "a message says how a run ended"),
    ("show_document", "documents shown by the server", "a message says where a report lies"),
    ("can_be_asked", "questions with buttons", "a code action gives the consent"),
    ("configuration", "settings on request", "initialization options and pyproject.toml"),
    ("shows_steps", "an architect's steps as they come", "progress, and the report afterwards"),
    ("tells_diagnostics", "other tools' diagnostics", "agents see only ours"),
    ("watched_files", "watched files", "files are read again when a text changes"),
)


def editor(session: Session) -> Iterator[Fact]:
    """The editor of this connection."""
    client = session.client
    yield Fact("editor", f"{client.name or 'unnamed'}, positions in {client.encoding}")
    yield _trust(session)
    for name, words, instead in _CAPABILITIES:
        able = getattr(client, name)
        yield Fact(f"editor: {words}", "yes" if able else f"no; instead: {instead}")
    yield Fact("open", f"{len(session.documents)} documents, {len(session.folders)} folders")


def _trust(session: Session) -> Fact:
    if session.restricted:
        fix = "Trust the workspace in your editor to ask the architect."
        return Fact("trust", "the workspace is not trusted: figures only", False, fix)
    if session.trusted:
        return Fact("trust", "the workspace is trusted: tests and commands may run in the sandbox")
    return Fact("trust", "not said by the editor: no tests and commands of the workspace run")


def unexplained() -> set[str]:
    """Facts of a client that this report does not name; a test keeps it to those it need not."""
    named = {name for name, _, _ in _CAPABILITIES}
    return set(ClientFacts.__dataclass_fields__) - named

"""The whole report, for a path from the command line or a text in the editor."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from architect_server.diagnosis.asking import asking
from architect_server.diagnosis.editor import editor
from architect_server.diagnosis.fact import Fact
from architect_server.diagnosis.installation import installation
from architect_server.diagnosis.limits import limits
from architect_server.session import Session
from architect_server.settings import Layer, SettingsByPlace


def for_path(path: Path, workspace: Path) -> list[Fact]:
    """For a file the limits in force; for a folder those of any file in it, and the exceptions."""
    places = SettingsByPlace(Layer("the command line", {}))
    folder = path if path.is_dir() else None
    settings = places.of(path / "any" if folder else path)

    def facts() -> Iterator[Fact]:
        yield from installation()
        yield from asking(workspace, settings)
        yield from limits(settings, places, folder)

    return [fact.fit_to_paste() for fact in facts()]


def for_session(session: Session, path: Path | None, language: str) -> list[Fact]:
    """For the text at ``path`` (None: an untitled one, or none at all) in the editor."""
    settings = session.settings_for(path, language)
    workspace = session.workspace_of(path) or next(iter(session.folders.values()), Path.cwd())

    def facts() -> Iterator[Fact]:
        yield from installation()
        yield from editor(session)
        yield from asking(workspace, settings)
        yield from limits(settings, session.places_for(path), None)

    return [fact.fit_to_paste() for fact in facts()]

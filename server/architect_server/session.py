"""What one editor session holds: its documents, their last results, settings, what the client can.

Everything handed out is a frozen snapshot; the session alone is altered, and only on the loop.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

from architect_server.analysis.model import FileMetrics, Finding
from architect_server.analysis.suppression import SuppressionFinding
from architect_server.discovery import Found
from architect_server.document import Document, Encoding
from architect_server.ignores import Ignores, matches
from architect_server.judgement import Judgement
from architect_server.settings import Layer, Settings, SettingsByPlace, Surfaces


@dataclass(frozen=True, slots=True)
class ClientFacts:
    """What the client said it can do, reduced to what we decide by."""

    name: str = ""
    encoding: Encoding = "utf-16"
    pull_diagnostics: bool = False
    diagnostics_refresh: bool = False
    related_information: bool = False
    code_description: bool = False
    markdown: bool = False
    inlay_hint_refresh: bool = False
    code_lens_refresh: bool = False
    document_changes: bool = False
    change_annotations: bool = False
    applies_edits: bool = True
    can_be_asked: bool = True
    work_done_progress: bool = False
    show_document: bool = False
    configuration: bool = False
    watched_files: bool = False
    #: Said in the initialization options: its hover lists a diagnostic's related information;
    #: it takes ``architect/progress``, and answers ``architect/diagnostics`` with what all its
    #: sources show.
    related_in_hover: bool = False
    #: It has the person rename a helper that the answer to a command names.
    begins_rename: bool = False
    shows_steps: bool = False
    tells_diagnostics: bool = False
    rename_registration: bool = False
    #: The client has no other server for a text, so that ours stands in nobody's way.
    has_one_server: bool = False


@dataclass(frozen=True)
class Result:
    """What was found in one version of one document; ``surfaces`` says what is to be shown.

    The figures and the judgement of the whole text are worked out when somebody asks: a
    keystroke needs neither.
    """

    document: Document
    surfaces: Surfaces
    measure: Callable[[], FileMetrics]
    judge: Callable[[FileMetrics], Judgement]

    @classmethod
    def known(
        cls,
        document: Document,
        metrics: FileMetrics,
        judged: Judgement,
        surfaces: Surfaces | None = None,
    ) -> Result:
        """A result that is worked out already."""
        return cls(document, surfaces or Surfaces(), lambda: metrics, lambda _: judged)

    @cached_property
    def metrics(self) -> FileMetrics:
        """The figures of every function."""
        return self.measure()

    @cached_property
    def _judged(self) -> Judgement:
        return self.judge(self.metrics)

    @property
    def findings(self) -> tuple[Finding, ...]:
        """Every figure above its limit."""
        return self._judged.findings

    @property
    def problems(self) -> tuple[SuppressionFinding, ...]:
        """What is wrong with our own suppressions."""
        return self._judged.problems


@dataclass(frozen=True, slots=True)
class Situation:
    """What holds for an open text wherever its lines move: its file, settings and exclusion."""

    path: Path | None
    workspace: Path | None
    settings: Settings
    left_out: bool


@dataclass
class Session:
    """The one place of state. ``results`` holds each open document's last good result."""

    client: ClientFacts = field(default_factory=ClientFacts)
    trusted: bool = False
    #: The editor says that the workspace is not trusted: figures only, no architect.
    restricted: bool = False
    folders: dict[str, Path] = field(default_factory=dict)
    documents: dict[str, Document] = field(default_factory=dict)
    results: dict[str, Result] = field(default_factory=dict)
    #: The notebook that each open cell belongs to.
    notebooks: dict[str, Path | None] = field(default_factory=dict)
    ignores: Ignores = field(default_factory=Ignores)
    editor_options: Mapping[str, Any] = field(default_factory=dict)
    #: The same for workspace folders that have options of their own.
    folder_options: Mapping[Path, Mapping[str, Any]] = field(default_factory=dict)
    _settings: dict[Path | None, SettingsByPlace] = field(default_factory=dict)
    _situations: dict[tuple[str, str], Situation] = field(default_factory=dict)
    _told: set[str] = field(default_factory=set)

    def open(self, document: Document) -> None:
        self.documents[document.uri] = document

    def close(self, uri: str) -> None:
        document = self.documents.pop(uri, None)
        self.results.pop(uri, None)
        if document is not None:
            self._situations.pop((uri, document.language_id), None)

    def workspace_of(self, path: Path | None) -> Path | None:
        """The innermost workspace folder that holds ``path``."""
        holding = [
            folder for folder in self.folders.values() if path and path.is_relative_to(folder)
        ]
        return max(holding, key=lambda folder: len(folder.parts), default=None)

    def use_editor_options(
        self, options: Mapping[str, Any], by_folder: Mapping[Path, Mapping[str, Any]] | None = None
    ) -> None:
        """Take the editor's own settings; they lie above pyproject.toml's."""
        self.editor_options = options
        self.folder_options = by_folder or {}
        self.forget_settings()

    def forget_settings(self) -> None:
        """Read the files that hold settings anew at next use."""
        self._settings.clear()
        self._situations.clear()
        self.ignores = Ignores()

    def situation_of(self, document: Document, path: Path | None) -> Situation:
        """What holds for an open ``document`` at ``path``; worked out once."""
        key = document.uri, document.language_id
        situation = self._situations.get(key)
        if situation is None:
            settings = self.settings_for(path, document.language_id)
            left_out = self.leaves_out(path, settings)
            situation = Situation(path, self.workspace_of(path), settings, left_out)
            if document.uri in self.documents:
                self._situations[key] = situation
        return situation

    def settings_for(self, path: Path | None, language: str = "") -> Settings:
        """The settings in force for the text at ``path`` (None: an untitled one)."""
        return self.places_for(path).of(path, language, self.workspace_of(path))

    def places_for(self, path: Path | None) -> SettingsByPlace:
        """The settings of the workspace that holds ``path``, by place."""
        workspace = self.workspace_of(path)
        return self._settings_in(workspace)

    def settings_of_file(self, file: Found, workspace: Path | None) -> Settings:
        """The same for a file that was found in ``workspace``; quicker for many of one place."""
        return self._settings_in(workspace).of_file(file, workspace)

    def _settings_in(self, workspace: Path | None) -> SettingsByPlace:
        if workspace not in self._settings:
            options = self.editor_options
            if workspace is not None:
                options = self.folder_options.get(workspace, options)
            self._settings[workspace] = SettingsByPlace(Layer("the editor's settings", options))
        return self._settings[workspace]

    def leaves_out(self, path: Path | None, settings: Settings) -> bool:
        """Whether git or the settings leave the file at ``path`` out."""
        if path is None:
            return False
        workspace = self.workspace_of(path)
        excluded = self.excludes(str(path), settings, workspace)
        return excluded or self.ignores.leaves_out(path, workspace)

    def excludes(self, path: str, settings: Settings, workspace: Path | None) -> bool:
        """Whether the settings leave the file at ``path`` out, whatever git says."""
        base = settings.exclude_base or workspace
        return bool(settings.exclude) and matches(settings.exclude, base, Path(path))

    def new_problems(self) -> Iterator[str]:
        """Sentences about bad options that this client was not told yet."""
        for places in list(self._settings.values()):
            yield from filter(self.is_new, places.problems)

    def is_new(self, sentence: str) -> bool:
        """Whether this client was not told ``sentence`` yet; from now on it was."""
        if sentence in self._told:
            return False
        self._told.add(sentence)
        return True

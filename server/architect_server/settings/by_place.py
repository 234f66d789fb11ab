"""Which settings hold for a file: the layers above it, read once for each folder."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from architect_server.analysis.languages import language_of
from architect_server.settings.files import SETTINGS_FILES, project_layer
from architect_server.settings.other_tools import Whitelist, other_tools_layer, whitelist_for
from architect_server.settings.overrides import Override
from architect_server.settings.resolved import Layer, ReadLayer, Settings, lay, read_layer


@dataclass(frozen=True, slots=True)
class _Folder:
    layers: tuple[ReadLayer, ...]
    whitelist: Whitelist | None
    problems: tuple[str, ...]


class SettingsByPlace:
    """Resolved settings by file. ``above`` lies over every project's own: an editor's, say."""

    def __init__(self, above: Layer) -> None:
        self._above = read_layer(above)
        self._folders: dict[Path | None, _Folder] = {}
        #: The settings of folders whose files of one language all have the same; else None.
        self._uniform: dict[tuple[str, str, Path | None], Settings | None] = {}

    def of(self, path: Path | None, language: str = "", workspace: Path | None = None) -> Settings:
        """The settings in force for a text at ``path`` (None: an untitled one).

        ``language`` is its languageId; without it the file's name tells. What an editor's globs
        are relative to is ``workspace``.
        """
        if path is not None:
            path = Path(os.path.abspath(path))  # noqa: PTH100 - resolve() would follow links
            language = language or language_of(path.name) or ""
        folder = self._folder(path.parent if path else None)
        allowed = folder.whitelist.allowed_in(path) if folder.whitelist else {}
        return lay(folder.layers, path, language, workspace, allowed)

    def of_file(self, path: str, language: str, workspace: Path | None = None) -> Settings:
        """The same for the file at ``path`` (absolute); quicker for many files of one folder."""
        key = (path.rpartition(os.sep)[0], language, workspace)
        if key not in self._uniform:
            folder = self._folder(Path(path).parent)
            by_path = any(one.paths for layer in folder.layers for one in layer.overrides)
            settings = None
            if not by_path and folder.whitelist is None:
                settings = lay(folder.layers, Path(path), language, workspace)
            self._uniform[key] = settings
        return self._uniform[key] or self.of(Path(path), language, workspace)

    def overrides_at(self, path: Path) -> tuple[Override, ...]:
        """Every override that may hold for ``path`` or for files beside it."""
        layers = self._folder(path.absolute().parent).layers
        return tuple(override for layer in layers for override in layer.overrides)

    @property
    def problems(self) -> Iterator[str]:
        """One sentence for every option that could not be used so far, without repetition."""
        found = [sentence for folder in self._folders.values() for sentence in folder.problems]
        return iter(dict.fromkeys(found))

    def _folder(self, place: Path | None) -> _Folder:
        if place not in self._folders:
            above = place.parent if place else place
            if place and above != place and not _has_its_own(place):
                self._folders[place] = self._folder(above)
            else:
                self._folders[place] = self._read(place)
        return self._folders[place]

    def _read(self, place: Path | None) -> _Folder:
        if place is None:
            return _Folder((self._above,), None, self._above.problems)
        project, unreadable = project_layer(place)
        own = (read_layer(project), self._above) if project else (self._above,)
        problems = (*unreadable, *(sentence for layer in own for sentence in layer.problems))
        if not _reads_other_tools(own):
            return _Folder(own, None, problems)
        return _Folder((other_tools_layer(place), *own), whitelist_for(place), problems)


def _has_its_own(folder: Path) -> bool:
    """Whether a file in ``folder`` may hold settings, or a search upwards ends there."""
    own = str(folder)
    return any(os.path.lexists(f"{own}{os.sep}{name}") for name in (*SETTINGS_FILES, ".git"))


def _reads_other_tools(layers: tuple[ReadLayer, ...]) -> bool:
    chosen = [layer.values.get("readOtherTools") for layer in layers]
    return next((value for value in reversed(chosen) if value is not None), True)

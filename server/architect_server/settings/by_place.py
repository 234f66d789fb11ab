"""Which settings hold for a file: the layers above it, read once for each folder."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from architect_server.analysis.languages import language_of
from architect_server.discovery import LANDMARKS, Found
from architect_server.settings.files import project_layer
from architect_server.settings.other_tools import Whitelist, other_tools_layer, whitelist_for
from architect_server.settings.overrides import Override
from architect_server.settings.resolved import Layer, ReadLayer, Settings, lay, read_layer


class _Folder(NamedTuple):
    """What holds in one folder; ``by_path`` are the overrides that hold for some paths only."""

    layers: tuple[ReadLayer, ...]
    by_path: tuple[Override, ...]
    whitelist: Whitelist | None
    problems: tuple[str, ...]

    @classmethod
    def of(
        cls,
        layers: tuple[ReadLayer, ...],
        problems: tuple[str, ...],
        whitelist: Whitelist | None = None,
    ) -> _Folder:
        by_path = tuple(one for layer in layers for one in layer.overrides if one.paths)
        return cls(layers, by_path, whitelist, problems)


#: A file's place, its language and the workspace.
_Where = tuple[str, str, Path | None]


class SettingsByPlace:
    """Resolved settings by file. ``above`` lies over every project's own: an editor's, say."""

    def __init__(self, above: Layer) -> None:
        self._above = read_layer(above)
        self._folders: dict[Path | None, _Folder] = {}
        self._places: dict[str, _Folder] = {}
        #: The settings of files by where they are, and by which of the overrides hold that depend
        #: on a path; and where there are no such overrides.
        self._laid: dict[tuple[_Where, tuple[bool, ...]], Settings] = {}
        self._uniform: dict[_Where, Settings] = {}

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

    def of_file(self, file: Found, workspace: Path | None = None) -> Settings:
        """The same for a file that was found; quicker for the many files of one place."""
        key = (file.place, file.language, workspace)
        uniform = self._uniform.get(key)
        if uniform is not None:
            return uniform
        folder = self._places.get(file.place)
        if folder is None:
            folder = self._places[file.place] = self._folder(Path(file.place))
        if folder.whitelist is not None:
            return self.of(Path(file.path), file.language, workspace)
        held = tuple([one.holds(file.path, file.language, workspace) for one in folder.by_path])
        if (key, held) not in self._laid:
            self._laid[key, held] = lay(folder.layers, Path(file.path), file.language, workspace)
        if not held:
            self._uniform[key] = self._laid[key, held]
        return self._laid[key, held]

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
            return _Folder.of((self._above,), self._above.problems)
        project, unreadable = project_layer(place)
        own = (read_layer(project), self._above) if project else (self._above,)
        problems = (*unreadable, *(sentence for layer in own for sentence in layer.problems))
        if not _reads_other_tools(own):
            return _Folder.of(own, problems)
        return _Folder.of((other_tools_layer(place), *own), problems, whitelist_for(place))


def _has_its_own(folder: Path) -> bool:
    """Whether a file in ``folder`` may hold settings, or a search upwards ends there."""
    own = str(folder)
    return any(os.path.lexists(f"{own}{os.sep}{name}") for name in LANDMARKS)


def _reads_other_tools(layers: tuple[ReadLayer, ...]) -> bool:
    chosen = [layer.values.get("readOtherTools") for layer in layers]
    return next((value for value in reversed(chosen) if value is not None), True)

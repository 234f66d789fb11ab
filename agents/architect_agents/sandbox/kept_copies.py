"""Copies of workspaces that are kept between runs, in the user's cache: the next run is ready soon.

A run takes the kept copy by renaming it, so that no two runs share one, and gives it back in the
same way. Who finds none begins with an empty folder.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import stat
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from uuid import uuid4

from architect_agents.sandbox.copying import Kept, Manifest, Marks

MOST_KEPT = 4
#: Larger copies are made anew each time.
LARGEST_KEPT = 200 * 1024 * 1024
ABANDONED = 24 * 3600.0
COPY, MANIFEST = "shadow", "manifest.json"


@dataclass(frozen=True, slots=True)
class Place:
    """The folder of one run: ``folder``/shadow is the copy; ``slot`` is where it is kept after."""

    folder: Path
    slot: Path | None

    @property
    def copy(self) -> Path:
        """Where the copy stands."""
        return self.folder / COPY


def take(workspace: Path) -> tuple[Place, Manifest]:
    """A folder for a run, and what is known of the copy in it. The caller gives it back."""
    home = _home()
    if home is None:
        return Place(Path(tempfile.mkdtemp(prefix="architect-")), None), {}
    mark = hashlib.sha256(os.fsencode(workspace)).hexdigest()[:16]
    place = Place(home / f"run-{os.getpid()}-{uuid4().hex[:8]}", home / f"kept-{mark}")
    assert place.slot is not None
    try:
        place.slot.rename(place.folder)
    except OSError:
        place.folder.mkdir(mode=0o700)
        return place, {}
    return place, _read_manifest(place)


def give_back(place: Place, manifest: Manifest) -> None:
    """Keep the copy for the next run, or remove it; never raises."""
    size = sum(kept.copy.size for kept in manifest.values())
    if place.slot is None or not manifest or size > LARGEST_KEPT:
        remove(place.folder)
        return
    try:
        for entry in list(place.folder.iterdir()):
            if entry.name != COPY:
                remove(entry)
        entries = {name: [kept.original, kept.copy, kept.digest] for name, kept in manifest.items()}
        (place.folder / MANIFEST).write_text(json.dumps(entries), encoding="ascii")
        place.folder.rename(place.slot)
    except (OSError, ValueError):
        remove(place.folder)  # another run was quicker, or it can't be written
    _prune(place.folder.parent)


def remove(path: Path) -> None:
    """Remove a file or a folder, also one whose modes were changed; as far as that can be done."""
    if not path.is_dir() or path.is_symlink():
        path.unlink(missing_ok=True)
        return
    shutil.rmtree(path, ignore_errors=True)
    if path.exists():
        for folder, _, _ in os.walk(path):
            os.chmod(folder, stat.S_IRWXU)  # noqa: PTH101
        shutil.rmtree(path, ignore_errors=True)


def _home() -> Path | None:
    """The folder that holds the copies, which nobody else may look into; None if there is none."""
    from platformdirs import user_cache_path

    home = user_cache_path("architect-lsp") / "copies"
    try:
        home.mkdir(parents=True, exist_ok=True, mode=0o700)
        found = home.lstat()
        mine = not hasattr(os, "getuid") or found.st_uid == os.getuid()
        if not stat.S_ISDIR(found.st_mode) or not mine:
            return None
        if found.st_mode & 0o077:
            home.chmod(0o700)
    except OSError:
        return None
    return home


def _read_manifest(place: Place) -> Manifest:
    """What is known of the copy; nothing if it can't be read, and then the copy is made anew."""
    try:
        entries = json.loads((place.folder / MANIFEST).read_text(encoding="ascii"))
        return {
            name: Kept(Marks(*original) if original else None, Marks(*copy), str(digest))
            for name, (original, copy, digest) in entries.items()
        }
    except (OSError, ValueError, TypeError, AttributeError):
        remove(place.copy)
        return {}


def _prune(home: Path) -> None:
    """Remove all but the newest copies, and what runs that were killed have left."""
    kept = sorted(home.glob("kept-*"), key=_age)
    for folder in [*kept[MOST_KEPT:], *_abandoned(home)]:
        remove(folder)


def _abandoned(home: Path) -> Iterator[Path]:
    for folder in home.glob("run-*"):
        pid = folder.name.split("-")[1]
        if _age(folder) > ABANDONED and pid.isdigit() and not Path("/proc", pid).exists():
            yield folder


def _age(path: Path) -> float:
    """Seconds since the folder was last given back."""
    try:
        return time.time() - path.stat().st_mtime
    except OSError:
        return float("inf")

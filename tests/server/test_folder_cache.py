"""A folder that has not changed is not listed again, and no change of one goes unnoticed."""

from __future__ import annotations

import os
import random
import shutil
import sqlite3
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from types import SimpleNamespace

import pytest

from architect_server.discovery import Found, found_below
from architect_server.ignores import Ignores
from architect_server.result_cache import ResultCache
from architect_server.settings import Layer, SettingsByPlace

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="folders are always listed there")

FILES = ("a.py", "b.txt", "src/c.py", "src/deep/d.py", "src/deep/e.go", "docs/f.py", "g/h/i.py")


class Tree:
    """A repository, and a cache of its folders beside it."""

    def __init__(self, place: Path) -> None:
        self.root = place / "code"
        self.path = place / "cache" / "results"
        for name in FILES:
            self.write(name, "x = 1\n")
        self.write(".git/info/exclude", "")
        self.write(".gitignore", "docs/\n")
        self.write("pyproject.toml", "[tool.architect.limits]\nccn = 5\n")

    def write(self, name: str, text: str) -> None:
        """A file with whatever folders it needs."""
        (self.root / name).parent.mkdir(parents=True, exist_ok=True)
        (self.root / name).write_text(text, "utf-8")

    def warm(self, top: str = "") -> list[Found]:
        """What is found with the help of the cache."""
        cache = ResultCache(self.path)
        try:
            return list(found_below(self.root / top, Ignores(), cache.folders))
        finally:
            cache.close()

    def fresh(self, top: str = "") -> list[Found]:
        """What is found without."""
        return list(found_below(self.root / top, Ignores()))

    def settle(self) -> None:
        """As if everything had been listed long after it was last changed."""
        self.alter("UPDATE folder SET seen = seen + 10000000000")
        self.next_moment()

    def alter(self, statement: str) -> None:
        """Change what the cache holds."""
        database = sqlite3.connect(self.path)
        with database:
            database.execute(statement)
        database.close()

    def next_moment(self) -> None:
        """Wait until the file system gives a file another time than now."""
        probe = self.path.with_name("probe")
        probe.touch()
        first = probe.stat().st_ctime_ns
        while probe.stat().st_ctime_ns == first:
            probe.touch()


@pytest.fixture
def tree(tmp_path: Path) -> Tree:
    """A tree that a walk has seen."""
    tree = Tree(tmp_path)
    tree.warm()
    tree.settle()
    return tree


@pytest.fixture
def listed(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The names of all folders that are listed."""
    found: list[str] = []
    scandir = os.scandir

    def recording(path: str) -> Iterator[os.DirEntry[str]]:
        found.append(Path(path).name)
        return scandir(path)

    monkeypatch.setattr(os, "scandir", recording)
    return found


def test_what_has_not_changed_is_not_listed(tree: Tree, listed: list[str]) -> None:
    assert tree.warm() == tree.warm()
    assert listed == []
    assert [found.path.removeprefix(f"{tree.root}/") for found in tree.warm()] == [
        "a.py", "g/h/i.py", "src/c.py", "src/deep/d.py", "src/deep/e.go",
    ]  # fmt: skip
    tree.write("src/new.py", "")
    tree.warm()
    assert listed == ["src"]


def test_a_folder_within_is_known_by_the_walk_from_above(tree: Tree, listed: list[str]) -> None:
    known = tree.warm("src")
    assert listed == []
    assert known == tree.fresh("src")
    assert tree.warm("docs") == tree.fresh("docs") != [], "asked for by name"


def test_what_was_changed_right_before_it_was_listed_is_listed_again(
    tree: Tree, listed: list[str]
) -> None:
    tree.write("src/new.py", "")
    tree.warm()
    listed.clear()
    tree.warm()
    assert listed == ["src"], "another file may have come in the same moment"


CHANGES: dict[str, Callable[[Tree], object]] = {
    "a file is added": lambda tree: tree.write("src/z.py", ""),
    "a folder is added": lambda tree: tree.write("src/y/z/z.py", ""),
    "a file is removed": lambda tree: (tree.root / "src/c.py").unlink(),
    "a folder is removed": lambda tree: shutil.rmtree(tree.root / "src/deep"),
    "a file is renamed": lambda tree: (tree.root / "a.py").rename(tree.root / "aa.py"),
    "a file is moved": lambda tree: (tree.root / "a.py").rename(tree.root / "g/a.py"),
    "a folder is renamed": lambda tree: (tree.root / "g/h").rename(tree.root / "g/k"),
    "two folders change places": lambda tree: _swap(tree.root / "src/deep", tree.root / "g/h"),
    "a file becomes a folder": lambda tree: (
        (tree.root / "a.py").unlink(),
        tree.write("a.py/b.py", ""),
    ),
    "a file becomes a link": lambda tree: (
        (tree.root / "a.py").unlink(),
        (tree.root / "a.py").symlink_to(tree.root / "src/c.py"),
    ),
    "a file is edited": lambda tree: tree.write("a.py", "y = 22\n"),
    "a file is edited in place": lambda tree: tree.write("a.py", "y = 2\n"),
    "a file is ignored": lambda tree: tree.write(".gitignore", "docs/\nc.py\n"),
    "a file is ignored, in as many bytes": lambda tree: tree.write(".gitignore", "a.py\n\n"),
    "a folder is no longer ignored": lambda tree: tree.write(".gitignore", "doc\n\n\n"),
    "nothing is ignored any more": lambda tree: (tree.root / ".gitignore").unlink(),
    "an inner file ignores": lambda tree: tree.write("src/.gitignore", "*.go\n"),
    "the unshared file ignores": lambda tree: tree.write(".git/info/exclude", "a.py\n"),
    "settings come in between": lambda tree: tree.write(
        "src/pyproject.toml", "[tool.architect.limits]\nccn = 9\n"
    ),
    "settings change in place": lambda tree: tree.write(
        "pyproject.toml", "[tool.architect.limits]\nccn = 7\n"
    ),
    "settings go": lambda tree: (tree.root / "pyproject.toml").unlink(),
    "a repository begins in between": lambda tree: tree.write("src/.git/HEAD", ""),
    "no repository is there any more": lambda tree: shutil.rmtree(tree.root / ".git"),
}


def _swap(one: Path, other: Path) -> None:
    aside = one.with_name("aside")
    one.rename(aside)
    other.rename(one)
    aside.rename(other)


def _said(files: list[Found]) -> list[tuple[Found, int]]:
    """Each file with a limit that is in force for it."""
    places = SettingsByPlace(Layer("nothing", {}))
    return [(file, places.of_file(file).limits.ccn) for file in files]


@pytest.mark.parametrize("what", CHANGES)
@pytest.mark.parametrize("top", ["", "src"])
def test_every_change_is_noticed(what: str, top: str, tree: Tree) -> None:
    tree.warm(top)
    tree.settle()
    CHANGES[what](tree)
    assert _said(tree.warm(top)) == _said(tree.fresh(top))


def test_a_change_that_leaves_the_times_is_noticed(tree: Tree) -> None:
    folder = tree.root / "src"
    status = folder.stat()
    tree.write("src/new.py", "")
    os.utime(folder, ns=(status.st_atime_ns, status.st_mtime_ns))
    assert tree.warm() == tree.fresh()


def test_files_of_one_place_have_the_settings_of_their_own_folder(tree: Tree) -> None:
    tree.write("pyproject.toml", "")
    tree.write("src/deep/ruff.toml", "[lint.mccabe]\nmax-complexity = 3\n")
    tree.write("g/setup.cfg", "[flake8]\nmax-complexity = 4\n")
    places = SettingsByPlace(Layer("nothing", {}))
    found = tree.fresh()
    for file in found:
        assert places.of_file(file) == places.of(Path(file.path), file.language)
    assert {limit for _, limit in _said(found)} == {3, 4, 15}


def test_whatever_happens_the_cache_finds_what_a_fresh_look_finds(tree: Tree) -> None:
    rng = random.Random(20)
    for _ in range(60):
        _alter_at_random(tree, rng)
        assert _said(tree.warm()) == _said(tree.fresh())
        tree.settle()


def _alter_at_random(tree: Tree, rng: random.Random) -> None:
    places = [path for path in tree.root.rglob("*") if ".git" not in path.parts]
    folders = [tree.root, *(path for path in places if path.is_dir())]
    folder, name = rng.choice(folders), rng.choice(("m.py", "n.py", "o.go", "p.txt", "q"))
    work = rng.randrange(6)
    if work == 0 and places:
        place = rng.choice(places)
        shutil.rmtree(place) if place.is_dir() else place.unlink()
    elif work == 1 and places:
        place = rng.choice(places)
        if not (place.parent / f"r{name}").exists():
            place.rename(place.parent / f"r{name}")
    elif work == 2:
        (folder / f"k{rng.randrange(3)}").mkdir(exist_ok=True)
    elif work == 3:
        lines = rng.choices(("*.go", "n.py", "/m.py", "k1/", "!n.py", "q"), k=2)
        (folder / ".gitignore").write_text("\n".join(lines), "utf-8")
    elif work == 4:
        text = f"[tool.architect.limits]\nccn = {rng.randrange(3, 6)}\n"
        (folder / "pyproject.toml").write_text(text, "utf-8")
    elif not (folder / name).is_dir():
        (folder / name).write_text("x\n" * rng.randrange(3), "utf-8")


@pytest.mark.parametrize(
    "breaking",
    [
        "UPDATE folder SET names = NULL",
        "UPDATE folder SET names = 7",
        "UPDATE folder SET seen = 'a'",
        "UPDATE folder SET lines = NULL",
        "UPDATE verdict SET verdict = NULL",
        "DROP TABLE folder",
    ],
)
def test_what_is_broken_is_listed_again(breaking: str, tree: Tree) -> None:
    tree.warm("src")
    tree.alter(breaking)
    assert tree.warm() == tree.fresh()
    assert tree.warm("src") == tree.fresh("src")


def test_a_folder_that_cannot_be_read_is_not_remembered_as_empty(
    tree: Tree, monkeypatch: pytest.MonkeyPatch
) -> None:
    tree.write("new/a.py", "")
    scandir = os.scandir

    def refused(path: str) -> Iterator[os.DirEntry[str]]:
        if "new" in path:
            raise PermissionError(path)
        return scandir(path)

    with monkeypatch.context() as patch:
        patch.setattr(os, "scandir", refused)
        tree.warm()
    tree.settle()
    assert tree.warm() == tree.fresh()


def test_nodes_of_any_number_can_be_kept(tree: Tree, monkeypatch: pytest.MonkeyPatch) -> None:
    look = os.stat

    def numbered(path: str, **more: bool) -> SimpleNamespace:
        status = look(path, **more)
        names = ("st_mode", "st_size", "st_mtime_ns", "st_ctime_ns")
        kept = {name: getattr(status, name) for name in names}
        return SimpleNamespace(**kept, st_ino=2**64 - 1, st_dev=2**64 - 1)

    with monkeypatch.context() as patch:
        patch.setattr(os, "stat", numbered)
        patch.setattr(os, "lstat", lambda path: numbered(path, follow_symlinks=False))
        tree.warm()
    tree.settle()
    with monkeypatch.context() as patch:
        patch.setattr(os, "stat", numbered)
        patch.setattr(os, "lstat", lambda path: numbered(path, follow_symlinks=False))
        nodes = {found.stamp.node for found in tree.warm() if found.stamp}
    assert nodes == {2**63 - 1}

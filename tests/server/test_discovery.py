"""What git leaves out is left out, by the files that git reads."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from architect_server.discovery import walk
from architect_server.ignores import Ignores, matches, repository_of

FILES = (
    "a.py",
    "build/b.py",
    "build/keep.py",
    "src/a_gen.py",
    "src/deep/c.py",
    "src/deep/local.py",
    "src/out/d.py",
    "own/e.py",
    "venv/f.py",
    "g.txt",
)
IGNORED = {
    ".gitignore": "build/\n*_gen.py\n/own/\n",
    "src/.gitignore": "out\n!a_gen.py\n",
    "src/deep/.gitignore": "local.py\n",
}
LEFT = ["a.py", "src/a_gen.py", "src/deep/c.py"]


def write(folder: Path, *names: str, **_: str) -> None:
    """Empty files."""
    for name in names:
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()


def git(folder: Path, *arguments: str) -> str:
    """Run git for a person whose settings do not matter."""
    command = ["git", "-c", "user.name=a", "-c", "user.email=a@b", *arguments]
    return subprocess.run(command, cwd=folder, check=True, capture_output=True, text=True).stdout


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    """A repository with ignore files on several levels."""
    git(tmp_path, "init", "-q")
    write(tmp_path, *FILES)
    for name, text in IGNORED.items():
        (tmp_path / name).write_text(text)
    return tmp_path


def below(folder: Path) -> list[str]:
    """What is found."""
    return [path.relative_to(folder).as_posix() for path in walk(folder, Ignores())]


def test_what_is_found_is_what_git_would_add(repository: Path) -> None:
    assert below(repository) == LEFT
    added = git(repository, "ls-files", "--others", "--exclude-standard", "*.py").split()
    assert sorted(added) == sorted([*LEFT, "venv/f.py"]), "a folder of ours beside git's"


def test_a_folder_inside_hears_of_the_files_above(repository: Path) -> None:
    assert below(repository / "src") == ["a_gen.py", "deep/c.py"]
    assert below(repository / "src" / "deep") == ["c.py"]


def test_a_folder_that_is_named_is_searched_though_it_is_left_out(repository: Path) -> None:
    assert below(repository / "build") == ["b.py", "keep.py"]


def test_one_file_is_judged_as_the_walk_judges_it(repository: Path) -> None:
    ignores = Ignores()
    kept = [name for name in FILES if not ignores.leaves_out(repository / name)]
    assert kept == [*LEFT, "g.txt"]


def test_a_linked_work_tree_is_its_own_root_and_shares_the_excludes(
    repository: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    (repository / ".git" / "info").mkdir(exist_ok=True)
    (repository / ".git" / "info" / "exclude").write_text("c.py\n")
    git(repository, "add", "--all", "--force")
    git(repository, "commit", "-q", "-m", "all")
    tree = tmp_path_factory.mktemp("trees") / "linked"
    git(repository, "worktree", "add", "-q", str(tree))
    assert repository_of(tree / "src" / "deep") == tree
    assert below(repository) == ["a.py", "src/a_gen.py"]
    assert below(tree) == ["a.py", "src/a_gen.py"]


def test_without_a_repository_the_workspace_is_the_root(tmp_path: Path) -> None:
    write(tmp_path, "build/a.py", "b.py")
    (tmp_path / ".gitignore").write_text("build/\n")
    ignores = Ignores()
    assert below(tmp_path) == ["b.py"]
    assert ignores.leaves_out(tmp_path / "build" / "a.py", tmp_path)
    assert not ignores.leaves_out(tmp_path / "build" / "a.py")


def test_a_link_is_not_followed_in_circles(tmp_path: Path) -> None:
    write(tmp_path, "a.py")
    (tmp_path / "loop").symlink_to(tmp_path)
    assert below(tmp_path) == ["a.py"]


@pytest.mark.parametrize(
    ("pattern", "path", "holds"),
    [
        ("vendor/", "src/vendor/a.py", True),
        ("vendor/", "vendor.py", False),
        ("/vendor/", "src/vendor/a.py", False),
        ("tests/**", "tests/a/b.py", True),
        ("*_pb2.py", "deep/a_pb2.py", True),
    ],
)
def test_globs_are_those_of_gitignore(pattern: str, path: str, holds: bool, tmp_path: Path) -> None:
    assert matches((pattern,), tmp_path, tmp_path / path) is holds
    assert not matches((pattern,), tmp_path, None)

"""The shadow copy: what it holds, what it must not hold, and what changed in it."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from architect_agents.sandbox import shadow as shadow_module
from architect_agents.sandbox.refused import RefusedError
from architect_agents.sandbox.shadow import make_shadow, shadow_of

MakeWorkspace = Callable[[Mapping[str, str]], Path]
CANARY = "canary-7f3a"
SECRETS = [".env", "deploy/server.pem", "id_rsa", "config/.npmrc", ".aws/credentials", "a.tfstate"]


def copied(root: Path) -> set[str]:
    return {path.relative_to(root).as_posix() for path in root.rglob("*") if path.is_file()}


def test_tracked_and_untracked_files_are_copied_but_not_ignored_ones(
    make_workspace: MakeWorkspace, tmp_path: Path
) -> None:
    root = make_workspace({"a.py": "1", "sub/b.py": "2", ".gitignore": "*.log\n", "x.log": "3"})
    (root / "new.py").write_text("4")
    make_shadow(root, tmp_path / "copy", {})
    assert copied(tmp_path / "copy") == {"a.py", "sub/b.py", ".gitignore", "new.py"}


def test_no_secret_reaches_the_copy(make_workspace: MakeWorkspace, tmp_path: Path) -> None:
    root = make_workspace({"a.py": "1", **dict.fromkeys(SECRETS, CANARY), "own.txt": CANARY})
    make_shadow(root, tmp_path / "copy", {".env": CANARY}, more_secrets=["own.*"])
    assert copied(tmp_path / "copy") == {"a.py"}


def test_links_are_not_followed(make_workspace: MakeWorkspace, tmp_path: Path) -> None:
    root = make_workspace({"a.py": "1", "folder/b.py": "2"})
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "secret.py").write_text(CANARY)
    (root / "link.py").symlink_to(outside / "secret.py")
    (root / "linked").symlink_to(outside)
    make_shadow(root, tmp_path / "copy", {})
    assert copied(tmp_path / "copy") == {"a.py", "folder/b.py"}


def test_writing_into_the_copy_leaves_the_users_file_alone(
    make_workspace: MakeWorkspace, tmp_path: Path
) -> None:
    root = make_workspace({"a.py": "1"})
    shadow = make_shadow(root, tmp_path / "copy", {})
    with (shadow.root / "a.py").open("r+") as file:
        file.write("9")
    assert (root / "a.py").read_text() == "1"


def test_unsaved_text_lies_on_top(make_workspace: MakeWorkspace, tmp_path: Path) -> None:
    root = make_workspace({"a.py": "saved"})
    shadow = make_shadow(
        root, tmp_path / "copy", {"a.py": "unsaved\r\n", "new/b.py": "never saved"}
    )
    assert (shadow.root / "a.py").read_bytes() == b"unsaved\r\n"
    assert (shadow.root / "new/b.py").read_text() == "never saved"
    assert shadow.changes().modified == {}


def test_changes_are_told_apart(make_workspace: MakeWorkspace, tmp_path: Path) -> None:
    root = make_workspace({"a.py": "1", "b.py": "2", "c.py": "3"})
    shadow = make_shadow(root, tmp_path / "copy", {})
    shadow.write("a.py", "changed\r\n")
    shadow.write("sub/new.py", "new")
    (shadow.root / "b.py").unlink()
    (shadow.root / "c.py").write_bytes(b"\xff\x00")
    changes = shadow.changes()
    assert changes.modified == {"a.py": "changed\r\n"}
    assert changes.created == {"sub/new.py": "new"}
    assert changes.deleted == ("b.py",)
    assert changes.other == ("c.py",)


def test_a_base_that_moved_is_noticed(make_workspace: MakeWorkspace, tmp_path: Path) -> None:
    root = make_workspace({"a.py": "1", "b.py": "2", "c.py": "3"})
    shadow = make_shadow(root, tmp_path / "copy", {})
    (root / "b.py").write_text("moved on")
    assert shadow.moved_since(["a.py", "b.py", "c.py"], {"c.py": "typed on"}) == ["b.py", "c.py"]


def test_without_git_the_folder_is_walked(make_workspace: MakeWorkspace, tmp_path: Path) -> None:
    root = make_workspace({"a.py": "1", "node_modules/x.js": "2", ".venv/lib/y.py": "3"})
    shutil.rmtree(root / ".git")
    make_shadow(root, tmp_path / "copy", {})
    assert copied(tmp_path / "copy") == {"a.py"}


def test_a_huge_workspace_is_refused(
    make_workspace: MakeWorkspace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    root = make_workspace({"a.py": "1" * 100, "b.py": "2" * 100})
    monkeypatch.setattr(shadow_module, "MOST_BYTES", 150)
    with pytest.raises(RefusedError, match="too large"):
        make_shadow(root, tmp_path / "copy", {})


async def test_the_copy_is_gone_afterwards(make_workspace: MakeWorkspace) -> None:
    root = make_workspace({"a.py": "1"})
    async with shadow_of(root) as shadow:
        kept = shadow.root
        assert kept.is_dir()
    assert not kept.parent.exists()

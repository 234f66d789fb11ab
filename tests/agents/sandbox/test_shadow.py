"""The shadow copy: what it holds, what it must not hold, and what changed in it."""

from __future__ import annotations

import os
import shutil
import socket
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from architect_agents.sandbox import copying, kept_copies
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
    monkeypatch.setattr(copying, "MOST_BYTES", 150)
    with pytest.raises(RefusedError, match="too large"):
        make_shadow(root, tmp_path / "copy", {})


async def test_a_run_leaves_one_kept_copy_that_is_its_users_alone(
    make_workspace: MakeWorkspace,
) -> None:
    root = make_workspace({"a.py": "1"})
    async with shadow_of(root) as shadow:
        kept = shadow.root
        assert kept.is_dir()
    assert not kept.parent.exists()
    home = kept.parent.parent
    (slot,) = home.iterdir()
    assert copied(slot) == {"shadow/a.py", "manifest.json"}
    assert home.stat().st_mode & 0o077 == 0


async def test_the_next_run_sees_what_changed_and_nothing_that_the_last_one_did(
    make_workspace: MakeWorkspace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("RACY_NS", "TICK_NS"):
        monkeypatch.setattr(copying, name, 0)
    files = {"a.py": "1", "b.py": "2", "c.py": "3", "sub/d.py": "4", "e.py": "5", "x": "6"}
    root = make_workspace(files)
    async with shadow_of(root) as shadow:
        (shadow.root / "a.py").write_text("9")  # as long as before
        (shadow.root / "made.py").write_text("junk")
        (shadow.root / "cache").mkdir()
        (shadow.root / "cache" / "y.pyc").write_text("junk")
        (shadow.root / "b.py").unlink()
        shutil.rmtree(shadow.root / "sub")
        (shadow.root / "sub").symlink_to(tmp_path)
        (shadow.root / "e.py").unlink()
        (shadow.root / "e.py").symlink_to(root / "e.py")
        (shadow.root.parent / "probe").mkdir()
    (root / "c.py").write_text("changed")
    (root / "x").unlink()
    (root / "new.py").write_text("new")
    async with shadow_of(root, {"a.py": "unsaved"}) as shadow:
        assert copied(shadow.root.parent) == {
            "manifest.json",
            *(f"shadow/{name}" for name in ("a.py", "b.py", "c.py", "sub/d.py", "e.py", "new.py")),
        }
        texts = {name: (shadow.root / name).read_text() for name in shadow.base}
        assert texts == {
            "a.py": "unsaved",
            "b.py": "2",
            "c.py": "changed",
            "sub/d.py": "4",
            "e.py": "5",
            "new.py": "new",
        }
        assert not (shadow.root / "e.py").is_symlink()
        assert shadow.changes().modified == {}
    async with shadow_of(root) as shadow:
        assert (shadow.root / "a.py").read_text() == "1", "the unsaved text was of one run only"
    assert (root / "e.py").read_text() == "5"


async def test_a_file_that_did_not_change_is_not_copied_again(
    make_workspace: MakeWorkspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("RACY_NS", "TICK_NS"):
        monkeypatch.setattr(copying, name, 0)
    root = make_workspace({"a.py": "1", "b.py": "2"})
    async with shadow_of(root) as shadow:
        before = {name: (shadow.root / name).stat().st_ino for name in shadow.base}
    async with shadow_of(root) as shadow:
        after = {name: (shadow.root / name).stat().st_ino for name in shadow.base}
    assert after == before


async def test_two_runs_at_once_have_a_copy_each(make_workspace: MakeWorkspace) -> None:
    root = make_workspace({"a.py": "1"})
    async with shadow_of(root) as one, shadow_of(root) as two:
        one.write("a.py", "one")
        assert (two.root / "a.py").read_text() == "1"
    assert len(list(one.root.parent.parent.iterdir())) == 1


async def test_a_damaged_manifest_and_locked_folders_cost_only_time(
    make_workspace: MakeWorkspace,
) -> None:
    root = make_workspace({"a.py": "1", "sub/b.py": "2"})
    async with shadow_of(root) as shadow:
        home = shadow.root.parent.parent
    (slot,) = home.iterdir()
    for damage in ("{", "[]", '{"a.py": [1]}'):
        (slot / "manifest.json").write_text(damage)
        (slot / "shadow" / "sub").chmod(0)
        async with shadow_of(root) as shadow:
            assert copied(shadow.root) == {"a.py", "sub/b.py"}


async def test_without_a_cache_folder_the_copy_is_temporary(
    make_workspace: MakeWorkspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(kept_copies, "_home", lambda: None)
    root = make_workspace({"a.py": "1"})
    async with shadow_of(root) as shadow:
        kept = shadow.root
        assert copied(kept) == {"a.py"}
    assert not kept.parent.exists()


async def test_only_the_newest_copies_are_kept(
    make_workspace: MakeWorkspace, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(kept_copies, "MOST_KEPT", 1)
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "a.py").write_text(name)
        async with shadow_of(tmp_path / name) as shadow:
            home = shadow.root.parent.parent
    (slot,) = home.iterdir()
    assert (slot / "shadow" / "a.py").read_text() == "two"


STRANGE = ["with\nline end.py", "with space.py", 'quote".py', "-rf", "\u202egnp.py", "ü/ö.py"]


def test_strange_names_are_copied_as_they_are(
    make_workspace: MakeWorkspace, tmp_path: Path
) -> None:
    root = make_workspace(dict.fromkeys(STRANGE, "1"))
    make_shadow(root, tmp_path / "copy", {})
    assert copied(tmp_path / "copy") == set(STRANGE)


@pytest.mark.parametrize("git", [True, False])
def test_devices_pipes_and_huge_files_are_left_out(
    make_workspace: MakeWorkspace, tmp_path: Path, git: bool
) -> None:
    root = make_workspace({"a.py": "1"})
    os.mkfifo(root / "pipe.py")
    with (root / "huge.bin").open("wb") as file:
        file.truncate(10**12)  # holes only
    with socket.socket(socket.AF_UNIX) as listening:
        listening.bind(str(root / "sock"))
    if not git:
        shutil.rmtree(root / ".git")
    make_shadow(root, tmp_path / "copy", {})
    assert copied(tmp_path / "copy") == {"a.py"}


def test_no_program_that_the_repository_configures_runs(
    make_workspace: MakeWorkspace, tmp_path: Path
) -> None:
    marker = tmp_path / "ran"
    root = make_workspace({"a.py": "1", ".gitattributes": "*.py filter=evil diff=evil\n"})
    hook = root / ".git" / "hooks" / "post-index-change"
    hook.parent.mkdir(exist_ok=True)
    hook.write_text(f"#!/bin/sh\ntouch {marker}\n")
    hook.chmod(0o755)
    evil = "".join(
        f"[{section}]\n\t{key} = touch {marker}\n"
        for section, key in (
            ("core", "fsmonitor"),
            ("core", "sshCommand"),
            ("core", "pager"),
            ("core", "editor"),
            ('filter "evil"', "clean"),
            ('filter "evil"', "smudge"),
            ('filter "evil"', "process"),
            ('diff "evil"', "textconv"),
            ("alias", "ls-files"),
        )
    )
    config = root / ".git" / "config"
    config.write_text(f"{config.read_text()}\n{evil}")
    (root / "a.py").write_text("changed, so that git would look at it")
    make_shadow(root, tmp_path / "copy", {})
    assert copied(tmp_path / "copy") == {"a.py", ".gitattributes"}
    assert not marker.exists()

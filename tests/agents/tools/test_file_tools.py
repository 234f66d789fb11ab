"""Read, LS, Glob and Grep see the workspace and nothing else."""

from __future__ import annotations

import asyncio
import os
import sys
import time
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from architect_agents.agent_check import KNOWN_TOOLS
from architect_agents.agent_file import parse_agent
from architect_agents.narration import Narrator
from architect_agents.tools import open_beneath
from architect_agents.tools.table import TABLE, Bench, equip
from architect_agents.tools.tool import ToolFailure
from architect_agents.tools.workspace_files import WorkspaceFiles

SECRET = "canary-9f3a"


@pytest.fixture(scope="module")
def workspace(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A project beside a secret, with every kind of link that leads out."""
    base = tmp_path_factory.mktemp("base").resolve()
    root = base / "project"
    files = {
        "app.py": "import os\n\n\ndef main():\n    return 1\n",
        "crlf.py": "a = 1\r\nb = 2\r\n",
        "src/deep/util.py": "def helper():\n    # TODO later\n    return None\n",
        "src/web.ts": "export function main() {}\n",
        "src/view.tsx": "export const View = 1\n",
        "node_modules/x/index.js": "main()\n",
        ".env": f"KEY={SECRET}\n",
        ".env.example": "KEY=\n",
        "config/prod.pem": SECRET,
        ".aws/config": SECRET,
        "terraform.tfstate": SECRET,
        "data.bin": "\0\1",
        "../outside.txt": SECRET,
        "../outside/inner.txt": SECRET,
    }
    for name, text in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text.encode())
    links = {
        "leaf": "../outside.txt",
        "folder": "../outside",
        "absolute": str(base / "outside.txt"),
        "src/up": "../..",
        "inner": "app.py",
        "loop": "loop",
        "magic": "/proc/self/root",
        "cfg": ".aws",
        "plain.txt": ".env",
    }
    for name, target in links.items():
        (root / name).symlink_to(target)
    os.mkfifo(root / "pipe")
    return root


@pytest.fixture(params=["openat2", "checked"])
def files(workspace: Path, request: Any, monkeypatch: pytest.MonkeyPatch) -> WorkspaceFiles:
    """Once by the kernel's own confinement, once by the portable check."""
    if request.param == "checked":
        monkeypatch.setattr(open_beneath.sys, "platform", "other")
    elif sys.platform != "linux":
        pytest.skip("openat2 is Linux's")
    return WorkspaceFiles(
        workspace, {"unsaved.py": "x = 'unsaved'\n", "app.py": "changed = True\n"}
    )


def use(files: WorkspaceFiles, name: str, **arguments: Any) -> str:
    kit = equip(parse_agent(f"---\nname: a\ntools: {name}\n---\nx"), Bench(files))
    (tool,) = kit.tools
    assert set(arguments) <= set(tool.spec.input_schema["properties"])
    return asyncio.run(tool.run(arguments))


def test_read_numbers_its_lines_and_prefers_unsaved_text(files: WorkspaceFiles) -> None:
    assert use(files, "Read", file_path="src/web.ts").startswith("     1\texport function")
    assert "changed = True" in use(files, "Read", file_path="app.py")
    assert "unsaved" in use(files, "Read", file_path=str(files.root / "unsaved.py"))
    assert "\r" not in use(files, "Read", file_path="crlf.py")
    part = use(files, "Read", file_path="src/deep/util.py", offset=2, limit=1)
    assert part == "     2\t    # TODO later\n… 2 more lines"


@pytest.mark.parametrize(
    "path",
    [
        "../outside.txt",
        "src/../../outside.txt",
        "/etc/passwd",
        "leaf",
        "folder/inner.txt",
        "absolute",
        "src/up/outside.txt",
        "magic/etc/passwd",
        "loop",
        "pipe",
        "src",
        "",
        "none.py",
        "data.bin",
        ".env",
        "./.env",
        ".ENV",
        "config/prod.pem",
        ".aws/config",
        "cfg/config",
        "plain.txt",
        "terraform.tfstate",
        "a\0b",
        "~/.ssh/id_rsa",
    ],
)
def test_read_never_leaves_the_workspace_nor_shows_secrets(
    files: WorkspaceFiles, path: str
) -> None:
    with pytest.raises(ToolFailure) as caught:
        use(files, "Read", file_path=path)
    assert SECRET not in str(caught.value)


PARTS = sorted(
    {
        *("..", ".", "src", "up", "folder", "leaf", "inner.txt", "outside.txt", "project"),
        *("app.py", "magic", "root", "etc", "passwd", "absolute", "outside", "deep", ".env"),
        *("cfg", "config", "plain.txt"),
    }
)


@settings(deadline=None, max_examples=80, suppress_health_check=list(HealthCheck))
@given(
    st.lists(
        st.sampled_from(PARTS),
        max_size=7,
    ),
    st.booleans(),
)
def test_no_path_shows_what_is_outside(workspace: Path, parts: list[str], absolute: bool) -> None:
    path = ("/" if absolute else "") + "/".join(parts)
    inside = WorkspaceFiles(workspace)
    for name, key in (("Read", "file_path"), ("LS", "path"), ("Grep", "path")):
        arguments = {key: path} | ({"pattern": SECRET} if name == "Grep" else {})
        if name == "Grep" and len(parts) > 2:
            continue  # a process each: the short ones are enough
        try:
            answer = use(inside, name, **arguments)
        except ToolFailure:
            continue
        assert SECRET not in answer
        assert "outside.txt" not in answer
        assert "root:x:" not in answer


def test_ls_lists_one_level_without_secrets(files: WorkspaceFiles) -> None:
    listed = use(files, "LS", path=".").split("\n")
    assert "src/" in listed
    assert ".env.example" in listed
    assert not {".env", ".aws/", "terraform.tfstate"} & set(listed)
    assert use(files, "LS", path="src", ignore=["*.ts*", "up"]) == "deep/"
    for path in ("folder", "src/up", "magic", ".."):
        with pytest.raises(ToolFailure):
            use(files, "LS", path=path)


@pytest.mark.parametrize(
    ("arguments", "found"),
    [
        ({"pattern": "**/*.py"}, {"app.py", "crlf.py", "src/deep/util.py"}),
        ({"pattern": "*.ts", "path": "src"}, {"src/web.ts"}),
        ({"pattern": "src/**"}, {"src/web.ts", "src/view.tsx", "src/deep/util.py"}),
        ({"pattern": "*.rb"}, {"No file matches."}),
        ({"pattern": "*.js"}, {"No file matches."}),
        ({"pattern": ".env*"}, {".env.example"}),
    ],
)
def test_glob_finds_by_pattern(
    files: WorkspaceFiles, arguments: dict[str, str], found: set[str]
) -> None:
    assert set(use(files, "Glob", **arguments).split("\n")) == found


def test_glob_puts_what_changed_last_first(tmp_path: Path) -> None:
    for age, name in enumerate(("new", "older", "oldest")):
        (tmp_path / name).write_text("")
        os.utime(tmp_path / name, (1000 - age, 1000 - age))
    assert use(WorkspaceFiles(tmp_path), "Glob", pattern="*") == "new\nolder\noldest"


@pytest.mark.parametrize(
    ("arguments", "answer"),
    [
        ({"pattern": "def \\w+"}, "src/deep/util.py"),
        ({"pattern": "DEF", "-i": True, "glob": "*.py"}, "src/deep/util.py"),
        ({"pattern": "changed", "output_mode": "content"}, "app.py:1:changed = True"),
        (
            {"pattern": "export", "output_mode": "count", "type": "ts"},
            "src/view.tsx:1\nsrc/web.ts:1",
        ),
        ({"pattern": "export", "glob": "*.{ts,js}"}, "src/web.ts"),
        (
            {"pattern": "TODO", "output_mode": "content", "-C": 1, "-n": False},
            "src/deep/util.py-def helper():\nsrc/deep/util.py:    # TODO later\n"
            "src/deep/util.py-    return None",
        ),
        (
            {"pattern": "helper.*None", "multiline": True, "output_mode": "content", "-n": True},
            "src/deep/util.py:1:def helper():\nsrc/deep/util.py:2:    # TODO later\n"
            "src/deep/util.py:3:    return None",
        ),
        ({"pattern": "export", "head_limit": 1}, "src/view.tsx"),
        ({"pattern": "export", "path": "src/web.ts"}, "src/web.ts"),
        ({"pattern": SECRET}, "No match."),
        ({"pattern": "import os"}, "No match."),
    ],
)
def test_grep_finds_by_expression(
    files: WorkspaceFiles, arguments: dict[str, Any], answer: str
) -> None:
    assert use(files, "Grep", **arguments) == answer


@pytest.mark.parametrize(
    "arguments",
    [
        {"pattern": "("},
        {"pattern": "x", "output_mode": "poem"},
        {"pattern": "x", "path": "../.."},
        {"pattern": "x", "-A": "many"},
        {},
    ],
)
def test_grep_says_what_it_can_not_do(files: WorkspaceFiles, arguments: dict[str, Any]) -> None:
    with pytest.raises(ToolFailure):
        use(files, "Grep", **arguments)


async def test_a_pattern_that_runs_for_ever_is_stopped_on_cancel(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("a" * 60 + "!")
    kit = equip(parse_agent("---\nname: a\ntools: Grep\n---\nx"), Bench(WorkspaceFiles(tmp_path)))
    began = time.monotonic()
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(1):
            await kit.tools[0].run({"pattern": "(a+)+b$"})
    assert time.monotonic() - began < 60, "left alone it would go on for ever"


async def test_todos_show_the_step_in_progress() -> None:
    said: list[str] = []
    narrator = Narrator(lambda line, percentage: said.append(line))
    bench = Bench(say=narrator.say, show_todos=narrator.todos)
    kit = equip(parse_agent("---\nname: a\ntools: TodoWrite\n---\nx"), bench)
    todos = [
        {"content": "Read", "status": "completed", "activeForm": "Reading"},
        {"content": "Change", "status": "in_progress", "activeForm": "Changing"},
        {"content": "Test", "status": "pending", "activeForm": "Testing"},
    ]
    assert await kit.tools[0].run({"todos": todos}) == "Noted: 1 of 3 done."
    assert said == ["Changing (2 of 3)"]
    with pytest.raises(ToolFailure):
        await kit.tools[0].run({"todos": [{"content": "x", "status": "maybe"}]})


def test_a_tool_that_needs_a_workspace_says_so() -> None:
    kit = equip(parse_agent("---\nname: a\ntools: Read, Gerp\n---\nx"), Bench())
    assert kit.tools == ()
    assert dict(kit.missing)["Read"].startswith("This document belongs to no folder")
    assert dict(kit.missing)["Gerp"] == "There is no such tool here."


def test_every_tool_of_the_table_is_known_to_the_agent_files() -> None:
    assert {name for name in TABLE if not name.startswith("mcp__")} <= set(KNOWN_TOOLS)

"""The jail: what a command inside can't do, and how it is ended."""

from __future__ import annotations

import asyncio
import os
import sys
from pathlib import Path

import pytest

from architect_agents.sandbox import jail as jail_module
from architect_agents.sandbox.jail import Jail, Limits, interpreter_folders, why_no_jail
from architect_agents.sandbox.refused import RefusedError

pytestmark = pytest.mark.usefixtures("needs_jail")


@pytest.fixture
def jail(tmp_path: Path) -> Jail:
    shadow = tmp_path / "shadow"
    shadow.mkdir()
    (tmp_path / "canary.txt").write_text("canary")
    return Jail(shadow, tmp_path / "workspace")


def python(code: str) -> list[str]:
    return [sys.executable, "-c", code]


async def test_the_copy_is_seen_under_the_path_of_the_workspace(jail: Jail) -> None:
    result = await jail.run(python("import os; open('made', 'w').close(); print(os.getcwd())"))
    assert (result.exit_code, result.output.strip()) == (0, str(jail.workspace))
    assert (jail.shadow / "made").exists()


@pytest.mark.parametrize(
    "code",
    [
        "open('/usr/made', 'w')",
        "open('/made', 'w')",
        "open('../canary.txt')",
        "import os; os.listdir('/var')",
        "import os; os.listdir('/home')",
        "open('/etc/shadow')",
        "import socket; socket.create_connection(('127.0.0.1', 22), 1)",
        "import socket; socket.create_connection(('1.1.1.1', 53), 1)",
        "import os; os.kill(os.getppid(), 0) if os.getppid() > 1 else 1 / 0",
    ],
)
async def test_nothing_else_can_be_reached(jail: Jail, code: str) -> None:
    assert (await jail.run(python(code))).exit_code != 0


async def test_no_variable_of_ours_is_inherited(
    jail: Jail, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ARCHITECT_CANARY", "canary")
    result = await jail.run(python("import os; print(dict(os.environ))"), environment={"MINE": "1"})
    assert "canary" not in result.output
    assert "'MINE': '1'" in result.output


async def test_a_command_that_takes_too_long_is_stopped_with_all_it_started(jail: Jail) -> None:
    code = "import subprocess, sys; subprocess.run([sys.executable, '-c', 'while True: pass'])"
    result = await jail.run(python(code), Limits(seconds=0.7))
    assert result.timed_out
    assert not running(jail)


async def test_cancelling_stops_the_command(jail: Jail) -> None:
    os.mkfifo(jail.shadow / "started")
    code = "open('started', 'w').close()\nwhile True: pass"
    run = asyncio.create_task(jail.run(python(code)))
    # Opening the pipe to read waits until the command inside has opened it to write.
    await asyncio.to_thread((jail.shadow / "started").read_text)
    run.cancel()
    with pytest.raises(asyncio.CancelledError):
        await run
    assert not running(jail)


def running(jail: Jail) -> list[str]:
    """The processes of this machine that name the jail's shadow."""
    found = []
    for entry in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            if str(jail.shadow).encode() in entry.read_bytes() and entry.parts[2] != str(
                os.getpid()
            ):
                found.append(entry.parts[2])
        except OSError:
            continue
    return found


async def test_endless_output_is_cut(jail: Jail, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(jail_module, "MOST_OUTPUT", 1000)
    result = await jail.run(python("print('x' * 100_000)"))
    assert result.truncated
    assert len(result.output) == 1000


async def test_a_file_can_only_grow_so_large(jail: Jail) -> None:
    code = "open('big', 'wb').write(b'x' * 2_000_000)"
    result = await jail.run(python(code), Limits(file_size=1_000_000))
    assert result.exit_code != 0


async def test_where_there_is_no_jail_nothing_runs(
    jail: Jail, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", "")
    why_no_jail.cache_clear()
    try:
        with pytest.raises(RefusedError, match="install bubblewrap"):
            await jail.run(python("open('made', 'w')"))
    finally:
        why_no_jail.cache_clear()
    assert not (jail.shadow / "made").exists()


def test_a_link_to_python_does_not_open_the_folder_around_it(tmp_path: Path) -> None:
    link = tmp_path / "home" / "bin" / "python"
    link.parent.mkdir(parents=True)
    link.symlink_to(sys.executable)
    assert str(tmp_path / "home") not in interpreter_folders(link)

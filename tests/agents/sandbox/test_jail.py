"""The jail: what a command inside can't do, and how it is ended."""

from __future__ import annotations

import asyncio
import os
import select
import sys
from pathlib import Path

import pytest

from architect_agents.sandbox import jail as jail_module
from architect_agents.sandbox.jail import (
    Jail,
    Limits,
    interpreter_folders,
    jail_kind,
    why_no_bubblewrap,
)
from architect_agents.sandbox.landlock import why_no_landlock
from architect_agents.sandbox.refused import RefusedError

pytestmark = pytest.mark.usefixtures("needs_jail")


@pytest.fixture(params=["bubblewrap", "landlock"])
def kind(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """Each jail that the machine has, in turn."""
    why = {"bubblewrap": why_no_bubblewrap, "landlock": why_no_landlock}[request.param]()
    if why:
        pytest.skip(why)
    monkeypatch.setattr(jail_module, "jail_kind", lambda: request.param)
    return str(request.param)


@pytest.fixture
def jail(kind: str, tmp_path: Path) -> Jail:
    shadow = tmp_path / "shadow"
    shadow.mkdir()
    (tmp_path / "canary.txt").write_text("canary")
    return Jail(shadow, tmp_path / "workspace")


def python(code: str) -> list[str]:
    return [sys.executable, "-c", code]


async def test_the_copy_is_where_the_command_runs(jail: Jail, kind: str) -> None:
    """And with bubblewrap it stands under the path of the workspace."""
    result = await jail.run(python("import os; open('made', 'w').close(); print(os.getcwd())"))
    where = jail.workspace if kind == "bubblewrap" else jail.shadow
    assert (result.exit_code, result.output.strip()) == (0, str(where))
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
        "import socket; s = socket.socket(type=socket.SOCK_DGRAM); s.sendto(b'x', ('1.1.1.1', 53))",
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
    await all_end(jail)


async def test_cancelling_stops_the_command(jail: Jail) -> None:
    os.mkfifo(jail.shadow / "started")
    code = "open('started', 'w').close()\nwhile True: pass"
    run = asyncio.create_task(jail.run(python(code)))
    # Opening the pipe to read waits until the command inside has opened it to write.
    await asyncio.to_thread((jail.shadow / "started").read_text)
    run.cancel()
    with pytest.raises(asyncio.CancelledError):
        await run
    await all_end(jail)


async def all_end(jail: Jail) -> None:
    """What was killed may take a moment to be gone; nothing that goes on ever is."""
    for process in running(jail):
        try:
            handle = os.pidfd_open(int(process))
        except ProcessLookupError:
            continue
        try:
            ended, _, _ = await asyncio.to_thread(select.select, [handle], [], [], 60)
        finally:
            os.close(handle)
        assert ended
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


@pytest.mark.parametrize("kind", ["bubblewrap"], indirect=True)
async def test_where_there_is_no_jail_nothing_runs(
    jail: Jail, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(jail_module, "jail_kind", jail_kind)
    monkeypatch.setattr(jail_module, "why_no_landlock", lambda: "it is too old")
    monkeypatch.setenv("PATH", "")
    for asked in (jail_kind, why_no_bubblewrap):
        asked.cache_clear()
    try:
        with pytest.raises(RefusedError, match=r"install bubblewrap.*it is too old"):
            await jail.run(python("open('made', 'w')"))
    finally:
        for asked in (jail_kind, why_no_bubblewrap):
            asked.cache_clear()
    assert not (jail.shadow / "made").exists()


@pytest.mark.parametrize("kind", ["landlock"], indirect=True)
@pytest.mark.parametrize(
    "code",
    [
        "import socket; socket.socket(socket.AF_UNIX)",
        "import os; os.truncate('../canary.txt', 0)",
        "import os; os.link('../canary.txt', 'canary')",
        "import os; os.rename('../canary.txt', 'canary')",
        "import ctypes; 1 / (1 + ctypes.CDLL(None).syscall(425, 8, None))",  # io_uring
        "import os; os.kill(1, 9)",
        "import os; open(f'/proc/{os.getppid()}/environ').read()",
        "import os; os.setuid(1) if os.getuid() == 0 else 1 / 0",
    ],
)
async def test_landlocks_gaps_are_closed(jail: Jail, code: str) -> None:
    canary = jail.shadow.parent / "canary.txt"
    before = canary.stat()
    assert (await jail.run(python(code))).exit_code != 0
    assert canary.read_text() == "canary"
    after = canary.stat()
    assert (after.st_mode, after.st_mtime_ns) == (before.st_mode, before.st_mtime_ns)


@pytest.mark.parametrize("kind", ["landlock"], indirect=True)
async def test_modes_and_times_of_files_outside_stay(jail: Jail) -> None:
    canary = jail.shadow.parent / "canary.txt"
    before = canary.stat()
    code = "import os; os.chmod('../canary.txt', 0); os.utime('../canary.txt', (0, 0))"
    await jail.run(python(code))
    after = canary.stat()
    assert (after.st_mode, after.st_mtime_ns) == (before.st_mode, before.st_mtime_ns)


async def test_what_a_command_left_running_ends_with_it(jail: Jail) -> None:
    code = (
        "import subprocess, sys\n"
        f"loop = 'import time\\nwhile True: time.sleep(1)  # {jail.shadow}'\n"
        "subprocess.Popen([sys.executable, '-c', loop], start_new_session=True)\n"
    )
    assert (await jail.run(python(code))).exit_code == 0
    await all_end(jail)
    assert sorted(path.name for path in jail.shadow.parent.iterdir()) == ["canary.txt", "shadow"]


def test_a_link_to_python_does_not_open_the_folder_around_it(tmp_path: Path) -> None:
    link = tmp_path / "home" / "bin" / "python"
    link.parent.mkdir(parents=True)
    link.symlink_to(sys.executable)
    assert str(tmp_path / "home") not in interpreter_folders(link)

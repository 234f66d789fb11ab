"""Run one command where it can harm nothing: no network, no home, one writable folder.

On Linux, with bubblewrap. The shadow copy is mounted under the workspace's own path, so that an
installation in development mode finds the copy, never the user's files; /usr and the chosen
interpreter can be read; everything else of the machine does not exist there. Where bubblewrap is
missing or not allowed, Landlock and a filter of system calls take its place (sandbox/landlock.py
says what is weaker then). Where neither holds nothing runs: the answer is a RefusedError.
"""

from __future__ import annotations

import asyncio
import contextlib
import functools
import os
import re
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from architect_agents.sandbox.landlock import launching, why_no_landlock
from architect_agents.sandbox.refused import RefusedError

Kind = Literal["bubblewrap", "landlock", ""]

#: Characters of a command's output that are kept; the rest is read and thrown away.
MOST_OUTPUT = 2_000_000
#: Seconds for Landlock's launcher to end what it started.
GRACE = 5.0
MOST_LINKS = 10
_SYSTEM_FOLDERS = ("bin", "sbin", "lib", "lib32", "lib64")
_SYSTEM_FILES = ("/etc/alternatives", "/etc/ld.so.cache", "/etc/localtime")
_HOME = "/tmp/home"  # noqa: S108 inside the jail, where /tmp is its own and empty


@dataclass(frozen=True, slots=True)
class Limits:
    """What one command may use: wall-clock seconds, and bytes of memory and of one file."""

    seconds: float = 120.0
    memory: int = 8 * 1024**3
    file_size: int = 256 * 1024**2
    open_files: int = 1024


@dataclass(frozen=True, slots=True)
class JailResult:
    """How a command ended. ``exit_code`` is None if it was stopped for taking too long."""

    exit_code: int | None
    output: str
    truncated: bool = False

    @property
    def timed_out(self) -> bool:
        return self.exit_code is None


@dataclass(frozen=True, slots=True)
class Jail:
    """A place to run commands in: ``shadow`` is seen and writable as ``workspace``.

    ``interpreter`` is a Python of the user's choice (a virtual environment's, too); it and the
    ``readable`` paths can be read.
    """

    shadow: Path
    workspace: Path
    interpreter: Path = field(default_factory=lambda: Path(sys.executable))
    readable: tuple[Path, ...] = ()

    def command(
        self, command: Sequence[str], environment: Mapping[str, str] | None = None
    ) -> list[str]:
        """``command`` with what keeps it in, to be started as it stands."""
        chosen = {**self._environment(), **(environment or {})}
        if jail_kind() != "landlock":
            return [*self._bubblewrap(chosen), *command]
        # Nothing can be mounted there, so the workspace's path becomes the copy's.
        here = {name: self._in_copy(value) for name, value in chosen.items()}
        roots = (here.get("PYTHONPATH", ""), str(self.shadow), str(self.shadow / "src"))
        here["PYTHONPATH"] = ":".join(filter(None, roots))
        here |= {"GIT_CONFIG_NOSYSTEM": "1", "GIT_CONFIG_GLOBAL": os.devnull}
        front = launching(self.shadow, self._readable(), here)
        return [*front, command[0], *map(self._in_copy, command[1:])]

    def _in_copy(self, text: str) -> str:
        return text.replace(str(self.workspace), str(self.shadow))

    def _bubblewrap(self, environment: Mapping[str, str]) -> list[str]:
        """The command line of bubblewrap, up to the command to run."""
        found = ["bwrap", "--unshare-all", "--die-with-parent", "--new-session", "--clearenv"]
        found += ["--hostname", "sandbox", "--proc", "/proc", "--dev", "/dev"]
        found += [*_system_mounts(), "--tmpfs", "/tmp", "--dir", _HOME]  # noqa: S108
        workspace = str(self.workspace)
        # Parents before children: a virtual environment often lies inside the workspace.
        mounts = [("--bind", str(self.shadow), workspace)]
        mounts += [("--ro-bind-try", path, path) for path in self._readable()]
        for kind, source, target in sorted(mounts, key=lambda one: len(Path(one[2]).parts)):
            found += [kind, source, target]
        for name, value in environment.items():
            found += ["--setenv", name, value]
        return [*found, "--remount-ro", "/", "--chdir", workspace, "--"]

    async def run(
        self,
        command: Sequence[str],
        limits: Limits | None = None,
        environment: Mapping[str, str] | None = None,
    ) -> JailResult:
        """Run ``command`` (never through a shell of ours) and wait for its end.

        Cancelling the task kills the command and everything that it started.

        Raises:
            RefusedError: there is no jail on this machine.
        """
        reason = await asyncio.to_thread(why_no_jail)
        if reason:
            raise RefusedError(reason)
        chosen = limits or Limits()
        process = await asyncio.create_subprocess_exec(
            *_limiting(chosen),
            *self.command(command, environment),
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
            start_new_session=True,
        )
        try:
            async with asyncio.timeout(chosen.seconds):
                output, truncated = await _read_capped(process)
                code = await process.wait()
            return JailResult(code, output, truncated)
        except TimeoutError:
            return JailResult(None, "")
        finally:
            await end(process)

    def _readable(self) -> list[str]:
        """The interpreter's folders and what else was asked for, if not part of the system."""
        found = {str(path) for path in self.readable} | set(interpreter_folders(self.interpreter))
        return sorted(path for path in found if path != "/" and not _is_below(path, "/usr"))

    def _environment(self) -> dict[str, str]:
        return {
            "PATH": f"{self.interpreter.parent}:/usr/local/bin:/usr/bin:/bin",
            "HOME": _HOME,
            "LANG": "C.UTF-8",
            "PYTHONDONTWRITEBYTECODE": "1",
            "PYTHONHASHSEED": "0",
            "NO_COLOR": "1",
        }


@functools.cache
def jail_kind() -> Kind:
    """What keeps commands in on this machine; "" if nothing does. Asked of the machine once."""
    if not why_no_bubblewrap():
        return "bubblewrap"
    return "landlock" if not why_no_landlock() else ""


def why_no_jail() -> str:
    """An empty string if commands can be jailed, else one sentence."""
    if jail_kind():
        return ""
    if sys.platform != "linux":
        return f"There is no sandbox for {sys.platform} yet, so no command is run."
    return f"{why_no_bubblewrap()} Landlock can't take its place: {why_no_landlock()}."


@functools.cache
def why_no_bubblewrap() -> str:
    """An empty string if bubblewrap works here, else one sentence; asked of the machine once."""
    if sys.platform != "linux":
        return "bubblewrap is for Linux."
    if shutil.which("bwrap") is None:
        return "No command is run: install bubblewrap (the command bwrap) to allow it."
    probe = ["bwrap", "--unshare-all", "--ro-bind", "/", "/", "true"]
    try:
        done = subprocess.run(
            probe, stdin=subprocess.DEVNULL, capture_output=True, timeout=20, check=False
        )
    except (OSError, subprocess.SubprocessError) as error:
        return f"No command is run: bubblewrap does not start ({error})."
    if done.returncode != 0:
        said = done.stderr.decode("utf-8", "replace").strip().split("\n")[0] or "no reason given"
        return (
            f"No command is run: bubblewrap may not make a sandbox here ({said}); where "
            "AppArmor restricts user namespaces, give bwrap a profile that allows them."
        )
    return ""


def _system_mounts() -> Iterator[str]:
    yield from ("--ro-bind", "/usr", "/usr")
    for name in _SYSTEM_FOLDERS:
        path = Path("/", name)
        if path.is_symlink():
            yield from ("--symlink", str(path.readlink()), str(path))
        elif path.is_dir():
            yield from ("--ro-bind", str(path), str(path))
    for file in _SYSTEM_FILES:
        yield from ("--ro-bind-try", file, file)


def interpreter_folders(interpreter: Path) -> list[str]:
    """What a Python needs to read: its virtual environment, and the base that it was made from.

    A repository can bring a virtual environment of its own. So a folder that it names is readable
    only if a whole Python stands there, its standard library included; and of a folder that only
    holds a link (``~/.local/bin/python3``) the link alone.
    """
    environment = interpreter.parent.parent
    configuration = environment / "pyvenv.cfg"
    executables = [interpreter]
    found = []
    if configuration.is_file():
        found.append(str(environment))
        executables += [
            path
            for home in _homes(configuration)
            for path in sorted(Path(home).glob("python3*"))[:MOST_LINKS]
            if re.fullmatch(r"python3(\.\d+)?", path.name)
        ]
    for executable in executables:
        base = executable.resolve().parent.parent
        if any(base.glob("lib*/python3*/os.py")):
            found.append(str(base))
            if not executable.is_relative_to(base) and executable != interpreter:
                found.append(str(executable))
    return list(dict.fromkeys(found))


def _homes(configuration: Path) -> list[str]:
    """Where a virtual environment says that its base interpreter lies."""
    try:
        lines = configuration.read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        return []
    parts = (line.partition("=") for line in lines)
    return [value.strip() for name, _, value in parts if name.strip() == "home" and value.strip()]


def _is_below(path: str, folder: str) -> bool:
    return Path(path).is_relative_to(folder)


def _limiting(limits: Limits) -> list[str]:
    """``prlimit`` in front, if the machine has it: time and the other walls hold without it."""
    if shutil.which("prlimit") is None:
        return []
    return [
        "prlimit",
        "--core=0",
        f"--as={limits.memory}",
        f"--fsize={limits.file_size}",
        f"--nofile={limits.open_files}",
        "--",
    ]


async def _read_capped(process: asyncio.subprocess.Process) -> tuple[str, bool]:
    assert process.stdout is not None
    kept = bytearray()
    truncated = False
    while part := await process.stdout.read(65_536):
        room = MOST_OUTPUT - len(kept)
        kept += part[:room]
        truncated = truncated or len(part) > room
    return kept.decode("utf-8", "replace"), truncated


async def end(process: asyncio.subprocess.Process) -> None:
    """End a jailed process with all that it started, also if the task is cancelled meanwhile."""
    if process.returncode is None:
        await asyncio.shield(asyncio.ensure_future(_end(process)))


async def _end(process: asyncio.subprocess.Process) -> None:
    """Bubblewrap takes its children along; Landlock's launcher does so if it is asked to."""
    with contextlib.suppress(ProcessLookupError):
        if jail_kind() == "landlock":
            process.send_signal(signal.SIGTERM)
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(process.wait(), GRACE)
        os.killpg(process.pid, signal.SIGKILL)
    await process.wait()

"""The second-best jail: Landlock and a filter of system calls, where no user namespace may be made.

Weaker than bubblewrap in these ways: the copy stands under its own path and not the workspace's;
that a path exists can be found out, though nothing of it can be read; no socket at all can be
made, not even to oneself; modes, owners and times of files stay as they are.
"""

from __future__ import annotations

import functools
import json
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

LAUNCHER = Path(__file__).with_name("landlock_launcher.py")
SYSTEM = (
    *("/usr", "/bin", "/sbin", "/lib", "/lib32", "/lib64"),
    *("/etc/alternatives", "/etc/ld.so.cache", "/etc/localtime"),
)
DEVICES = ("/dev/null", "/dev/zero", "/dev/full", "/dev/random", "/dev/urandom")
#: Looks from within whether the walls stand; a kernel may know Landlock and not use it.
_PROBE = """
import os, socket
held = 0
for forbidden in (lambda: os.listdir("/"), socket.socket):
    try:
        forbidden()
    except PermissionError:
        held += 1
print("held" if held == 2 else "open")
"""


def launching(shadow: Path, readable: Sequence[str], environment: Mapping[str, str]) -> list[str]:
    """What stands in front of a command: ``shadow`` is where it runs and all it can write."""
    spec = {
        "read": [*SYSTEM, *readable],
        "write": [str(shadow), *DEVICES],
        "cwd": str(shadow),
        "tmp": str(shadow.parent),
        "env": dict(environment),
    }
    return [sys.executable, "-I", "-S", "-B", str(LAUNCHER), json.dumps(spec)]


@functools.cache
def why_no_landlock() -> str:
    """An empty string if Landlock holds on this machine, else what is amiss; asked once."""
    if sys.platform != "linux":
        return "it is a part of Linux"
    import tempfile

    with tempfile.TemporaryDirectory(prefix="architect-") as folder:
        shadow = Path(folder, "shadow")
        shadow.mkdir()
        front = launching(shadow, [sys.prefix, sys.base_prefix], {})
        probe = [*front, sys.executable, "-I", "-S", "-c", _PROBE]
        try:
            done = subprocess.run(
                probe, stdin=subprocess.DEVNULL, capture_output=True, timeout=20, check=False
            )
        except (OSError, subprocess.SubprocessError) as error:
            return str(error)
    if done.stdout.strip() == b"held":
        return ""
    said = done.stderr.decode("utf-8", "replace").strip().split("\n")[-1]
    return said or "it does not hold"

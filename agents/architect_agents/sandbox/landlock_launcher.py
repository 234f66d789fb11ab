"""Starts one command where Landlock and seccomp hold it, and ends all that it started.

Stands alone: a Python of ours runs it by its path, with a JSON object and the command as
arguments. {"read": paths, "write": paths, "cwd": path, "tmp": path, "env": {…}}; of ``tmp`` the
command gets a folder of its own, which is gone afterwards.

Landlock says which files can be opened. It knows nothing of sockets but TCP, of signals only in
newer kernels, and of modes, owners and times of files not at all: these are what the filter of
system calls is for. Whatever can't be put in place ends the start with exit code 126.
"""

from __future__ import annotations

import ctypes
import json
import os
import signal
import stat
import struct
import sys
import time

TYPE_CHECKING = False
if TYPE_CHECKING:  # each import is paid for by every command
    from collections.abc import Iterator, Sequence
    from typing import Any, NoReturn

CREATE_RULESET, ADD_RULE, RESTRICT_SELF = 444, 445, 446
PR_SET_PDEATHSIG, PR_SET_SECCOMP, PR_CAPBSET_DROP = 1, 22, 24
PR_SET_CHILD_SUBREAPER, PR_SET_NO_NEW_PRIVS = 36, 38
EXECUTE, WRITE_FILE, READ_FILE, READ_DIR = 1, 2, 4, 8
TRUNCATE, IOCTL_DEV = 1 << 14, 1 << 15
OF_FILES = EXECUTE | WRITE_FILE | READ_FILE | TRUNCATE | IOCTL_DEV
#: What an ABI of Landlock knows, by its number: rights on files, and from 6 on two scopes.
RIGHTS = {1: (1 << 13) - 1, 2: (1 << 14) - 1, 3: (1 << 15) - 1, 5: (1 << 16) - 1}
#: From this ABI on a process can send signals within its own walls only.
SIGNALS_SCOPED = 6

#: Numbers of system calls: refused ones, and (behind the bar) those that kill other processes.
#: socket io_uring_setup keyctl add_key request_key ptrace process_vm_readv process_vm_writev
#: shmget semget msgget mq_open bpf perf_event_open userfaultfd unshare setns mount
#: open_by_handle_at setxattr lsetxattr fsetxattr removexattr lremovexattr fremovexattr, truncate
#: by path (older Landlocks let it through) |
#: kill tkill tgkill pidfd_send_signal rt_sigqueueinfo rt_tgsigqueueinfo
REFUSED = {
    "x86_64": "41 425 250 248 249 101 310 311 29 64 68 240 321 298 323 272 308 165 304 "
    "188 189 190 197 198 199 76 | 62 200 234 424 129 297",
    "aarch64": "198 425 219 217 218 117 270 271 194 190 186 180 280 241 282 97 268 40 265 "
    "5 6 7 14 15 16 45 | 129 130 131 424 138 240",
}
#: chmod fchmod fchmodat fchmodat2 chown fchown lchown fchownat utime utimes futimesat utimensat:
#: they do nothing and say that all is well, for copying a file ends in them.
IGNORED = {
    "x86_64": "90 91 268 452 92 93 94 260 132 235 261 280",
    "aarch64": "52 53 452 54 55 88",
}
AUDIT_ARCH = {"x86_64": 0xC000003E, "aarch64": 0xC00000B7}
ALLOW, ERRNO = 0x7FFF0000, 0x00050000
NOT_PERMITTED = 1

libc = ctypes.CDLL(None, use_errno=True)


def main() -> NoReturn:
    """Run the command, then end whatever it left behind; its exit code is ours."""
    spec, command = json.loads(sys.argv[1]), sys.argv[2:]
    libc.prctl(PR_SET_PDEATHSIG, signal.SIGTERM)
    libc.prctl(PR_SET_CHILD_SUBREAPER, 1)
    signal.signal(signal.SIGTERM, _stop)
    folder = f"{spec['tmp']}/jail-{os.urandom(8).hex()}"
    os.mkdir(folder, 0o700)  # noqa: PTH102
    code = 143
    try:
        child = os.fork()
        if child == 0:
            _become(spec, command, folder)
        code = _exit_code(child)
    finally:
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
        _end_all()
        _remove(folder)
        os._exit(code)


def _remove(folder: str) -> None:
    """What this machine can't remove, the folder's owner will."""
    import shutil

    shutil.rmtree(folder, ignore_errors=True)


def _stop(number: int, frame: object) -> NoReturn:
    raise SystemExit(128 + number)


def _exit_code(child: int) -> int:
    while True:
        pid, status = os.waitpid(-1, 0)  # also those that lost their own parents
        if pid == child:
            code = os.waitstatus_to_exitcode(status)
            return code if code >= 0 else 128 - code


def _end_all() -> None:
    """Kill all descendants; those that lost their parents are ours, see prctl above."""
    while True:
        for pid in _descendants(os.getpid()):
            try:
                os.kill(pid, signal.SIGKILL)
            except ProcessLookupError:
                continue
        try:
            if os.waitpid(-1, os.WNOHANG)[0] == 0:
                time.sleep(0.005)
        except ChildProcessError:
            return


def _descendants(root: int) -> Iterator[int]:
    parents: dict[int, int] = {}
    for name in os.listdir("/proc"):  # noqa: PTH208 - Path would cost an import
        if name.isdigit():
            try:
                with open(f"/proc/{name}/stat", encoding="ascii", errors="replace") as file:  # noqa: PTH123
                    parents[int(name)] = int(file.read().rpartition(")")[2].split()[1])
            except (OSError, ValueError, IndexError):
                continue
    for pid in parents:
        above = parents.get(pid)
        while above is not None and above != root:
            above = parents.get(above)
        if above == root:
            yield pid


def _become(spec: dict[str, Any], command: Sequence[str], folder: str) -> NoReturn:
    """Put the walls up around this process, and turn it into the command."""
    try:
        libc.prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
        signal.signal(signal.SIGTERM, signal.SIG_DFL)
        home = os.path.join(folder, "home")  # noqa: PTH118
        os.mkdir(home, 0o700)  # noqa: PTH102
        environment = {**spec["env"], "HOME": home, "TMPDIR": folder}
        os.chdir(spec["cwd"])
        os.closerange(3, 65_536)
        confine(spec["read"], [*spec["write"], folder])
        os.execvpe(command[0], list(command), environment)  # noqa: S606 - no shell is meant
    except BaseException as error:
        os.write(2, f"{command[0]}: {error}\n".encode())
    os._exit(126)


def confine(read: Sequence[str], write: Sequence[str]) -> None:
    """Let this process, and all it starts, open only these paths and no socket.

    Raises:
        OSError: a wall can't be put up.
    """
    abi = libc.syscall(CREATE_RULESET, None, 0, 1)
    if abi < 1:
        raise OSError(ctypes.get_errno(), "this kernel has no Landlock")
    drop_capabilities()
    _checked(libc.prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0))
    _landlock(abi, read, write)
    _filter_calls(abi)


def drop_capabilities() -> None:
    """A root's powers go around files; without them even root is held."""
    for capability in range(64):
        libc.prctl(PR_CAPBSET_DROP, capability, 0, 0, 0)  # fails for others than root, who has none
    header = struct.pack("Ii", 0x20080522, 0)
    _checked(libc.capset(header, bytes(24)))


def _landlock(abi: int, read: Sequence[str], write: Sequence[str]) -> None:
    every = RIGHTS[max(known for known in RIGHTS if known <= abi)]
    scopes = 3 if abi >= SIGNALS_SCOPED else 0
    tcp = 3 if abi >= 4 else 0
    size = 8 if abi < 4 else 16 if abi < SIGNALS_SCOPED else 24
    attributes = struct.pack("QQQ", every, tcp, scopes)[:size]
    rules = _checked(libc.syscall(CREATE_RULESET, attributes, ctypes.c_size_t(size), 0))
    for paths, rights in ((read, EXECUTE | READ_FILE | READ_DIR), (write, every)):
        for path in paths:
            _allow(rules, path, rights)
    _checked(libc.syscall(RESTRICT_SELF, rules, 0))
    os.close(rules)


def _allow(rules: int, path: str, rights: int) -> None:
    try:
        place = os.open(path, os.O_PATH | os.O_CLOEXEC)
    except FileNotFoundError:
        return
    if not stat.S_ISDIR(os.fstat(place).st_mode):
        rights &= OF_FILES
    _checked(libc.syscall(ADD_RULE, rules, 1, struct.pack("=Qi", rights, place), 0))
    os.close(place)


def _filter_calls(abi: int) -> None:
    machine = os.uname().machine
    if machine not in AUDIT_ARCH:
        raise OSError(f"the system calls of {machine} are not known")
    always, _, signals = REFUSED[machine].partition("|")
    refused = [int(one) for one in always.split()]
    if abi < SIGNALS_SCOPED:
        refused += [int(one) for one in signals.split()]
    ignored = [int(one) for one in IGNORED[machine].split()]
    raw = b"".join(_program(AUDIT_ARCH[machine], refused, ignored))
    buffer = ctypes.create_string_buffer(raw, len(raw))
    program = struct.pack("HxxxxxxQ", len(raw) // 8, ctypes.addressof(buffer))
    _checked(libc.prctl(PR_SET_SECCOMP, 2, program, 0, 0))


def _program(arch: int, refused: Sequence[int], ignored: Sequence[int]) -> list[bytes]:
    """Classic BPF over struct seccomp_data: the call's number at 0, the architecture at 4."""
    load, equal, at_least, answer = 0x20, 0x15, 0x35, 0x06
    count = len(refused) + len(ignored)
    found = [_step(load, 4), _step(equal, arch, 1, 0), _step(answer, ERRNO | NOT_PERMITTED)]
    # Numbers from 2^30 on are the x32 calls, which would go around the list.
    found += [_step(load, 0), _step(at_least, 0x40000000, count + 1, 0)]
    for place, number in enumerate(refused):
        found.append(_step(equal, number, count - place, 0))
    for place, number in enumerate(ignored):
        found.append(_step(equal, number, len(ignored) - place + 1, 0))
    answers = (ALLOW, ERRNO | NOT_PERMITTED, ERRNO)
    return [*found, *(_step(answer, value) for value in answers)]


def _step(code: int, value: int, if_true: int = 0, if_false: int = 0) -> bytes:
    return struct.pack("HBBI", code, if_true, if_false, value)


def _checked(result: int) -> int:
    if result < 0:
        code = ctypes.get_errno()
        raise OSError(code, os.strerror(code))
    return result


if __name__ == "__main__":
    main()

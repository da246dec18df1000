"""The walls around a child: limits of the system, and a filter that refuses network, programs and other processes.

The filter is a classic BPF program as seccomp(2) takes it; numbers are those of Linux's unistd.h. Other systems have
no such filter: there the limits alone stand.
"""

from __future__ import annotations

import contextlib
import ctypes
import platform
import resource
import signal
import struct
import sys
from pathlib import Path

_REFUSED = {
    "x86_64": {
        "socket": 41, "connect": 42, "accept": 43, "sendto": 44, "sendmsg": 46, "bind": 49, "listen": 50,
        "socketpair": 53, "fork": 57, "vfork": 58, "execve": 59, "kill": 62, "ptrace": 101, "tkill": 200,
        "tgkill": 234, "accept4": 288, "sendmmsg": 307, "process_vm_readv": 310, "process_vm_writev": 311,
        "execveat": 322,
    },
    "aarch64": {
        "ptrace": 117, "kill": 129, "tkill": 130, "tgkill": 131, "socket": 198, "socketpair": 199, "bind": 200,
        "listen": 201, "accept": 202, "connect": 203, "sendto": 206, "sendmsg": 211, "execve": 221,
        "accept4": 242, "sendmmsg": 269, "process_vm_readv": 270, "process_vm_writev": 271, "execveat": 281,
    },
}  # fmt: skip
_REFUSED_EVERYWHERE = {
    "pidfd_send_signal": 424, "io_uring_setup": 425, "io_uring_enter": 426, "io_uring_register": 427,
    "pidfd_open": 434, "pidfd_getfd": 438,
}  # fmt: skip
_ARCHITECTURE = {"x86_64": 0xC000003E, "aarch64": 0xC00000B7}
_CLONE = {"x86_64": 56, "aarch64": 220}
_CLONE3, _CLONE_THREAD, _X32 = 435, 0x10000, 0x40000000

_LOAD, _EQUAL, _AT_LEAST, _ANY_BIT, _RETURN = 0x20, 0x15, 0x35, 0x45, 0x06
_NUMBER, _ARCH, _FIRST_ARGUMENT = 0, 4, 16
_ALLOW, _KILL, _EPERM, _ENOSYS = 0x7FFF0000, 0x80000000, 0x00050001, 0x00050026
_PR_SET_PDEATHSIG, _PR_SET_SECCOMP, _PR_SET_NO_NEW_PRIVS = 1, 22, 38


class _Program(ctypes.Structure):
    _fields_ = [("length", ctypes.c_ushort), ("filter", ctypes.c_char_p)]


def limit(memory: int, processor: int, file: int) -> None:
    """Set the limits of this process: address space on top of what it has, seconds of computing, size of a file."""
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_FSIZE, (file, file))
    resource.setrlimit(resource.RLIMIT_CPU, (processor, processor + 5))
    if sys.platform == "linux":
        pages = int(Path("/proc/self/statm").read_text("ascii").split()[0])
        space = pages * resource.getpagesize() + memory
        resource.setrlimit(resource.RLIMIT_AS, (space, space))
        with contextlib.suppress(
            OSError
        ):  # When the machine runs out of memory, this process goes and not the app.
            Path("/proc/self/oom_score_adj").write_text("1000", "ascii")


def close_in() -> bool:
    """Refuse network, programs and other processes from here on; False where the system cannot."""
    machine = platform.machine()
    if sys.platform != "linux" or machine not in _ARCHITECTURE:
        return False
    control = ctypes.CDLL(None, use_errno=True).prctl
    control(_PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
    code = program(machine)
    wall = _Program(len(code) // 8, code)
    if control(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0):
        return False
    return not control(_PR_SET_SECCOMP, 2, ctypes.byref(wall), 0, 0)


def program(machine: str) -> bytes:
    """The filter: EPERM for what is refused, ENOSYS for clone3 so that threads come by clone and can be told."""
    numbers = sorted({*_REFUSED[machine].values(), *_REFUSED_EVERYWHERE.values()})
    tests = [_step(_EQUAL, number, len(numbers) - at) for at, number in enumerate(numbers)]
    lines = [
        _step(_LOAD, _ARCH),
        _step(_EQUAL, _ARCHITECTURE[machine], 1, 0),
        _step(_RETURN, _KILL),
        _step(_LOAD, _NUMBER),
        _step(_AT_LEAST, _X32, len(tests) + 1 if machine == "x86_64" else 0),
        *tests,
        _step(_EQUAL, _CLONE3, 1, 2),
        _step(_RETURN, _EPERM),
        _step(_RETURN, _ENOSYS),
        _step(_EQUAL, _CLONE[machine], 0, 3),
        _step(_LOAD, _FIRST_ARGUMENT),
        _step(_ANY_BIT, _CLONE_THREAD, 1, 0),
        _step(_RETURN, _EPERM),
        _step(_RETURN, _ALLOW),
    ]
    return b"".join(lines)


def _step(code: int, value: int, then: int = 0, otherwise: int = 0) -> bytes:
    """One instruction; `then` and `otherwise` are how many to jump over."""
    return struct.pack("=HBBI", code, then, otherwise, value)

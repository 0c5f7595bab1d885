"""A process, and every process it starts, gives up the network for good (Linux, seccomp).

Whatever a document says, the reader of it cannot open a connection. Local sockets stay: LibreOffice talks to
itself through one. Sources: seccomp(2); the numbers of system calls in the headers of Linux.
"""

from __future__ import annotations

import ctypes
import platform
import socket
import struct
from dataclasses import dataclass

NO_NEW_PRIVILEGES, SECCOMP, FILTER = 38, 22, 2  # prctl(2)
LOAD, EQUAL, AT_LEAST, ANSWER = 0x20, 0x15, 0x35, 0x06  # instructions of the filter
CALL, ARCHITECTURE, FIRST_ARGUMENT = 0, 4, 16  # what is looked at: places in struct seccomp_data
ALLOW, REFUSE = 0x7FFF0000, 0x00050000 | 13  # EACCES
IO_URING_SETUP = 425  # could open sockets, too
OTHER_CALLS = 0x40000000  # the same calls under other numbers (x32)


@dataclass(frozen=True)
class _Machine:
    architecture: int
    socket_call: int


MACHINES = {
    "x86_64": _Machine(0xC000003E, 41),
    "aarch64": _Machine(0xC00000B7, 198),
    "loongarch64": _Machine(0xC0000102, 198),
    "riscv64": _Machine(0xC00000F3, 198),
}


def give_up_network() -> bool:
    """Let no socket but a local one be opened from now on; False where the machine cannot promise that."""
    machine = MACHINES.get(platform.machine())
    if machine is None:
        return False
    rules = _rules(machine)
    code = ctypes.create_string_buffer(b"".join(rules))
    program = struct.pack("HP", len(rules), ctypes.addressof(code))
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.prctl(NO_NEW_PRIVILEGES, 1, 0, 0, 0) != 0:
        return False
    return bool(libc.prctl(SECCOMP, FILTER, program) == 0)


def _rules(machine: _Machine) -> list[bytes]:
    """The filter, line by line: how far a line jumps counts from the next one."""
    return [
        _rule(LOAD, ARCHITECTURE),
        _rule(EQUAL, machine.architecture, no=7),
        _rule(LOAD, CALL),
        _rule(AT_LEAST, OTHER_CALLS, yes=5),
        _rule(EQUAL, IO_URING_SETUP, yes=4),
        _rule(EQUAL, machine.socket_call, no=2),
        _rule(LOAD, FIRST_ARGUMENT),
        _rule(EQUAL, int(socket.AF_UNIX), no=1),
        _rule(ANSWER, ALLOW),
        _rule(ANSWER, REFUSE),
    ]


def _rule(code: int, value: int, yes: int = 0, no: int = 0) -> bytes:
    return struct.pack("HBBI", code, yes, no, value)

"""Runs a command within the system call filter of the unit: `python sandbox.py UNIT COMMAND…`.

What systemd does for a service, done without systemd as process 1: the calls that the unit's
SystemCallFilter names are allowed, every other one fails with EPERM, and memory is never writable and
executable (prctl PR_SET_MDWE, Linux 6.3). Exit code 77: this machine has not what it takes.
"""

from __future__ import annotations

import ctypes
import ctypes.util
import errno
import os
import subprocess
import sys
from pathlib import Path

CANNOT = 77
PR_SET_NO_NEW_PRIVS, PR_SET_MDWE = 38, 65
ALLOW, FAIL = 0x7FFF0000, 0x00050000 | errno.EPERM


def groups() -> dict[str, set[str]]:
    """systemd's groups of system calls, as it lists them."""
    said = subprocess.run(
        ["systemd-analyze", "--no-pager", "syscall-filter"],
        env={**os.environ, "SYSTEMD_COLORS": "0"},
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    found: dict[str, set[str]] = {}
    members: set[str] = set()
    for line in said.splitlines():
        word = line.strip()
        if line.startswith("@"):
            members = found.setdefault(word, set())
        elif line.startswith(" ") and word and not word.startswith("#"):
            members.add(word)
    return found


def calls(word: str, known: dict[str, set[str]]) -> set[str]:
    """The system calls behind a name or a group."""
    if not word.startswith("@"):
        return {word}
    return {call for member in known[word] for call in calls(member, known)}


def allowed(unit: Path) -> set[str]:
    """What the unit's SystemCallFilter lines leave over; @default is always allowed."""
    known = groups()
    found = calls("@default", known)
    for line in unit.read_text().splitlines():
        key, _, words = line.partition("=")
        if key != "SystemCallFilter":
            continue
        for word in words.removeprefix("~").split():
            found = found - calls(word, known) if words.startswith("~") else found | calls(word, known)
    return found | calls("@default", known)


def confine(names: set[str]) -> None:
    """Load the filter into this process and all that come of it."""
    libc = ctypes.CDLL(None, use_errno=True)
    seccomp = ctypes.CDLL(ctypes.util.find_library("seccomp") or "libseccomp.so.2")
    seccomp.seccomp_init.restype = ctypes.c_void_p
    seccomp.seccomp_rule_add_array.argtypes = (
        ctypes.c_void_p, ctypes.c_uint32, ctypes.c_int, ctypes.c_uint, ctypes.c_void_p,
    )  # fmt: skip
    seccomp.seccomp_load.argtypes = (ctypes.c_void_p,)
    if libc.prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) or libc.prctl(PR_SET_MDWE, 1, 0, 0, 0):
        sys.exit(CANNOT)
    context = seccomp.seccomp_init(FAIL)
    for name in names:
        number = seccomp.seccomp_syscall_resolve_name(name.encode())
        if number >= 0:  # a call of this machine
            seccomp.seccomp_rule_add_array(context, ALLOW, number, 0, None)
    if seccomp.seccomp_load(context):
        sys.exit(CANNOT)


if __name__ == "__main__":
    try:
        names = allowed(Path(sys.argv[1]))
        confine(names)
    except OSError as error:  # no systemd-analyze, no libseccomp
        print(error, file=sys.stderr)
        sys.exit(CANNOT)
    os.execvp(sys.argv[2], sys.argv[2:])

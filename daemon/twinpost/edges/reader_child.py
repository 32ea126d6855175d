"""The process that reads one large or odd message, within limits, and dies with it if need be.

The message comes on standard input (the original itself, not a pipe), the Reading goes to standard
output as JSON: what comes back from a process that touched hostile octets is data, never code.
Imports little, for it is started once for each such message.
"""

from __future__ import annotations

import json
import resource
import sys
from collections.abc import Callable
from dataclasses import asdict
from datetime import datetime
from typing import Any

from twinpost.core.model.mail import Address, Defect, File, Reading
from twinpost.core.reading.guard import LIMITS
from twinpost.core.reading.mime import read


def pack(reading: Reading) -> bytes:
    """A reading as JSON."""
    fields = asdict(reading)
    fields["date"] = reading.date.isoformat() if reading.date else None
    fields["defects"] = sorted(reading.defects)
    return json.dumps(fields).encode("ascii")


def unpack(octets: bytes) -> Reading:
    """The reading that `pack` wrote. Raises ValueError, KeyError or TypeError where it is none."""
    fields: dict[str, Any] = json.loads(octets)
    for name, value in fields.items():
        if name in _REBUILD:
            fields[name] = _REBUILD[name](value)
        elif isinstance(value, list):
            fields[name] = tuple(value)
    return Reading(**fields)


def _addresses(values: list[dict[str, str]]) -> tuple[Address, ...]:
    return tuple(Address(**value) for value in values)


_REBUILD: dict[str, Callable[[Any], Any]] = {
    **dict.fromkeys(("from_", "sender", "reply_to", "to", "cc"), _addresses),
    "date": lambda value: datetime.fromisoformat(value) if value else None,
    "headers": lambda values: tuple((name, value) for name, value in values),
    "files": lambda values: tuple(File(**{**value, "inside": tuple(value["inside"])}) for value in values),
    "defects": lambda values: frozenset(map(Defect, values)),
}


def fence(memory: int, cpu_seconds: int) -> None:
    """Bind this process: address space in octets, processor time, no file grown, no core left behind."""
    limits = (
        (resource.RLIMIT_AS, memory),
        (resource.RLIMIT_CPU, cpu_seconds),
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_CORE, 0),
    )
    for what, most in limits:
        resource.setrlimit(what, (most, most))


def main() -> None:
    """`reader_child MEMORY CPU-SECONDS`, the message on standard input."""
    fence(int(sys.argv[1]), int(sys.argv[2]))
    sys.stdout.buffer.write(pack(read(sys.stdin.buffer.read(LIMITS.message + 1))))


if __name__ == "__main__":
    main()

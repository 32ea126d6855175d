"""Talking to systemd: readiness, status, watchdog (sd_notify(3)), without a library."""

from __future__ import annotations

import os
import socket
import time

ALIVE = "WATCHDOG=1"

PATIENCE = 1.0
"""Seconds that we wait for a supervisor that does not listen: what is said once should not be lost."""


def notify(*lines: str) -> None:
    """Send `READY=1`, `STATUS=…`, `WATCHDOG=1` …; nothing happens outside systemd.

    Whoever does not listen holds up nobody: his queue of ten or so messages is soon full, and a sign of life
    that does not fit into it has the next one behind it.
    """
    address = os.environ.get("NOTIFY_SOCKET", "")
    if not address:
        return
    if address.startswith("@"):  # an abstract socket
        address = "\0" + address[1:]
    try:
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as sock:
            sock.settimeout(0.0 if lines == (ALIVE,) else PATIENCE)
            sock.sendto("\n".join(lines).encode(), address)
    except OSError:
        return  # a supervisor that is gone is no reason to stop


def reloading() -> None:
    """Tell that a reload begins (Type=notify-reload, systemd 253 and newer, wants the clock)."""
    notify("RELOADING=1", f"MONOTONIC_USEC={time.monotonic_ns() // 1000}")


def watchdog_seconds() -> float | None:
    """Half of the time within which systemd wants a sign of life; None when it wants none."""
    micros = os.environ.get("WATCHDOG_USEC", "")
    for_us = os.environ.get("WATCHDOG_PID", str(os.getpid())) == str(os.getpid())
    return int(micros) / 2_000_000 if micros.isdigit() and for_us else None

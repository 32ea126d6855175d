"""Real servers are nice to have on a developer's machine, and required where TWINPOST_NEED_SERVERS is set."""

from __future__ import annotations

import os
import socket
import time
from pathlib import Path

import pytest


def need(reason: str) -> None:
    """Skip the test for `reason`, or fail it where the servers must be there."""
    if os.environ.get("TWINPOST_NEED_SERVERS") == "1":
        pytest.fail(reason)
    pytest.skip(reason)


def free_port() -> int:
    """A port of loopback that nobody listens on now."""
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        port: int = sock.getsockname()[1]
        return port


def wait_for_port(port: int, log: Path, seconds: float = 20.0) -> None:
    """Return when something answers there. Raises RuntimeError with the end of its log."""
    ends_at = time.monotonic() + seconds
    while time.monotonic() < ends_at:
        try:
            socket.create_connection(("127.0.0.1", port), 1.0).close()
        except OSError:
            time.sleep(0.01)
        else:
            return
    said = log.read_text(errors="replace")[-2000:] if log.exists() else "no log"
    raise RuntimeError(f"nothing listens on port {port}:\n{said}")

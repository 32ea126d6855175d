"""What the supervisor hears, and that whoever does not listen holds up nobody."""

from __future__ import annotations

import socket
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from twinpost.edges import systemd

MORE_THAN_FIT = 1000


@pytest.fixture
def supervisor(monkeypatch: pytest.MonkeyPatch) -> Iterator[socket.socket]:
    """A socket that is bound, and read by nobody but the test."""
    with tempfile.TemporaryDirectory() as folder, socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as sock:
        path = Path(folder) / "notify"
        sock.bind(str(path))
        sock.setblocking(False)
        monkeypatch.setenv("NOTIFY_SOCKET", str(path))
        yield sock


def test_the_supervisor_hears_every_line(supervisor: socket.socket) -> None:
    systemd.notify("READY=1", "STATUS=Serving.")
    assert supervisor.recv(1000) == b"READY=1\nSTATUS=Serving."


@pytest.mark.timeout(20)
def test_a_supervisor_that_does_not_listen_holds_up_nobody(supervisor: socket.socket) -> None:
    for _ in range(MORE_THAN_FIT):
        systemd.notify(systemd.ALIVE)
    systemd.notify("STATUS=Reading mail.")
    assert supervisor.recv(1000) == b"WATCHDOG=1"


def test_without_a_supervisor_nothing_happens(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("NOTIFY_SOCKET", raising=False)
    systemd.notify("READY=1")
    monkeypatch.setenv("NOTIFY_SOCKET", "/nowhere/at/all")
    systemd.notify("READY=1")

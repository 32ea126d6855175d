"""The installed daemon and mails made to stop it: it reads them all, stays small, tells of the letters."""

from __future__ import annotations

import smtplib
from pathlib import Path

import pytest
from tests.core.reading.poison import POISON
from tests.live.place import Place

pytestmark = [pytest.mark.live, pytest.mark.slow, pytest.mark.timeout(300)]

MEGABYTE = 1024
"""In the kilobytes of /proc."""
MOST_MEMORY = 256 * MEGABYTE


def test_between_two_good_letters_every_poison_is_read_or_set_aside(place: Place) -> None:
    place.daemon.serve()
    place.post(1)
    delivered = [name for name, (octets, _) in POISON.items() if _deliver(place, octets)]
    assert len(delivered) > len(POISON) * 0.9
    place.post(2)
    place.until_told(1, 2)
    counts = place.daemon.data("status")["messages"]
    assert counts.get("processed", 0) + counts.get("aside", 0) == len(delivered) + 2
    assert _peak(place) <= MOST_MEMORY
    assert "Traceback" not in place.daemon.log()
    assert place.daemon.stop() == 0


def _deliver(place: Place, octets: bytes) -> bool:
    """Whether the mail server takes it at all."""
    try:
        place.store.deliver(octets, place.user)
    except smtplib.SMTPException:
        return False
    return True


def _peak(place: Place) -> int:
    """The most that the daemon ever had resident, in kilobytes; a reading child is bound by its own limit."""
    assert place.daemon.process is not None
    status = Path(f"/proc/{place.daemon.process.pid}/status").read_text("ascii")
    return int(next(line.split()[1] for line in status.splitlines() if line.startswith("VmHWM:")))

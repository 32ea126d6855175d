"""A full disk: nothing is told that is not stored, and all goes on by itself when there is room again.

The files of the daemon may not grow, by a limit that is set from outside and lifted again (RLIMIT_FSIZE):
to whoever writes that is what a full disk is, and it needs no disk of its own and no root.
"""

from __future__ import annotations

import resource
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from tests.live import dovecot
from tests.live.place import TEACHERS, Place, a_place

pytestmark = [pytest.mark.live, pytest.mark.slow]

ROOM = 64 * 1024
"""Octets: the log has room, the ledger and its journal have none."""


@pytest.fixture
def place(tmp_path: Path) -> Iterator[Place]:
    with dovecot.running() as store, a_place(store, tmp_path / "office") as found:
        yield found


@contextmanager
def a_full_disk(place: Place) -> Iterator[None]:
    assert place.daemon.process is not None
    before = resource.prlimit(place.daemon.process.pid, resource.RLIMIT_FSIZE)
    resource.prlimit(place.daemon.process.pid, resource.RLIMIT_FSIZE, (ROOM, before[1]))
    try:
        yield
    finally:
        resource.prlimit(place.daemon.process.pid, resource.RLIMIT_FSIZE, before)


def test_letters_that_come_while_the_disk_is_full_are_told_of_once_when_it_is_not(place: Place) -> None:
    place.daemon.serve()
    place.post(1)
    place.until_told(1)
    with a_full_disk(place):
        place.post(2, 3)
        place.daemon.until(lambda: "event='ledger'" in place.daemon.log(), "the full disk is noticed")
        assert place.told(2) | place.told(3) == set()
    place.post(4)
    place.until_told(2, 3, 4)
    assert place.log_holds() == [[1], [2], [3], [4]]
    assert place.daemon.stop() == 0
    assert len(place.sink.taken()) == 4 * len(TEACHERS)


def test_a_large_letter_that_finds_no_room_is_left_in_the_mailbox_and_kept_later(place: Place) -> None:
    place.daemon.serve()
    place.post(1)
    place.until_told(1)
    with a_full_disk(place):
        place.store.deliver(b"X-Padding: " + b"x" * 2 * ROOM, place.user)
        place.daemon.until(lambda: "cannot be written" in place.daemon.log(), "the full disk is noticed")
    place.daemon.until(lambda: place.daemon.data("status")["messages"] == {"processed": 2}, "both are kept")
    assert not list((place.daemon.folder / "ledger").rglob("*.part"))
    assert place.daemon.stop() == 0

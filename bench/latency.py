"""From the server's own notification to the last receipt, letter by letter."""

from __future__ import annotations

import random
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

from bench.letters import BOX, FLOOR_BOX, RECEIPTS, Letter, exchanges_for, letters, mail
from bench.listener import Listener, listening
from bench.report import Line, Report, quantile
from bench.town import OfficeRun, Town, a_town, bare_program, until_ready

REST = (0.1, 0.6)  # seconds between two letters, so that they meet the servers' own rhythms anywhere


@dataclass(frozen=True, slots=True)
class Ping:
    """One letter. Seconds from the end of its delivery."""

    told: float  # the server tells that it is there
    answered: float  # the last of its receipts has been taken

    @property
    def beyond(self) -> float:
        """What the program takes."""
        return self.answered - self.told


def latency(count: int) -> Report:
    """`count` letters come one by one to the office, and as many to the bare program, in turns."""
    office, floor = [], []
    with a_town() as town, waiting(town, count) as (for_office, for_floor):
        for letter in letters(count):
            floor.append(ping(town, letter, FLOOR_BOX, for_floor))
            office.append(ping(town, letter, BOX, for_office))

    def line(what: str, share: float, goal: str) -> Line:
        return Line(what, _beyond(office, share), _beyond(floor, share), goal)

    return Report(
        f"{count} letters, one by one, to the last receipt",
        (
            line("beyond the notification, median ms", 0.5, "≤ 150"),
            line("99 %, ms", 0.99, "≤ 1000"),
            line("the slowest, ms", 1.0, ""),
            Line(
                "the notification itself, median ms",
                1000 * quantile([one.told for one in office], 0.5),
                1000 * quantile([one.told for one in floor], 0.5),
            ),
        ),
    )


def _beyond(pings: Sequence[Ping], share: float) -> float:
    return 1000 * quantile([one.beyond for one in pings], share)


@contextmanager
def waiting(town: Town, count: int) -> Iterator[tuple[Listener, Listener]]:
    """The office and the bare program, each waiting for mail, with somebody who listens beside it."""
    office = OfficeRun(town, "office")
    office.found(exchanges_for(count))
    with office.running(), with_listeners(town, office, count) as listeners:
        yield listeners


@contextmanager
def with_listeners(town: Town, office: OfficeRun, count: int) -> Iterator[tuple[Listener, Listener]]:
    """The bare program beside an office that runs, for `count` letters, and who listens for each of them."""
    port = town.dovecot.imap_port
    with (
        bare_program(town, "watch", count) as floor,
        listening(port, BOX) as for_office,
        listening(port, FLOOR_BOX) as for_floor,
    ):
        until_ready(floor)
        office.until_read()
        yield for_office, for_floor


def ping(town: Town, letter: Letter, box: str, listener: Listener) -> Ping:
    """Deliver one letter and wait for what follows."""
    time.sleep(random.uniform(*REST))
    wanted = town.sink.count + RECEIPTS
    listener.expect()
    town.dovecot.deliver(mail(letter, box), box)
    delivered = time.monotonic()
    town.sink.until(wanted)
    return Ping(listener.told_at() - delivered, town.sink.times(wanted - 1)[0] - delivered)

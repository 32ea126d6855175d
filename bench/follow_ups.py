"""Follow-ups: how long deriving a plan takes, how long finding what is due, what a receipt waits for both."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from statistics import median
from typing import Any

import sqlalchemy as sa

from bench.report import Line, Report
from bench.school_year import APPLIED, NOW, a_ledger, half_a_year
from twinpost.app import agenda, planning
from twinpost.app.clock_watch import ClockWatch
from twinpost.app.intake import Processing
from twinpost.app.tick import tick
from twinpost.core.deciding.plan import plan
from twinpost.ledger import agenda as kept_agenda
from twinpost.ledger import facts, people, plans
from twinpost.ledger.engine import transaction
from twinpost.ledger.history import history
from twinpost.ledger.rows import in_pieces
from twinpost.ledger.tables import agenda as rows
from twinpost.ledger.transaction import Desk

TIMES = 50
ROWS = 30
"""Follow-ups to come of each of many exchanges."""

FEW = 100
DERIVED = 1000
"""Exchanges whose plans are derived anew after a rule has changed."""

DUE = 5
"""Exchanges of which something is due at the same moment."""

TOMORROW = NOW + timedelta(days=1)

RECEIPT_EVERY = 0.05  # seconds between two short transactions that stand for receipts


def follow_ups(exchanges: int) -> Report:
    """One plan; what is due among `exchanges`; a thousand plans in the background."""
    return Report(
        f"Follow-ups (median of {TIMES}; times in ms)",
        (*_one_plan(), *_what_is_due(exchanges), *_all_anew()),
    )


def _ms(
    work: Callable[[], object], times: int = TIMES, clock: Callable[[], float] = time.perf_counter
) -> float:
    """The median of the milliseconds that it takes, by this clock."""
    taken = []
    for _ in range(times):
        begun = clock()
        work()
        taken.append(1000 * (clock() - begun))
    return median(taken)


# -- one plan ------------------------------------------------------------------------------------


def _one_plan() -> Iterator[Line]:
    with a_ledger(1) as (engine, house):
        half_a_year(engine, house)
        with transaction(engine) as connection:
            directory = people.load_directory(connection)
            (exchange,) = directory.exchanges
            known = history(connection, exchange.id, NOW, APPLIED)
            pure = partial(plan, exchange, known, house.rules, NOW)
            yield Line("the plan of a school year", _ms(pure), goal="≤ 20")
            yield Line("of it processor time", _ms(pure, clock=time.thread_time))
            whole = partial(planning.derive, connection, house, directory, exchange.id, NOW)
            yield Line("the same from the ledger and into the agenda", _ms(whole), goal="≤ 20")
            yield Line("of it processor time", _ms(whole, clock=time.thread_time))


# -- what is due ---------------------------------------------------------------------------------


def _what_is_due(exchanges: int) -> Iterator[Line]:
    few, many = _Due.among(FEW), _Due.among(exchanges)
    yield Line(f"a second in which nothing is due, {FEW} exchanges", few.idle)
    yield Line(f"the same, {exchanges} exchanges", many.idle, goal="≤ 50")
    yield Line(f"what is due to {DUE} people, found among {FEW} exchanges", few.found)
    yield Line(f"the same, among {exchanges} exchanges", many.found, goal="≤ 50")
    yield Line(f"the directory of {FEW} exchanges, read when people change", few.directory)
    yield Line(f"the same, {exchanges} exchanges", many.directory)


@dataclass(frozen=True, slots=True)
class _Due:
    """Milliseconds."""

    idle: float  # a tick, its transaction included
    found: float  # up to knowing of which exchanges something is due
    directory: float

    @classmethod
    def among(cls, exchanges: int) -> _Due:
        with a_ledger(exchanges) as (engine, house):
            _fill(engine)
            processing, watch = Processing(house, Desk(engine), lambda: NOW), ClockWatch()

            def one_tick() -> None:
                with transaction(engine) as connection:
                    tick(connection, house, processing.directory(connection), watch, NOW, 0.0)

            def find() -> None:
                with transaction(engine) as connection:
                    agenda.next_due(connection)
                    who = kept_agenda.due(connection, TOMORROW, planning.PEOPLE_AT_ONCE)
                    kept_agenda.uncaused(connection, TOMORROW, who)
                    assert len(who) == DUE

            def read() -> None:
                with transaction(engine) as connection:
                    people.load_directory(connection)

            one_tick()  # reads the directory, once and for all
            return cls(_ms(one_tick), _ms(find), _ms(read, 3))


def _fill(engine: sa.Engine) -> None:
    """An agenda for every exchange, as if derived: nothing is due now, and in DUE of them tomorrow."""
    with transaction(engine) as connection:
        exchanges = people.load_directory(connection).exchanges
        filled = (
            _row(exchange.id, exchange.classes[0].teachers[0].id, number, soon=position < DUE)
            for position, exchange in enumerate(exchanges)
            for number in range(ROWS)
        )
        for piece in in_pieces(filled, 10_000):
            connection.execute(sa.insert(rows), piece)
        facts.note(connection, planning.PLANNED_ON, NOW.date().isoformat())
        for exchange in exchanges:
            plans.derived(connection, exchange.id)


def _row(exchange: int, person: int, number: int, *, soon: bool) -> dict[str, Any]:
    """Half of them have gone, the last a mail of this week; the others lie weeks apart."""
    gone = number < ROWS // 2
    at = NOW + timedelta(days=7 * (number - ROWS // 2), hours=-3 if gone else 3)
    if not gone and not soon:
        at += timedelta(days=2)
    line = f"letter-{number}-1-2"
    return {
        "key": f"step/letter-due-soon/{line}-{exchange}/2026-02-02/1/{person}",
        "exchange_id": exchange,
        "person_id": person,
        "at": at,
        "rule": "letter-due-soon",
        "step": 1,
        "notice": "letter-due-soon",
        "digest": False,
        "about": {"due": {"product": "letter", "number": number, "from_class": 1, "to_class": 2}},
        "because": {"start": "2026-02-09", "count": -5, "unit": "school days", "day": "2026-02-02"},
        "gone_at": at if gone else None,
        "mail_key": f"follow-up/{line}-{exchange}" if gone else "",
    }


# -- every plan anew -----------------------------------------------------------------------------


def _all_anew() -> Iterator[Line]:
    """As after a change of rules, turn by turn without the rest of a second that the office takes between
    two, while short transactions come to the same desk as receipts do."""
    with a_ledger(DERIVED) as (engine, house):
        half_a_year(engine, house)
        with transaction(engine) as connection:
            plans.all_changed(connection)
        desk = Desk(engine)
        processing = Processing(house, desk, lambda: NOW)
        desk.do_now(processing.directory)  # measured by itself
        with _receipts(desk) as waits:
            turns = [*_turns(processing)]
        desk.close()
    yield Line(f"{DERIVED} plans anew: turns of {planning.PLANS_AT_ONCE}", len(turns))
    yield Line("a turn", median(turns))
    yield Line("the longest", max(turns))
    yield Line("what a receipt waited at most", max(waits), goal="≤ 1000")
    yield Line("what it waited, median", median(waits))
    yield Line("all of them, seconds of work", sum(turns) / 1000)


def _turns(processing: Processing) -> Iterator[float]:
    """The milliseconds of each tick until every plan has been derived."""
    watch = ClockWatch()

    def turn(connection: sa.Connection) -> bool:
        tick(connection, processing.house, processing.directory(connection), watch, NOW, 0.0)
        return bool(plans.stale(connection, 1))

    more = True
    while more:
        begun = time.perf_counter()
        more = processing.desk.do_now(turn)
        yield 1000 * (time.perf_counter() - begun)


@contextmanager
def _receipts(desk: Desk) -> Iterator[list[float]]:
    """The milliseconds that each of a row of short transactions takes, its waiting included."""
    waits: list[float] = []
    end = threading.Event()

    def come() -> None:
        while not end.wait(RECEIPT_EVERY):
            begun = time.perf_counter()
            desk.do_now(people.revision)
            waits.append(1000 * (time.perf_counter() - begun))

    thread = threading.Thread(target=come)
    thread.start()
    try:
        yield waits
    finally:
        end.set()
        thread.join()

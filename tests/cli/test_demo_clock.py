"""The clock that the demo turns, and that nobody else has it."""

from __future__ import annotations

import inspect
from datetime import UTC, datetime, timedelta

from twinpost import wiring
from twinpost.cli.demo.turned_clock import TurnedClock
from twinpost.edges import clock

START = datetime(2026, 8, 24, 8, tzinfo=UTC)
A_MOMENT = timedelta(seconds=5)


def about(moment: datetime, turned: TurnedClock) -> bool:
    return moment <= turned.now() < moment + A_MOMENT


def test_it_begins_where_it_is_set_and_goes_on() -> None:
    turned = TurnedClock(START)
    first = turned.now()
    assert about(START, turned)
    assert first <= turned.now()


def test_both_of_its_faces_are_turned_together() -> None:
    turned = TurnedClock(START)
    now, steady = turned.now(), turned.steady()
    turned.turn_to(START + timedelta(days=100))
    assert about(START + timedelta(days=100), turned)
    skipped = (turned.now() - now).total_seconds() - (turned.steady() - steady)
    assert abs(skipped) < A_MOMENT.total_seconds()


def test_it_never_goes_back() -> None:
    turned = TurnedClock(START)
    turned.turn_to(START - timedelta(days=1))
    assert about(START, turned)


def test_an_office_that_is_given_no_clock_goes_by_that_of_the_machine() -> None:
    assert inspect.signature(wiring.build).parameters["by"].default is clock
    assert abs(clock.now() - datetime.now(UTC)) < A_MOMENT

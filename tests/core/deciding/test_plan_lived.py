"""A plan that is carried out day by day, whatever the year brings: what must never happen."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.builders import KYIV, LYON, OSLO, a_class, due
from tests.planning import APPLIED, Daemon, a_year, came, classes, every_rule
from tests.school_years import d, entry

from twinpost.core.calendars.hours import closing, opening
from twinpost.core.deciding.case import class_of_id
from twinpost.core.deciding.plan import plan
from twinpost.core.model.people import DueDate, Exchange, Session
from twinpost.core.model.plan import History, Said, Statement
from twinpost.core.model.rule import Event

END = datetime(2027, 7, 1, tzinfo=UTC)
DAYS = (END - APPLIED).days

moments = st.integers(0, DAYS * 24 * 12).map(lambda fives: APPLIED + timedelta(minutes=5 * fives))
agreed = st.integers(20, 200).map(lambda days: APPLIED.date() + timedelta(days=days))


def three(schedule: tuple[DueDate, ...]) -> Exchange:
    kyiv = a_class("5A Kyiv", calendar=(entry("closed", "2026-10-26..2026-10-30", "Autumn"),))
    session = Session("Meet", datetime(2026, 11, 12, 10), "Europe/Oslo")
    return a_year(classes=(*classes(), kyiv), schedule=schedule, sessions=(session,))


@st.composite
def exchanges(draw: st.DrawFn) -> Exchange:
    """Two or three classes with up to six letters on any days, closed ones among them."""
    pairs = [(OSLO, LYON), (LYON, OSLO), (OSLO, KYIV), (KYIV, LYON)]
    lines = draw(st.lists(st.tuples(st.sampled_from(pairs), agreed), min_size=1, max_size=6))
    schedule = tuple(due(number, *pair, day) for number, (pair, day) in enumerate(lines, 1))
    return three(schedule)


@st.composite
def words(draw: st.DrawFn) -> Statement:
    said = draw(st.sampled_from(list(Said)))
    at = draw(moments)
    until = draw(st.none() | st.integers(1, 60).map(lambda days: at.date() + timedelta(days=days)))
    by = draw(st.sampled_from([1, 2, 3, 5]))
    if said in (Said.PAUSE, Said.RESUME):
        return Statement(said, by, at, until=until)
    return Statement(said, by, at, "letter", draw(st.integers(1, 6)), OSLO, LYON, until)


def lived(daemon: Daemon) -> Daemon:
    """The same, at the end of the year."""
    daemon.run(END)
    return daemon


def never(daemon: Daemon) -> None:
    """What must not have happened, whatever did."""
    exchange = daemon.exchange
    for sent_at, one in daemon.sent_at():
        own = class_of_id(one.to.id, exchange)
        assert own is not None
        calendar, local = own.school_calendar(), one.at
        assert sent_at >= daemon.history.applied_at
        if one.when is Event.SESSION_START and one.because.unit == "hours":
            continue  # what is about to begin does not wait
        assert calendar.is_school_day(local.date()), one.key
        assert opening(calendar, local.date()) <= local < closing(calendar, local.date()), one.key
    for person, moments_ in daemon.uncaused.items():
        days = sorted(moment.date() for moment in moments_)
        for first, third in zip(days, days[2:], strict=False):
            assert third - first >= timedelta(days=7), person


@given(exchanges(), st.lists(words(), max_size=4))
@settings(max_examples=8, deadline=None)
@pytest.mark.slow
def test_whatever_is_said_no_mail_comes_twice_too_often_or_at_the_wrong_hour(
    exchange: Exchange, said: list[Statement]
) -> None:
    never(lived(Daemon(exchange, every_rule(), History(APPLIED, statements=tuple(said)))))


@given(exchanges(), moments)
@settings(max_examples=15, deadline=None)
@pytest.mark.slow
def test_a_plan_is_the_same_however_often_it_is_made(exchange: Exchange, now: datetime) -> None:
    planned = plan(exchange, History(APPLIED), every_rule(), now)
    assert planned == plan(exchange, History(APPLIED), tuple(reversed(every_rule())), now)
    assert len({one.key for one in planned}) == len(planned)
    assert all(one.at >= max(now, APPLIED) for one in planned)
    assert [one.at.astimezone(UTC) for one in planned] == sorted(one.at.astimezone(UTC) for one in planned)


@pytest.mark.slow
def test_a_year_in_which_nobody_answers_ends_with_nothing_left() -> None:
    daemon = lived(Daemon(a_year(), every_rule()))
    assert plan(daemon.exchange, daemon.history, daemon.rules, END) == ()
    never(daemon)


@pytest.mark.slow
def test_what_was_planned_at_the_start_is_what_is_sent() -> None:
    foreseen = {one.key: one.at for one in plan(a_year(), History(APPLIED), every_rule(), APPLIED)}
    daemon = lived(Daemon(a_year(), every_rule()))
    assert {one.key: one.at for _, one in daemon.sent_at()} == foreseen


@given(moments)
@settings(max_examples=8, deadline=None)
@pytest.mark.slow
def test_ten_days_of_downtime_bring_one_mail_per_letter_and_person_at_most(start: datetime) -> None:
    end = start + timedelta(days=10)
    daemon = lived(Daemon(a_year(), every_rule(), down=(start, end)))
    never(daemon)
    soon = [one for sent_at, one in daemon.sent_at() if end <= sent_at < end + timedelta(days=1)]
    letters = [(one.about.due, one.to.id) for one in soon if one.when is Event.LETTER_DUE]
    assert len(set(letters)) == len(letters)


def test_letters_that_come_in_time_bring_no_mail_about_them() -> None:
    exchange = a_year()
    in_time = tuple(
        came(line.number, line.from_class, line.to_class, f"{line.due}T07:00") for line in exchange.schedule
    )
    daemon = lived(Daemon(exchange, every_rule(), History(APPLIED, deliveries=in_time)))
    assert not [one for _, one in daemon.sent_at() if one.rule == "letter-overdue"]
    never(daemon)


@pytest.mark.parametrize("day", ["2026-10-25", "2027-03-28"])
def test_the_hour_is_the_readers_before_and_after_a_change_of_the_clock(day: str) -> None:
    exchange = a_year(schedule=(due(1, OSLO, LYON, d(day) - timedelta(days=4)),), sessions=())
    planned = [one for one in plan(exchange, History(APPLIED), every_rule(), APPLIED) if one.to.id == 1]
    overdue = [one.at for one in planned if one.rule == "letter-overdue"]
    assert {f"{moment:%H:%M}" for moment in overdue} == {"08:00"}
    offsets = [moment.utcoffset() for moment in overdue]
    assert any(one != other for one, other in pairwise([planned[0].at.utcoffset(), *offsets]))


@pytest.mark.slow
def test_a_renamed_class_and_a_new_order_of_classes_repeat_nothing() -> None:
    daemon = lived(Daemon(a_year(), every_rule()))
    oslo, lyon = classes()
    renamed = replace(daemon.exchange, classes=(lyon, replace(oslo, name="8B Oslo")), title="New")
    assert plan(renamed, daemon.history, daemon.rules, END) == ()

"""From what is planned to the facts of a mail."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, time

import pytest
from tests.builders import ADMIN, KARI, LUC, LYON, OLA, OSLO, a_class, a_directory, arrived, due
from tests.planning import (
    APPLIED,
    a_history,
    a_year,
    came,
    classes,
    every_rule,
    said,
    shipped_rule,
)
from tests.school_years import d

from twinpost.app.follow_ups import bundle, follow_up
from twinpost.core.deciding.bundles import bundles
from twinpost.core.deciding.plan import plan
from twinpost.core.model.notice import Bundle, FollowUp, LetterNames
from twinpost.core.model.people import Exchange, Meeting, Session
from twinpost.core.model.plan import History, Planned
from twinpost.core.model.rule import Rule
from twinpost.edges.shipped import shipped
from twinpost.edges.templates import Templates

SESSION = Session("Meet the class", datetime(2026, 11, 12, 10), "Europe/Oslo", 45, "https://meet.example/abc")
FULL = a_year(sessions=(SESSION,), meeting=Meeting("month", 1, time(14, 30), OSLO, 1))


def made(
    rules: Sequence[Rule],
    exchange: Exchange = FULL,
    history: History | None = None,
    now: datetime = APPLIED,
) -> list[FollowUp]:
    planned = plan(exchange, history or a_history(), rules, now)
    return [follow_up(one, exchange, (), ADMIN) for one in planned]


def to(person: object, planned: Sequence[Planned], notice: str) -> Planned:
    return next(one for one in planned if one.to == person and one.notice == notice)


def test_a_late_letter_is_told_as_each_side_sees_it() -> None:
    planned = plan(FULL, a_history(), shipped_rule("letter-overdue"), APPLIED)
    hers = follow_up(to(KARI, planned, "letter-overdue-again"), FULL, (), ADMIN)
    his = follow_up(to(LUC, planned, "letter-overdue-again"), FULL, (), ADMIN)
    assert (hers.own, his.own) == (True, False)
    assert hers.letter == his.letter == LetterNames("letter", (1,), "7B Oslo", ("CM2 Lyon",))
    assert (hers.reader_class, hers.partners, hers.colleagues) == ("7B Oslo", ("CM2 Lyon",), ("Luc Martin",))
    assert his.colleagues == his.senders == ("Kari Nordmann", "Ola Hansen")
    assert his.receivers == ("Luc Martin",)
    assert [place.city for place in his.where] == ["Paris", "Oslo"]
    assert hers.counted is not None
    assert his.counted is not None
    assert (hers.counted.whose, his.counted.whose) == (("",), ("7B Oslo",))
    assert hers.settle == ("ARRIVED", "LATER", "PAUSE")
    assert hers.now.date() == d("2026-10-20")


def test_days_left_out_are_told_with_whose_they_are() -> None:
    (soon, *_) = made(shipped_rule("letter-due-soon"))
    assert soon.counted is not None
    assert [(off.name, off.whose) for off in soon.counted.left_out] == [("Autumn holiday", "")]
    assert soon.settle == ("ARRIVED", "LATER")


def test_a_session_and_a_meeting_have_their_hour_and_length() -> None:
    session = made(shipped_rule("session-soon"))[0]
    assert (session.title, session.minutes, session.link) == (SESSION.title, 45, SESSION.link)
    assert session.starts_at == datetime(2026, 11, 12, 9, tzinfo=UTC)
    meeting = made(shipped_rule("meeting-soon"))[0]
    assert (meeting.minutes, f"{meeting.starts_at:%H:%M}", meeting.own) == (20, "14:30", True)


def test_a_break_is_told_with_the_day_of_return_and_what_is_owed() -> None:
    exchange = a_year(schedule=(due(1, LYON, OSLO, d("2026-10-16")), due(2, LYON, OSLO, d("2026-11-27"))))
    told = next(one for one in made(shipped_rule("expect-nothing"), exchange))
    assert told.days_off is not None
    assert (told.days_off.name, told.days_off.whose, told.back) == ("Toussaint", "CM2 Lyon", d("2026-11-02"))
    assert (told.sender, told.due) == ("CM2 Lyon", d("2026-10-16"))


def test_a_promise_is_told_with_the_name_of_who_gave_it() -> None:
    history = a_history(statements=(said("later", "2026-10-13T09:00", by=OLA.id, until="2026-11-13"),))
    (told,) = [
        one
        for one in made(shipped_rule("letter-overdue"), FULL, history, datetime(2026, 10, 13, 10, tzinfo=UTC))
        if one.name == "later-noted"
    ]
    assert (told.senders, told.until, told.due) == (("Ola Hansen",), d("2026-11-13"), d("2026-10-09"))
    assert told.settle == ("ARRIVED",)


def test_a_closed_date_is_told_with_what_closes_it_and_another_day() -> None:
    asked = made((), a_year(schedule=(due(1, LYON, OSLO, d("2026-10-20")),)))
    assert {one.until for one in asked} == {d("2026-11-02")}
    assert {one.days_off.whose for one in asked if one.days_off} == {"CM2 Lyon", ""}


def test_an_answer_that_is_owed_names_the_letter_that_came() -> None:
    history = a_history(deliveries=(came(2, at="2026-12-04T10:00"),))
    owed = made(shipped_rule("answer-overdue"), a_year(schedule=FULL.schedule[:3]), history)[0]
    assert owed.letter == LetterNames("letter", (2,), "7B Oslo", ("CM2 Lyon",))
    assert (owed.reader_class, owed.own, owed.since) == (
        "CM2 Lyon", True, datetime(2026, 12, 4, 10, tzinfo=UTC),
    )  # fmt: skip


def test_the_next_agreed_date_passes_over_letters_that_are_here() -> None:
    planned = plan(FULL, a_history(), shipped_rule("meeting-soon"), APPLIED)
    told = follow_up(planned[0], FULL, (arrived(),), ADMIN)
    assert told.next_date is not None
    assert told.next_date.due == date(2026, 11, 6)


def test_what_goes_at_one_moment_is_one_mail_to_one_person() -> None:
    items = next(one for one in bundles(plan(FULL, a_history(), every_rule(), APPLIED)) if len(one) > 1)
    tell = bundle(items, a_directory(FULL), (), ADMIN)
    assert isinstance(tell.notice, Bundle)
    assert tell.key == f"bundle/{items[0].key}"
    assert tell.reply_to == (LUC,)
    assert tell.provoked_by == ""
    assert tell.not_before == items[0].at


def test_a_single_thing_has_the_key_of_its_step_and_the_thread_of_its_letter() -> None:
    exchange = a_year(schedule=())
    history = a_history(deliveries=(came(at="2026-10-08T10:00"),))
    (planned,) = plan(exchange, history, shipped_rule("answer-overdue"), APPLIED)
    tell = bundle((planned,), a_directory(exchange), (), ADMIN)
    assert tell.key == planned.key
    assert isinstance(tell.notice, FollowUp)
    assert tell.parent == "<11@a.example>"


@pytest.mark.slow
def test_every_mail_of_a_year_can_be_put_into_words() -> None:
    texts = Templates(shipped("templates"), address="letters@school.example")
    nowhere = (replace(classes()[0], calendar=()), a_class("CM2 Lyon"))
    for exchange in (FULL, replace(FULL, classes=nowhere)):
        for items in bundles(plan(exchange, a_history(deliveries=(came(4),)), every_rule(), APPLIED)):
            for one in items:
                told = follow_up(one, exchange, (), ADMIN)
                assert texts.line(told, one.to, "en")
                if not one.digest:
                    assert texts.render(told, one.to, "en").subject

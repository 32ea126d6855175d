"""What is planned for a school year, letter by letter."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, time

import pytest
from tests.builders import KYIV, LYON, OSLO, a_class, due
from tests.planning import (
    APPLIED,
    a_history,
    a_rule,
    a_step,
    a_year,
    came,
    classes,
    every_rule,
    planned_for,
    said,
    shipped_rule,
)
from tests.school_years import d, entry

from twinpost.core.deciding.plan import plan
from twinpost.core.model.people import Meeting, Session
from twinpost.core.model.plan import Planned
from twinpost.core.model.rule import Counting, Event, Group, Rhythm, Unit
from twinpost.core.rules.expression import compile_condition

OVERDUE = shipped_rule("letter-overdue")
LETTER_1 = a_year(schedule=(due(1, OSLO, LYON, d("2026-10-09")),))
ANSWER_1 = a_year(schedule=(due(1, LYON, OSLO, d("2026-11-06")),))


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def first_step_sent(when: str) -> dict[str, datetime]:
    """The first reminder of letter 1 went to both teachers in Oslo."""
    return {f"step/letter-overdue/letter-1-1-2/2026-10-09/1/{person}": at(when) for person in (1, 2)}


def keys(planned: tuple[Planned, ...]) -> list[str]:
    return [one.key for one in planned]


# -- a letter that is late -----------------------------------------------------------------------


def test_a_late_letter_is_asked_for_three_times_first_of_her_alone() -> None:
    assert planned_for(OVERDUE, LETTER_1) == [
        "Tue 13 Oct 08:00 Kari: letter-overdue 1",
        "Tue 13 Oct 08:00 Ola: letter-overdue 1",
        "~Tue 20 Oct 08:00 Kari: letter-overdue-again 2",
        "~Tue 20 Oct 08:00 Ola: letter-overdue-again 2",
        "~Mon 2 Nov 08:00 Luc: letter-overdue-again 2",  # after Toussaint
        "~Mon 9 Nov 08:00 Kari: offer-pause 3",
        "~Mon 9 Nov 08:00 Ola: offer-pause 3",
        "~Mon 9 Nov 08:00 Luc: offer-pause 3",
    ]


def test_a_key_names_rule_letter_agreed_date_step_and_person() -> None:
    first, *_ = plan(LETTER_1, a_history(), OVERDUE, APPLIED)
    assert first.key == "step/letter-overdue/letter-1-1-2/2026-10-09/1/1"
    renamed = replace(LETTER_1, code="o-l", title="Other", classes=classes()[::-1])
    assert set(keys(plan(renamed, a_history(), OVERDUE, APPLIED))) == set(
        keys(plan(LETTER_1, a_history(), OVERDUE, APPLIED))
    )


def test_the_holidays_of_the_answering_school_are_waited_out_and_told() -> None:
    exchange = a_year(schedule=(due(1, LYON, OSLO, d("2026-10-16")),))
    first, *_ = plan(exchange, a_history(), OVERDUE, APPLIED)
    assert first.at.date() == d("2026-11-03")
    assert [off.name for off in first.because.left_out] == ["Toussaint"]


def test_the_letter_settles_every_step() -> None:
    assert planned_for(OVERDUE, LETTER_1, a_history(deliveries=(came(),)), at("2026-10-20T07:00")) == []


def test_another_letter_settles_nothing() -> None:
    others = (came(2), came(1, LYON, OSLO))
    assert len(planned_for(OVERDUE, LETTER_1, a_history(deliveries=others))) == 8


def test_a_teachers_arrived_settles_every_step() -> None:
    arrived = a_history(statements=(said("arrived", "2026-10-14T08:00", by=3),))
    assert planned_for(OVERDUE, LETTER_1, arrived, at("2026-10-14T09:00")) == []


def test_each_next_step_counts_from_when_the_one_before_was_sent() -> None:
    sent = {
        f"step/letter-overdue/letter-1-1-2/2026-10-09/1/{person}": at("2026-10-15T06:00") for person in (1, 2)
    }
    left = planned_for(OVERDUE, LETTER_1, a_history(sent=sent), at("2026-10-16T09:00"))
    assert left[:2] == [
        "Thu 22 Oct 08:00 Kari: letter-overdue-again 2",
        "Thu 22 Oct 08:00 Ola: letter-overdue-again 2",
    ]
    assert all(line.startswith("~") for line in left if "offer-pause" in line)


def test_after_a_downtime_only_the_first_step_not_yet_sent_goes() -> None:
    late = planned_for(OVERDUE, LETTER_1, now=at("2026-11-20T09:30"))
    assert late[:3] == [
        "Fri 20 Nov 10:30 Kari: letter-overdue 1",
        "Fri 20 Nov 10:30 Ola: letter-overdue 1",
        "~Fri 27 Nov 08:00 Kari: letter-overdue-again 2",
    ]


def test_what_is_late_waits_for_the_readers_next_school_day() -> None:
    (first, *_) = planned_for(OVERDUE, LETTER_1, now=at("2026-11-20T20:00"))
    assert first == "Mon 23 Nov 08:00 Kari: letter-overdue 1"


def test_a_step_that_was_passed_over_is_not_sent_to_who_came_later() -> None:
    sent = {"step/letter-overdue/letter-1-1-2/2026-10-09/2/1": at("2026-10-20T06:00")}
    left = planned_for(OVERDUE, LETTER_1, a_history(sent=sent), at("2026-10-20T07:00"))
    assert not [line for line in left if "letter-overdue 1" in line]
    assert "Tue 20 Oct 09:00 Ola: letter-overdue-again 2" in left


def test_of_three_classes_each_waits_for_its_own_letter() -> None:
    kyiv = a_class("5A Kyiv", calendar=(entry("closed", "2026-10-26..2026-10-30", "Autumn"),))
    both = (due(1, OSLO, LYON, d("2026-10-09")), due(1, OSLO, KYIV, d("2026-10-09")))
    exchange = a_year(classes=(*classes(), kyiv), schedule=both)
    left = planned_for(OVERDUE, exchange, a_history(deliveries=(came(),)))
    assert {line.split()[4] for line in left} == {"Kari:", "Ola:", "Olena:"}
    assert "~Tue 20 Oct 08:00 Olena: letter-overdue-again 2" in left


# -- before --------------------------------------------------------------------------------------


def test_a_letter_due_soon_is_told_a_week_of_lessons_ahead() -> None:
    assert planned_for(shipped_rule("letter-due-soon"), LETTER_1) == [
        "Fri 25 Sep 08:00 Kari: letter-due-soon 1",  # the autumn holiday is left out
        "Fri 25 Sep 08:00 Ola: letter-due-soon 1",
    ]


def test_what_comes_before_is_late_but_not_overtaken_until_its_day_is_over() -> None:
    rule = shipped_rule("letter-due-soon")
    assert planned_for(rule, LETTER_1, now=at("2026-10-09T08:00"))[0].startswith("Fri 9 Oct 10:00")
    assert planned_for(rule, LETTER_1, now=at("2026-10-09T16:00")) == []


def test_of_two_steps_before_only_the_nearer_is_left_when_both_are_late() -> None:
    rule = a_rule(Event.LETTER_DUE, a_step(-5, notice="far"), a_step(-1, notice="near"))
    assert planned_for([rule], LETTER_1, now=at("2026-10-08T08:00")) == [
        "Thu 8 Oct 10:00 Kari: near 2",
        "Thu 8 Oct 10:00 Ola: near 2",
    ]


def test_a_step_after_the_event_counts_from_it_whatever_went_before() -> None:
    rule = a_rule(Event.LETTER_DUE, a_step(-1), a_step(2))
    sent = {f"step/a-rule/letter-1-1-2/2026-10-09/1/{person}": at("2026-10-08T06:00") for person in (1, 2)}
    left = planned_for([rule], LETTER_1, a_history(sent=sent), at("2026-10-08T07:00"))
    assert left[0] == "Tue 13 Oct 08:00 Kari: letter-overdue 2"


# -- LATER ---------------------------------------------------------------------------------------


def test_later_with_a_date_starts_the_steps_anew_from_there_and_reminds_nobody_before() -> None:
    sent = {
        f"step/letter-overdue/letter-1-1-2/2026-10-09/1/{person}": at("2026-10-13T06:00") for person in (1, 2)
    }
    history = a_history(sent=sent, statements=(said("later", "2026-10-13T09:00", until="2026-11-13"),))
    rules = shipped_rule("letter-due-soon", "letter-overdue")
    left = plan(LETTER_1, history, rules, at("2026-10-14T06:00"))
    assert left[1].key == "step/letter-overdue/letter-1-1-2/2026-11-13/1/1"
    assert left[1].at.date() == d("2026-11-17")
    assert left[1].about.until == d("2026-11-13")
    assert {one.notice for one in left if one.at.date() < d("2026-11-17")} == {"later-noted"}


def test_the_last_later_counts_and_an_earlier_day_than_the_agreed_one_changes_nothing() -> None:
    words = (
        said("later", "2026-10-05T09:00", until="2026-11-13"),
        said("later", "2026-10-06T09:00", until="2026-10-08"),
    )
    first, *_ = planned_for(OVERDUE, LETTER_1, a_history(statements=words), at("2026-10-07T06:00"))
    assert first == "Tue 13 Oct 08:00 Kari: letter-overdue 1"


def test_the_waiting_side_is_told_of_a_promise_once() -> None:
    history = a_history(statements=(said("later", "2026-10-13T19:00", until="2026-11-13"),))
    now = at("2026-10-13T19:00")
    (told,) = [one for one in plan(LETTER_1, history, OVERDUE, now) if one.notice == "later-noted"]
    assert (told.to.name, f"{told.at:%d %H:%M}") == ("Luc Martin", "14 08:00")
    assert told.key == "step/later-noted/letter-1-1-2/2026-11-13/1/3"
    again = replace(history, sent={told.key: told.at})
    assert not [one for one in plan(LETTER_1, again, OVERDUE, now) if one.notice == "later-noted"]


def test_whoever_waits_and_says_later_herself_is_not_told_of_it() -> None:
    history = a_history(statements=(said("later", "2026-10-13T09:00", by=3, until="2026-11-13"),))
    left = planned_for(OVERDUE, LETTER_1, history, at("2026-10-13T10:00"))
    assert not [line for line in left if "later-noted" in line]


# -- PAUSE ---------------------------------------------------------------------------------------


def test_a_pause_without_a_date_holds_everything() -> None:
    paused = a_history(statements=(said("pause", "2026-10-05T09:00"),))
    sessions = (Session("Meet", datetime(2026, 11, 12, 10), "Europe/Oslo"),)
    assert planned_for(every_rule(), a_year(sessions=sessions), paused, at("2026-10-05T10:00")) == []


def test_what_was_due_in_a_pause_is_counted_anew_from_its_end() -> None:
    paused = a_history(statements=(said("pause", "2026-10-05T09:00", until="2026-11-09"),))
    assert planned_for(OVERDUE, LETTER_1, paused, at("2026-10-06T09:00"))[0] == (
        "Wed 11 Nov 08:00 Kari: letter-overdue 1"
    )


def test_resume_ends_a_pause_and_nothing_is_fired_at_once() -> None:
    words = (said("pause", "2026-10-05T09:00"), said("resume", "2026-11-18T09:00", by=3))
    left = planned_for(OVERDUE, LETTER_1, a_history(statements=words), at("2026-11-18T10:00"))
    assert left[0] == "Fri 20 Nov 08:00 Kari: letter-overdue 1"


def test_a_second_pause_before_the_first_is_over_moves_its_end() -> None:
    words = (
        said("pause", "2026-10-05T09:00", until="2026-10-12"),
        said("pause", "2026-10-08T09:00", until="2026-11-09"),
    )
    left = planned_for(OVERDUE, LETTER_1, a_history(statements=words), at("2026-10-08T10:00"))
    assert left[0] == "Wed 11 Nov 08:00 Kari: letter-overdue 1"


def test_a_reminder_ahead_that_fell_into_a_pause_is_dropped() -> None:
    paused = a_history(statements=(said("pause", "2026-09-21T09:00", until="2026-10-05"),))
    assert planned_for(shipped_rule("letter-due-soon"), LETTER_1, paused, at("2026-10-05T09:00")) == []


# -- from when on --------------------------------------------------------------------------------


def test_nothing_is_planned_about_what_was_before_the_exchange_was_applied() -> None:
    history = a_history(applied_at=at("2026-12-01T10:00"), deliveries=(came(at="2026-10-09T10:00"),))
    assert planned_for(shipped_rule("talk-in-class", "answer-overdue"), a_year(schedule=()), history) == []
    about = {line.split()[-2] for line in planned_for(OVERDUE, history=history)}
    assert about  # letters 2, which are still to come
    planned = plan(a_year(), history, OVERDUE, history.applied_at)
    assert {one.about.due.number for one in planned if one.about.due} == {2}


def test_a_rule_sees_only_what_happens_after_it_came_into_force() -> None:
    history = a_history(in_force={"letter-overdue": at("2026-10-10T06:00")})
    assert planned_for(OVERDUE, LETTER_1, history, at("2026-10-10T06:00")) == []


def test_a_reminder_ahead_whose_day_was_before_is_not_made_up_for() -> None:
    history = a_history(applied_at=at("2026-09-29T10:00"))
    assert planned_for(shipped_rule("letter-due-soon"), LETTER_1, history) == []


# -- an answer without a date --------------------------------------------------------------------


def test_an_answer_without_a_date_is_asked_for_once_after_ten_school_days() -> None:
    history = a_history(deliveries=(came(at="2026-10-08T10:00"),))
    assert planned_for(shipped_rule("answer-overdue"), LETTER_1, history) == [
        "Thu 5 Nov 08:00 Luc: answer-overdue 1"
    ]


@pytest.mark.parametrize(
    "answer",
    [
        came(1, LYON, OSLO, "2026-10-20T10:00"),
        came(2, LYON, OSLO, "2026-10-20T10:00"),
        came(1, LYON, OSLO, "2026-09-20T10:00"),
    ],
)
def test_an_answer_settles_it_as_does_any_later_letter_of_that_class(answer: object) -> None:
    history = a_history(deliveries=(came(), answer))
    left = planned_for(shipped_rule("answer-overdue"), LETTER_1, history, at("2026-10-21T06:00"))
    assert not [line for line in left if "Luc" in line]


def test_an_answer_that_has_a_date_is_a_letter_like_others() -> None:
    history = a_history(deliveries=(came(),))
    assert planned_for(shipped_rule("answer-overdue"), history=history) == []


def test_later_about_an_answer_moves_it() -> None:
    word = said("later", "2026-10-12T09:00", by=3, until="2026-11-20", letter=("letter", 1, LYON, OSLO))
    history = a_history(deliveries=(came(),), statements=(word,))
    assert planned_for(shipped_rule("answer-overdue"), LETTER_1, history, at("2026-10-13T06:00")) == [
        "Fri 4 Dec 08:00 Luc: answer-overdue 1"
    ]


# -- the other events ----------------------------------------------------------------------------


def test_a_letter_that_is_here_is_talked_about_the_next_school_day_of_its_readers() -> None:
    history = a_history(deliveries=(came(at="2026-10-16T10:00"),))
    assert planned_for(shipped_rule("talk-in-class"), history=history) == [
        "Mon 2 Nov 08:00 Luc: talk-in-class 1…"
    ]


def test_holidays_of_the_others_are_told_ahead_and_what_is_owed_with_them() -> None:
    exchange = a_year(schedule=(due(1, LYON, OSLO, d("2026-10-16")),))
    rules = shipped_rule("partner-holidays", "expect-nothing")
    assert planned_for(rules, exchange) == ["Mon 21 Sep 08:00 Luc: partner-holidays 1…"]  # then it is over
    exchange = a_year(schedule=(*exchange.schedule, due(2, LYON, OSLO, d("2026-11-27"))))
    assert planned_for(rules, exchange) == [
        "Mon 21 Sep 08:00 Luc: partner-holidays 1…",
        "Mon 12 Oct 08:00 Kari: partner-holidays 1…",
        "Mon 12 Oct 08:00 Ola: partner-holidays 1…",
        "Fri 16 Oct 08:00 Kari: expect-nothing 1",
        "Fri 16 Oct 08:00 Ola: expect-nothing 1",
    ]
    owed = [one for one in plan(exchange, a_history(), rules, APPLIED) if one.rule == "expect-nothing"]
    assert {one.about.due for one in owed} == {exchange.schedule[0]}


def test_a_term_begins_for_a_class_that_named_its_terms() -> None:
    terms = (entry("term", "2026-08-17..2026-12-18"), entry("term", "2027-01-04..2027-06-18"))
    exchange = a_year(classes=(a_class("7B Oslo", calendar=terms), classes()[1]))
    assert planned_for(shipped_rule("term-start"), exchange) == [
        "Wed 6 Jan 08:00 Kari: term-start 1",
        "Wed 6 Jan 08:00 Ola: term-start 1",
    ]


def test_a_session_is_told_two_days_and_an_hour_ahead() -> None:
    session = Session("Meet the class", datetime(2026, 11, 16, 10), "Europe/Oslo")
    rules = shipped_rule("session-soon", "session-starts")
    assert planned_for(rules, a_year(sessions=(session,)))[::3] == [
        "Fri 13 Nov 08:00 Kari: session-soon 1",  # not on a Saturday
        "Mon 16 Nov 09:00 Kari: session-starts 1",
    ]
    late = planned_for(rules, a_year(sessions=(session,)), now=at("2026-11-16T08:30"))
    assert late[0].startswith("Mon 16 Nov 09:30 Kari: session-soon")
    assert planned_for(rules, a_year(sessions=(session,)), now=at("2026-11-16T09:00")) == []


def test_a_session_early_in_the_morning_is_told_when_the_hour_has_come() -> None:
    kyiv = a_class("5A Kyiv", calendar=classes()[0].calendar)
    session = Session("Early", datetime(2026, 11, 16, 7), "Europe/Oslo")
    exchange = a_year(classes=(classes()[0], kyiv), sessions=(session,), schedule=())
    assert planned_for(shipped_rule("session-starts"), exchange) == [
        "Mon 16 Nov 06:00 Kari: session-starts 1",
        "Mon 16 Nov 06:00 Ola: session-starts 1",
        "Mon 16 Nov 07:00 Olena: session-starts 1",
    ]


def test_the_meeting_keeps_the_hosts_hour_and_rests_in_holidays() -> None:
    meeting = Meeting("month", 1, time(14, 30), OSLO, week=1)
    planned = plan(a_year(meeting=meeting), a_history(), shipped_rule("meeting-soon"), APPLIED)
    luc = [one for one in planned if one.to.id == 3]
    assert [f"{one.about.meeting_at:%d %b %H:%M}" for one in luc] == [
        "06 Oct 14:30", "03 Nov 14:30", "01 Dec 14:30", "05 Jan 14:30",
    ]  # fmt: skip
    weekly = replace(meeting, every="week", week=None, weekday=2)
    days = {
        one.about.meeting_at
        for one in plan(a_year(meeting=weekly), a_history(), shipped_rule("meeting-soon"), APPLIED)
    }
    assert not [day for day in days if day and d("2026-12-21") <= day.date() <= d("2027-01-01")]


def test_whoever_has_holidays_is_not_called_to_a_meeting() -> None:
    meeting = Meeting("week", 2, time(14, 30), OSLO)
    planned = plan(a_year(meeting=meeting), a_history(), shipped_rule("meeting-soon"), APPLIED)
    in_toussaint = [
        one for one in planned if one.about.meeting_at and one.about.meeting_at.date() == d("2026-10-21")
    ]
    assert {one.to.id for one in in_toussaint} == {1, 2}


def test_a_silence_is_broken_by_an_offer_and_by_no_second_one() -> None:
    rule = shipped_rule("offer-catch-up")
    history = a_history(last_contact=at("2026-11-10T10:00"))
    lines = planned_for(rule, history=history, now=at("2026-11-10T11:00"))
    assert lines == [f"Tue 1 Dec 08:00 {who}: offer-catch-up 1" for who in ("Kari", "Ola", "Luc")]
    late = a_history(last_contact=at("2027-01-20T10:00"))
    assert planned_for(rule, history=late, now=at("2027-01-20T11:00")) == []  # the exchange is over by then


def test_beginning_middle_and_end_follow_from_the_agreed_dates() -> None:
    rules = shipped_rule("parents-informed", "evaluate-middle", "evaluate-end", "closing")
    assert planned_for(rules)[::3] == [
        "Fri 18 Sep 08:00 Kari: parents-informed 1",
        "Tue 1 Dec 08:00 Kari: evaluate-middle 1",
        "Fri 15 Jan 08:00 Kari: evaluate-end 1",
        "Fri 29 Jan 08:00 Kari: closing 1",
    ]


@pytest.mark.parametrize(
    ("event", "day"),
    [
        (Event.EXCHANGE_START, "9 Oct"),
        (Event.PHASE_EXECUTION, "9 Oct"),
        (Event.PHASE_REFLECTION, "22 Jan"),
        (Event.EXCHANGE_END, "22 Jan"),
    ],
)
def test_phases_begin_on_agreed_dates(event: Event, day: str) -> None:
    rule = a_rule(event, a_step(0, Unit.DAYS, Group.LEADERS), counted_on=Counting.BOTH)
    assert [line.split(" Head")[0][4:-6] for line in planned_for([rule])] == [day]


def test_there_is_something_to_show_once_a_letter_has_arrived() -> None:
    rule = a_rule(Event.PHASE_DISSEMINATION, a_step(0, Unit.DAYS, Group.TEACHERS))
    assert planned_for([rule]) == []
    assert len(planned_for([rule], history=a_history(deliveries=(came(),)))) == 3


def test_without_agreed_dates_there_is_no_middle_and_no_end() -> None:
    rules = shipped_rule("evaluate-middle", "evaluate-end", "closing")
    assert planned_for(rules, a_year(schedule=())) == []


def test_every_first_monday_of_the_month_at_an_hour() -> None:
    rhythm = Rhythm(0, monthly=True, at=time(10, 30))
    rule = a_rule(Event.EVERY, a_step(0, Unit.DAYS, Group.LEADERS), rhythm=rhythm)
    assert [line[:16] for line in planned_for([rule])] == [
        "Mon 7 Sep 10:30 ", "Mon 5 Oct 10:30 ", "Mon 2 Nov 10:30 ", "Mon 7 Dec 10:30 ", "Mon 4 Jan 10:30 ",
    ]  # fmt: skip


def test_a_pupils_mail_without_the_teachers_of_a_class_is_told_to_them() -> None:
    rule = a_rule(Event.COPIES_MISSING, a_step(2, Unit.HOURS))
    history = a_history(missing_copies=((7, LYON, at("2026-10-14T12:00")),))
    (told,) = plan(a_year(), history, [rule], at("2026-10-14T12:00"))
    assert told.key == "step/a-rule/mail-7-2/2026-10-14/1/3"
    assert f"{told.at:%d %H:%M}" == "15 08:00"


def test_an_answered_letter_is_an_event_of_the_class_that_answered() -> None:
    rule = a_rule(
        Event.LETTER_ANSWERED, a_step(1, Unit.SCHOOL_DAYS, Group.RECEIVERS), counted_on=Counting.RECEIVER
    )
    history = a_history(deliveries=(came(), came(1, LYON, OSLO, "2026-11-10T10:00")))
    assert planned_for([rule], history=history) == [
        "Wed 11 Nov 08:00 Kari: letter-overdue 1",
        "Wed 11 Nov 08:00 Ola: letter-overdue 1",
    ]


# -- if ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("condition", "holds"),
    [
        ("letter.number == 1", True),
        ("letter.number > 1", False),
        ('letter.product == "Letter" and letter.planned == 4', True),
        ('sender.country == "NO" and receiver.country == "FR"', True),
        ('letter.from == "7B Oslo" and letter.to == "CM2 Lyon"', True),
        ("days_late >= 4", True),
        ("days_late > 4", False),
        ('mode == "through-teachers" and exchange.classes == 2 and step == 1', True),
    ],
)
def test_a_condition_is_asked_for_each_step(condition: str, holds: bool) -> None:
    rule = a_rule(Event.LETTER_DUE, a_step(2), condition=compile_condition(condition))
    assert bool(planned_for([rule], LETTER_1)) is holds


def test_words_of_sessions_and_breaks_have_values() -> None:
    session = Session("Meet", datetime(2026, 11, 12, 10), "Europe/Oslo", minutes=30)
    long = compile_condition('session.minutes >= 30 and session.title == "meet"')
    rule = a_rule(Event.SESSION_START, a_step(-1, Unit.DAYS, Group.TEACHERS), condition=long)
    assert len(planned_for([rule], a_year(sessions=(session,)))) == 3
    autumn = compile_condition('closure.name == "autumn holiday" and closure.days == 5 and letters_owed == 0')
    rule = a_rule(Event.CALENDAR_CLOSURE, a_step(-1, Unit.DAYS, Group.RECEIVERS), condition=autumn)
    assert planned_for([rule]) == ["Fri 25 Sep 08:00 Luc: letter-overdue 1"]  # the 27th is a Sunday


# -- questions -----------------------------------------------------------------------------------


def test_an_agreed_date_that_is_a_closed_day_is_asked_about_once_with_a_proposal() -> None:
    exchange = a_year(schedule=(due(1, LYON, OSLO, d("2026-10-20")),))
    asked = [one for one in plan(exchange, a_history(), (), APPLIED) if one.notice == "date-closed"]
    assert [one.to.id for one in asked] == [1, 2, 3]
    assert {one.because.day for one in asked} == {d("2026-11-02")}
    assert asked[0].about.closure is not None
    assert asked[0].about.closure.name == "Toussaint"
    sent = {one.key: one.at for one in asked}
    assert plan(exchange, a_history(sent=sent), (), APPLIED) == ()


def test_a_weekend_was_agreed_with_open_eyes() -> None:
    assert planned_for((), a_year(schedule=(due(1, OSLO, LYON, d("2026-10-10")),))) == []


def test_a_date_that_has_passed_or_a_letter_that_is_here_is_not_asked_about() -> None:
    exchange = a_year(schedule=(due(1, LYON, OSLO, d("2026-10-20")),))
    assert planned_for((), exchange, now=at("2026-10-21T08:00")) == []
    assert planned_for((), exchange, a_history(deliveries=(came(1, LYON, OSLO),))) == []


def test_a_class_without_a_calendar_is_asked_for_it_and_not_reminded() -> None:
    exchange = a_year(classes=(a_class("7B Oslo"), classes()[1]))
    assert planned_for(OVERDUE, replace(exchange, schedule=LETTER_1.schedule)) == [
        "Tue 1 Sep 10:00 Kari: calendar-unknown 1",
        "Tue 1 Sep 10:00 Ola: calendar-unknown 1",
    ]


def test_a_calendar_that_ends_before_the_exchange_does_is_asked_about_three_weeks_ahead() -> None:
    terms = (entry("term", "2026-08-17..2026-12-18"),)
    exchange = a_year(classes=(a_class("7B Oslo", calendar=terms), classes()[1]))
    lines = planned_for(OVERDUE, exchange)
    assert "Fri 27 Nov 08:00 Kari: calendar-unknown 1" in lines
    assert not [line for line in lines if "Jan" in line and ("Kari" in line or "Ola" in line)]


def test_whose_calendar_nobody_counts_is_not_asked() -> None:
    exchange = a_year(classes=(a_class("7B Oslo"), a_class("CM2 Lyon")))
    assert planned_for(shipped_rule("session-soon"), exchange) == []

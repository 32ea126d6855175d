"""One mail to one person at one moment, and no more than two a week that she did not cause."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from tests.builders import KARI, LUC, LYON, OSLO, due
from tests.planning import APPLIED, a_history, a_year, every_rule, shipped_rule
from tests.school_years import d

from twinpost.core.calendars.counted import Counted
from twinpost.core.deciding.bundles import MOST_A_WEEK, bundles
from twinpost.core.deciding.plan import plan
from twinpost.core.model.people import Session
from twinpost.core.model.plan import About, Planned
from twinpost.core.model.rule import Event


def one(day: str, name: str = "any", *, hour: int = 8, **changes: object) -> Planned:
    """Something planned for Kari in October 2026."""
    moment = datetime.fromisoformat(f"2026-10-{day}T{hour:02}:00+00:00")
    because = Counted(moment.date(), 0, "days", moment.date())
    plain = Planned(f"step/{name}/{day}/1/1", moment, name, 1, name, KARI, 1, About(), because)
    return replace(plain, **changes)  # type: ignore[arg-type]


def late(day: str) -> Planned:
    letter = due(1, OSLO, LYON, d("2026-10-01"))
    return one(day, "overdue", when=Event.LETTER_DUE, about=About(due=letter))


def told(*planned: Planned, **uncaused: list[datetime]) -> list[str]:
    """ "05 a+b", with "…" behind lines of the digest."""
    went = {KARI.id: uncaused["kari"]} if uncaused else None
    found = bundles(planned, went)
    return [
        f"{items[0].at:%d} {'+'.join(item.notice for item in items)}{'…' if items[0].digest else ''}"
        for items in found
    ]


def test_what_goes_to_one_person_at_one_moment_is_one_mail_what_is_late_first() -> None:
    assert told(one("05", "a"), late("05"), one("05", "b")) == ["05 overdue+a+b"]


def test_two_people_get_a_mail_each() -> None:
    assert told(one("05", "a"), one("05", "b", to=LUC)) == ["05 a", "05 b"]


def test_a_line_of_the_digest_is_never_in_a_mail() -> None:
    assert told(one("05", "a"), one("05", "line", digest=True)) == ["05 a", "05 line…"]


def test_the_third_mail_of_seven_days_becomes_a_line() -> None:
    assert told(one("05", "a"), one("07", "b"), one("09", "c"), one("12", "e")) == [
        "05 a", "07 b", "09 c…", "12 e",
    ]  # fmt: skip


def test_late_letters_and_sessions_go_before_others() -> None:
    session = Session("Meet", datetime(2026, 10, 10, 10), "Europe/Oslo")
    soon = one("08", "session", when=Event.SESSION_START, about=About(session=session))
    assert told(one("05", "a"), one("06", "b"), soon, late("09")) == [
        "05 a…", "06 b…", "08 session", "09 overdue",
    ]  # fmt: skip


def test_a_letter_that_is_due_soon_is_not_late() -> None:
    letter = due(1, OSLO, LYON, d("2026-10-09"))
    soon = one("07", "due-soon", when=Event.LETTER_DUE, about=About(due=letter))
    assert told(one("05", "a"), one("06", "b"), soon) == ["05 a", "06 b", "07 due-soon…"]


def test_what_went_to_her_already_counts() -> None:
    went = [datetime(2026, 10, day, 8, tzinfo=UTC) for day in (1, 2)]
    assert told(one("05", "a"), one("08", "b"), kari=went) == ["05 a…", "08 b"]


def test_seven_days_are_those_of_her_own_place() -> None:
    """In Sydney, where nine o'clock in the morning is ten in the evening of the day before in UTC."""
    went = [datetime(2026, 10, day, 22, tzinfo=UTC) for day in (12, 13)]
    sydney = ZoneInfo("Australia/Sydney")
    monday, tuesday = (one(day, at=datetime(2026, 10, int(day), 9, tzinfo=sydney)) for day in ("19", "20"))
    assert told(monday, tuesday, kari=went) == ["19 any…", "20 any"]


def test_weeks_of_the_past_that_held_too_many_do_no_harm_later() -> None:
    went = [datetime(2026, 10, 1, hour, tzinfo=UTC) for hour in (8, 9, 10)]
    assert told(one("05", "a"), one("08", "b"), kari=went) == ["05 a…", "08 b"]


@pytest.mark.parametrize("rules", [shipped_rule("letter-overdue"), every_rule()])
def test_nothing_is_lost_on_the_way_into_mails(rules: tuple[object, ...]) -> None:
    planned = plan(a_year(), a_history(), rules, APPLIED)  # type: ignore[arg-type]
    found = [item.key for items in bundles(planned) for item in items]
    assert sorted(found) == sorted(item.key for item in planned)
    assert MOST_A_WEEK == 2

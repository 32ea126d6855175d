from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from tests.builders import KARI, LUC, LYON, OSLO, due

from twinpost.core.calendars.counted import Counted
from twinpost.core.model.plan import About, Planned
from twinpost.core.rules.fuse import TooMany, too_many

MONDAY = datetime(2026, 10, 12, 6, 15, tzinfo=UTC)
NOBODY_ASKED = Counted(date(2026, 10, 12), 0, "days", date(2026, 10, 12))


def mail(days: float, thing: str = "a", step: int = 1, **changes: Any) -> Planned:
    """A mail to Kari so many days after Monday; every step but the first depends on the one before."""
    person = changes.pop("to", KARI)
    values: dict[str, Any] = {
        "key": f"step/nag/{thing}/2026-10-12/{step}/{person.id}",
        "at": MONDAY + timedelta(days=days),
        "rule": "nag",
        "step": step,
        "notice": "letter-overdue",
        "to": person,
        "exchange_id": 1,
        "about": About(),
        "because": NOBODY_ASKED,
        "after_step": step > 1,
    }
    return Planned(**(values | changes))


def test_four_mails_about_one_thing_within_a_week_are_too_many() -> None:
    planned = [mail(day, step=day + 1) for day in range(4)]
    assert too_many(planned) == (
        TooMany(
            "nag", "4 mails to Kari Nordmann within seven days, from Monday 12 October 2026 on; 3 at most"
        ),
    )
    assert too_many(planned[:3]) == ()


def test_seven_days_later_is_another_week() -> None:
    assert too_many([mail(day) for day in (0, 2, 5, 7, 9, 12)]) == ()


def test_four_things_on_four_days_of_a_week_are_too_many() -> None:
    assert [found.rule for found in too_many([mail(day, f"thing-{day}") for day in range(4)])] == ["nag"]


def test_what_goes_to_her_at_one_moment_is_one_mail() -> None:
    assert too_many([mail(0, f"thing-{number}") for number in range(10)]) == ()


def test_later_steps_about_different_things_are_not_added_up() -> None:
    assert too_many([mail(day, f"thing-{day}", step=2) for day in range(6)]) == ()


def test_each_person_is_counted_by_herself() -> None:
    assert too_many([mail(day, to=person) for day in (0, 2, 4) for person in (KARI, LUC)]) == ()


def test_a_line_of_the_digest_is_no_mail() -> None:
    assert too_many([mail(day, f"thing-{day}", digest=True) for day in range(100)]) == ()


def test_each_rule_is_counted_by_itself() -> None:
    planned = [mail(day, f"t{day}", rule=rule) for day in range(3) for rule in ("one", "other")]
    assert too_many(planned) == ()


def test_more_than_sixty_in_one_exchange_are_too_many() -> None:
    planned = [mail(day * 3, f"t{day}") for day in range(61)]
    assert too_many(planned) == (TooMany("nag", "61 mails in one exchange; 60 at most"),)
    assert too_many(planned[:60]) == ()


@pytest.mark.parametrize(
    "about", [About(due=due(1, OSLO, LYON, date(2026, 10, 9))), About(meeting_at=MONDAY)]
)
def test_mails_about_agreed_dates_may_be_as_many_as_were_agreed(about: About) -> None:
    assert too_many([mail(day * 3, f"t{day}", about=about) for day in range(100)]) == ()

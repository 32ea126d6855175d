"""From an outcome to the next step, over days."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from twinpost.core.deciding.delivery import (
    ADDRESS_REFUSED,
    FIVE_DAYS,
    GIVE_UP_AFTER,
    MAIL_REFUSED,
    TOO_LARGE,
    GiveUp,
    Sent,
    TryAgain,
    next_step,
    too_large,
)
from twinpost.core.model.outgoing import Accepted, Deferred, Refused, Scope

NOW = datetime(2026, 10, 8, 7, 15, tzinfo=UTC)
LATER = Deferred("451 4.7.1 greylisted", Scope.ADDRESS)
MINUTE = timedelta(minutes=1)


def all_tries(outcome: Deferred, chance: float) -> tuple[list[timedelta], GiveUp | None]:
    """The waits of a mail that never gets anything but `outcome`, within a fortnight."""
    now, waits = NOW, list[timedelta]()
    while now - NOW < timedelta(days=14):
        step = next_step(outcome, len(waits), NOW, now, chance)
        if not isinstance(step, TryAgain):
            assert isinstance(step, GiveUp)
            return waits, step
        waits.append(step.at - now)
        now = step.at
    return waits, None


def test_an_accepted_mail_is_sent() -> None:
    assert next_step(Accepted("250 queued"), 3, NOW, NOW, 0.5) == Sent("250 queued")


@pytest.mark.parametrize(
    ("refusal", "why"),
    [
        (Refused("550 5.1.1 unknown user", Scope.ADDRESS), ADDRESS_REFUSED),
        (Refused("554 5.7.1 looks like spam", Scope.MAIL), MAIL_REFUSED),
        (Refused("552 5.3.4 too big", Scope.MAIL), TOO_LARGE),
    ],
)
def test_a_refusal_is_final_at_the_first_try(refusal: Refused, why: str) -> None:
    assert next_step(refusal, 0, NOW, NOW, 0.5) == GiveUp(why, refusal.reply)


@pytest.mark.parametrize(
    ("reply", "expected"),
    [
        ("552 Message size exceeds fixed limit", True),
        ("552 5.3.4 Message size exceeds fixed limit", True),
        ("550 5.2.3 too long", True),
        ("554 5.3.4 too big", True),
        ("552 5.2.2 mailbox full", False),
        ("550 5.1.1 unknown (5.3.4)", False),
        ("550 no", False),
        ("", False),
    ],
)
def test_size_is_known_by_its_codes(reply: str, expected: bool) -> None:
    assert too_large(reply) is expected


def test_the_waits_grow_from_a_minute_to_hours() -> None:
    waits, _ = all_tries(LATER, 0.5)
    assert waits[:6] == [minutes * MINUTE for minutes in (1, 2, 5, 15, 30, 60)]
    assert set(waits[6:]) == {timedelta(hours=3)}


@given(st.floats(0, 1))
def test_a_mail_that_is_always_deferred_is_given_up_after_five_days(
    chance: float,
) -> None:
    waits, end = all_tries(LATER, chance)
    assert end == GiveUp(FIVE_DAYS, LATER.reply)
    assert GIVE_UP_AFTER <= sum(waits, timedelta()) <= GIVE_UP_AFTER + timedelta(hours=4)
    assert all(0.8 * MINUTE <= wait <= timedelta(hours=4) for wait in waits)


def test_mails_deferred_together_do_not_come_back_together() -> None:
    assert len({next_step(LATER, 8, NOW, NOW, chance / 10) for chance in range(11)}) == 11


@given(st.floats(0, 1))
def test_trouble_of_ours_never_gives_an_address_up_and_is_tried_often(
    chance: float,
) -> None:
    waits, end = all_tries(Deferred("535 5.7.8 no", Scope.US), chance)
    assert end is None
    assert max(waits) <= timedelta(minutes=15)


def test_a_mail_that_slept_through_a_long_downtime_still_has_its_tries() -> None:
    step = next_step(LATER, 0, NOW - timedelta(days=20), NOW, 0.5)
    assert step == TryAgain(NOW + MINUTE, LATER.reply)

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from twinpost.core.deciding.backoff import HOUR, LONGEST_PAUSE, REFUSALS_AN_HOUR, Backoff, next_sign_in

NOON = datetime(2026, 10, 8, 12, 0, tzinfo=UTC)


def after(failures: int) -> Backoff:
    return Backoff(failures)


def test_pauses_double_from_one_second_to_five_minutes() -> None:
    assert [after(n).pause(1.0) for n in range(1, 11)] == [1, 2, 4, 8, 16, 32, 64, 128, 256, LONGEST_PAUSE]


def test_pauses_end_at_five_minutes_after_a_year_of_failures() -> None:
    assert after(100_000).pause(1.0) == LONGEST_PAUSE


def test_there_is_no_pause_without_a_failure() -> None:
    assert Backoff().pause(1.0) == 0
    assert Backoff().failed().pause(1.0) == 1


def test_chance_spreads_a_pause_between_its_half_and_its_whole() -> None:
    assert [after(5).pause(chance) for chance in (0.0, 0.5, 1.0)] == [8, 12, 16]


def test_without_a_refusal_signing_in_is_tried_at_once() -> None:
    assert next_sign_in([], NOON) == NOON
    assert next_sign_in([NOON - HOUR], NOON) == NOON


def test_pauses_between_refusals_grow() -> None:
    moments, pauses = [NOON], []
    for _ in range(5):
        following = next_sign_in(moments, moments[-1])
        pauses.append((following - moments[-1]) / timedelta(minutes=1))
        moments.append(following)
    assert pauses == [1, 4, 9, 16, 25]


@pytest.mark.parametrize("restart_every", [timedelta(seconds=5), timedelta(minutes=7), timedelta(days=1)])
def test_never_more_than_six_tries_fall_into_one_hour_however_often_it_is_restarted(
    restart_every: timedelta,
) -> None:
    moments: list[datetime] = []
    now = NOON
    while now < NOON + timedelta(hours=12):
        allowed = next_sign_in(moments, now)
        if allowed <= now:
            moments.append(now)
        now = max(now + timedelta(seconds=1), min(allowed, now + restart_every))
    assert len(moments) > 12
    for first, seventh in zip(moments, moments[REFUSALS_AN_HOUR:], strict=False):
        assert seventh - first >= HOUR


def test_the_order_in_which_refusals_are_remembered_does_not_matter() -> None:
    moments = [NOON - timedelta(minutes=m) for m in (50, 3, 20)]
    assert next_sign_in(moments, NOON) == next_sign_in(sorted(moments), NOON) == NOON + timedelta(minutes=6)

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from twinpost.core.deciding.backoff import LONGEST_PAUSE
from twinpost.core.deciding.pulse import LONGEST_SILENCE, Pulse

NOON = datetime(2026, 10, 5, 12, tzinfo=UTC)
A_SECOND = timedelta(seconds=1)


def test_a_loop_is_silent_when_it_has_not_been_heard_of_for_too_long() -> None:
    pulse = Pulse()
    pulse.beat("mail", NOON)
    pulse.beat("ledger", NOON + A_SECOND)
    assert pulse.silent(NOON + LONGEST_SILENCE) == ()
    assert pulse.silent(NOON + LONGEST_SILENCE + A_SECOND) == ("mail",)


def test_a_loop_that_waits_for_a_server_that_is_away_is_not_taken_for_dead() -> None:
    pulse = Pulse()
    pulse.beat("mail", NOON, rest=LONGEST_PAUSE)
    assert pulse.silent(NOON + timedelta(seconds=LONGEST_PAUSE) + LONGEST_SILENCE) == ()


def test_a_rest_counts_from_the_last_sign_of_life_and_for_that_time_only() -> None:
    pulse = Pulse()
    pulse.beat("mail", NOON, rest=3600)
    pulse.beat("mail", NOON + A_SECOND)
    assert pulse.silent(NOON + LONGEST_SILENCE + 2 * A_SECOND) == ("mail",)

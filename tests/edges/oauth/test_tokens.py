"""Access tokens are kept while good, renewed before their end, and once when a server wants another."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from tests.fakes.tokens import Given

from twinpost.edges.oauth.tokens import Token, Tokens
from twinpost.errors import SignInRefused


class Clock:
    def __init__(self) -> None:
        self.moment = datetime(2026, 10, 9, 7, 15, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.moment


class Hourly(Given):
    """An issuer whose tokens end an hour after they were given."""

    def __init__(self, clock: Clock, *values: str, new: bool = True) -> None:
        super().__init__(*values, new=new)
        self.clock = clock

    def issue(self, refused: str = "") -> Token:
        given = super().issue(refused)
        return Token(given.value, self.clock() + timedelta(hours=1), given.new)


def test_a_token_is_used_until_shortly_before_its_end() -> None:
    clock = Clock()
    tokens = Tokens(Hourly(clock, "first", "second"), now=clock)
    assert tokens.current() == tokens.current() == "first"
    clock.moment += timedelta(minutes=54)
    assert tokens.current() == "first"
    assert not tokens.ended()
    clock.moment += timedelta(minutes=2)
    assert tokens.ended()
    assert tokens.current() == "second"
    assert not tokens.ended()


def test_a_token_that_was_refused_is_renewed_once() -> None:
    clock = Clock()
    issuer = Hourly(clock, "first", "second")
    tokens = Tokens(issuer, now=clock)
    tokens.current()
    assert tokens.current() == "first"
    assert tokens.renewed("first") == "second"
    assert issuer.refused == ["", "first"]
    assert tokens.renewed("second") == ""


def test_a_token_made_for_this_very_sign_in_is_not_made_again() -> None:
    issuer = Given("first", "second")
    tokens = Tokens(issuer)
    assert tokens.renewed(tokens.current()) == ""
    assert issuer.refused == [""]
    assert tokens.current() == "second", "what was refused is not tried twice"


def test_a_token_of_another_process_may_be_old_and_is_renewed() -> None:
    tokens = Tokens(Given("kept", "new", new=False))
    assert tokens.renewed(tokens.current()) == "new"


def test_when_somebody_else_has_renewed_it_already_that_one_is_used() -> None:
    tokens = Tokens(Given("first", "second"))
    tokens.current()
    tokens.current()
    assert tokens.renewed("first") == "second"
    assert tokens.renewed("first") == "second"


def test_no_second_try_when_the_hour_has_no_room_for_it() -> None:
    issuer = Given("first", "second")
    noted: list[bool] = []

    def note() -> bool:
        noted.append(True)
        return False

    tokens = Tokens(issuer, note)
    tokens.current()
    tokens.current()
    assert tokens.renewed("first") == ""
    assert (noted, issuer.refused) == ([True], [""])


def test_a_provider_that_refuses_is_asked_again_the_next_time() -> None:
    issuer = Given()
    tokens = Tokens(issuer)
    for _ in range(2):
        with pytest.raises(SignInRefused):
            tokens.current()
    assert len(issuer.refused) == 2


def test_a_token_does_not_show_in_what_is_printed_of_it() -> None:
    assert "s3cret" not in repr(Token("s3cret", datetime(2026, 10, 9, tzinfo=UTC)))

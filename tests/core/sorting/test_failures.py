"""What a report says of whom: codes, words, and where these contradict each other."""

from __future__ import annotations

import pytest
from tests.builders import a_reading, automatic_words

from twinpost.core.model.bounce import Cause
from twinpost.core.sorting.failures import failures

LUC = "luc@ecole-lyon.example"


def cause_of(status: str, diagnostic: str = "", action: str = "failed") -> Cause:
    fields = f"Final-Recipient: rfc822; {LUC}\nAction: {action}\nStatus: {status}\n"
    text = fields + (f"Diagnostic-Code: smtp; {diagnostic}\n" if diagnostic else "")
    (failure,) = failures(a_reading(text=text), automatic_words())
    return failure.cause


CODES = {
    ("5.1.1", ""): Cause.UNKNOWN,
    ("5.1.10", ""): Cause.UNKNOWN,
    ("5.1.2", ""): Cause.REFUSED,
    ("5.2.1", ""): Cause.REFUSED,
    ("5.2.2", ""): Cause.FULL,
    ("4.2.2", ""): Cause.FULL,
    ("5.2.3", ""): Cause.OURS,
    ("5.3.4", ""): Cause.OURS,
    ("5.4.4", ""): Cause.REFUSED,
    ("5.4.7", ""): Cause.TEMPORARY,
    ("4.4.7", ""): Cause.TEMPORARY,
    ("5.6.0", ""): Cause.OURS,
    ("5.7.1", "550 5.7.1 user unknown"): Cause.OURS,
    ("5.0.0", "550 user unknown"): Cause.UNKNOWN,
    ("5.0.0", "550 no"): Cause.REFUSED,
    ("5.0.0", "554 5.7.1 spam"): Cause.OURS,
    ("5.1.1", "550 5.1.1 your host is on a blocklist"): Cause.OURS,
    ("", ""): Cause.REFUSED,
}


@pytest.mark.parametrize(("said", "cause"), CODES.items(), ids=lambda value: str(value))
def test_a_code_and_the_words_behind_it_have_one_cause(said: tuple[str, str], cause: Cause) -> None:
    assert cause_of(*said) is cause


@pytest.mark.parametrize("action", ["delayed", "delivered", "relayed", "expanded"])
def test_what_has_not_failed_is_no_failure_whatever_the_code_says(action: str) -> None:
    assert cause_of("5.1.1", action=action) in (Cause.DELAYED, Cause.DELIVERED)


def test_our_own_address_and_the_daemons_are_nobody_who_was_not_reached() -> None:
    text = f"letters@school.example wrote to <{LUC}>: no such user. Ask postmaster@ecole-lyon.example.\n"
    (failure,) = failures(a_reading(text=text), automatic_words(), "letters@school.example")
    assert (failure.address, failure.cause) == (LUC, Cause.UNKNOWN)


def test_a_long_text_is_read_in_no_time_and_named_people_are_many() -> None:
    text = "".join(f"Final-Recipient: rfc822; p{number}@x.example\n\n" for number in range(5000))
    assert len(failures(a_reading(text=text), automatic_words())) <= 101

"""A signature stays good on copies: what shows in the header that this is an old mail."""

from __future__ import annotations

from datetime import timedelta

import pytest
from tests.builders import NOW, a_reading

from twinpost.core.model.mail import Reading
from twinpost.core.sorting.replays import sent_before

LONG_AGO = int((NOW - timedelta(days=30)).timestamp())


def signed(tags: str = "h=From : To : Subject : Date", domain: str = "fagerborg.example") -> Reading:
    value = f"v=1; a=rsa-sha256; d={domain}; {tags}; b=QWFh"
    return a_reading(headers=(("dkim-signature", value),))


@pytest.mark.parametrize(
    ("age", "doubtful"),
    [
        (timedelta(), False),
        (timedelta(minutes=1), False),
        (timedelta(days=1), False),
        (timedelta(days=4, hours=23), False),
        (timedelta(days=5), True),
        (timedelta(days=365), True),
        (-timedelta(hours=23), False),
        (-timedelta(days=1), True),
    ],
)
def test_a_mail_may_be_as_old_as_a_server_tries(age: timedelta, doubtful: bool) -> None:
    assert bool(sent_before(a_reading(), NOW + age)) is doubtful


def test_a_mail_without_a_date_may_be_of_any_age() -> None:
    assert "no date" in sent_before(a_reading(date=None), NOW)


@pytest.mark.parametrize(
    ("tags", "why"),
    [
        ("h=From : To : Subject : Date", ""),
        ("h=from:to:subject:date; x=1; t=1", "long before"),
        (f"h=from:subject:date; t={LONG_AGO}", "long before"),
        (f"h=from:subject:date; t={int(NOW.timestamp())}", ""),
        ("h=from:subject:date; t=soon", ""),
        (f"h=from:subject:date; t={'9' * 400}", ""),
        ("h=from:subject:date; l=0", "l="),
        ("h=from:subject:date; L = 100", "l="),
        ("h=from:subject", "date and subject"),
        ("h=from:date", "date and subject"),
        ("h=subject:date", "date and subject"),
        ("c=relaxed", "date and subject"),
    ],
)
def test_a_signature_has_to_cover_what_must_be_hers(tags: str, why: str) -> None:
    found = sent_before(signed(tags), NOW)
    assert why in found
    assert bool(why) == bool(found)


@pytest.mark.parametrize("domain", ["fagerborg.example", "Mail.Fagerborg.Example", "fagerborg.example."])
def test_every_signature_of_her_own_domain_is_looked_at(domain: str) -> None:
    assert sent_before(signed("h=from:to; l=1", domain), NOW)


def test_a_signature_of_a_list_or_a_mailer_does_not_matter() -> None:
    assert sent_before(signed("h=from; l=1", "mailer.test"), NOW) == ""

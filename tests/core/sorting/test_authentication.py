"""Authentication-Results, read strictly."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from twinpost.core.sorting.authentication import Result, read_results

READABLE = [
    ("mx.school.example; none", ()),
    ("mx.school.example 1; none", ()),
    ("mx.school.example", ()),
    ("mx.school.example;", ()),
    (
        "mx.school.example; dmarc=pass (p=none dis=none) header.from=fagerborg.example",
        (Result("dmarc", "pass", {"header.from": "fagerborg.example"}),),
    ),
    (
        "mx.school.example; SPF=Pass smtp.mailfrom=Kari@Fagerborg.example;",
        (Result("spf", "pass", {"smtp.mailfrom": "kari@fagerborg.example"}),),
    ),
    (
        'mx.school.example; dkim/1 = pass reason="good; (really)" header.d=fagerborg.example header.b="a/b="',
        (
            Result(
                "dkim",
                "pass",
                {"reason": "good; (really)", "header.d": "fagerborg.example", "header.b": "a/b="},
            ),
        ),
    ),
    (
        "(a (\\) b)) mx.school.example (c) ; iprev=pass policy.iprev=2001:db8::1 ; auth=pass smtp.auth=kari",
        (
            Result("iprev", "pass", {"policy.iprev": "2001:db8::1"}),
            Result("auth", "pass", {"smtp.auth": "kari"}),
        ),
    ),
]


@pytest.mark.parametrize(("value", "results"), READABLE)
def test_what_fits_the_grammar_is_read(value: str, results: tuple[Result, ...]) -> None:
    found = read_results(value)
    assert found is not None
    assert (found.authserv_id, found.results) == ("mx.school.example", results)


ODD = [
    "",
    "; dmarc=pass header.from=fagerborg.example",
    "mx.school.example evil.example; dmarc=pass",
    "mx.school.example 2; dmarc=pass",
    "mx.school.example, dmarc=pass",
    "mx.school.example; dmarc",
    "mx.school.example; dmarc=",
    "mx.school.example; =pass",
    "mx.school.example; dmarc==pass",
    "mx.school.example; dmarc=pass header.from",
    "mx.school.example; dmarc=pass fagerborg.example",
    "mx.school.example; dmarc=pass from=fagerborg.example",
    "mx.school.example; dmarc=pass header.from=a.example header.from=fagerborg.example",
    "mx.school.example; dmarc=pass (header.from=fagerborg.example",
    "mx.school.example; dmarc=pass) header.from=fagerborg.example",
    'mx.school.example; dmarc=pass header.from="fagerborg.example',
    'mx.school.example; "dmarc"=pass header.from=fagerborg.example',
    "mx.school.example;; dmarc=pass header.from=fagerborg.example",
    "mx.school.example; dmarc=pass header.from=fager\x00borg.example",
    "dmarc=pass header.from=fagerborg.example",
]


@pytest.mark.parametrize("value", ODD)
def test_what_does_not_fit_says_nothing_at_all(value: str) -> None:
    assert read_results(value) is None


def test_microsofts_form_has_no_server_name() -> None:
    value = (
        "spf=pass (sender IP is 192.0.2.1) smtp.mailfrom=a.example; dkim=pass (signature was verified)"
        " header.d=a.example;dmarc=pass action=none header.from=a.example;compauth=pass reason=100"
    )
    found = read_results(value, with_id=False)
    assert found is not None
    assert [result.method for result in found.results] == ["spf", "dkim", "dmarc", "compauth"]


def test_a_server_name_is_odd_in_microsofts_form() -> None:
    assert read_results(READABLE[4][0], with_id=False) is None


@pytest.mark.parametrize(
    ("value", "domain"),
    [
        ("kari@fagerborg.example", "fagerborg.example"),
        ("@fagerborg.example", "fagerborg.example"),
        ("<kari@fagerborg.example>", "fagerborg.example"),
        ("fagerborg.example.", "fagerborg.example"),
    ],
)
def test_the_domain_of_a_property(value: str, domain: str) -> None:
    assert Result("spf", "pass", {"smtp.mailfrom": value}).domain("smtp.mailfrom") == domain


@given(st.text(alphabet='mx.dar=;()"\\ \t@1pass,\x00é', max_size=60), st.booleans())
def test_any_value_is_read_or_refused(value: str, with_id: bool) -> None:
    found = read_results(value, with_id=with_id)
    assert found is None or isinstance(found.results, tuple)

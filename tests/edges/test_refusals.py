"""Whoever does not let us in: an admin reads what to click, and nobody's name."""

from __future__ import annotations

from pathlib import Path
from typing import Any, get_args

import pytest
from ruamel.yaml import YAML

from twinpost.edges.oauth.answers import no_token
from twinpost.edges.refusals import Group, _rows, remedy, remedy_in, status_of
from twinpost.edges.settings import Provider
from twinpost.errors import SignInRefused

SEEN: dict[str, list[dict[str, str]]] = YAML(typ="safe").load(Path(__file__).with_name("refusals_seen.yaml"))
TOKENS = [(name, case) for name in get_args(Provider) for case in SEEN[name]]


def answer(case: dict[str, str]) -> dict[str, Any]:
    return {"error": case["error"], "error_description": f"{case['says']}\r\nTrace ID: 65001-70043"}


@pytest.mark.parametrize(("name", "case"), TOKENS, ids=lambda value: str(value)[:60])
def test_a_provider_that_gives_no_token_is_followed_by_the_remedy(
    name: Provider, case: dict[str, str]
) -> None:
    refusal = no_token(name, answer(case))
    assert isinstance(refusal, SignInRefused)
    assert case["remedy"] in str(refusal)
    assert case["error"] in str(refusal)


@pytest.mark.parametrize("case", SEEN["servers"], ids=lambda case: case["says"][:60])
def test_a_server_that_does_not_let_us_in_is_followed_by_the_remedy(case: dict[str, str]) -> None:
    assert case["remedy"] in remedy_in("servers", case["says"])


@pytest.mark.parametrize("group", ["microsoft", "google", "servers"])
def test_every_row_has_been_seen(group: Group) -> None:
    said = [
        remedy_in("servers", case["says"]) if group == "servers" else str(no_token(group, answer(case)))
        for case in SEEN[group]
    ]
    unused = [words for words, text in _rows(group).items() if not any(text in one for one in said)]
    assert unused == []
    assert len(said) == len(_rows(group))


@pytest.mark.parametrize("provider", get_args(Provider))
def test_a_good_token_that_is_refused_has_a_list_of_what_to_look_at(provider: Provider) -> None:
    assert "`user`" in remedy("tokens", [provider])
    assert "IMAP" in remedy("tokens", [provider])


def test_several_numbers_are_told_and_the_first_that_is_known_decides() -> None:
    said = str(no_token("microsoft", {"error": "invalid_grant", "error_codes": [99999, 50173, 65001]}))
    assert "AADSTS99999, AADSTS50173, AADSTS65001" in said
    assert "new password" in said


def test_what_nobody_knows_is_told_in_the_providers_words_without_names() -> None:
    said = "AADSTS99999: User 'Kari' with kari@fagerborg.example was odd.\r\nTrace ID: 1"
    refusal = str(no_token("microsoft", {"error": "invalid_grant_x", "error_description": said}))
    assert "AADSTS99999: User … with … was odd." in refusal
    assert [word for word in ("Kari", "fagerborg", "Trace") if word in refusal] == []


@pytest.mark.parametrize(
    ("challenge", "status"),
    [
        (b'{"status":"400","schemes":"Bearer","scope":"https://mail.google.com/"}', "400"),
        (b'{"status":"invalid_token"}', "invalid_token"),
        (b'{"status":401}', "401"),
        (b'{"status":null}', ""),
        (b"{}", ""),
        (b"[]", ""),
        (b"", ""),
        (b"\xff", ""),
    ],
)
def test_the_reason_before_a_refusal_is_decoded(challenge: bytes, status: str) -> None:
    assert status_of(challenge) == status

"""How subjects and addresses are compared with the phrases of machines."""

from __future__ import annotations

import pytest

from twinpost.core.sorting.phrases import (
    ends_in_brackets,
    first_lines_say,
    local_part_is,
    opens_with,
    prepared,
)

PHRASES = tuple(
    map(prepared, ["Automatic reply", "Out of office:", "Réponse automatique", "[Auto-Reply]", "自動応答"])
)


@pytest.mark.parametrize(
    ("subject", "opens"),
    [
        ("Automatic reply: Letter 1", True),
        ("AUTOMATIC  REPLY", True),
        ("Automatic replying machines", False),
        ("[EXTERNAL] Automatic reply: x", True),
        ("***SPAM*** [school] Automatic reply: x", True),
        ("[Auto-Reply] Letter 1", True),
        ("Re: Automatic reply: x", False),
        ("About the Automatic reply", False),
        ("Out of office: x", True),
        ("Out of office : x", True),
        ("Out of office next week", False),
        ("Reponse automatique : x", True),
        ("自動応答: 手紙", True),
        ("[[[[", False),
        ("*" * 500, False),
        ("", False),
    ],
)
def test_a_subject_that_begins_with_a_phrase(subject: str, opens: bool) -> None:
    assert opens_with(subject, PHRASES) is opens


@pytest.mark.parametrize(
    ("subject", "ends"),
    [
        ("Re: Letter 1 (Automatic reply)", True),
        ("Re: Letter 1 [Out of office]", True),
        ("Re: Letter 1 ( réponse automatique )", True),
        ("Re: Letter 1 (Automatic reply) from Oslo", False),
        ("Letter 1 (no automatic reply)", False),
        ("Letter 1 (part 2)", False),
        ("Automatic reply", False),
        ("(" * 300 + ")", False),
        ("", False),
    ],
)
def test_a_subject_that_ends_in_a_phrase_within_brackets(subject: str, ends: bool) -> None:
    assert ends_in_brackets(subject, PHRASES) is ends


def test_only_the_first_lines_of_a_text_are_searched() -> None:
    assert first_lines_say("Bonjour,\nceci est une RÉPONSE automatique", PHRASES)
    assert not first_lines_say("x" * 600 + "Automatic reply", PHRASES)


@pytest.mark.parametrize(
    ("address", "fits"),
    [
        ("owner-teachers@lists.example", True),
        ("teachers-request@lists.example", True),
        ("mailer-daemon@x.example", True),
        ("mailer-daemon2@x.example", False),
        ("kari.owner-x@x.example", False),
        ("request@x.example", False),
        ("mailer-daemon", True),
        ("", False),
    ],
)
def test_a_local_part_that_fits_a_pattern(address: str, fits: bool) -> None:
    assert local_part_is(address, ("owner-*", "*-request", "mailer-daemon")) is fits

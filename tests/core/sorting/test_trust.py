"""Who may be believed to be who she says: every forged shape, in every state, at every place."""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import permutations

import pytest
from tests.builders import NOW, a_class, a_directory, a_known, a_person, a_reading, an_exchange

from twinpost.core.model.kind import Proof
from twinpost.core.model.mail import Address, Reading
from twinpost.core.model.people import directory_of
from twinpost.core.reading.mime import read
from twinpost.core.sorting.trust import doubted, prove

OURS = "mx.school.example"
KARI = "kari@fagerborg.example"
FULL_PASS = "dmarc=pass (p=reject) header.from=fagerborg.example"

FORGED_FROM = [
    "From: kari@fagerborg.example <evil@evil.example>",
    "From: kari@fagerborg.example, evil@evil.example",
    "From: Group: kari@fagerborg.example;, evil@evil.example",
    "From: Group: kari@fagerborg.example;",
    "From: <kari@fagerborg.example>evil@evil.example",
    "From: kari@fagerborg.example)evil@evil.example",
    "From: kari@fagerborg.example;evil@evil.example",
    "From: evil@evil.example\r\nFrom: kari@fagerborg.example",
    "From: kari@fagerborg.example\r\nFrom: evil@evil.example",
    "From: evil@evil.example\r\nfrom : kari@fagerborg.example",
    'From: "kari@fagerborg.example" <evil@evil.example>',
    "From: =?utf-8?q?kari=40fagerborg=2Eexample?= <evil@evil.example>",
    "From: =?utf-8?q?kari=40fagerborg=2Eexample=3E?= <evil@evil.example>",
    "From: Kari Nordmann <kari@fagerborg.example.evil.example>",
    "From: Kari Nordmann <kari@fagerbоrg.example>",
    "From: Kari Nordmann <\u212aari@fagerborg.example>",
    "From: Kari Nordmann <kari@\uff46agerborg.example>",
    "From: Kari <kari@fagerborg.example> <evil@evil.example>",
    "From: <<kari@fagerborg.example>evil@evil.example>",
    "From: kari@fagerborg.example\x00 <evil@evil.example>",
    "From: evil@evil.example (kari@fagerborg.example)",
    "From: kari@fagerborg.example(<evil@evil.example>",
    "From: <@fagerborg.example,@b.example:evil@evil.example>",
    'From: "<kari@fagerborg.example>" evil@evil.example',
    "X-Note: a\rFrom: kari@fagerborg.example\r\nFrom: evil@evil.example",
    "X-Note: a\nFrom: kari@fagerborg.example\r\nFrom: evil@evil.example",
    "From: kari@fagerborg.example\\ <evil@evil.example>",
    "From:",
    "Subject-From: kari@fagerborg.example",
    "Sender: kari@fagerborg.example\r\nFrom: evil@evil.example",
    "Resent-From: kari@fagerborg.example\r\nFrom: evil@evil.example",
]

PLAIN_FROM = "From: Kari Nordmann <kari@fagerborg.example>"

STATES = [
    "spf=none smtp.mailfrom=evil.example",
    "spf=pass smtp.mailfrom=evil@evil.example",
    "dkim=pass header.d=evil.example",
    "dmarc=pass action=none header.from=evil.example",
    "dmarc=fail action=none header.from=fagerborg.example",
    "dkim=pass header.d=evil.example;dmarc=none action=none header.from=evil.example",
    "spf=softfail smtp.mailfrom=kari@fagerborg.example",
    "auth=pass smtp.auth=pupil@fagerborg.example",
]
"""What a border says when evil.example has sent it."""


@dataclass(frozen=True)
class Border:
    """How a provider writes a header, from the top: what stands above its verdict, and below it."""

    provider: str
    name: str
    above: tuple[str, ...]
    below: tuple[str, ...] = ()

    def verdict(self, results: str) -> str:
        return f"Authentication-Results: {self.name}{results}"


OWN = Border("own", f"{OURS}; ", (f"Received: from evil.example by {OURS} with ESMTP; Thu",))
GOOGLE = Border(
    "google",
    "mx.google.com; ",
    (
        "Received: by 2002:a05:6a10:1234 with SMTP id x20; Thu",
        "Received: from evil.example (evil.example. [203.0.113.9]) by mx.google.com with ESMTPS id 5; Thu",
        "Received-SPF: none client-ip=203.0.113.9",
    ),
)
MICROSOFT = Border(
    "microsoft",
    "",
    (
        "Received: from A.eurprd04.prod.outlook.com (2603::1) by B.eurprd04.prod.outlook.com with HTTPS; Thu",
        "Received: from C.prod.outlook.com (2603::2) by A.outlook.office365.com (2603::1) with SMTP; Thu",
    ),
    (
        "Received: from evil.example (203.0.113.9) by C.mail.protection.outlook.com (10.0.0.1); Thu",
        "X-MS-Exchange-Organization-AuthAs: Internal",
        "X-MS-Exchange-Organization-MessageDirectionality: Originating",
    ),
)
BORDERS = [OWN, GOOGLE, MICROSOFT]


def a_mail(*lines: str) -> Reading:
    rest = (
        "To: letters@school.example",
        "Subject: Letter 1 from 7B Oslo to CM2 Lyon",
        "Date: Thu, 8 Oct 2026 09:14:58 +0200",
    )
    return read(("\r\n".join((*lines, *rest)) + "\r\n\r\nHello\r\n").encode())


def proof_of(reading: Reading, border: Border = OWN) -> Proof:
    return prove(reading, border.provider, OURS, NOW)


def speaks_for_kari(reading: Reading, border: Border = OWN) -> bool:
    """Whether the program would act on this mail as Kari's."""
    return proof_of(reading, border).proven is True and [a.address for a in reading.from_] == [KARI]


def placed(border: Border, sender: str, state: str) -> dict[str, Reading]:
    """The same forgery with the forger's own verdict at each place where he may put it."""
    true, forged = border.verdict(state), border.verdict(FULL_PASS)
    above, below = border.above, border.below
    # An own server may write its verdict at the end of the header; the others never do.
    over = (forged, *above, sender, true) if border is OWN else (forged, *above, true, *below, sender)
    return {
        "over the border's": a_mail(*over),
        "under the border's": a_mail(*above, true, *below, forged, *above[-1:], forged, *below, sender),
        "under the From": a_mail(*above, true, *below, sender, forged),
    }


@pytest.mark.parametrize("border", BORDERS, ids=lambda border: border.provider)
@pytest.mark.parametrize("sender", [PLAIN_FROM, *FORGED_FROM])
def test_no_forged_sender_is_proven_in_any_state_at_any_place(sender: str, border: Border) -> None:
    for state in STATES:
        for place, mail in placed(border, sender, state).items():
            assert not speaks_for_kari(mail, border), (state, place)


def test_the_matrix_is_as_large_as_it_should_be() -> None:
    assert len(FORGED_FROM) >= 25
    assert len(FORGED_FROM) * len(STATES) * len(placed(OWN, PLAIN_FROM, STATES[0])) >= 600


@pytest.mark.parametrize("border", BORDERS, ids=lambda border: border.provider)
def test_the_matrix_can_tell_true_from_false(border: Border) -> None:
    mail = a_mail(*border.above, border.verdict(FULL_PASS), *border.below, PLAIN_FROM)
    assert speaks_for_kari(mail, border)


@pytest.mark.parametrize("border", BORDERS, ids=lambda border: border.provider)
@pytest.mark.parametrize("sender", [line for line in FORGED_FROM if "\nFrom" not in line])
def test_a_strange_from_is_not_proven_even_when_the_border_was_fooled(sender: str, border: Border) -> None:
    mail = a_mail(*border.above, border.verdict(FULL_PASS), *border.below, sender)
    assert not speaks_for_kari(mail, border)


@pytest.mark.parametrize(("border", "other"), list(permutations(BORDERS, 2)))
def test_no_provider_is_believed_where_another_is_configured(border: Border, other: Border) -> None:
    mail = a_mail(*border.above, border.verdict(FULL_PASS), *border.below, PLAIN_FROM)
    assert not speaks_for_kari(mail, other)


@pytest.mark.parametrize(
    "values",
    [
        (f"mx.evil.example; {FULL_PASS}",),
        (f"{OURS}.evil.example; {FULL_PASS}",),
        (f"mx.evil.example; {FULL_PASS}", f"{OURS}; {FULL_PASS}"),
        (f"{OURS}; none", f"{OURS}; {FULL_PASS}"),
        (f"{OURS} ({FULL_PASS}); none",),
        (f"{OURS}; none ({FULL_PASS})",),
        (f'{OURS}; x="; {FULL_PASS}"',),
        (f"{OURS}; dkim=fail (a ; {FULL_PASS}",),
        (f"({OURS}; x=y) mx.evil.example; {FULL_PASS}",),
        (f"{OURS}, mx.evil.example; {FULL_PASS}",),
        (f"оurs; {FULL_PASS}",),
        ("",),
        (),
    ],
)
def test_only_the_topmost_verdict_with_our_servers_name_counts(values: tuple[str, ...]) -> None:
    lines = (f"Authentication-Results: {value}" for value in values)
    assert proof_of(a_mail(*lines, PLAIN_FROM)).proven is None


def test_our_servers_name_is_compared_without_case() -> None:
    mail = a_mail(f"Authentication-Results: MX.School.EXAMPLE; {FULL_PASS}", PLAIN_FROM)
    assert proof_of(mail).proven is True


def test_without_a_configured_name_nobody_is_proven() -> None:
    proof = prove(a_mail(OWN.verdict(FULL_PASS), PLAIN_FROM), "own", "", NOW)
    assert proof.proven is None
    assert "authserv_id" in proof.because


@pytest.mark.parametrize("line", ["\r", "\x00"])
@pytest.mark.parametrize("border", BORDERS, ids=lambda border: border.provider)
def test_a_verdict_behind_a_lone_carriage_return_or_nul_is_no_verdict(line: str, border: Border) -> None:
    mail = a_mail(*border.above, f"X-Note: a{line}{border.verdict(FULL_PASS)}", *border.below, PLAIN_FROM)
    assert proof_of(mail, border).proven is not True


@pytest.mark.parametrize(
    "name",
    ["Date", "Subject", "To", "Message-ID", "Content-Type", "MIME-Version", "Reply-To", "References"],
)
def test_a_header_that_stands_twice_proves_nothing(name: str) -> None:
    once = a_mail(OWN.verdict(FULL_PASS), PLAIN_FROM)
    twice = replace(once, headers=(*once.headers, (name.lower(), "x"), (name.lower(), "y")))
    proof = proof_of(twice)
    assert proof.proven is None
    assert name.title() in proof.because


def test_two_senders_prove_nothing() -> None:
    reading = replace(
        a_mail(OWN.verdict(FULL_PASS), PLAIN_FROM), from_=(Address(KARI), Address("evil@evil.example"))
    )
    assert proof_of(reading).proven is False


RECEIVED = "Received: from evil.example {}by mx.google.com{} with ESMTPS id 5; Thu"


@pytest.mark.parametrize(
    ("before", "behind", "believed"),
    [
        ("", "", True),
        ("(evil.example. [203.0.113.9]) ", " (a (b (c) d) e)", True),
        ("by mx.evil.example ", "", False),
        ("(by x) ", " by", False),
        ("(unclosed ", "", False),
        ("", ".evil.example", False),
        ("((((deep)))) ", "", False),
    ],
)
def test_a_hop_that_two_could_have_written_is_no_border(before: str, behind: str, believed: bool) -> None:
    mail = a_mail(RECEIVED.format(before, behind), GOOGLE.verdict(FULL_PASS), PLAIN_FROM)
    assert speaks_for_kari(mail, GOOGLE) is believed


# What we know of her


PROVEN = Proof(True, "Our mail server vouches for the sender.")


def test_another_spelling_of_her_address_is_hers_and_proves_nothing() -> None:
    known = a_known(a_directory())
    assert doubted(PROVEN, a_reading(), known) is PROVEN
    tagged = doubted(PROVEN, a_reading(sender="kari+school@fagerborg.example"), known)
    assert tagged.proven is None
    assert "spelling" in tagged.because


def test_a_tag_that_stands_in_the_file_is_her_address() -> None:
    kari = a_person("Kari Nordmann", "kari+school@fagerborg.example")
    exchange = an_exchange(classes=(a_class("7B Oslo", teachers=(kari,)), a_class("CM2 Lyon")))
    known = a_known(directory_of((exchange,)))
    assert doubted(PROVEN, a_reading(sender="kari+school@fagerborg.example"), known) is PROVEN


def test_a_message_id_that_came_with_another_mail_of_hers_proves_nothing() -> None:
    known = a_known(a_directory(), id_taken=True)
    assert doubted(PROVEN, a_reading(), known).proven is None


@pytest.mark.parametrize("said", [None, False])
def test_a_doubt_makes_nothing_of_what_was_not_proven(said: bool | None) -> None:
    proof = Proof(said, "It was not.")
    assert doubted(proof, a_reading(), a_known(a_directory(), id_taken=True)) is proof

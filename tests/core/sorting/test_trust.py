"""Who may be believed to be who she says: the matrix of forged and true mails."""

from __future__ import annotations

from itertools import product

import pytest
from tests.builders import a_reading

from twinpost.core.model.mail import Address, Reading
from twinpost.core.reading.mime import read
from twinpost.core.sorting.trust import prove

OURS = "mx.school.example"
KARI = "kari@fagerborg.example"
FULL_PASS = "dmarc=pass (p=reject) header.from=fagerborg.example"


def with_results(*values: str, sender: str = KARI) -> Reading:
    headers = tuple(("authentication-results", value) for value in values)
    return a_reading(sender=sender, headers=headers)


def own(*values: str, sender: str = KARI) -> bool | None:
    return prove(with_results(*values, sender=sender), "own", OURS).proven


@pytest.mark.parametrize(
    ("results", "proven"),
    [
        (FULL_PASS, True),
        ("DMARC=PASS header.from=FAGERBORG.example", True),
        ("dmarc=pass header.from=fagerborg.example; spf=fail smtp.mailfrom=list.example", True),
        ("dmarc=fail header.from=fagerborg.example", False),
        ("dmarc=fail header.from=fagerborg.example; dkim=pass header.d=fagerborg.example", False),
        ("dmarc=pass header.from=evil.example", None),
        ("dmarc=pass", None),
        ("dmarc=temperror header.from=fagerborg.example; dkim=pass header.d=fagerborg.example", None),
        ("dmarc=none header.from=fagerborg.example; dkim=pass header.d=fagerborg.example", True),
        ("dkim=pass header.d=fagerborg.example header.s=a", True),
        ("dkim=pass header.i=@fagerborg.example header.s=a", True),
        ("dkim=pass header.d=evil.example header.i=@fagerborg.example", None),
        ("dkim=pass header.d=pupils.fagerborg.example", None),
        ("dkim=pass header.d=example", None),
        ("dkim=pass header.d=evil-fagerborg.example", None),
        ("dkim=fail header.d=fagerborg.example", None),
        ("dkim=pass header.d=evil.example; dkim=pass header.d=fagerborg.example", True),
        ("spf=pass smtp.mailfrom=kari@fagerborg.example", True),
        ("spf=pass smtp.mailfrom=fagerborg.example", True),
        ("spf=pass smtp.helo=fagerborg.example", None),
        ("spf=pass smtp.mailfrom=fagerborg.example@evil.example", None),
        ("spf=softfail smtp.mailfrom=fagerborg.example", None),
        ("auth=pass (LOGIN) smtp.auth=kari@fagerborg.example", True),
        ("auth=pass smtp.auth=ola@fagerborg.example", None),
        ("auth=pass smtp.auth=kari", None),
        ("iprev=pass policy.iprev=192.0.2.1", None),
        ("none", None),
    ],
)
def test_the_verdict_of_our_own_server(results: str, proven: bool | None) -> None:
    assert own(f"{OURS}; {results}") is proven


def test_our_servers_name_is_compared_without_case() -> None:
    assert own(f"MX.School.EXAMPLE; {FULL_PASS}") is True


@pytest.mark.parametrize(
    "values",
    [
        (f"mx.evil.example; {FULL_PASS}",),
        (f"mx.school.example.evil.example; {FULL_PASS}",),
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
    assert own(*values) is None


def test_without_a_configured_name_nobody_is_proven() -> None:
    proof = prove(with_results(f"{OURS}; {FULL_PASS}"), "own")
    assert proof.proven is None
    assert "authserv_id" in proof.because


# Octets, as an attacker would send them

FORGED_FROM = [
    "From: kari@fagerborg.example <evil@evil.example>",
    "From: kari@fagerborg.example, evil@evil.example",
    "From: Group: kari@fagerborg.example;, evil@evil.example",
    "From: <kari@fagerborg.example>evil@evil.example",
    "From: kari@fagerborg.example)evil@evil.example",
    "From: kari@fagerborg.example;evil@evil.example",
    "From: evil@evil.example\r\nFrom: kari@fagerborg.example",
    "From: kari@fagerborg.example\r\nFrom: evil@evil.example",
    "From: evil@evil.example\r\nfrom : kari@fagerborg.example",
    'From: "kari@fagerborg.example" <evil@evil.example>',
    "From: =?utf-8?q?kari=40fagerborg=2Eexample?= <evil@evil.example>",
    "From: Kari Nordmann <kari@fagerborg.example.evil.example>",
    "From: Kari Nordmann <kari@fagerbоrg.example>",
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
]

# What the border would say when evil.example sent it, and what the sender would like it to say.
TRUE_STATES = [
    f"{OURS}; none",
    f"{OURS}; spf=pass smtp.mailfrom=evil@evil.example",
    f"{OURS}; dkim=pass header.d=evil.example",
    f"{OURS}; dmarc=pass header.from=evil.example",
    f"{OURS}; dmarc=fail header.from=fagerborg.example",
    f"{OURS}; dkim=pass header.d=evil.example; dmarc=none header.from=evil.example",
    f"{OURS}; spf=softfail smtp.mailfrom=kari@fagerborg.example",
    f"{OURS}; auth=pass smtp.auth=pupil@fagerborg.example",
]
FORGED_STATES = [
    f"Authentication-Results: {OURS}; {FULL_PASS}",
    f"X-Note: a\rAuthentication-Results: {OURS}; {FULL_PASS}",
    f"X-Note: =?utf-8?q?a?=\r\n Authentication-Results: {OURS}; {FULL_PASS}",
]


def _mail(*lines: str) -> Reading:
    head = "\r\n".join((*lines, "To: letters@school.example", "Subject: Letter 1 from 7B Oslo to CM2 Lyon"))
    return read(f"{head}\r\n\r\nHello\r\n".encode())


def _speaks_for_kari(reading: Reading) -> bool:
    """Whether the program would act on this mail as Kari's."""
    proof = prove(reading, "own", OURS)
    return proof.proven is True and [a.address for a in reading.from_] == [KARI]


@pytest.mark.parametrize("sender", FORGED_FROM)
def test_no_forged_sender_is_proven_in_any_state(sender: str) -> None:
    for state, forged in product(TRUE_STATES, FORGED_STATES):
        mail = _mail(f"Authentication-Results: {state}", forged, sender)
        assert not _speaks_for_kari(mail), (sender, state, forged)


def test_the_matrix_is_as_large_as_it_should_be() -> None:
    assert len(FORGED_FROM) * len(TRUE_STATES) * len(FORGED_STATES) >= 600


@pytest.mark.parametrize("sender", [line for line in FORGED_FROM if "\r" not in line and "\n" not in line])
def test_a_strange_from_is_not_proven_even_when_the_border_was_fooled(sender: str) -> None:
    mail = _mail(f"Authentication-Results: {OURS}; {FULL_PASS}", sender)
    assert not _speaks_for_kari(mail)


@pytest.mark.parametrize("line", ["\r", "\x00"])
def test_a_verdict_behind_a_lone_carriage_return_or_nul_is_no_verdict(line: str) -> None:
    mail = _mail(f"X-Note: a{line}Authentication-Results: {OURS}; {FULL_PASS}", f"From: {KARI}")
    assert prove(mail, "own", OURS).proven is not True


def test_an_encoded_word_in_a_verdict_is_not_decoded() -> None:
    text = f"{OURS}; {FULL_PASS}".replace(" ", "_").replace("=", "=3D").replace(";", "=3B")
    mail = _mail(f"Authentication-Results: =?utf-8?q?{text}?=", f"From: {KARI}")
    assert prove(mail, "own", OURS).proven is None


def test_a_verdict_in_an_attached_message_is_not_ours() -> None:
    lines = (
        f"From: {KARI}",
        'Content-Type: multipart/mixed; boundary="b"',
        "",
        "--b",
        "Content-Type: message/rfc822",
        "",
        f"Authentication-Results: {OURS}; {FULL_PASS}",
        f"From: {KARI}",
        "",
        "x",
        "--b--",
    )
    assert prove(read("\r\n".join(lines).encode()), "own", OURS).proven is None


TRUE_FROM = [
    f"From: {KARI}",
    f"From: <{KARI}>",
    f"From: Kari Nordmann <{KARI}>",
    f'From: "Nordmann, Kari" <{KARI}>',
    f"From: =?utf-8?q?Kari_Nordmann_=28Fagerborg=29?= <{KARI}>",
    f"From: {KARI} (Kari Nordmann)",
    f"From: Kari\r\n Nordmann <{KARI}>",
    f"from: Kåre <{KARI}>",
    "From: Kari Nordmann <Kari@Fagerborg.Example>",
    f'From: "Kari \\"Nordmann\\"" <{KARI}>',
]
TRUE_PASSES = [
    FULL_PASS,
    "dkim=pass header.d=fagerborg.example; spf=pass smtp.mailfrom=fagerborg.example; " + FULL_PASS,
    "spf=pass (mx: domain of kari@fagerborg.example) smtp.mailfrom=kari@fagerborg.example",
    "dkim=pass (2048-bit key; unprotected) header.d=fagerborg.example header.i=@fagerborg.example",
    "auth=pass (LOGIN) smtp.auth=kari@fagerborg.example smtp.mailfrom=kari@fagerborg.example",
    "\r\n\tdmarc=pass (p=none\r\n\tdis=none)\r\n\theader.from=fagerborg.example",
    "arc=none; " + FULL_PASS + "; bimi=skipped",
    "dkim=fail header.d=list.example; dkim=pass header.d=fagerborg.example",
    "dmarc=none header.from=fagerborg.example; spf=pass smtp.mailfrom=fagerborg.example",
    "iprev=pass policy.iprev=192.0.2.1; dmarc=pass header.from=fagerborg.example;",
]


def test_a_hundred_true_mails_are_all_proven() -> None:
    mails = [
        _mail(f"Authentication-Results: {OURS}; {results}", sender)
        for sender, results in product(TRUE_FROM, TRUE_PASSES)
    ]
    assert len(mails) == 100
    assert all(map(_speaks_for_kari, mails))


# Google and Microsoft


def test_google_signs_with_its_own_name() -> None:
    google = (
        "mx.google.com; dkim=pass header.i=@fagerborg.example header.s=g header.b=Ab1/x+Yz; spf=pass"
        " (google.com: domain of kari@fagerborg.example designates 192.0.2.1 as permitted sender)"
        " smtp.mailfrom=kari@fagerborg.example; dmarc=pass (p=NONE dis=NONE) header.from=fagerborg.example"
    )
    assert prove(with_results(google), "google").proven is True
    assert prove(with_results(f"{OURS}; {FULL_PASS}"), "google").proven is None


MICROSOFT = (
    "spf=pass (sender IP is 192.0.2.1) smtp.mailfrom=fagerborg.example; dkim=none (message not signed)"
    " header.d=none;dmarc={dmarc} action=none header.from=fagerborg.example;compauth=pass reason=100"
)


@pytest.mark.parametrize(
    ("dmarc", "proven"), [("pass", True), ("fail", False), ("bestguesspass", True), ("permerror", None)]
)
def test_microsofts_form_without_a_name(dmarc: str, proven: bool | None) -> None:
    assert prove(with_results(MICROSOFT.format(dmarc=dmarc)), "microsoft").proven is proven


def test_a_name_in_front_is_not_microsofts() -> None:
    assert prove(with_results(f"{OURS}; {FULL_PASS}"), "microsoft").proven is None


@pytest.mark.parametrize(
    ("values", "proven"),
    [
        (("Internal",), True),
        (("Anonymous",), None),
        (("Internal", "Anonymous"), None),
        ((), None),
    ],
)
def test_mail_inside_a_microsoft_tenant_is_marked(values: tuple[str, ...], proven: bool | None) -> None:
    headers = tuple(("x-ms-exchange-organization-authas", value) for value in values)
    assert prove(a_reading(headers=headers), "microsoft").proven is proven


def test_two_senders_prove_nothing() -> None:
    reading = a_reading(
        from_=(Address(KARI), Address("evil@evil.example")),
        headers=(("authentication-results", f"{OURS}; {FULL_PASS}"),),
    )
    assert prove(reading, "own", OURS).proven is False

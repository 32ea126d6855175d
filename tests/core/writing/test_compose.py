"""What we compose is read back the same, whatever it holds, and holds no header that nobody wrote."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from email import message_from_bytes, policy
from email.message import EmailMessage
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from twinpost.core.model.outgoing import Enclosure, OutgoingMail
from twinpost.core.reading.mime import read
from twinpost.core.writing.compose import compose
from twinpost.core.writing.plain import lines, one_line

MAIL = OutgoingMail(
    message_id="<tp.1@school.example>",
    date=datetime(2026, 10, 8, 9, 15, tzinfo=timezone(timedelta(hours=2))),
    from_=("Letters between schools", "letters@school.example"),
    to=(("Kari Nordmann", "kari@fagerborg.example"),),
    subject="Letter 1 from 7B Oslo has arrived",
    text="Thank you.\n\n-- \nThe post office\n",
    html='<!DOCTYPE html>\n<html lang="en"><p>Thank you.</p></html>\n',
)
PLAIN_HEADERS = [
    "date",
    "from",
    "to",
    "subject",
    "message-id",
    "auto-submitted",
    "x-auto-response-suppress",
    "mime-version",
    "content-type",
]
WORDS = st.text(max_size=120)
LINES = st.text(st.one_of(st.characters(codec="utf-8"), st.sampled_from("\n\r\t .=-_é")), max_size=400)


def parsed(mail: OutgoingMail, *enclosures: Enclosure) -> EmailMessage:
    message = message_from_bytes(compose(mail, enclosures), policy=policy.default)
    assert isinstance(message, EmailMessage)
    assert [part.defects for part in message.walk() if part.defects] == []
    return message


def bodies(message: EmailMessage) -> tuple[str, str]:
    plain, html = message.get_body(("plain",)), message.get_body(("html",))
    assert plain is not None
    assert html is not None
    return plain.get_content().replace("\r\n", "\n"), html.get_content().replace("\r\n", "\n")


def joined(name: str) -> str:
    """A name without blanks: the standard library keeps those between encoded words of a phrase."""
    return name.replace(" ", "")


def as_lines(text: str) -> str:
    return "\n".join(lines(text)).rstrip("\n") + "\n"


def test_a_plain_mail_has_exactly_these_headers() -> None:
    message = parsed(MAIL)
    assert [name.lower() for name in message.keys()] == PLAIN_HEADERS  # noqa: SIM118
    assert message["date"] == "Thu, 08 Oct 2026 07:15:00 +0000"
    assert message["from"] == "Letters between schools <letters@school.example>"
    assert message["auto-submitted"] == "auto-replied"
    assert message["x-auto-response-suppress"] == "DR, RN, NRN, AutoReply"
    assert message.get_content_type() == "multipart/alternative"
    assert bodies(message) == (MAIL.text, MAIL.html)


def test_composing_twice_gives_the_same_octets() -> None:
    files = (Enclosure("a.pdf", "application/pdf", b"%PDF"),)
    assert compose(MAIL, files) == compose(replace(MAIL), files)


def test_two_mails_have_different_boundaries() -> None:
    first, second = (parsed(replace(MAIL, message_id=f"<{n}@school.example>")) for n in (1, 2))
    assert first.get_boundary() != second.get_boundary()


def test_copies_replies_and_the_thread_are_told() -> None:
    chain = tuple(f"<{number}@fagerborg.example>" for number in range(30))
    message = parsed(
        replace(
            MAIL,
            cc=(("Ola Hansen", "ola@fagerborg.example"),),
            reply_to=(("Luc Martin", "luc@ecole-lyon.example"), ("", "letters@school.example")),
            in_reply_to=chain[-1],
            references=chain,
            auto_submitted="auto-generated",
            headers=(("X-Twinpost", "receipt"), ("List-Id", "Oslo and Lyon <oslo-lyon.school.example>")),
        )
    )
    assert message["cc"] == "Ola Hansen <ola@fagerborg.example>"
    assert message["reply-to"] == "Luc Martin <luc@ecole-lyon.example>, letters@school.example"
    assert message["in-reply-to"] == chain[-1]
    assert message["references"].split() == [chain[0], *chain[-19:]]
    assert message["auto-submitted"] == "auto-generated"
    assert message["x-twinpost"] == "receipt"
    assert message["list-id"] == "Oslo and Lyon <oslo-lyon.school.example>"


def test_a_broken_foreign_message_id_is_left_out_of_the_thread() -> None:
    odd = (
        "<a@b.example>",
        "no brackets",
        "<two words@b.example>",
        "<x\r\nBcc: v@evil.example>",
        "<é@b.example>",
    )
    message = parsed(replace(MAIL, in_reply_to=odd[3], references=odd))
    assert message["references"] == "<a@b.example>"
    assert message["in-reply-to"] is None


@given(WORDS, WORDS, WORDS)
def test_subject_and_names_are_read_back(subject: str, name: str, other: str) -> None:
    mail = replace(
        MAIL,
        subject=subject,
        from_=(name, "letters@school.example"),
        to=((other, "kari@fagerborg.example"), (name, "ola@fagerborg.example")),
    )
    message = parsed(mail)
    assert message["subject"] == one_line(subject)
    assert joined(message["from"].addresses[0].display_name) == joined(one_line(name))
    shown = [joined(address.display_name) for address in message["to"].addresses]
    assert shown == [joined(one_line(other)), joined(one_line(name))]
    assert [address.addr_spec for address in message["to"].addresses] == [
        "kari@fagerborg.example",
        "ola@fagerborg.example",
    ]


@given(LINES, LINES)
def test_both_texts_are_read_back(text: str, html: str) -> None:
    assert bodies(parsed(replace(MAIL, text=text, html=html))) == (as_lines(text), as_lines(html))


@given(WORDS, WORDS, LINES, st.binary(max_size=300))
def test_our_own_reading_reads_the_same(subject: str, name: str, text: str, content: bytes) -> None:
    mail = replace(MAIL, subject=subject, from_=(name, "letters@school.example"), text=f"Hello.\n{text}")
    reading = read(compose(mail, (Enclosure("bilde é.bin", "application/octet-stream", content),)))

    def bare(words: str) -> str:
        return " ".join(re.sub("[\u200c\u200d]", "", words).split())

    assert bare(reading.subject) == bare(one_line(subject))
    assert [address.address for address in reading.from_] == ["letters@school.example"]
    assert bare(reading.from_[0].name) == bare(one_line(name))
    assert reading.message_id == mail.message_id
    assert reading.date == mail.date
    assert [(file.name, file.size) for file in reading.files] == [("bilde é.bin", len(content))]
    assert reading.text.startswith("Hello.")
    assert not reading.defects or ("@" in name and set(name) & set("<>,;"))  # could pass for two senders


@given(st.text(min_size=1, max_size=250), st.binary(max_size=500))
def test_a_file_comes_back_bit_for_bit_under_its_name(name: str, content: bytes) -> None:
    message = parsed(MAIL, Enclosure(name, "image/jpeg", content))
    (file,) = message.iter_attachments()
    shown = one_line(re.sub(r'[/\\:*?"<>|]', "_", name)) or "file"
    assert file.get_payload(decode=True) == content
    assert file.get_content_type() == "image/jpeg"
    assert file.get_filename() == shown or (len(shown) > 180 and len(file.get_filename() or "") == 180)


def test_a_cut_file_name_keeps_its_ending() -> None:
    (file,) = parsed(MAIL, Enclosure("å" * 300 + ".jpeg", "image/jpeg", b"x")).iter_attachments()
    assert (file.get_filename() or "").endswith("å.jpeg")


@pytest.mark.parametrize(
    "kind", ["", "nonsense", "text/plain\r\nBcc: v@evil.example", "multipart/mixed", "message/partial"]
)
def test_a_media_type_that_cannot_carry_a_file_becomes_octets(kind: str) -> None:
    (file,) = parsed(MAIL, Enclosure("x", kind, b"content")).iter_attachments()
    assert file.get_content_type() == "application/octet-stream"
    assert file.get_payload(decode=True) == b"content"


def test_a_long_name_is_parted_at_its_blanks() -> None:
    name = "Володимир Олександрович Коваленко"
    message = parsed(replace(MAIL, to=((name, "kari@fagerborg.example"),)))
    assert message["to"].addresses[0].display_name.split() == name.split()


def test_a_plain_original_travels_as_a_mail_and_keeps_every_octet() -> None:
    original = b"Subject: Letter 1 \r\nFrom: kari@fagerborg.example\r\n\r\n.\r\nFrom here on \r\n\r\n"
    octets = compose(MAIL, (Enclosure("original", "message/rfc822", original),))
    (file,) = parsed(MAIL, Enclosure("original", "message/rfc822", original)).iter_attachments()
    assert file.get_content_type() == "message/rfc822"
    assert file.get_filename() == "original.eml"
    assert original in octets


@pytest.mark.parametrize(
    "original",
    [
        "Subject: é\r\n\r\nx".encode(),
        b"Subject: x\n\nbare line ends\n",
        b"Subject: x\r\n\r\n" + b"a" * 999,
        b"Subject: x\r\n\r\nlone \r here",
        b"Subject: x\r\n\r\n\0",
    ],
)
def test_an_original_that_a_server_might_change_travels_as_a_file(original: bytes) -> None:
    (file,) = parsed(MAIL, Enclosure("original.eml", "message/rfc822", original)).iter_attachments()
    assert file.get_content_type() == "application/octet-stream"
    assert file.get_filename() == "original.eml"
    assert file.get_payload(decode=True) == original


def test_our_own_mail_can_be_attached_to_itself() -> None:
    first = compose(MAIL)
    octets = compose(MAIL, (Enclosure("first.eml", "message/rfc822", first),))
    again = compose(MAIL, (Enclosure("again.eml", "message/rfc822", octets),))
    (inner,) = (p for p in message_from_bytes(again, policy=policy.default).iter_attachments())  # type: ignore[attr-defined]
    assert inner.get_content_type() == "message/rfc822"
    assert octets in again


@given(LINES, WORDS, WORDS, st.binary(max_size=2000))
def test_lines_are_short_and_end_with_crlf(text: str, subject: str, name: str, content: bytes) -> None:
    mail = replace(MAIL, text=text, html=text, subject=subject, from_=(name, "letters@school.example"))
    octets = compose(mail, (Enclosure(name, "image/png", content),))
    rows = octets.split(b"\r\n")
    assert not any(b"\r" in row or b"\n" in row or b"\0" in row for row in rows)
    assert max(map(len, rows)) <= 78
    assert octets.isascii()


TRICKS = (
    "\r\n",
    "\n",
    "\r",
    "\x0b",
    "\x0c",
    "\x85",
    "\u2028",
    "\u2029",
    "\0\n",
    "\r\n\r\n",
    "=?utf-8?q?=0D=0A?=",
    "\r\n ",
)
VALUES = (
    "Bcc: v@evil.example",
    "To: v@evil.example",
    "Content-Type: text/html",
    "\tX: y",
    "--=_0",
    "\u202eX: y",
)


@pytest.mark.parametrize("where", ["subject", "from_", "to", "headers"])
@pytest.mark.parametrize(("trick", "value"), list(product(TRICKS, VALUES)))
def test_nothing_that_a_value_holds_becomes_a_header(where: str, trick: str, value: str) -> None:
    payload = f"Letter 1{trick}{value}{trick}"
    changed: dict[str, object] = {
        "subject": payload,
        "from_": (payload, "letters@school.example"),
        "to": ((payload, "kari@fagerborg.example"),),
        "headers": (("X-Twinpost", payload),),
    }
    message = parsed(replace(MAIL, **{where: changed[where]}))  # type: ignore[arg-type]
    names = [name.lower() for name in message.keys()]  # noqa: SIM118
    assert [name for name in names if name != "x-twinpost"] == PLAIN_HEADERS
    assert [address.addr_spec for address in message["to"].addresses] == ["kari@fagerborg.example"]
    assert [address.addr_spec for address in message["from"].addresses] == ["letters@school.example"]


@pytest.mark.parametrize(
    "address",
    [
        "",
        "kari",
        "kari@",
        "@fagerborg.example",
        "kari@fagerborg.example, v@evil.example",
        "kari@fagerborg.example\r\nBcc: v@evil.example",
        "kari@fagerborg.example\n",
        "<kari@fagerborg.example>",
        "kåri@fagerborg.example",
        "kari@fågerborg.example",
        "ka ri@fagerborg.example",
        '"kari"@fagerborg.example',
        "kari@fagerborg..example",
        "kari@[127.0.0.1]",
        "k" * 65 + "@fagerborg.example",
    ],
)
def test_an_address_that_is_not_plain_is_refused(address: str) -> None:
    for where in ("to", "cc", "reply_to"):
        with pytest.raises(ValueError, match="not a plain address"):
            compose(replace(MAIL, **{where: (("Kari", address),)}))  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="not a plain address"):
        compose(replace(MAIL, from_=("Kari", address)))


@pytest.mark.parametrize("name", ["Subject", "bcc", "Content-Type", "X Y", "X:", "", "X\r\nBcc", "é"])
def test_an_extra_header_cannot_stand_in_for_one_of_ours(name: str) -> None:
    with pytest.raises(ValueError, match="extra header"):
        compose(replace(MAIL, headers=((name, "value"),)))


def test_a_message_id_that_is_none_is_refused() -> None:
    with pytest.raises(ValueError, match="Message-ID"):
        compose(replace(MAIL, message_id="tp.1@school.example"))


def test_a_date_without_its_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="zone"):
        compose(replace(MAIL, date=datetime(2026, 10, 8, 9, 15)))
    assert parsed(replace(MAIL, date=datetime(2026, 10, 8, tzinfo=UTC)))["date"].endswith("+0000")

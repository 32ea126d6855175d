"""Mails made to stop a reader: each is cut where it must be, and read."""

from __future__ import annotations

import random
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.core.reading.poison import POISON

from twinpost.core.model.mail import Defect, Reading
from twinpost.core.reading.guard import Limits
from twinpost.core.reading.mime import read, read_enclosures, read_head, read_whole

STRANGE = sorted((Path(__file__).parents[2] / "mails" / "strange").glob("*.eml"))


@pytest.mark.parametrize("name", POISON)
def test_a_poisonous_mail_is_read_and_says_what_was_cut(name: str) -> None:
    octets, defect = POISON[name]
    reading = read_whole(octets)
    assert defect is None or defect in reading.defects
    assert _is_sound(reading)


def test_no_more_parts_than_the_limit_are_read() -> None:
    reading = read_whole(POISON["fifty thousand empty parts"][0])
    assert len(reading.files) + 1 <= Limits().parts


def test_a_mail_above_the_limit_is_cut_and_still_read() -> None:
    reading = read_whole(b"Subject: Letter 1\r\n\r\n" + b"word " * 1000, Limits(message=1000))
    assert Defect.TOO_LARGE in reading.defects
    assert reading.subject == "Letter 1"
    assert reading.text.startswith("word word")


def test_the_head_alone_can_be_read() -> None:
    head = read_head(b"From: kari@fagerborg.example\r\nSubject: Letter 1\r\n\r\nbody")
    assert (head.subject, head.from_[0].address, head.text) == ("Letter 1", "kari@fagerborg.example", "")


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.binary(max_size=2000))
def test_no_octets_at_all_make_the_reader_raise(octets: bytes) -> None:
    assert _is_sound(read_whole(octets))


FRAGMENTS = st.sampled_from(
    [
        *(b"From: ", b"To: ", b"Subject: ", b"Date: ", b"Message-ID: ", b"References: ", b"Content-Type: "),
        *(
            b"Content-Transfer-Encoding: base64",
            b"Content-Disposition: attachment; filename*0*=",
            b"\r\n",
            b"\n",
        ),
        *(
            b"\r",
            b"\0",
            b"\r\n\r\n",
            b"--b",
            b"--b--",
            b"multipart/mixed; boundary=b",
            b"text/html",
            b" ",
            b"\t",
        ),
        *(
            b"message/rfc822",
            b"=?utf-8?q?",
            b"?=",
            b"<",
            b">",
            b"@",
            b'"',
            b"(",
            b")",
            b",",
            b";",
            b":",
            b"a",
            b"\xff",
        ),
        *(
            b"iso-2022-jp''",
            b"charset=utf-7",
            b"format=flowed",
            b"quoted-printable",
            b"Mon, 5 Oct 2026",
            b"<p>",
        ),
        *(
            b"PK\x03\x04",
            b"PK\x05\x06",
            b"%PDF-",
            b"\xff\xd8\xff\xe0",
            b"begin 644 x",
            b"-- ",
            b"> ",
            b"wrote:",
        ),
    ]
)


@settings(max_examples=500, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(FRAGMENTS, max_size=60).map(b"".join))
def test_no_sequence_of_mail_fragments_makes_the_reader_raise(octets: bytes) -> None:
    reading = read_whole(octets)
    assert _is_sound(reading)
    assert len(read_enclosures(octets, [file.part for file in reading.files])) in (len(reading.files), 1)


def test_mutants_of_strange_mails_are_read() -> None:
    chance = random.Random(2026)
    for _ in range(400):
        octets = bytearray(chance.choice(STRANGE).read_bytes() or b"x")
        for _ in range(chance.randint(1, 12)):
            place = chance.randrange(len(octets) or 1)
            match chance.randrange(3):
                case 0:
                    octets[place : place + 1] = bytes([chance.randrange(256)])
                case 1:
                    del octets[place : place + chance.randrange(40)]
                case _:
                    octets[place:place] = octets[place : place + chance.randrange(200)]
        assert _is_sound(read_whole(bytes(octets)))


def test_a_fault_of_ours_is_a_defect_and_no_exception(monkeypatch: pytest.MonkeyPatch) -> None:
    def stumbles(*_: object) -> str:
        raise RecursionError

    monkeypatch.setattr("twinpost.core.reading.mime.text_of", stumbles)
    reading = read(b"Subject: Letter 1\r\n\r\nbody")
    assert reading.subject == "Letter 1"
    assert Defect.UNREADABLE in reading.defects


def _is_sound(reading: Reading) -> bool:
    """Whether a reading can be stored, shown and compared by everybody after us."""
    lines = [reading.subject, reading.message_id, *(value for _, value in reading.headers)]
    lines += [file.name for file in reading.files]
    lines += [
        text for entry in (*reading.from_, *reading.to, *reading.cc) for text in (entry.address, entry.name)
    ]
    assert not any(sign in line for line in lines for sign in "\r\n\0\x85\u2028\u2029")
    assert "\r" not in reading.text
    assert "\0" not in reading.text
    "".join((*lines, reading.text, reading.written)).encode("utf-8")  # no lone surrogate
    assert reading.date is None or reading.date.utcoffset() is not None
    assert len(reading.text) <= Limits().text
    assert all(entry.address == entry.address.casefold() for entry in (*reading.from_, *reading.to))
    assert all(file.name and "/" not in file.name for file in reading.files)
    assert len(reading.fingerprint) == 64
    return True

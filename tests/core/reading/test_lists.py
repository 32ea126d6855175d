"""Who wrote a mail when a mailing list put its own address into the From."""

from __future__ import annotations

import pytest

from twinpost.core.model.mail import Address
from twinpost.core.reading.mime import read_whole

LETTER = "Subject: [teachers] Letter 1 from 7B Oslo to CM2 Lyon\r\nMessage-ID: <1@fagerborg.example>\r\n"
KARI = Address("kari@fagerborg.example", "Kari Nordmann")

LISTS = {
    "Google Groups": (
        "From: \"'Kari Nordmann' via Teachers\" <teachers@fagerborg.example>\r\n"
        "X-Original-From: Kari Nordmann <kari@fagerborg.example>\r\n"
        "Reply-To: Kari Nordmann <kari@fagerborg.example>\r\n"
        "Precedence: list\r\nList-ID: <teachers.fagerborg.example>\r\n"
    ),
    "Mailman, answers to the writer": (
        "From: Kari Nordmann via Teachers <teachers@lists.example>\r\n"
        "Reply-To: Kari Nordmann <kari@fagerborg.example>\r\nList-Id: <teachers.lists.example>\r\n"
    ),
    "Mailman, answers to the list": (
        "From: Kari Nordmann via Teachers <teachers@lists.example>\r\n"
        "Reply-To: Teachers <teachers@lists.example>\r\nCc: Luc Martin <luc@ecole-lyon.example>,\r\n"
        " Kari Nordmann <kari@fagerborg.example>\r\nList-Id: <teachers.lists.example>\r\n"
    ),
    "Mailman in German": (
        "From: Kari Nordmann =?utf-8?q?=C3=BCber?= Lehrer <lehrer@lists.example>\r\n"
        "Reply-To: Kari Nordmann <kari@fagerborg.example>\r\nPrecedence: list\r\n"
    ),
    "groups.io": (
        "From: Kari Nordmann via groups.example <kari=fagerborg.example@groups.example>\r\n"
        "List-Unsubscribe: <https://groups.example/off>\r\n"
    ),
    "LISTSERV": (
        "From: Kari Nordmann <000001a2b3c4-dmarc-request@listserv.example>\r\n"
        "Reply-To: Kari Nordmann <kari@fagerborg.example>\r\nList-Post: <mailto:t@listserv.example>\r\n"
    ),
    "a school's platform, no list": (
        'From: "Kari Nordmann (via ENT)" <ne-pas-repondre@ent.example>\r\n'
        "Reply-To: Kari Nordmann <kari@fagerborg.example>\r\n"
    ),
}
HONEST = {
    "no list at all": (
        'From: "Kari Nordmann, 7B" <office@fagerborg.example>\r\n'
        "Reply-To: Kari Nordmann <kari@fagerborg.example>\r\n"
    ),
    "a list that leaves the From alone": (
        "From: Kari Nordmann <kari@home.example>\r\nReply-To: Kari Nordmann <kari@fagerborg.example>\r\n"
        "List-Id: <teachers.lists.example>\r\n"
    ),
    "answers go to somebody else": (
        "From: Kari Nordmann via Teachers <teachers@lists.example>\r\n"
        "Reply-To: Ola Hansen <ola@fagerborg.example>\r\nList-Id: <teachers.lists.example>\r\n"
    ),
    "a name of two readings": (
        "From: Kari Nordmann via Teachers <teachers@lists.example>\r\n"
        "X-Original-From: kari@fagerborg.example <evil@evil.example>\r\nList-Id: <teachers.lists.example>\r\n"
    ),
}


@pytest.mark.parametrize("head", LISTS.values(), ids=LISTS)
def test_a_list_that_takes_the_senders_place_names_the_writer(head: str) -> None:
    reading = read_whole(f"{head}{LETTER}\r\nDear Luc\r\n".encode())
    assert [sender.address for sender in reading.from_] == [KARI.address]
    assert reading.from_[0].name.startswith(KARI.name)
    assert reading.via


@pytest.mark.parametrize("head", HONEST.values(), ids=HONEST)
def test_another_from_stays_what_it_is(head: str) -> None:
    reading = read_whole(f"{head}{LETTER}\r\nDear Luc\r\n".encode())
    assert KARI.address not in [sender.address for sender in reading.from_]
    assert not reading.via


def test_the_lists_copy_is_the_same_mail_as_the_one_that_came_directly() -> None:
    direct = f"From: Kari Nordmann <kari@fagerborg.example>\r\n{LETTER}\r\nDear Luc\r\n".encode()
    copy = f"{LISTS['Google Groups']}{LETTER}\r\nDear Luc\r\n".encode()
    assert read_whole(copy).fingerprint == read_whole(direct).fingerprint

"""Letters that come through a teachers' group, and robots that answer what we send."""

from __future__ import annotations

import pytest
from tests.office import BOX, KARI, LUC, PDF, Office, mails, the

from twinpost.core.model.kind import Kind

SUBJECT = "Letter 1 from 7B Oslo to CM2 Lyon"
GROUP = "\"'Kari Nordmann' via Teachers\" <teachers@fagerborg.example>"
THROUGH_GROUP = (
    ("X-Original-From", f"Kari Nordmann <{KARI}>"),
    ("Reply-To", f"Kari Nordmann <{KARI}>"),
    ("List-Id", "<teachers.fagerborg.example>"),
    ("Precedence", "list"),
)
FILES = [("letters.pdf", PDF)]


def test_a_letter_through_a_group_is_its_writers_and_is_passed_on_after_her_yes(office: Office) -> None:
    done = office.receive(GROUP, f"[teachers] {SUBJECT}", files=FILES, headers=THROUGH_GROUP)
    assert done.sorted.kind is Kind.LETTER
    assert not done.proof.proven
    receipt = the(done.told, "receipt", KARI)
    assert ("letter-arrived", LUC) in mails(done.told)
    assert not the(done.told, "letter-arrived", LUC).tell.attach
    answered = office.receive(KARI, f"Re: {receipt.subject}", text="YES", answers=receipt)
    assert the(answered.told, "letter-arrived", LUC).tell.attach


def test_the_groups_copy_of_a_letter_that_came_directly_is_the_same_letter(office: Office) -> None:
    office.receive(f"Kari Nordmann <{KARI}>", SUBJECT, cc=[LUC], files=FILES)
    office.sent -= 1  # the group keeps the Message-ID
    copy = office.receive(GROUP, f"[teachers] {SUBJECT}", cc=[LUC], files=FILES, headers=THROUGH_GROUP)
    assert (copy.told, len(office.log())) == ((), 1)


@pytest.mark.parametrize(
    ("sender", "headers"),
    [
        (GROUP, THROUGH_GROUP),
        ("Kari Nordmann via School <post@evil.example>", (("Reply-To", f"Kari Nordmann <{KARI}>"),)),
    ],
)
def test_nobody_answers_a_question_of_ours_in_anothers_name_through_a_group(
    office: Office, sender: str, headers: tuple[tuple[str, str], ...]
) -> None:
    receipt = the(office.receive(KARI, SUBJECT, files=FILES, proven=False).told, "receipt", KARI)
    forged = office.receive(sender, f"Re: {receipt.subject}", text="YES", answers=receipt, headers=headers)
    assert ("letter-arrived", LUC) not in mails(forged.told)
    hers = office.receive(KARI, f"Re: {receipt.subject}", text="YES", answers=receipt)
    assert ("letter-arrived", LUC) in mails(hers.told)


def test_mail_to_a_group_that_is_our_own_address_is_answered_as_ever(office: Office) -> None:
    ours = (("List-Id", "<letters.school.example>"), ("List-Post", f"<mailto:{BOX}>"), ("Precedence", "list"))
    done = office.receive(KARI, "Which week suits you?", headers=ours)
    assert mails(done.told) == [("pass-on-question", KARI)]


def test_an_away_note_answers_our_receipt_and_nothing_follows(office: Office) -> None:
    receipt = the(office.receive(KARI, SUBJECT, cc=[LUC], files=FILES).told, "receipt", KARI)
    away = office.receive(
        KARI,
        f"Re: {receipt.subject}",
        text="Jeg er på fjellet.",
        answers=receipt,
        headers=[("Auto-Submitted", "auto-replied")],
    )
    assert (away.sorted.kind, away.told) == (Kind.AUTOMATIC, ())


def test_a_teacher_who_forwards_an_away_note_logs_no_letter_and_is_asked(office: Office) -> None:
    done = office.receive(KARI, f"FW: Automatic reply: {SUBJECT}", text="Luc is away, it seems.")
    assert done.sorted.kind is Kind.OTHER
    assert not office.log()
    assert mails(done.told) == [("pass-on-question", KARI)]

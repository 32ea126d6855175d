"""How we write: to whom, with whom in Reply-To, and never silence for a teacher."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from tests.office import BOX, EXCHANGE, KARI, LUC, OLA, PDF, Office, an_office, mails, the

from twinpost.core.model.kind import Kind
from twinpost.ledger.outbox import State
from twinpost.ledger.parcels import Parcel

pytestmark = pytest.mark.slow

LETTER = "Letter 1 from 7B Oslo to CM2 Lyon"
ANA = "ana@elever.fagerborg.example"
WITH_PUPILS = EXCHANGE.replace("letters: 4", "letters: 4\nmode: direct").replace(
    "{name: Ana Berg}", f"{{name: Ana Berg, email: {ANA}}}"
)


def parcel(office: Office, notice: str, to: str) -> Parcel:
    """The one mail of this kind to this person, as it lies in the outbox."""
    (found,) = [one for one in office.outbox() if (one.notice, one.recipient) == (notice, to)]
    return found


def reply_to(mail: Parcel) -> list[str]:
    return [address for _, address in mail.mail.reply_to]


ONLY_TO_US = {
    "a letter": (LETTER, "Here it is.\n", [("a.pdf", PDF)]),
    "a letter without files": (LETTER, "Dear friends, this is our letter.\n", []),
    "a letter without a number": ("Letter to Lyon", "Here.\n", [("a.pdf", PDF)]),
    "a letter with a broken number": ("Letter 0 from 7B Oslo to CM2 Lyon", "Here.\n", [("a.pdf", PDF)]),
    "a letter from the wrong side": ("Letter 1 from CM2 Lyon to 7B Oslo", "Here.\n", [("a.pdf", PDF)]),
    "a letter to nobody we know": ("Letter 1 from 7B Oslo to Atlantis", "Here.\n", [("a.pdf", PDF)]),
    "a letter to herself": ("Letter 1 from 7B Oslo to 7B Oslo", "Here.\n", [("a.pdf", PDF)]),
    "talk about a letter": ("Letter 2 will be late", "We are all ill.\n", []),
    "another product": ("Video 1 from 7B Oslo to CM2 Lyon", "Here.\n", [("a.mp4", b"\0\0\0\x18ftypmp42")]),
    "an order": ("STATUS", "", []),
    "an order in the text": ("Hello", "HOLIDAYS\n", []),
    "a question": ("How many pupils?", "How many pupils are you?\n", []),
    "files without words": ("", "", [("a.pdf", PDF)]),
    "nothing at all": ("", "", []),
    "a reply to nothing": ("Re: Our trip", "It was fine.\n", []),
    "a reply with files to nothing": ("SV: bilder", "Her.\n", [("a.pdf", PDF)]),
    "a forward": ("Fwd: Our trip", "See below.\n", []),
    "a forwarded letter": ("Fwd: Letter 1 from CM2 Lyon to 7B Oslo", "See below.\n", [("a.pdf", PDF)]),
    "a mere thanks": ("Thanks!", "Thank you.\n", []),
    "a yes to nothing": ("Yes", "Yes\n", []),
    "a template": ("{{ 7 * 7 }} {% for %}", "{{ config }}\n", []),
    "markup": ("<script>alert(1)</script>", "<b>bold</b>\n", []),
    "a very long subject": ("x" * 5000, "Hello.\n", []),
    "bidi and zero-width characters": ("\u202eLetter\u200b 1\u2066", "Hello \u202e there.\n", []),
}
"""Mails of a teacher that nobody else has: (subject, text, files)."""


@pytest.mark.parametrize("kind", ONLY_TO_US)
def test_a_teacher_whose_mail_reached_only_us_hears_something(office: Office, kind: str) -> None:
    subject, text, files = ONLY_TO_US[kind]
    done = office.receive(KARI, subject, text=text, files=files)
    hers = [told for told in done.told if told.tell.to.address == KARI]
    assert [told.state for told in hers] == ["waiting"]


REPLIES = ("Thanks!\n", "Yes\n", "No\n", "2\n", "We are ill, letter 2 will be late.\n", "", "STATUS\n", "?\n")


@pytest.mark.parametrize("text", REPLIES)
@pytest.mark.parametrize("first", ["a letter", "a letter to nobody we know", "a question", "an order"])
def test_a_plain_reply_to_any_mail_of_ours_is_heard(office: Office, first: str, text: str) -> None:
    subject, said, files = ONLY_TO_US[first]
    done = office.receive(KARI, subject, text=said, files=files)
    (hers,) = [told for told in done.told if told.tell.to.address == KARI]
    office.now += timedelta(minutes=5)
    answer = office.receive(KARI, "Re: " + hers.subject, text=text, answers=hers)
    assert any(told.state == "waiting" for told in answer.told)


def test_a_receipt_is_answered_to_the_colleagues_and_the_box(office: Office) -> None:
    office.receive(KARI, LETTER, to=[LUC], cc=[BOX], files=[("a.pdf", PDF)])
    assert reply_to(parcel(office, "receipt", KARI)) == [OLA, LUC, BOX]
    assert reply_to(parcel(office, "letter-arrived", LUC)) == [KARI, OLA, BOX]


def test_a_question_is_answered_to_the_box_alone(office: Office) -> None:
    office.receive(KARI, LETTER, files=[("a.pdf", PDF)], proven=False)
    assert reply_to(parcel(office, "receipt", KARI)) == [BOX]
    assert reply_to(parcel(office, "receipt", OLA)) == [KARI, LUC, BOX]


def test_what_is_passed_on_is_answered_to_whoever_wrote_it(office: Office) -> None:
    lost = office.receive(KARI, "Our trip", text="We were at the sea.\n")
    office.receive(KARI, "Re: x", text="Yes\n", answers=the(lost.told, "pass-on-question", KARI))
    assert reply_to(parcel(office, "passed-on", LUC)) == [KARI, BOX]


def test_every_mail_says_that_a_program_wrote_it(office: Office) -> None:
    office.receive(KARI, LETTER, to=[LUC], cc=[BOX], files=[("Ana Berg.pdf", PDF)])
    office.receive(KARI, "Our trip", text="We were at the sea.\n")
    office.wait(days=1)
    marks = {(one.notice, one.mail.auto_submitted) for one in office.outbox()}
    assert ("receipt", "auto-replied") in marks
    assert {mark for _, mark in marks} <= {"auto-replied", "auto-generated"}
    assert all(len(one.mail.to) == 1 and not one.mail.cc for one in office.outbox())


def test_an_update_says_so_and_keeps_the_thread(office: Office) -> None:
    office.receive(KARI, LETTER, to=[LUC], cc=[BOX], files=[("a.pdf", PDF)])
    office.receive(OLA, LETTER, to=[LUC], cc=[BOX], files=[("b.pdf", PDF + b"2")])
    update = the(office.wait(minutes=11), "letter-arrived", LUC)
    assert update.subject.endswith("(update)")
    assert "so far" in update.text
    assert (update.tell.parent, update.tell.references) == ("<2@story.example>", ("<1@story.example>",))


def test_with_copies_all_each_teacher_who_was_not_in_copy_has_the_letter(tmp_path: Path) -> None:
    with an_office(tmp_path) as office:
        office.apply(EXCHANGE.replace("letters: 4", "letters: 4\ncopies: all"))
        done = office.receive(
            LUC, "Letter 1 from CM2 Lyon to 7B Oslo", to=[KARI], cc=[BOX], files=[("a.pdf", PDF)]
        )
        assert not the(done.told, "letter-arrived", KARI).tell.attach
        assert the(done.told, "letter-arrived", OLA).tell.attach


def test_a_pupils_mail_is_recorded_in_silence(office: Office) -> None:
    office.apply(WITH_PUPILS)
    mail = office.receive(ANA, "Hi Zoé", to=[LUC, KARI], cc=[BOX])
    assert (mail.sorted.kind, mail.told) == (Kind.PUPIL_MAIL, ())


def test_no_one_is_written_to_in_the_middle_of_the_night_about_an_old_question(office: Office) -> None:
    office.now = office.now.replace(hour=21)
    office.receive(KARI, "Letter 1 from the frogs to CM2 Lyon", to=[LUC], cc=[BOX])
    assert office.wait(hours=8) == []  # 07:00 in Oslo
    assert mails(office.wait(hours=1)) == [("which-letter", KARI)]


def test_a_teacher_of_two_places_gets_one_mail(office: Office) -> None:
    both = EXCHANGE.replace(
        "      - {name: Luc Martin, email: luc@ecole-lyon.example}\n",
        "      - {name: Luc Martin, email: luc@ecole-lyon.example}\n"
        "      - {name: Ola Hansen, email: ola@fagerborg.example}\n",
    )
    office.apply(both)
    done = office.receive(KARI, LETTER, to=[LUC], cc=[BOX], files=[("a.pdf", PDF)])
    assert sorted(address for _, address in mails(done.told)) == sorted([KARI, OLA, LUC])


def test_what_the_budget_withheld_comes_later_in_one_mail_and_can_be_answered(office: Office) -> None:
    lost = [office.receive(KARI, f"Our trip {number}", text="To the sea.\n") for number in range(6)]
    hers = [told.state for mail in lost for told in mail.told if told.tell.to.address == KARI]
    assert hers == ["waiting"] * 5 + ["withheld"]
    joined = office.join(hours=1.1)
    (one,) = [mail for mail in office.outbox(State.WAITING) if mail.notice == "joined"]
    assert joined == 1
    answer = office.receive(KARI, "Re: x", text="Yes\n", headers=[("In-Reply-To", one.mail.message_id)])
    assert the(answer.told, "passed-on", LUC).tell.notice.name == "passed-on"

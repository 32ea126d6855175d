"""People as they are: several addresses, several classes, the same name, a new school, an old phone."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from tests.office import BOX, EXCHANGE, KARI, LUC, OLA, OLENA, PDF, WITH_KYIV, Office, an_office, mails, the

from twinpost.core.model.kind import Kind

pytestmark = pytest.mark.slow

LETTER = "Letter 1 from 7B Oslo to CM2 Lyon"
RAVI = "ravi@delhi-school.example"
WITH_DELHI = WITH_KYIV.replace(
    "pairs:\n",
    """  - name: 6C Delhi
    aliases: [6C, Delhi]
    country: IN
    timezone: Asia/Kolkata
    teachers:
      - {name: Ravi Kumar, email: ravi@delhi-school.example}
pairs:
""",
)
"""Four classes."""

OSLO_KYIV = (
    EXCHANGE.replace("oslo-lyon", "oslo-kyiv")
    .replace("CM2 Lyon", "5A Kyiv")
    .replace("CM2, Lyon, École Lyon", "5A, Kyiv")
    .replace(LUC, OLENA)
    .replace("Luc Martin", "Olena Koval")
)
"""A second exchange of the same class."""


def teachers(*lines: str) -> str:
    """The exchange with these teachers in Oslo instead of Kari and Ola."""
    before = "".join(line + "\n" for line in EXCHANGE.splitlines() if "@fagerborg" in line)
    return EXCHANGE.replace(before, "".join(f"      - {{{line}}}\n" for line in lines))


# -- several classes -----------------------------------------------------------------------------


def test_a_letter_to_two_of_three_classes_reaches_those_two(office: Office) -> None:
    office.apply(WITH_DELHI)
    done = office.receive(KARI, "Letter 1 from 7B Oslo to Kyiv and Delhi", to=[OLENA], cc=[BOX])
    assert mails(done.told) == [
        ("receipt", KARI),
        ("receipt", OLA),
        ("letter-arrived", OLENA),
        ("letter-arrived", RAVI),
    ]
    assert "You were not in copy" in the(done.told, "letter-arrived", RAVI).text
    assert "You were not in copy" not in the(done.told, "letter-arrived", OLENA).text
    assert [line.to_classes for line in office.log()] == [("5A Kyiv", "6C Delhi")]


def test_a_letter_to_all_is_passed_on_to_each_class_that_lacks_a_teacher(office: Office) -> None:
    office.apply(WITH_DELHI)
    done = office.receive(KARI, "Letter 1 from 7B Oslo to all", to=[LUC], cc=[BOX], files=[("a.pdf", PDF)])
    attached = {told.tell.to.address for told in done.told if told.tell.attach}
    assert attached == {OLENA, RAVI}
    assert {to for notice, to in mails(done.told) if notice == "letter-arrived"} == {LUC, OLENA, RAVI}


def test_among_four_classes_a_letter_without_an_addressee_is_asked(office: Office) -> None:
    office.apply(WITH_DELHI)
    done = office.receive(KARI, "Letter 4", to=[LUC], cc=[BOX], files=[("a.pdf", PDF)])
    assert mails(done.told) == [("which-letter", KARI)]


def test_a_teacher_of_both_classes_has_one_receipt_and_lacks_nothing(office: Office) -> None:
    both = "      - {name: Luc Martin, email: luc@ecole-lyon.example}\n"
    office.apply(
        EXCHANGE.replace(both, both + "      - {name: Kari Nordmann, email: kari@fagerborg.example}\n")
    )
    done = office.receive(KARI, LETTER, files=[("a.pdf", PDF)])
    assert sorted(mails(done.told)) == [("letter-arrived", LUC), ("receipt", KARI), ("receipt", OLA)]
    assert not any(told.tell.attach for told in done.told)


# -- several exchanges ---------------------------------------------------------------------------


def test_a_teacher_of_two_exchanges_is_asked_when_two_readings_remain(office: Office) -> None:
    office.apply(OSLO_KYIV)
    asked = office.receive(KARI, "Letter 1", files=[("a.pdf", PDF)])
    question = the(asked.told, "which-letter", KARI)
    assert "from 7B Oslo to CM2 Lyon" in question.text
    assert "from 7B Oslo to 5A Kyiv" in question.text
    answer = office.receive(KARI, "Re: x", text="2\n", answers=question)
    assert ("letter-arrived", OLENA) in mails(answer.told)


def test_the_letter_that_is_due_in_one_of_two_exchanges_is_meant(office: Office) -> None:
    office.apply(OSLO_KYIV.replace("due: 2026-10-09", "due: 2027-05-14"))
    done = office.receive(KARI, "Letter 1", files=[("a.pdf", PDF)])
    assert done.sorted.kind is Kind.LETTER
    assert ("letter-arrived", LUC) in mails(done.told)


def test_the_class_named_tells_the_exchange(office: Office) -> None:
    office.apply(OSLO_KYIV)
    done = office.receive(KARI, "Letter 1 to Kyiv", files=[("a.pdf", PDF)])
    assert ("letter-arrived", OLENA) in mails(done.told)
    assert LUC not in {to for _, to in mails(done.told)}


# -- names ---------------------------------------------------------------------------------------


def test_of_two_teachers_of_one_name_the_class_in_the_subject_tells_whom_to_ask(office: Office) -> None:
    office.apply(EXCHANGE.replace("Luc Martin", "Kari Nordmann"))
    private = "Kari Nordmann <kari@private.example>"
    lyon = office.receive(private, "Letter 1 from CM2 Lyon to 7B Oslo", files=[("a.pdf", PDF)])
    assert mails(lyon.told) == [("was-this-you", LUC)]
    nobody = office.receive("Kari Nordmann <k2@private.example>", "Our trip")
    assert nobody.told == ()


def test_a_name_in_other_letters_is_known(office: Office) -> None:
    office.apply(WITH_KYIV)
    mail = office.receive("Олена Коваль <o.k@private.example>", "Лист 1", files=[("a.pdf", PDF)])
    assert mails(mail.told) == [("was-this-you", OLENA)]


def test_a_first_name_alone_asks_nobody(office: Office) -> None:
    assert office.receive("Kari <kari@private.example>", "Our trip").told == ()


def test_a_first_name_on_a_letter_of_her_class_asks_her_and_not_her_colleague(office: Office) -> None:
    mail = office.receive("Ola <ola@private.example>", LETTER, files=[("a.pdf", PDF)])
    assert mails(mail.told) == [("was-this-you", OLA)]


# -- addresses -----------------------------------------------------------------------------------


def test_an_address_with_a_tag_is_hers_and_she_is_asked_where_we_know_her(office: Office) -> None:
    tagged = "Kari Nordmann <kari+school@fagerborg.example>"
    done = office.receive(tagged, LETTER, files=[("a.pdf", PDF)])
    assert done.sorted.kind is Kind.LETTER
    assert not any(told.tell.attach for told in done.told)
    receipt = the(done.told, "receipt", KARI)
    assert "answer YES or NO" in receipt.text
    yes = office.receive(KARI, "Re: x", text="YES\n", answers=receipt)
    assert the(yes.told, "letter-arrived", LUC).tell.attach


def test_her_address_in_capitals_is_her_address(office: Office) -> None:
    done = office.receive("KARI@FAGERBORG.EXAMPLE", LETTER, files=[("a.pdf", PDF)])
    assert the(done.told, "letter-arrived", LUC).tell.attach


def test_a_domain_in_letters_of_its_own_is_the_one_in_the_file(office: Office) -> None:
    office.apply(teachers('name: Kari Nordmann, email: "kari@blåbær.example"'))
    octets = (
        "Authentication-Results: mx.school.example; dmarc=pass header.from=xn--blbr-roah.example\r\n"
        "From: Kari <kari@bla\u030abær.example>\r\n"
        f"To: {BOX}\r\nSubject: {LETTER}\r\n"
        "Date: Thu, 8 Oct 2026 09:14:00 +0200\r\nMessage-ID: <1@x.example>\r\n\r\nDear Luc, here it is.\r\n"
    )
    done = office.process(octets.encode())
    assert ("letter-arrived", LUC) in mails(done.told)
    assert done.proof.proven is True


def test_a_question_to_an_old_address_may_be_answered_from_the_new_one(office: Office) -> None:
    asked = office.receive(KARI, "Our trip", text="We were at the sea.\n")
    answered = [("In-Reply-To", office.message_id(the(asked.told, "pass-on-question", KARI)))]
    new = "kari.nordmann@fagerborg.example"
    office.apply(EXCHANGE.replace(KARI, new))
    answer = office.receive(new, "Re: x", text="Yes\n", headers=answered)
    assert mails(answer.told) == [("passed-on", LUC), ("done", new)]


def test_the_address_that_a_file_drops_is_a_strangers(office: Office) -> None:
    office.apply(EXCHANGE.replace(KARI, "kari.nordmann@fagerborg.example"))
    mail = office.receive(f"Kari Nordmann <{KARI}>", LETTER, files=[("a.pdf", PDF)])
    assert mails(mail.told) == [("was-this-you", "kari.nordmann@fagerborg.example")]


def test_who_has_left_and_writes_again_gets_no_answer(office: Office) -> None:
    office.apply(teachers("name: Ola Hansen, email: ola@fagerborg.example"))
    mail = office.receive(f"Kari Nordmann <{KARI}>", "How are you all?")
    assert (mail.sorted.kind, mail.told) == (Kind.STRANGER, ())


def test_a_teacher_who_is_the_admin_too_has_her_receipts(tmp_path: Path) -> None:
    with an_office(tmp_path, admin=KARI) as office:
        done = office.receive(KARI, LETTER, to=[LUC], cc=[BOX], files=[("a.pdf", PDF)])
        assert mails(done.told) == [("receipt", KARI), ("receipt", OLA), ("letter-arrived", LUC)]
        assert all(told.state == "waiting" for told in done.told)


# -- was this you? -------------------------------------------------------------------------------

PRIVATE = "Kari Nordmann <kari@private.example>"


def test_a_letter_that_she_called_hers_is_passed_on_without_a_second_question(office: Office) -> None:
    mail = office.receive(PRIVATE, LETTER, files=[("a.pdf", PDF)], proven=False)
    office.receive(KARI, "Re: x", text="Yes\n", answers=the(mail.told, "was-this-you", KARI))
    (again,) = office.process_waiting()
    assert the(again.told, "letter-arrived", LUC).tell.attach
    assert "YES" not in the(again.told, "receipt", KARI).text
    assert "Its sender has told us that it is hers." in again.decision.because


def test_the_next_letter_from_there_is_asked_about_when_nobody_vouches_for_it(office: Office) -> None:
    mail = office.receive(PRIVATE, LETTER, files=[("a.pdf", PDF)], proven=False)
    office.receive(KARI, "Re: x", text="Yes\n", answers=the(mail.told, "was-this-you", KARI))
    office.process_waiting()
    second = "Letter 2 from 7B Oslo to CM2 Lyon"
    forged = office.receive(PRIVATE, second, files=[("b.pdf", PDF + b"2")], proven=False)
    assert not any(told.tell.attach for told in forged.told)
    assert the(forged.told, "receipt", KARI).tell.to.address == KARI


def test_a_yes_from_an_unknown_address_asks_her_and_then_counts(office: Office) -> None:
    lost = office.receive(KARI, "Our trip", text="We were at the sea.\n")
    question = the(lost.told, "pass-on-question", KARI)
    phone = office.receive("k77@phone.example", "Re: " + question.subject, text="Yes\n", answers=question)
    assert mails(phone.told) == [("was-this-you", KARI)]
    office.receive(KARI, "Re: x", text="Yes\n", answers=phone.told[0])
    (again,) = office.process_waiting()
    assert the(again.told, "passed-on", LUC).tell.to.address == LUC


def test_a_no_about_an_address_is_remembered_whatever_name_it_bears_later(office: Office) -> None:
    mail = office.receive(PRIVATE, LETTER, files=[("a.pdf", PDF)])
    office.receive(KARI, "Re: x", text="No\n", answers=the(mail.told, "was-this-you", KARI))
    later = office.receive("Ola Hansen <kari@private.example>", LETTER, files=[("a.pdf", PDF)])
    assert later.told == ()


def test_after_a_no_a_yes_is_told_that_it_comes_too_late(office: Office) -> None:
    mail = office.receive(KARI, LETTER, files=[("a.pdf", PDF)], proven=False)
    receipt = the(mail.told, "receipt", KARI)
    office.receive(KARI, "Re: x", text="NO\n", answers=receipt)
    yes = office.receive(KARI, "Re: x", text="YES\n", answers=receipt)
    assert mails(yes.told) == [("done", KARI)]
    assert office.log() == []


def test_a_yes_that_comes_after_weeks_still_passes_the_letter_on(office: Office) -> None:
    mail = office.receive(KARI, LETTER, files=[("a.pdf", PDF)], proven=False)
    for _ in range(4):
        office.wait(days=7)
    yes = office.receive(KARI, "Re: x", text="YES\n", answers=the(mail.told, "receipt", KARI))
    assert the(yes.told, "letter-arrived", LUC).tell.attach


def test_a_yes_of_the_colleague_passes_nothing_on(office: Office) -> None:
    mail = office.receive(KARI, LETTER, files=[("a.pdf", PDF)], proven=False)
    for colleague in (OLA, LUC):
        yes = office.receive(colleague, "Re: x", text="YES\n", answers=the(mail.told, "receipt", KARI))
        assert not any(told.tell.attach for told in yes.told)
    assert not office.receive(
        OLA, LETTER, text="YES\n", answers=the(mail.told, "receipt", OLA)
    ).sorted.question


def test_whoever_forges_her_address_gets_nothing(office: Office) -> None:
    forged = office.receive(
        KARI,
        LETTER,
        files=[("evil.pdf", PDF)],
        proven=False,
        headers=[("Reply-To", "evil@evil.example"), ("Sender", "evil@evil.example")],
    )
    assert {to for _, to in mails(forged.told)} == {KARI, OLA, LUC}
    assert not any(told.tell.attach for told in forged.told)


def test_a_yes_that_a_list_carries_moves_nothing(office: Office) -> None:
    mail = office.receive(KARI, LETTER, files=[("a.pdf", PDF)], proven=False)
    listed = office.receive(
        KARI,
        LETTER,
        text="YES\n",
        answers=the(mail.told, "receipt", KARI),
        headers=[("List-Id", "<teachers.list.example>")],
        verdict="dmarc=fail header.from=fagerborg.example",
    )
    assert not any(told.tell.attach for told in listed.told)


# -- copies --------------------------------------------------------------------------------------


def test_her_signed_mail_with_other_files_in_it_is_asked_about(office: Office) -> None:
    true = office.receive(KARI, LETTER, to=[LUC], cc=[BOX], files=[("a.pdf", PDF)])
    octets = office.house.vault.get(true.kept.sha256)
    copy = octets.replace(b"To: luc@ecole-lyon.example", b"To: luc@evil.example").replace(b"a.pdf", b"b.pdf")
    changed = office.process(copy.replace(b"here you are", b"here you go"))
    assert changed.proof.proven is None
    assert "Message-ID" in changed.proof.because
    assert not any(told.tell.attach for told in changed.told)


def test_last_years_letter_sent_once_more_is_asked_about(tmp_path: Path) -> None:
    with an_office(tmp_path) as office:
        octets = (
            "Authentication-Results: mx.school.example; dmarc=pass header.from=fagerborg.example\r\n"
            f"From: {KARI}\r\nTo: {BOX}\r\nSubject: {LETTER}\r\n"
            "Date: Thu, 9 Oct 2025 09:14:00 +0200\r\nMessage-ID: <old@x.example>\r\n\r\nDear Luc.\r\n"
        )
        done = office.process(octets.encode())
        assert done.proof.proven is None
        assert "answer YES or NO" in the(done.told, "receipt", KARI).text


# -- answers of two ------------------------------------------------------------------------------


def test_of_two_different_answers_the_first_counts_and_the_second_hears_whose_it_was(office: Office) -> None:
    office.receive(KARI, "Letter 1 from the frogs to CM2 Lyon", to=[LUC], cc=[BOX], files=[("a.pdf", PDF)])
    office.wait(days=1)
    third = office.wait(days=3)
    office.receive(OLA, "Re: x", text="It is no letter.\n", answers=the(third, "which-letter", OLA))
    office.now += timedelta(minutes=5)
    late = office.receive(LUC, "Re: x", text="1\n", answers=the(third, "which-letter", LUC))
    assert mails(late.told) == [("done", LUC)]
    assert "Ola Hansen" in late.told[0].text
    assert office.log() == []

"""Somebody pretends to be a teacher."""

from __future__ import annotations

from dataclasses import replace

from tests.office import BOX, KARI, LUC, OLA, OLENA, PDF, WITH_KYIV, Office, mails, the

from twinpost.core.model.kind import Kind
from twinpost.core.writing.identity import message_id

LETTER = "Letter 1 from 7B Oslo to CM2 Lyon"
EVIL = "Kari Nordmann <kari@evil.example>"


def test_no_about_a_forged_further_mail_leaves_the_real_letter_in_the_log(office: Office) -> None:
    office.receive(KARI, LETTER, to=[LUC], cc=[BOX], files=[("a.pdf", PDF)])
    forged = office.receive(KARI, LETTER, files=[("evil.pdf", PDF + b"e")], proven=False)
    assert not any(told.tell.attach for told in forged.told)
    answer = office.receive(KARI, "Re: x", text="NO\n", answers=the(forged.told, "receipt", KARI))
    assert mails(answer.told) == [("done", KARI), ("done", OLA), ("done", LUC)]
    (line,) = office.log()
    assert (line.mails, line.files) == (1, 1)


def test_no_about_a_forged_letter_to_one_class_leaves_that_to_another_class(office: Office) -> None:
    office.apply(WITH_KYIV)
    office.receive(KARI, LETTER, to=[LUC], cc=[BOX], files=[("a.pdf", PDF)])
    forged = office.receive(
        KARI, "Letter 1 from 7B Oslo to Kyiv", files=[("evil.pdf", PDF + b"e")], proven=False
    )
    answer = office.receive(KARI, "Re: x", text="NO\n", answers=the(forged.told, "receipt", KARI))
    assert mails(answer.told) == [("done", KARI), ("done", OLA), ("done", OLENA)]
    assert [line.to_classes for line in office.log()] == [("CM2 Lyon",)]


def test_a_yes_from_another_address_answers_nothing(office: Office) -> None:
    forged = office.receive(KARI, LETTER, files=[("evil.pdf", PDF + b"e")], proven=False)
    receipt = the(forged.told, "receipt", KARI)
    answer = office.receive(EVIL, "Re: x", text="YES\n", answers=receipt)
    assert answer.sorted.kind is Kind.STRANGER
    assert not any(told.tell.attach for told in answer.told)


def test_a_yes_without_the_message_id_of_the_question_answers_nothing(office: Office) -> None:
    forged = office.receive(KARI, LETTER, files=[("evil.pdf", PDF + b"e")], proven=False)
    receipt = the(forged.told, "receipt", KARI)
    key = receipt.tell.key.replace("{delivery}", "1")
    guess = message_id(key, "", "school.example")
    assert guess != office.message_id(receipt)
    answer = office.receive(
        KARI, "Re: " + receipt.subject, text="YES\n", headers=[("In-Reply-To", guess)], proven=False
    )
    assert not any(told.tell.attach for told in answer.told)


def test_an_old_yes_sent_once_more_does_nothing_once_more(office: Office) -> None:
    lost = office.receive(KARI, "Our trip", text="We were at the sea.\n")
    question = the(lost.told, "pass-on-question", KARI)
    office.receive(KARI, "Re: x", text="Yes\n", answers=question)
    replay = office.receive(KARI, "Re: x", text="Yes\n", answers=question)
    assert mails(replay.told) == [("done", KARI)]
    assert len([parcel for parcel in office.outbox() if parcel.notice == "passed-on"]) == 1


def test_an_unproven_letter_is_asked_about_again_in_words_that_fit(office: Office) -> None:
    office.receive(KARI, LETTER, files=[("a.pdf", PDF)], proven=False)
    (again,) = office.wait(days=1)
    assert again.tell.notice.name == "was-this-you"
    assert "do not know" not in again.text
    assert "bears your address" in again.text
    yes = office.receive(KARI, "Re: x", text="Yes\n", answers=again)
    assert the(yes.told, "letter-arrived", LUC).tell.attach


def test_after_a_no_nobody_is_asked_about_that_address_any_more(office: Office) -> None:
    mail = office.receive(EVIL, LETTER, files=[("a.pdf", PDF)])
    office.receive(KARI, "Re: x", text="No\n", answers=the(mail.told, "was-this-you", KARI))
    again = office.receive(EVIL, "Letter 2 from 7B Oslo to CM2 Lyon", files=[("b.pdf", PDF + b"2")])
    assert (again.sorted.kind, again.told) == (Kind.STRANGER, ())


def test_the_address_of_somebody_who_left_can_become_hers(office: Office) -> None:
    office.apply(
        WITH_KYIV.replace("Olena Koval", "Kari Nordmann Elder").replace(OLENA, "old@fagerborg.example")
    )
    office.apply()
    mail = office.receive("Kari Nordmann <old@fagerborg.example>", LETTER, files=[("a.pdf", PDF)])
    office.receive(KARI, "Re: x", text="Yes\n", answers=the(mail.told, "was-this-you", KARI))
    (again,) = office.process_waiting()
    assert again.sorted.kind is Kind.LETTER


def test_everything_that_her_other_address_sent_meanwhile_is_hers(office: Office) -> None:
    private = "Kari Nordmann <kari@private.example>"
    first = office.receive(private, LETTER, to=[LUC], cc=[BOX], files=[("a.pdf", PDF)])
    second = office.receive(private, LETTER, to=[LUC], cc=[BOX], files=[("b.pdf", PDF + b"2")])
    assert second.told == ()
    office.receive(KARI, "Re: x", text="Yes\n", answers=the(first.told, "was-this-you", KARI))
    assert [done.sorted.kind for done in office.process_waiting()] == [Kind.LETTER, Kind.LETTER]
    assert [line.mails for line in office.log()] == [2]


def test_a_forgery_that_was_refused_is_not_read_again(office: Office) -> None:
    forged = office.receive(KARI, LETTER, files=[("evil.pdf", PDF)], proven=False)
    office.receive(KARI, "Re: x", text="NO\n", answers=the(forged.told, "receipt", KARI))
    office.apply(WITH_KYIV)
    assert office.process_waiting() == []


def test_two_from_addresses_are_nobodys(office: Office) -> None:
    done = office.receive(KARI, LETTER, files=[("a.pdf", PDF)])
    octets = office.house.vault.get(done.kept.sha256)
    twice = office.process(octets.replace(b"From: ", b"From: evil@evil.example\nFrom: ", 1))
    assert (twice.sorted.kind, twice.told) == (Kind.STRANGER, ())
    assert office.log()[0].mails == 1


def test_a_forged_verdict_below_our_servers_own_proves_nothing(office: Office) -> None:
    forged = office.receive(
        KARI,
        LETTER,
        files=[("a.pdf", PDF)],
        proven=False,
        headers=[
            ("Authentication-Results", "other.example; none"),
            ("Authentication-Results", "mx.school.example; dmarc=pass header.from=fagerborg.example"),
        ],
    )
    assert not any(told.tell.attach for told in forged.told)


def test_a_mail_that_bears_our_own_mark_is_never_answered(office: Office) -> None:
    mail = office.receive(KARI, LETTER, headers=[("X-Twinpost", "receipt")])
    assert (mail.sorted.kind, mail.told) == (Kind.AUTOMATIC, ())


def test_the_shared_address_as_sender_is_never_answered(office: Office) -> None:
    mail = office.receive(BOX, LETTER, files=[("a.pdf", PDF)])
    assert (mail.sorted.kind, mail.told) == (Kind.AUTOMATIC, ())


def test_only_an_unforeseeable_id_makes_an_answer(office: Office) -> None:
    lost = office.receive(KARI, "Our trip", text="We were at the sea.\n")
    (parcel,) = office.outbox()
    assert "question" not in parcel.mail.message_id
    assert len(parcel.mail.message_id) > 40
    again = replace(parcel.mail, message_id=message_id(parcel.key, "guessed", "school.example"))
    assert again.message_id != office.message_id(the(lost.told, "pass-on-question", KARI))


def test_an_answer_of_which_our_server_says_that_it_is_forged_moves_nothing(office: Office) -> None:
    lost = office.receive(KARI, "Our trip to the sea")
    question = the(lost.told, "pass-on-question", KARI)
    answer = office.receive(
        KARI,
        "Re: " + question.subject,
        text="YES\n",
        answers=question,
        verdict="dmarc=fail header.from=fagerborg.example",
    )
    assert all(notice != "passed-on" for notice, _ in mails(answer.told))


def test_a_stranger_who_takes_the_message_id_of_a_letter_takes_no_thread(office: Office) -> None:
    letter = office.receive(KARI, LETTER, to=[LUC], cc=[BOX], files=[("a.pdf", PDF)])
    octets = office.house.vault.get(letter.kept.sha256)
    office.process(octets.replace(b"kari@fagerborg", b"kari@evil"))
    reply = office.receive(
        KARI,
        "Re: pictures",
        to=[LUC],
        cc=[BOX],
        files=[("b.pdf", PDF + b"2")],
        headers=[("In-Reply-To", letter.reading.message_id)],
    )
    assert reply.sorted.kind is Kind.LETTER
    assert office.log()[0].mails == 2

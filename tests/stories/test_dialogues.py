"""Whole dialogues, as a teacher in a hurry would have them."""

from __future__ import annotations

from datetime import timedelta

import pytest
from tests.office import BOX, EXCHANGE, KARI, LUC, OLA, OLENA, PDF, WITH_KYIV, Office, mails, the

from twinpost.core.model.kind import Kind

pytestmark = pytest.mark.slow

LETTER = "Letter 1 from 7B Oslo to CM2 Lyon"
FROGS = "Letter 1 from the frogs to CM2 Lyon"


def pdf(number: int) -> bytes:
    """A PDF unlike the others."""
    return PDF + b"%" + str(number).encode()


# -- letters in several mails, to several classes ------------------------------------------------


def test_part_two_before_part_one_is_one_letter(office: Office) -> None:
    office.receive(KARI, LETTER + " (part 2 of 3)", to=[LUC], cc=[BOX], files=[("2.pdf", pdf(2))])
    office.receive(KARI, LETTER + " (part 1 of 3)", to=[LUC], cc=[BOX], files=[("1.pdf", pdf(1))])
    office.receive(OLA, LETTER + " (part 3 of 3)", to=[LUC], cc=[BOX], files=[("3.pdf", pdf(3))])
    (line,) = office.log()
    assert (line.mails, line.files) == (3, 3)
    update = the(office.wait(minutes=11), "letter-arrived", LUC)
    assert all(name in update.text for name in ("1.pdf", "2.pdf", "3.pdf", "so far"))


def test_a_letter_to_all_reaches_three_classes_and_each_reads_its_own_time_first(office: Office) -> None:
    office.apply(WITH_KYIV)
    done = office.receive(KARI, "Letter 1 from 7B Oslo to all", to=[LUC], cc=[BOX], files=[("a.pdf", PDF)])
    assert mails(done.told) == [
        ("receipt", KARI),
        ("receipt", OLA),
        ("letter-arrived", LUC),
        ("letter-arrived", OLENA),
    ]
    assert the(done.told, "letter-arrived", OLENA).tell.attach
    assert not the(done.told, "letter-arrived", LUC).tell.attach
    assert "10:15 in Kyiv" in the(done.told, "letter-arrived", OLENA).text
    assert "09:15 in Oslo" in the(done.told, "receipt", KARI).text
    assert office.log()[0].to_classes == ("CM2 Lyon", "5A Kyiv")


def test_letters_one_to_three_after_letter_one_are_logged_beside_it(office: Office) -> None:
    office.receive(KARI, LETTER, to=[LUC], cc=[BOX], files=[("a.pdf", PDF)])
    done = office.receive(
        KARI, "Letters 1-3 from 7B Oslo to CM2 Lyon", to=[LUC], cc=[BOX], files=[("b.pdf", pdf(1))]
    )
    assert ("receipt", KARI) in mails(done.told)
    assert sorted(number for line in office.log() for number in line.numbers) == [1, 2, 3]


def test_a_letter_to_one_class_and_then_to_all_is_logged_for_the_others_too(office: Office) -> None:
    office.apply(WITH_KYIV)
    office.receive(KARI, LETTER, to=[LUC], cc=[BOX], files=[("a.pdf", PDF)])
    office.receive(KARI, "Letter 1 from 7B Oslo to all", to=[LUC, OLENA], cc=[BOX], files=[("b.pdf", pdf(1))])
    assert ("letter-arrived", OLENA) in mails(office.wait(minutes=11))
    (line,) = office.log()
    assert line.to_classes == ("CM2 Lyon", "5A Kyiv")


def test_an_identical_letter_with_one_more_file_is_one_letter(office: Office) -> None:
    office.receive(KARI, LETTER, to=[LUC], cc=[BOX], files=[("a.pdf", PDF)])
    office.receive(KARI, LETTER, to=[LUC], cc=[BOX], files=[("a.pdf", PDF), ("b.pdf", pdf(1))])
    (line,) = office.log()
    assert (line.mails, line.files) == (2, 2)
    update = the(office.wait(minutes=11), "receipt", KARI)
    assert "came with an earlier letter" not in update.text


def test_a_letter_without_files_is_passed_on_as_text_and_not_as_an_attached_mail(office: Office) -> None:
    done = office.receive(KARI, LETTER, text="Dear Luc, our letter is this text.\n")
    arrived = the(done.told, "letter-arrived", LUC)
    assert arrived.tell.attach == ()
    assert "our letter is this text" in arrived.text


def test_files_in_a_reply_to_our_receipt_belong_to_that_letter(office: Office) -> None:
    done = office.receive(KARI, LETTER, to=[LUC], cc=[BOX], files=[("a.pdf", PDF)])
    receipt = the(done.told, "receipt", KARI)
    more = office.receive(
        KARI, "Re: " + receipt.subject, to=[LUC], cc=[BOX], files=[("b.pdf", pdf(1))], answers=receipt
    )
    assert more.sorted.kind is Kind.LETTER
    assert office.log()[0].mails == 2


def test_files_in_a_reply_to_the_partners_letter_are_a_question(office: Office) -> None:
    done = office.receive(KARI, LETTER, to=[LUC], cc=[BOX], files=[("a.pdf", PDF)])
    arrived = the(done.told, "letter-arrived", LUC)
    reply = office.receive(
        LUC, "Re: " + LETTER, to=[KARI], cc=[BOX], files=[("b.pdf", pdf(1))], answers=arrived
    )
    question = the(reply.told, "which-letter", LUC)
    answer = office.receive(LUC, "Re: x", text="1\n", answers=question)
    assert ("receipt", LUC) in mails(answer.told)
    assert [line.from_class for line in office.log()] == ["7B Oslo", "CM2 Lyon"]


def test_a_forward_says_that_it_was_forwarded(office: Office) -> None:
    done = office.receive(LUC, "Fwd: " + LETTER, files=[("a.pdf", PDF)])
    assert "Luc Martin has forwarded letter 1" in the(done.told, "receipt", KARI).text
    assert "junk" not in the(done.told, "letter-arrived", LUC).text


def test_a_file_of_another_exchange_is_no_duplicate(office: Office) -> None:
    office.apply(
        EXCHANGE.replace("oslo-lyon", "oslo-kyiv")
        .replace("CM2 Lyon", "5A Kyiv")
        .replace("CM2, Lyon, École Lyon", "5A, Kyiv")
        .replace(LUC, OLENA)
        .replace("Luc Martin", "Olena Koval")
    )
    office.receive(KARI, LETTER, to=[LUC], cc=[BOX], files=[("a.pdf", PDF)])
    done = office.receive(
        KARI, "Letter 1 from 7B Oslo to 5A Kyiv", to=[OLENA], cc=[BOX], files=[("a.pdf", PDF)]
    )
    assert done.decision.sorted is not None
    assert done.decision.sorted.sender is not None
    assert done.decision.sorted.sender.exchange.code == "oslo-kyiv"
    assert "duplicate" not in {finding.code for finding in done.decision.findings}


# -- a mail for a closed letter ------------------------------------------------------------------


def test_a_mail_for_a_closed_letter_is_asked_about_and_is_more_of_it(office: Office) -> None:
    office.receive(KARI, LETTER, to=[LUC], cc=[BOX], files=[("scan.pdf", PDF)])
    office.wait(hours=3)
    mail = office.receive(KARI, LETTER, to=[LUC], cc=[BOX], files=[("b.pdf", pdf(1))])
    assert mail.sorted.why == "closed"
    office.receive(KARI, "Re: x", text="More of letter 1.\n", answers=the(mail.told, "which-letter", KARI))
    assert "b.pdf" in the(office.wait(minutes=11), "letter-arrived", LUC).text
    assert [line.mails for line in office.log()] == [2]


def test_a_mail_for_a_closed_letter_may_be_the_next_one(office: Office) -> None:
    office.receive(KARI, LETTER, to=[LUC], cc=[BOX], files=[("scan.pdf", PDF)])
    office.wait(hours=3)
    mail = office.receive(KARI, LETTER, to=[LUC], cc=[BOX], files=[("b.pdf", pdf(1))])
    answer = office.receive(
        KARI, "Re: x", text="Sorry, letter 2.\n", answers=the(mail.told, "which-letter", KARI)
    )
    assert "read it as letter 2" in " ".join(the(answer.told, "receipt", KARI).text.split())
    assert [line.numbers for line in office.log()] == [(1,), (2,)]


def test_an_answered_letter_is_closed(office: Office) -> None:
    office.receive(KARI, LETTER, to=[LUC], cc=[BOX], files=[("a.pdf", PDF)])
    office.now = office.now.replace(minute=40)
    office.receive(LUC, "Letter 1 from CM2 Lyon to 7B Oslo", to=[KARI], cc=[BOX], files=[("l.pdf", pdf(7))])
    mail = office.receive(KARI, LETTER, to=[LUC], cc=[BOX], files=[("b.pdf", pdf(1))])
    assert (mail.sorted.kind, mail.sorted.why) == (Kind.UNCLEAR, "closed")


# -- questions and their answers -----------------------------------------------------------------


def test_an_answer_about_a_mail_that_was_sent_again_meanwhile_is_more_of_the_letter(office: Office) -> None:
    asked = office.receive(KARI, FROGS, to=[LUC], cc=[BOX], files=[("a.pdf", PDF)])
    office.receive(KARI, LETTER, to=[LUC], cc=[BOX], files=[("a.pdf", PDF)])
    answer = office.receive(KARI, "Re: x", text="1\n", answers=the(asked.told, "which-letter", KARI))
    assert answer.sorted.question
    (line,) = office.log()
    assert line.mails == 2
    assert ("receipt", KARI) in mails(office.wait(minutes=11))


def test_the_second_who_answers_is_told_who_was_first(office: Office) -> None:
    office.receive(KARI, FROGS, to=[LUC], cc=[BOX], files=[("a.pdf", PDF)])
    office.wait(days=1)
    third = office.wait(days=3)
    office.receive(LUC, "Re: x", text="1\n", answers=the(third, "which-letter", LUC))
    late = office.receive(KARI, "Re: x", text="1\n", answers=the(third, "which-letter", KARI))
    assert mails(late.told) == [("done", KARI)]
    assert "Luc Martin" in late.told[0].text
    assert len(office.log()) == 1


def test_what_the_colleague_explains_is_the_senders_nickname(office: Office) -> None:
    office.receive(KARI, FROGS, to=[LUC], cc=[BOX], files=[("a.pdf", PDF)])
    office.wait(days=1)
    third = office.wait(days=3)
    answer = office.receive(LUC, "Re: x", text="1\n", answers=the(third, "which-letter", LUC))
    again = office.receive(KARI, "Letter 2 from the frogs to CM2 Lyon", to=[LUC], cc=[BOX])
    assert again.sorted.kind is Kind.LETTER
    office.receive(KARI, "Re: x", text="No\n", answers=the(answer.told, "receipt", KARI))
    third_time = office.receive(KARI, "Letter 3 from the frogs to CM2 Lyon", to=[LUC], cc=[BOX])
    assert third_time.sorted.kind is Kind.UNCLEAR


def test_a_colleague_who_names_an_unproven_mail_does_not_prove_its_sender(office: Office) -> None:
    office.receive(KARI, FROGS, files=[("a.pdf", PDF)], proven=False)
    office.wait(days=1)
    third = office.wait(days=3)
    answer = office.receive(LUC, "Re: x", text="1\n", answers=the(third, "which-letter", LUC))
    assert not any(told.tell.attach for told in answer.told)
    assert "YES" in the(answer.told, "receipt", KARI).text


def test_an_answer_after_the_question_was_given_up_still_counts(office: Office) -> None:
    asked = office.receive(KARI, FROGS, to=[LUC], cc=[BOX], files=[("a.pdf", PDF)])
    for _ in range(5):
        office.wait(days=7)
    late = office.receive(KARI, "Re: x", text="1\n", answers=the(asked.told, "which-letter", KARI))
    assert ("receipt", KARI) in mails(late.told)


def test_a_number_that_is_no_choice_is_asked_once_more(office: Office) -> None:
    asked = office.receive(KARI, FROGS, to=[LUC], cc=[BOX], files=[("a.pdf", PDF)])
    answer = office.receive(KARI, "Re: x", text="9\n", answers=the(asked.told, "which-letter", KARI))
    assert mails(answer.told) == [("not-understood", KARI)]


def test_no_two_means_the_second_choice_and_is_confirmed(office: Office) -> None:
    asked = office.receive(KARI, FROGS, to=[LUC], cc=[BOX], files=[("a.pdf", PDF)])
    answer = office.receive(KARI, "Re: x", text="no, 2\n", answers=the(asked.told, "which-letter", KARI))
    assert mails(answer.told) == [("done", KARI)]
    assert "not as a letter" in " ".join(answer.told[0].text.split())
    assert office.log() == []


def test_a_yes_above_a_long_signature_and_a_quotation_is_a_yes(office: Office) -> None:
    lost = office.receive(KARI, "Our trip", text="We were at the sea.\n")
    text = (
        "YES\n\n--\nKari Nordmann\nFagerborg skole, 7B\nTlf 22 33 44 55\nNo reply needed\n\n"
        "On Thursday the post office wrote:\n> 1. Yes, to Luc Martin\n> 2. No\n"
    )
    answer = office.receive(KARI, "Re: x", text=text, answers=the(lost.told, "pass-on-question", KARI))
    assert ("passed-on", LUC) in mails(answer.told)


def test_files_that_come_with_an_answer_belong_to_the_letter_that_it_names(office: Office) -> None:
    asked = office.receive(KARI, FROGS, to=[LUC], cc=[BOX], files=[("a.pdf", PDF)])
    question = the(asked.told, "which-letter", KARI)
    answer = office.receive(KARI, "Re: x", text="1\n", answers=question, files=[("b.pdf", pdf(1))])
    (further,) = [told for told in answer.told if told.tell.attach]
    assert further.tell.to.address == LUC
    (line,) = office.log()
    assert (line.mails, line.files) == (2, 2)
    assert "b.pdf" in the(office.wait(minutes=11), "receipt", KARI).text


def test_files_that_come_with_a_yes_are_passed_on_too(office: Office) -> None:
    lost = office.receive(KARI, "Our trip", text="We were at the sea.\n", files=[("a.pdf", PDF)])
    question = the(lost.told, "pass-on-question", KARI)
    answer = office.receive(KARI, "Re: x", text="Yes\n", answers=question, files=[("b.pdf", pdf(1))])
    passed = the(answer.told, "passed-on", LUC)
    assert len(passed.tell.attach) == 2
    assert "a.pdf" in passed.text
    assert "b.pdf" in passed.text


def test_two_questions_at_once_are_answered_each_by_its_own_reply(office: Office) -> None:
    one = office.receive(KARI, FROGS, to=[LUC], cc=[BOX], files=[("a.pdf", PDF)])
    two = office.receive(KARI, "Letter 2 from the toads to CM2 Lyon", to=[LUC], cc=[BOX])
    office.receive(KARI, "Re: x", text="1\n", answers=the(two.told, "which-letter", KARI))
    assert [line.numbers for line in office.log()] == [(2,)]
    office.receive(KARI, "Re: x", text="1\n", answers=the(one.told, "which-letter", KARI))
    assert [line.numbers for line in office.log()] == [(2,), (1,)]


def test_a_nickname_that_was_undone_may_mean_another_class(office: Office) -> None:
    office.apply(WITH_KYIV)
    bears = "Letter {} from Oslo to the bears"
    asked = office.receive(KARI, bears.format(1), cc=[BOX], files=[("a.pdf", PDF)])
    question = the(asked.told, "which-letter", KARI)
    named = office.receive(KARI, "Re: x", text="to CM2 Lyon\n", answers=question)
    office.receive(KARI, "Re: x", text="No.\n", answers=the(named.told, "receipt", KARI))
    office.now += timedelta(hours=2)
    asked = office.receive(KARI, bears.format(2), cc=[BOX], files=[("b.pdf", pdf(1))])
    question = the(asked.told, "which-letter", KARI)
    office.receive(KARI, "Re: x", text="to 5A Kyiv\n", answers=question)
    office.receive(KARI, bears.format(3), cc=[BOX], files=[("c.pdf", pdf(2))])
    assert [line.to_classes for line in office.log()] == [("CM2 Lyon",), ("5A Kyiv",), ("5A Kyiv",)]


def test_an_inferred_number_is_shown(office: Office) -> None:
    done = office.receive(KARI, "Letter to Lyon", to=[LUC], cc=[BOX], files=[("a.pdf", PDF)])
    assert "I read it as letter 1" in " ".join(the(done.told, "receipt", KARI).text.split())


def test_a_yes_to_a_colleague_in_a_thread_that_we_asked_in_passes_nothing_on(office: Office) -> None:
    lost = office.receive(KARI, "Our trip", text="We were at the sea.\n")
    ours = office.message_id(the(lost.told, "pass-on-question", KARI))
    headers = [("In-Reply-To", "<1@ecole-lyon.example>"), ("References", f"{ours} <1@ecole-lyon.example>")]
    reply = office.receive(
        KARI, "Re: Tuesday", to=[LUC], cc=[BOX], text="Yes, Tuesday is fine.\n", headers=headers
    )
    assert reply.told == ()


def test_a_program_that_names_only_references_answers_directly_too(office: Office) -> None:
    lost = office.receive(KARI, "Our trip", text="We were at the sea.\n")
    ours = office.message_id(the(lost.told, "pass-on-question", KARI))
    reply = office.receive(KARI, "Re: x", text="Yes\n", headers=[("References", f"<1@x.example> {ours}")])
    assert ("passed-on", LUC) in mails(reply.told)

"""What is not clear is asked, and a word is enough to answer."""

from __future__ import annotations

from dataclasses import replace

from tests.office import BOX, KARI, LUC, OLA, PDF, Office, mails, the

from twinpost.core.model.kind import Kind
from twinpost.core.writing.compose import compose
from twinpost.ledger import outbox
from twinpost.ledger.engine import transaction

FROGS = "Letter 1 from the frogs to CM2 Lyon"


def test_an_unknown_class_name_is_asked_and_the_number_names_the_letter(office: Office) -> None:
    asked = office.receive(KARI, FROGS, to=[LUC], cc=[BOX], files=[("ana.pdf", PDF)])
    assert asked.sorted.kind is Kind.UNCLEAR
    question = the(asked.told, "which-letter", KARI)
    assert office.log() == []
    answer = office.receive(KARI, "Re: " + question.subject, text="1\n", answers=question)
    assert [notice for notice, _ in mails(answer.told)] == ["receipt", "receipt", "letter-arrived"]
    assert office.log()[0].numbers == (1,)


def test_the_answer_is_remembered_as_a_nickname_shown_in_the_receipt_and_undone_by_no(office: Office) -> None:
    asked = office.receive(KARI, FROGS, to=[LUC], cc=[BOX], files=[("ana.pdf", PDF)])
    question = the(asked.told, "which-letter", KARI)
    answer = office.receive(KARI, "Re: " + question.subject, text="The first one.\n", answers=question)
    receipt = the(answer.told, "receipt", KARI)
    assert "frogs" in receipt.text
    again = office.receive(KARI, "Letter 2 from the frogs to CM2 Lyon", to=[LUC], cc=[BOX])
    assert again.sorted.kind is Kind.LETTER
    no = office.receive(KARI, "Re: " + receipt.subject, text="No\n", answers=receipt)
    assert mails(no.told) == [("done", KARI)]
    third = office.receive(KARI, "Letter 3 from the frogs to CM2 Lyon", to=[LUC], cc=[BOX])
    assert third.sorted.kind is Kind.UNCLEAR


def test_only_the_person_asked_can_answer(office: Office) -> None:
    asked = office.receive(KARI, FROGS, to=[LUC], cc=[BOX], files=[("ana.pdf", PDF)])
    question = the(asked.told, "which-letter", KARI)
    answer = office.receive(LUC, "Re: " + question.subject, text="1\n", answers=question)
    assert office.log() == []
    assert all(notice != "receipt" for notice, _ in mails(answer.told))


def test_an_answer_that_fits_nothing_is_asked_once_more(office: Office) -> None:
    asked = office.receive(KARI, FROGS, to=[LUC], cc=[BOX], files=[("ana.pdf", PDF)])
    question = the(asked.told, "which-letter", KARI)
    answer = office.receive(KARI, "Re: " + question.subject, text="Bananas.\n", answers=question)
    assert mails(answer.told) == [("not-understood", KARI)]
    second = office.receive(KARI, "Re: x", text="1\n", answers=answer.told[0])
    assert ("receipt", KARI) in mails(second.told)


def test_a_question_is_asked_again_on_the_next_school_day_and_then_shown_to_both_sides(
    office: Office,
) -> None:
    office.receive(KARI, FROGS, to=[LUC], cc=[BOX], files=[("ana.pdf", PDF)])
    assert office.wait(hours=12) == []
    friday = office.wait(hours=12)
    assert mails(friday) == [("which-letter", KARI)]
    assert office.wait(days=2) == []  # the weekend
    monday = office.wait(days=1)
    assert sorted(mails(monday)) == [("which-letter", KARI), ("which-letter", LUC), ("which-letter", OLA)]


def test_a_mail_that_reached_only_us_is_passed_on_after_a_yes(office: Office) -> None:
    lost = office.receive(KARI, "Our trip to the sea", text="Dear Luc, we were at the sea!\n")
    question = the(lost.told, "pass-on-question", KARI)
    answer = office.receive(KARI, "Re: " + question.subject, text="Yes please\n", answers=question)
    assert mails(answer.told) == [("passed-on", LUC), ("done", KARI)]
    assert "we were at the sea" in the(answer.told, "passed-on", LUC).text


def test_a_mail_that_reached_the_colleague_is_filed_in_silence(office: Office) -> None:
    assert office.receive(KARI, "Our trip", to=[LUC], cc=[BOX]).told == ()


def test_a_plain_no_passes_nothing_on(office: Office) -> None:
    lost = office.receive(KARI, "Our trip to the sea")
    question = the(lost.told, "pass-on-question", KARI)
    answer = office.receive(KARI, "Re: " + question.subject, text="no thanks\n", answers=question)
    assert mails(answer.told) == [("done", KARI)]


def test_a_strangers_letter_in_a_teachers_name_asks_her_stored_address(office: Office) -> None:
    private = "Kari Nordmann <kari.private@mail.example>"
    mail = office.receive(private, "Letter 1 from 7B Oslo to CM2 Lyon", files=[("ana.pdf", PDF)])
    assert mail.sorted.kind is Kind.STRANGER
    question = the(mail.told, "was-this-you", KARI)
    answer = office.receive(KARI, "Re: " + question.subject, text="Yes\n", answers=question)
    assert mails(answer.told) == [("done", KARI)]
    (again,) = office.process_waiting()
    assert again.sorted.kind is Kind.LETTER
    assert ("receipt", KARI) in mails(again.told)


def test_a_stranger_gets_no_answer_ever(office: Office) -> None:
    mail = office.receive("Ann Other <ann@other.example>", "Hello, who are you?")
    assert mail.told == ()


def test_two_hundred_forged_strangers_ask_a_teacher_five_times_at_most(office: Office) -> None:
    went = 0
    for number in range(30):
        mail = office.receive(f"Kari Nordmann <k{number}@evil.example>", "Letter 1 from 7B Oslo to CM2 Lyon")
        went += sum(told.state == "waiting" for told in mail.told if told.tell.to.address == KARI)
    assert went == 5


def test_an_order_is_answered_honestly(office: Office) -> None:
    order = office.receive(KARI, "STATUS", text="")
    assert order.sorted.kind is Kind.COMMAND
    assert mails(order.told) == [("cannot-yet", KARI)]


def test_an_out_of_office_answer_is_never_answered(office: Office) -> None:
    away = office.receive(LUC, "Automatic reply: Letter 1", headers=[("Auto-Submitted", "auto-replied")])
    assert away.sorted.kind is Kind.AUTOMATIC
    assert away.told == ()


def test_a_mail_of_our_own_that_comes_back_is_never_answered(office: Office) -> None:
    asked = office.receive(KARI, "Our trip to the sea")
    question = the(asked.told, "pass-on-question", KARI)
    with transaction(office.engine) as connection:
        (parcel,) = outbox.parcels_in(connection, outbox.State.WAITING)
    assert parcel.mail.subject == question.subject
    back = office.process(compose(parcel.mail))
    assert (back.sorted.kind, back.told) == (Kind.AUTOMATIC, ())
    changed = compose(
        replace(parcel.mail, message_id="<other@relay.example>", from_=("X", "x@relay.example"))
    )
    assert office.process(changed).sorted.kind is Kind.AUTOMATIC

"""The row of detectors: who is asked first, and what the rest become."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.builders import (
    ANA,
    KARI,
    LUC,
    NOTHING_SAID,
    NOW,
    OSLO,
    SHARED,
    a_class,
    a_directory,
    a_file,
    a_kept,
    a_known,
    a_letter,
    a_mention,
    a_reading,
    a_subject,
    an_exchange,
    arrived,
    automatic_words,
)

from twinpost.core.model.bounce import ReportedMail, Standing
from twinpost.core.model.kind import Choice, Kind, Proof, Sorted
from twinpost.core.model.known import AskedMail, Known, Thread
from twinpost.core.model.mail import Address, Defect, Reading
from twinpost.core.model.people import Role
from twinpost.core.model.question import OpenQuestion, QuestionKind
from twinpost.core.model.subject import SubjectReading
from twinpost.core.sorting.facts import Facts
from twinpost.core.sorting.sort import sort

PUPIL: dict[str, Any] = {"sender": "ana@pupils.fagerborg.example", "name": "Ana Berg"}
HEAD: dict[str, Any] = {"sender": "head@fagerborg.example", "name": "Head Teacher"}
UNKNOWN: dict[str, Any] = {"sender": "someone@home.example", "name": "Someone"}


def sorted_as(
    reading: Reading | None = None,
    subject: SubjectReading | None = None,
    known: Known | None = None,
    **more: Any,
) -> Sorted:
    facts = Facts(reading or a_reading(), known or a_known(), subject or a_subject(), NOW, **more)
    return sort(facts, automatic_words())


def asked(*people: int, question: int = 7, **changes: Any) -> AskedMail:
    about = OpenQuestion(
        question, QuestionKind.WHICH_LETTER, 1, people, 1, (Choice("other", "It is no letter."),), NOW
    )
    return AskedMail(replace(about, **changes), a_kept(), a_reading())


# Machines first


def test_a_mail_that_we_sent_is_automatic_whatever_it_says() -> None:
    assert sorted_as(known=a_known(ours=True)).kind is Kind.AUTOMATIC
    assert sorted_as(a_reading(headers=(("x-twinpost", "receipt"),))).kind is Kind.AUTOMATIC
    assert sorted_as(a_reading(sender=SHARED)).kind is Kind.AUTOMATIC


def test_our_own_mail_inside_a_bounce_is_no_mail_of_ours() -> None:
    reading = a_reading(
        sender="mailer-daemon@mx.school.example",
        media_type="multipart/report",
        report_type="delivery-status",
        actions=("failed",),
    )
    reported = ReportedMail(3, LUC.address, LUC.id, NOW, Standing(LUC.address, LUC.id))
    assert sorted_as(reading, NOTHING_SAID, a_known(reported=(reported,))).kind is Kind.BOUNCE


def test_a_bounce_is_a_bounce_even_when_nobody_knows_the_mail_that_failed() -> None:
    reading = a_reading(
        "Undelivered Mail Returned to Sender",
        sender="mailer-daemon@x.example",
        headers=(("return-path", "<>"),),
    )
    assert sorted_as(reading, NOTHING_SAID).kind is Kind.BOUNCE


def test_a_list_letter_of_a_stranger_is_automatic() -> None:
    reading = a_reading(**UNKNOWN, headers=(("list-id", "<teachers.example>"),))
    assert sorted_as(reading).kind is Kind.AUTOMATIC


def test_a_list_letter_that_contradicts_its_sender_is_asked() -> None:
    reading = a_reading(
        sender="luc@ecole-lyon.example", headers=(("list-id", "<t.example>"), ("precedence", "list"))
    )
    assert sorted_as(reading).kind is Kind.UNCLEAR


def test_an_order_that_begins_like_an_away_note_is_an_order() -> None:
    reading = a_reading("Out of office: 5 to 9 October", files=())
    assert sorted_as(reading, NOTHING_SAID, order="AWAY").kind is Kind.COMMAND
    assert sorted_as(reading, NOTHING_SAID).kind is Kind.AUTOMATIC


@pytest.mark.parametrize(
    ("name", "value", "automatic"),
    [
        ("auto-submitted", "auto-generated", True),
        ("auto-submitted", "auto-replied; owner-email=a", True),
        ("auto-submitted", "No (a person)", False),
        ("auto-submitted", "no", False),
        ("precedence", "Junk", True),
        ("precedence", "first-class", False),
        ("x-precedence", "bulk", True),
        ("x-autoreply", "true", True),
        ("x-autoreply", "no", False),
        ("x-autorespond", "Re: letter", True),
        ("x-auto-response-suppress", "All", False),
        ("list-unsubscribe", "<mailto:x@lists.example>", True),
        ("return-path", "<>", True),
        ("return-path", "<kari@fagerborg.example>", False),
        ("x-mailer", "vacation", False),
        ("auto-submitted", "", False),
        ("x-auto-submitted", "auto-replied", True),
        ("x-list-administrivia", "yes", True),
        ("x-course-id", "42", True),
        ("message-context", "voice-message", True),
        ("x-ms-exchange-generated-message-source", "Antispam Quarantine Agent", True),
        ("x-ms-exchange-generated-message-source", "Mailbox Rules Agent", True),
        ("x-ms-exchange-inbox-rules-loop", "kari@fagerborg.example", False),
        ("feedback-id", "webmail:mail.example:web", False),
        ("x-loop", "teachers@lists.example", False),
        ("list-post", "<mailto:teachers@lists.example>", True),
        ("list-post", "<mailto:letters@school.example>", False),
        ("list-id", "Letters <letters.school.example>", False),
    ],
)
def test_the_marks_of_machines(name: str, value: str, automatic: bool) -> None:
    kind = sorted_as(a_reading("Hello", headers=((name, value),)), NOTHING_SAID).kind
    assert (kind is Kind.AUTOMATIC) is automatic


def test_a_letter_that_a_rule_of_a_mailbox_forwarded_is_a_letter() -> None:
    rule = (("x-ms-exchange-generated-message-source", "Mailbox Rules Agent"),)
    assert sorted_as(a_reading(headers=rule)).kind is Kind.LETTER
    assert sorted_as(a_reading(headers=rule), NOTHING_SAID).kind is Kind.AUTOMATIC


def test_a_group_of_our_own_address_hides_nobody() -> None:
    through_us = (("list-id", "<letters.school.example>"), ("precedence", "list"))
    known = a_known(asked=(asked(KARI.id),), thread=Thread("which-letter", KARI.id, 1, 0, (7,)))
    answer = a_reading("Re: Which letter?", files=(), headers=through_us)
    assert sorted_as(answer, replace(NOTHING_SAID, is_reply=True), known).kind is Kind.REPLY


def test_a_letter_with_files_may_use_the_words_of_an_away_note() -> None:
    said = {"written": "This is an automatic reply, says our robot.", "text": "x"}
    assert sorted_as(a_reading(**said)).kind is Kind.LETTER
    assert sorted_as(a_reading(**said, files=())).kind is Kind.AUTOMATIC
    assert sorted_as(a_reading(**said), a_subject(is_reply=True)).kind is Kind.AUTOMATIC


@pytest.mark.parametrize(
    ("method", "kind"),
    [
        ("reply", Kind.AUTOMATIC),
        ("counter", Kind.AUTOMATIC),
        ("cancel", Kind.AUTOMATIC),
        ("request", Kind.OTHER),
        ("publish", Kind.OTHER),
    ],
)
def test_calendars_talk_to_each_other_and_people_invite(method: str, kind: Kind) -> None:
    assert sorted_as(a_reading("Meet the class", methods=(method,)), NOTHING_SAID).kind is kind


@pytest.mark.parametrize(
    ("forwarded", "files", "kind"),
    [
        (True, (a_file("original.eml"),), Kind.OTHER),
        (True, (), Kind.OTHER),
        (False, (), Kind.OTHER),
        (False, (a_file("letters.docx"),), Kind.LETTER),
    ],
)
def test_a_report_about_a_letter_is_no_letter_but_one_sent_again_is(
    forwarded: bool, files: Any, kind: Kind
) -> None:
    subject = a_subject(cleaned="Undelivered: Letter 1 from 7B Oslo to CM2 Lyon", is_forward=forwarded)
    assert sorted_as(a_reading(files=files), subject).kind is kind


def test_a_notice_of_the_mail_system_is_believed_of_strangers_only() -> None:
    assert sorted_as(a_reading("Missed call", **UNKNOWN), NOTHING_SAID).kind is Kind.AUTOMATIC
    assert sorted_as(a_reading("Missed call"), NOTHING_SAID).kind is Kind.OTHER


def test_a_report_among_a_teachers_parts_is_no_bounce() -> None:
    assert sorted_as(a_reading(actions=("failed",))).kind is Kind.LETTER
    assert sorted_as(a_reading(**UNKNOWN, actions=("failed",))).kind is Kind.BOUNCE


def test_only_the_topmost_return_path_counts() -> None:
    headers = (("return-path", "<kari@fagerborg.example>"), ("return-path", "<>"))
    assert sorted_as(a_reading(headers=headers)).kind is Kind.LETTER


def test_a_teacher_whose_address_sounds_like_a_robot_is_a_person() -> None:
    kari = replace(KARI, addresses=("info-request@fagerborg.example",))
    exchange = an_exchange(classes=(a_class("7B Oslo", teachers=(kari,)), a_class("CM2 Lyon")))
    reading = a_reading(sender="info-request@fagerborg.example")
    assert sorted_as(reading, known=a_known(a_directory(exchange))).kind is Kind.LETTER
    assert sorted_as(reading).kind is Kind.AUTOMATIC


# Who writes


@pytest.mark.parametrize("defect", [Defect.MANY_FROM, Defect.ODD_FROM, Defect.NO_FROM])
def test_a_from_that_can_be_read_in_two_ways_is_a_strangers(defect: Defect) -> None:
    result = sorted_as(a_reading(defects=frozenset({defect})))
    assert result.kind is Kind.STRANGER
    assert result.heard_from == KARI.address


def test_two_senders_are_a_stranger() -> None:
    both = (Address("kari@fagerborg.example"), Address("evil@evil.example"))
    assert sorted_as(a_reading(from_=both)).kind is Kind.STRANGER


def test_a_pupils_mail_is_a_pupils_mail_whatever_its_subject() -> None:
    result = sorted_as(a_reading(**PUPIL), order="STATUS")
    assert (result.kind, result.order) == (Kind.PUPIL_MAIL, "")
    assert result.sender is not None
    assert (result.sender.person, result.sender.role) == (ANA, Role.PUPIL)


def test_a_teacher_whose_address_stands_for_a_pupil_too_is_the_teacher() -> None:
    shared = replace(ANA, addresses=KARI.addresses)
    exchange = an_exchange(classes=(a_class("7B Oslo", pupils=(shared,)), a_class("CM2 Lyon")))
    assert sorted_as(known=a_known(a_directory(exchange))).kind is Kind.LETTER


@pytest.mark.parametrize(
    ("subject", "kind"), [(NOTHING_SAID, Kind.OTHER), (replace(NOTHING_SAID, is_reply=True), Kind.REPLY)]
)
def test_a_heads_mail_is_conversation_or_something_else(subject: SubjectReading, kind: Kind) -> None:
    assert sorted_as(a_reading(**HEAD), subject).kind is kind
    assert sorted_as(a_reading(**HEAD), order="STATUS").kind is Kind.OTHER


# Answers, orders, conversation


def test_a_direct_answer_of_the_person_asked_is_an_answer() -> None:
    known = a_known(asked=(asked(KARI.id),), thread=Thread("which-letter", KARI.id, 1, 0, (7,)))
    result = sorted_as(a_reading(files=()), replace(NOTHING_SAID, is_reply=True), known)
    assert (result.kind, result.question) == (Kind.REPLY, 7)


def test_an_answer_to_a_question_put_to_somebody_else_answers_nothing() -> None:
    known = a_known(asked=(asked(LUC.id),), thread=Thread("which-letter", LUC.id, 1))
    result = sorted_as(a_reading(files=()), replace(NOTHING_SAID, is_reply=True), known)
    assert (result.kind, result.question) == (Kind.REPLY, 0)


def test_the_open_question_comes_before_one_that_has_its_answer() -> None:
    known = a_known(asked=(asked(KARI.id, question=6, answered_by=LUC.id), asked(KARI.id)))
    assert sorted_as(a_reading(files=()), NOTHING_SAID, known).question == 7
    only_old = a_known(asked=(asked(KARI.id, question=6, answered_by=LUC.id),))
    assert sorted_as(a_reading(files=()), NOTHING_SAID, only_old).question == 6


def test_a_letter_under_a_new_subject_is_a_letter_even_in_answer_to_a_question() -> None:
    known = a_known(asked=(asked(KARI.id),))
    assert sorted_as(known=known).kind is Kind.LETTER
    assert sorted_as(subject=a_subject(is_reply=True), known=known).kind is Kind.REPLY


def test_files_in_answer_to_a_receipt_that_asks_are_more_of_the_letter() -> None:
    known = a_known(
        asked=(asked(KARI.id),),
        thread=Thread("receipt", KARI.id, 1, delivery=1, questions=(7,)),
        arrived=(arrived(closed=True),),
    )
    subject = a_subject(is_reply=True, to=(), part=(2, 2))
    result = sorted_as(a_reading(files=(a_file("more.docx"),)), subject, known)
    assert (result.kind, result.delivery) == (Kind.LETTER, 1)


def test_an_answer_that_is_also_an_order_is_an_answer() -> None:
    known = a_known(asked=(asked(KARI.id),))
    assert sorted_as(a_reading(files=()), NOTHING_SAID, known, order="LATER").kind is Kind.REPLY


def test_an_order_is_a_command_even_in_a_reply() -> None:
    known = a_known(thread=Thread("receipt", KARI.id, 1, delivery=1), arrived=(arrived(),))
    result = sorted_as(a_reading(files=()), a_subject(is_reply=True), known, order="WHY")
    assert (result.kind, result.order) == (Kind.COMMAND, "WHY")


def test_a_letter_comes_before_an_order_in_its_text() -> None:
    assert sorted_as(order="HELP").kind is Kind.LETTER


def test_a_known_thread_makes_conversation_without_any_prefix() -> None:
    known = a_known(thread=Thread(message=4, exchange_id=1))
    assert sorted_as(a_reading(files=()), NOTHING_SAID, known).kind is Kind.REPLY
    assert sorted_as(a_reading(files=()), NOTHING_SAID).kind is Kind.OTHER


def test_the_exchange_of_the_thread_is_the_one_concerned() -> None:
    second = an_exchange(id=2, code="oslo-other", classes=(a_class("7B Oslo", id=31), a_class("X", id=32)))
    known = a_known(a_directory(an_exchange(), second), thread=Thread(message=4, exchange_id=2))
    result = sorted_as(a_reading(files=()), NOTHING_SAID, known)
    assert result.sender is not None
    assert result.sender.exchange.id == 2


def test_the_same_mail_by_another_way_is_sorted_as_ever() -> None:
    assert sorted_as(known=a_known(same_as=5)).letter == a_letter()


def test_what_was_said_about_the_senders_proof_stands_among_the_reasons() -> None:
    proof = Proof(False, "The domain disowns this mail.")
    assert sorted_as(proof=proof).because[-1] == proof.because
    assert proof.because not in sorted_as(a_reading(**UNKNOWN), proof=proof).because


# Strangers


@pytest.mark.parametrize(
    ("name", "heard_from"),
    [
        ("Kari Nordmann", "kari@fagerborg.example"),
        ("NORDMANN, Kári", "kari@fagerborg.example"),
        ("Luc  Martin", "luc@ecole-lyon.example"),
        ("Kari", ""),
        ("Someone", ""),
        ("", ""),
        ("Ana Berg", ""),  # a pupil's name
    ],
)
def test_a_stranger_who_bears_a_teachers_name_may_be_that_teacher(name: str, heard_from: str) -> None:
    result = sorted_as(a_reading("Hello", sender="x@home.example", name=name), NOTHING_SAID)
    assert (result.kind, result.heard_from) == (Kind.STRANGER, heard_from)


def test_a_strangers_letter_is_asked_of_a_teacher_of_the_class_it_names() -> None:
    result = sorted_as(a_reading(**UNKNOWN), a_subject(to=(), exact=False))
    assert result.heard_from == KARI.address
    assert "It reads like a letter from 7B Oslo." in result.because


def test_a_strangers_letter_without_a_class_is_asked_of_nobody() -> None:
    assert sorted_as(a_reading(**UNKNOWN), a_subject(from_=(), to=())).heard_from == ""
    shared_alias = a_subject(from_=(a_mention("7B", OSLO, 2),))
    assert sorted_as(a_reading(**UNKNOWN), shared_alias).heard_from == ""


def test_of_two_teachers_with_one_name_the_class_tells_which() -> None:
    namesake = replace(KARI, id=99, addresses=("kari.n@ecole-lyon.example",))
    exchange = an_exchange(classes=(a_class("7B Oslo"), a_class("CM2 Lyon", teachers=(LUC, namesake))))
    known = a_known(a_directory(exchange))
    stranger = a_reading(sender="kari@home.example", name="Kari Nordmann")
    assert sorted_as(stranger, a_subject(), known).heard_from == KARI.address
    assert sorted_as(stranger, NOTHING_SAID, known).heard_from == ""


# Always one of nine kinds


@given(
    st.builds(
        SubjectReading,
        is_reply=st.booleans(),
        is_forward=st.booleans(),
        product=st.sampled_from(["", "letter", "video"]),
        numbers=st.sampled_from([(), (1,), (2, 3), (9,)]),
        number_trouble=st.sampled_from(["", "zero"]),
        part=st.sampled_from([None, (1, 2)]),
        from_=st.sampled_from([(), (a_mention("Oslo", 1),), (a_mention("7B", 2, 1),), (a_mention("X"),)]),
        to=st.sampled_from([(), (a_mention("Lyon", 2),), (a_mention("7B", 1, 2),), (a_mention("X"),)]),
        to_all=st.booleans(),
        loose=st.sampled_from([(), (a_mention("Lyon", 2),)]),
        talk=st.booleans(),
        exact=st.booleans(),
    ),
    st.sampled_from(["kari@fagerborg.example", "luc@ecole-lyon.example", "x@home.example"]),
    st.sampled_from([(), (a_file(),), (a_file("new.pdf", "pdf"),)]),
    st.sampled_from([(), (arrived(),), (arrived(closed=True), arrived(a_letter(1, 2, 1), delivery=2))]),
    st.sampled_from([None, Thread("receipt", 1, 1, 1), Thread(delivery=2, exchange_id=1)]),
)
def test_whatever_arrives_gets_a_kind_with_reasons(
    subject: SubjectReading, sender: str, files: Any, log: Any, thread: Thread | None
) -> None:
    known = a_known(arrived=log, thread=thread, files_before={a_file().sha256: 1})
    result = sorted_as(a_reading(sender=sender, name="", files=files), subject, known)
    assert result.because
    assert (result.letter is not None) == (result.kind is Kind.LETTER)
    assert bool(result.choices) == bool(result.why) == (result.kind is Kind.UNCLEAR)
    assert len(result.choices) <= 5

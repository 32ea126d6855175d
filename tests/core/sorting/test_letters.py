"""Which letter a teacher's mail is: subject, places, thread and log together."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from tests.builders import (
    KARI,
    KYIV,
    LYON,
    NOTHING_SAID,
    NOW,
    OSLO,
    SCHEDULE,
    a_class,
    a_delivery,
    a_directory,
    a_file,
    a_known,
    a_letter,
    a_mention,
    a_reading,
    a_subject,
    an_exchange,
    arrived,
    automatic_words,
    due,
)

from twinpost.core.model.kind import Kind, Sorted
from twinpost.core.model.known import Known, Thread
from twinpost.core.model.letter import Certainty
from twinpost.core.model.mail import Reading
from twinpost.core.model.people import Copies, Directory
from twinpost.core.model.subject import SubjectReading
from twinpost.core.sorting.facts import Facts
from twinpost.core.sorting.sort import sort

LUC_WRITES: dict[str, Any] = {
    "sender": "luc@ecole-lyon.example",
    "name": "Luc Martin",
    "to": ("kari@fagerborg.example",),
}
FROM_OSLO, FROM_LYON = (a_mention("7B Oslo", OSLO),), (a_mention("CM2 Lyon", LYON),)
TO_OSLO, TO_LYON = FROM_OSLO, FROM_LYON


def sorted_as(
    subject: SubjectReading,
    reading: Reading | None = None,
    known: Known | None = None,
    *,
    at: datetime = NOW,
    order: str = "",
) -> Sorted:
    facts = Facts(reading or a_reading(), known or a_known(), subject, at, order)
    return sort(facts, automatic_words())


def actions(result: Sorted) -> list[str]:
    return [choice.action for choice in result.choices]


def texts(result: Sorted) -> list[str]:
    return [choice.text for choice in result.choices]


def three_classes() -> Directory:
    schedule = (*SCHEDULE, due(1, OSLO, KYIV, date(2026, 10, 9)))
    classes = (a_class("7B Oslo"), a_class("CM2 Lyon"), a_class("5A Kyiv"))
    return a_directory(an_exchange(classes=classes, schedule=schedule))


# What the subject says


def test_a_subject_that_says_everything_is_that_letter() -> None:
    result = sorted_as(a_subject())
    assert result.kind is Kind.LETTER
    assert result.letter == a_letter(certainty=Certainty.EXACT)
    assert result.sender is not None
    assert result.sender.school_class.name == "7B Oslo"
    assert result.because == (
        "The sender is a teacher of 7B Oslo.",
        "The subject names letter 1 from 7B Oslo to CM2 Lyon.",
    )


def test_the_from_that_is_left_out_is_the_senders_class() -> None:
    result = sorted_as(a_subject(from_=()))
    assert result.letter == a_letter(certainty=Certainty.INFERRED)


def test_the_to_that_is_left_out_is_the_only_other_class() -> None:
    result = sorted_as(a_subject(from_=(), to=(), cleaned="Letter 1"))
    assert result.letter == a_letter(certainty=Certainty.INFERRED)


def test_the_to_that_is_left_out_is_asked_among_several_classes() -> None:
    subject = a_subject(numbers=(3,), from_=(), to=(), cleaned="Letter 3")
    result = sorted_as(subject, known=a_known(three_classes()))
    assert (result.kind, result.why) == (Kind.UNCLEAR, "ambiguous")
    assert texts(result) == [
        "Letter 3 from 7B Oslo to CM2 Lyon.",
        "Letter 3 from 7B Oslo to 5A Kyiv.",
        "Letter 3 from 7B Oslo to CM2 Lyon and 5A Kyiv.",
        "It is no letter.",
    ]


def test_the_only_class_to_which_that_letter_is_due_is_meant() -> None:
    subject = a_subject(from_=(), to=(), cleaned="Letter 1")
    known = a_known(three_classes(), arrived=(arrived(a_letter(1)),))
    result = sorted_as(subject, known=known)
    assert result.letter == a_letter(1, OSLO, KYIV, certainty=Certainty.INFERRED)


def test_a_letter_to_all_goes_to_every_other_class() -> None:
    result = sorted_as(a_subject(to=(), to_all=True), known=a_known(three_classes()))
    assert result.letter is not None
    assert result.letter.to_classes == (LYON, KYIV)
    assert result.letter.certainty is Certainty.EXACT


def test_a_letter_to_two_named_classes_is_one_letter() -> None:
    subject = a_subject(to=(a_mention("Kyiv", KYIV), a_mention("Lyon", LYON)))
    result = sorted_as(subject, known=a_known(three_classes()))
    assert result.letter is not None
    assert result.letter.to_classes == (KYIV, LYON)


def test_a_missing_number_is_the_only_letter_that_is_due() -> None:
    result = sorted_as(a_subject(numbers=()))
    assert result.letter == a_letter(1, certainty=Certainty.INFERRED)
    assert "only letter 1 from 7B Oslo to CM2 Lyon is due" in result.because[1]


@pytest.mark.parametrize(
    ("day", "kind"),
    [
        (datetime(2026, 9, 24, 12, tzinfo=UTC), Kind.UNCLEAR),
        (datetime(2026, 9, 24, 21, 59, tzinfo=UTC), Kind.UNCLEAR),
        (datetime(2026, 9, 24, 22, 0, tzinfo=UTC), Kind.LETTER),  # midnight in Oslo
        (datetime(2026, 11, 15, tzinfo=UTC), Kind.LETTER),
    ],
)
def test_a_letter_is_due_from_two_weeks_before_its_day_in_the_writers_zone(day: datetime, kind: Kind) -> None:
    assert sorted_as(a_subject(numbers=()), at=day).kind is kind


def test_a_missing_number_is_asked_when_two_letters_are_due() -> None:
    result = sorted_as(a_subject(numbers=()), at=datetime(2026, 12, 1, tzinfo=UTC))
    assert (result.kind, result.why) == (Kind.UNCLEAR, "no-number")
    assert texts(result) == [
        "Letter 1 from 7B Oslo to CM2 Lyon.",
        "Letter 2 from 7B Oslo to CM2 Lyon.",
        "It is no letter.",
    ]


def test_a_letter_that_has_arrived_is_due_no_longer() -> None:
    known = a_known(arrived=(arrived(closed=True),))
    result = sorted_as(a_subject(numbers=()), known=known, at=datetime(2026, 12, 1, tzinfo=UTC))
    assert result.letter == a_letter(2, certainty=Certainty.INFERRED)


def test_a_missing_number_with_nothing_due_proposes_the_next_one() -> None:
    known = a_known(a_directory(an_exchange(schedule=())), arrived=(arrived(a_letter(2), closed=True),))
    result = sorted_as(a_subject(numbers=()), known=known)
    assert texts(result) == ["Letter 3 from 7B Oslo to CM2 Lyon.", "It is no letter."]


@pytest.mark.parametrize("trouble", ["zero", "negative", "huge", "descending", "broken"])
def test_a_number_in_trouble_is_never_guessed(trouble: str) -> None:
    result = sorted_as(a_subject(numbers=(), number_trouble=trouble))
    assert (result.kind, result.why) == (Kind.UNCLEAR, "number")
    assert actions(result) == ["letter", "other"]


def test_an_alias_of_both_classes_means_her_own_behind_from_and_the_other_behind_to() -> None:
    both = a_mention("7B", OSLO, LYON)
    result = sorted_as(a_subject(from_=(both,), to=(both,)), a_reading(**LUC_WRITES))
    assert result.letter == a_letter(1, LYON, OSLO, certainty=Certainty.INFERRED)


def test_a_misspelt_class_is_accepted_and_said_to_be_inferred() -> None:
    result = sorted_as(a_subject(to=(a_mention("CM2 Lyno", LYON, fuzzy=True),)))
    assert result.letter == a_letter(certainty=Certainty.INFERRED)


def test_a_class_name_of_lookalike_letters_is_asked() -> None:
    result = sorted_as(a_subject(to=(a_mention("СМ2 Lyon", LYON, lookalike=True),)))
    assert (result.kind, result.why) == (Kind.UNCLEAR, "lookalike")


@pytest.mark.parametrize("loose", [(OSLO,), (LYON,), (OSLO, LYON), (LYON, OSLO)])
def test_a_class_named_without_from_or_to_fills_the_end_that_is_open(loose: tuple[int, ...]) -> None:
    mentions = tuple(a_mention("Class", class_id) for class_id in loose)
    result = sorted_as(a_subject(from_=(), to=(), loose=mentions))
    assert result.letter == a_letter(certainty=Certainty.INFERRED)


def test_a_loose_class_beside_a_to_is_the_writer_even_when_that_contradicts_the_sender() -> None:
    subject = a_subject(from_=(), loose=(a_mention("Oslo", OSLO),))
    result = sorted_as(subject, a_reading(**LUC_WRITES))
    assert (result.kind, result.why) == (Kind.UNCLEAR, "contradiction")


def test_another_product_is_treated_like_a_letter() -> None:
    result = sorted_as(a_subject(numbers=(2,), product="video"))
    assert result.letter == replace(a_letter(2), product="video")


def test_numbers_and_classes_without_a_product_are_a_letter() -> None:
    result = sorted_as(a_subject(product="", exact=False))
    assert result.letter == a_letter(certainty=Certainty.INFERRED)


def test_a_letter_beyond_the_plan_is_a_letter() -> None:
    assert sorted_as(a_subject(numbers=(9,))).letter == a_letter(9)


def test_the_same_number_of_the_other_direction_is_no_obstacle() -> None:
    known = a_known(arrived=(arrived(a_letter(1, LYON, OSLO), closed=True),))
    assert sorted_as(a_subject(), known=known).kind is Kind.LETTER


def test_two_teachers_in_one_school_write_for_the_same_class() -> None:
    result = sorted_as(a_subject(), a_reading(sender="ola.hansen@fagerborg.example", name="Ola Hansen"))
    assert result.letter == a_letter()


# Contradictions


@pytest.mark.parametrize(
    ("from_", "to", "why"),
    [
        (FROM_OSLO, TO_LYON, "contradiction"),  # the teacher of Lyon writes "from Oslo"
        (FROM_LYON, TO_LYON, "contradiction"),
        ((), TO_LYON, "contradiction"),
        ((a_mention("4C", 77),), TO_OSLO, "contradiction"),  # a class of another exchange
        ((a_mention("6D Bergen"),), TO_OSLO, "unknown-class"),
        (FROM_LYON, (a_mention("6D Bergen"),), "unknown-class"),
        ((*FROM_LYON, *FROM_OSLO), (), "contradiction"),
    ],
)
def test_classes_that_contradict_the_sender_are_asked(
    from_: tuple[Any, ...], to: tuple[Any, ...], why: str
) -> None:
    result = sorted_as(a_subject(from_=from_, to=to), a_reading(**LUC_WRITES))
    assert (result.kind, result.why) == (Kind.UNCLEAR, why)
    assert result.letter is None
    assert result.choices[0].letter == a_letter(1, LYON, OSLO)
    assert result.choices[-1].action == "other"


def test_a_letter_as_if_from_the_colleagues_class_offers_both_directions() -> None:
    result = sorted_as(a_subject(), a_reading(**LUC_WRITES))
    assert texts(result) == [
        "Letter 1 from CM2 Lyon to 7B Oslo.",
        "Letter 1 from 7B Oslo to CM2 Lyon.",
        "It is no letter.",
    ]


def test_no_question_has_more_than_five_choices() -> None:
    names = ["7B Oslo", "CM2 Lyon", "5A Kyiv"]
    others = tuple(a_class(f"Class {n}", id=20 + n) for n in range(6))
    exchange = an_exchange(classes=(*map(a_class, names), *others))
    result = sorted_as(a_subject((3,), (), ()), known=a_known(a_directory(exchange)))
    assert len(result.choices) == 5
    assert result.choices[-1].action == "other"


# Several exchanges


def two_exchanges(second_due: date = date(2027, 5, 1)) -> Directory:
    kyiv = an_exchange(
        id=2,
        code="oslo-kyiv",
        classes=(a_class("7B Oslo", id=31), a_class("5A Kyiv")),
        schedule=(due(1, 31, KYIV, second_due),),
        copies=Copies.ONE,
    )
    return a_directory(an_exchange(), kyiv)


def test_the_class_named_decides_between_two_exchanges() -> None:
    subject = a_subject(from_=(), to=(a_mention("Kyiv", KYIV),))
    result = sorted_as(subject, known=a_known(two_exchanges()))
    assert result.letter is not None
    assert (result.letter.exchange_id, result.letter.from_class) == (2, 31)


def test_without_a_class_the_exchange_where_the_letter_is_due_is_meant() -> None:
    subject = a_subject(from_=(), to=(), cleaned="Letter 1")
    result = sorted_as(subject, known=a_known(two_exchanges()))
    assert result.letter == a_letter(certainty=Certainty.INFERRED)


def test_when_the_letter_is_due_in_both_exchanges_it_is_asked() -> None:
    subject = a_subject(from_=(), to=(), cleaned="Letter 1")
    result = sorted_as(subject, known=a_known(two_exchanges(date(2026, 10, 12))))
    assert (result.kind, result.why) == (Kind.UNCLEAR, "ambiguous")
    assert {choice.letter.exchange_id for choice in result.choices if choice.letter} == {1, 2}


# Forwards


def test_a_forward_by_a_teacher_of_the_receiving_class_counts_as_arrival() -> None:
    result = sorted_as(a_subject(is_forward=True), a_reading(**LUC_WRITES))
    assert result.letter == a_letter()
    assert result.sender is not None
    assert result.sender.school_class.id == LYON


def test_a_forward_by_the_sending_teacher_counts_as_arrival() -> None:
    assert sorted_as(a_subject(is_forward=True)).letter == a_letter()


def test_a_forward_of_what_is_here_already_is_conversation() -> None:
    known = a_known(arrived=(arrived(closed=True),), files_before={a_file().sha256: 1})
    result = sorted_as(a_subject(is_forward=True), a_reading(**LUC_WRITES), known)
    assert result.kind is Kind.REPLY


def test_a_forward_by_a_third_class_is_asked() -> None:
    reading = a_reading(sender="olena@kyiv-school.example", name="Olena Koval")
    result = sorted_as(a_subject(is_forward=True), reading, a_known(three_classes()))
    assert (result.kind, result.why) == (Kind.UNCLEAR, "contradiction")


def test_a_forward_of_a_reply_with_files_is_a_forward() -> None:
    result = sorted_as(a_subject(is_forward=True, is_reply=True), a_reading(**LUC_WRITES))
    assert result.letter == a_letter()


def test_a_forward_without_classes_is_the_letter_that_is_due_from_either_side() -> None:
    subject = a_subject(from_=(), to=(), is_forward=True, cleaned="Letter 1")
    assert sorted_as(subject, a_reading(**LUC_WRITES)).letter == a_letter(certainty=Certainty.INFERRED)
    asked = sorted_as(subject, a_reading(**LUC_WRITES), at=datetime(2026, 11, 2, tzinfo=UTC))
    assert (asked.kind, asked.why) == (Kind.UNCLEAR, "ambiguous")


# Replies

IN_LETTER_ONE = Thread(exchange_id=1, delivery=1, message=1)


def test_a_reply_without_new_files_is_conversation() -> None:
    result = sorted_as(a_subject(is_reply=True), a_reading(files=()))
    assert result.kind is Kind.REPLY


def test_a_reply_that_carries_the_old_files_along_is_conversation() -> None:
    known = a_known(thread=IN_LETTER_ONE, arrived=(arrived(),), files_before={a_file().sha256: 1})
    assert sorted_as(a_subject(is_reply=True), known=known).kind is Kind.REPLY


def test_a_signature_logo_in_a_reply_is_no_file() -> None:
    logo = a_file("logo.png", "png", inline=True)
    assert sorted_as(a_subject(is_reply=True), a_reading(files=(logo,))).kind is Kind.REPLY


def test_files_in_a_reply_to_our_receipt_belong_to_that_letter() -> None:
    known = a_known(
        thread=Thread(notice="receipt", person=KARI.id, exchange_id=1, delivery=1),
        arrived=(arrived(),),
        deliveries=(a_delivery(),),
    )
    subject = a_subject(to=(), is_reply=True, cleaned="Letter 1 from 7B Oslo has arrived")
    result = sorted_as(subject, a_reading(files=(a_file("more.docx"),)), known)
    assert (result.kind, result.delivery) == (Kind.LETTER, 1)
    assert result.letter == a_letter(certainty=Certainty.INFERRED)


def test_files_in_a_reply_from_the_receiving_class_are_asked() -> None:
    known = a_known(thread=IN_LETTER_ONE, arrived=(arrived(),), deliveries=(a_delivery(),))
    reading = a_reading(**LUC_WRITES, files=(a_file("nos-lettres.docx"),))
    result = sorted_as(a_subject(is_reply=True), reading, known)
    assert (result.kind, result.why) == (Kind.UNCLEAR, "reply-with-files")
    assert texts(result) == ["Letter 1 from CM2 Lyon to 7B Oslo.", "It is no letter."]


def test_her_own_letter_named_in_a_reply_is_that_letter() -> None:
    known = a_known(thread=IN_LETTER_ONE, arrived=(arrived(),))
    reading = a_reading(**LUC_WRITES, files=(a_file("nos-lettres.docx"),))
    result = sorted_as(a_subject(from_=FROM_LYON, to=TO_OSLO, is_reply=True), reading, known)
    assert result.letter == a_letter(1, LYON, OSLO)


def test_another_number_in_a_reply_to_her_own_letter_is_another_letter() -> None:
    known = a_known(thread=IN_LETTER_ONE, arrived=(arrived(closed=True),))
    subject = a_subject(numbers=(2,), from_=(), to=(), is_reply=True, cleaned="Letter 2")
    result = sorted_as(subject, a_reading(files=(a_file("two.docx"),)), known)
    assert result.letter == a_letter(2, certainty=Certainty.INFERRED)


def test_files_in_a_reply_without_any_letter_around_are_conversation() -> None:
    subject = replace(NOTHING_SAID, is_reply=True)
    assert sorted_as(subject).kind is Kind.REPLY


def test_a_drive_link_in_a_reply_to_her_own_letter_belongs_to_it() -> None:
    known = a_known(thread=IN_LETTER_ONE, arrived=(arrived(),), deliveries=(a_delivery(),))
    reading = a_reading(files=(), links=("https://drive.example/abc",))
    result = sorted_as(a_subject(is_reply=True), reading, known)
    assert (result.kind, result.delivery) == (Kind.LETTER, 1)


# Letters that are here already


def test_a_second_mail_of_an_open_letter_is_more_of_it() -> None:
    known = a_known(arrived=(arrived(),), deliveries=(a_delivery(),))
    result = sorted_as(a_subject(), a_reading(files=(a_file("second.docx"),)), known)
    assert (result.kind, result.delivery) == (Kind.LETTER, 1)


def test_a_second_mail_of_a_closed_letter_is_asked_about() -> None:
    known = a_known(arrived=(arrived(closed=True),))
    result = sorted_as(a_subject(), a_reading(files=(a_file("second.docx"),)), known)
    assert (result.kind, result.why) == (Kind.UNCLEAR, "closed")
    assert [(choice.action, choice.delivery) for choice in result.choices] == [
        ("more", 1),
        ("letter", 0),
        ("other", 0),
    ]
    assert texts(result)[:2] == [
        "More of letter 1 from 7B Oslo to CM2 Lyon.",
        "Letter 2 from 7B Oslo to CM2 Lyon.",
    ]


def test_a_marked_part_of_a_closed_letter_is_more_of_it() -> None:
    known = a_known(arrived=(arrived(closed=True),))
    result = sorted_as(a_subject(part=(2, 3)), a_reading(files=(a_file("second.docx"),)), known)
    assert (result.kind, result.delivery) == (Kind.LETTER, 1)
    assert result.letter is not None
    assert result.letter.part == (2, 3)


def test_a_closed_letter_with_the_same_files_was_sent_again() -> None:
    known = a_known(arrived=(arrived(closed=True),), files_before={a_file().sha256: 1})
    result = sorted_as(a_subject(), known=known)
    assert (result.kind, result.delivery) == (Kind.LETTER, 1)
    assert result.because[-1] == "All its files came before: it was sent again."


def test_a_letter_that_was_answered_counts_as_closed() -> None:
    known = a_known(
        arrived=(arrived(), arrived(a_letter(1, LYON, OSLO), delivery=2, at=NOW + timedelta(days=1))),
        deliveries=(a_delivery(),),
    )
    result = sorted_as(a_subject(), a_reading(files=(a_file("second.docx"),)), known)
    assert (result.kind, result.why) == (Kind.UNCLEAR, "closed")


def test_a_letter_is_not_answered_by_the_one_that_it_answers() -> None:
    known = a_known(
        arrived=(arrived(), arrived(a_letter(1, LYON, OSLO), delivery=2, at=NOW - timedelta(days=9))),
        deliveries=(a_delivery(),),
    )
    result = sorted_as(a_subject(), a_reading(files=(a_file("second.docx"),)), known)
    assert (result.kind, result.delivery) == (Kind.LETTER, 1)


def test_several_letters_of_which_one_is_new_are_a_letter() -> None:
    known = a_known(arrived=(arrived(closed=True),))
    result = sorted_as(a_subject(numbers=(1, 2)), a_reading(files=(a_file("both.docx"),)), known)
    assert result.kind is Kind.LETTER
    assert result.letter is not None
    assert (result.letter.numbers, result.delivery) == ((1, 2), 0)


# What only talks about letters


@pytest.mark.parametrize(
    ("subject", "kind"),
    [
        (a_subject((2,), (), (), unread=1, cleaned="About letter 2 and the trip"), Kind.UNCLEAR),
        (
            a_subject((), (), unread=1, cleaned="Something about the letters to the class CM2 Lyon"),
            Kind.UNCLEAR,
        ),
        (a_subject((2,), (), (), talk=True, cleaned="Letter 2 will be late"), Kind.OTHER),
        (a_subject((2,), talk=True), Kind.UNCLEAR),
        (a_subject((2,), (), (), cleaned="Here comes letter 2"), Kind.LETTER),
        (a_subject((1,), (), cleaned="Letter 1 to CM2 Lyon"), Kind.LETTER),
        (a_subject((1,), (), (), part=(2, 3), cleaned="Letter 1 (part 2 of 3)"), Kind.LETTER),
        (a_subject(), Kind.LETTER),
        (SubjectReading(cleaned="Thank you for the letters", product="letter"), Kind.OTHER),
    ],
)
def test_a_mail_without_files_is_a_letter_only_when_its_subject_is_little_else(
    subject: SubjectReading, kind: Kind
) -> None:
    assert sorted_as(subject, a_reading(files=())).kind is kind


def test_words_about_a_letter_in_answer_to_a_known_mail_are_conversation() -> None:
    praise = a_subject((1,), (), (), unread=1, cleaned="Letter 1 was wonderful")
    assert sorted_as(praise, a_reading(files=()), a_known(thread=IN_LETTER_ONE)).kind is Kind.REPLY
    assert sorted_as(praise, a_reading(files=())).kind is Kind.UNCLEAR


def test_files_under_words_about_a_letter_are_asked() -> None:
    late = a_subject((2,), (), (), talk=True, cleaned="Letter 2, sorry for the delay")
    assert (sorted_as(late).kind, sorted_as(late).why) == (Kind.UNCLEAR, "talk")
    thanks = replace(late, spoken_of=True, cleaned="Thanks for letter 2")
    assert sorted_as(thanks).kind is Kind.OTHER


def test_a_bare_product_with_files_is_asked() -> None:
    result = sorted_as(SubjectReading(cleaned="Our letters", product="letter"))
    assert (result.kind, result.why) == (Kind.UNCLEAR, "no-number")
    assert texts(result) == ["Letter 1 from 7B Oslo to CM2 Lyon.", "It is no letter."]


def test_files_without_a_word_about_letters_are_no_letter() -> None:
    assert sorted_as(NOTHING_SAID).kind is Kind.OTHER

"""Mail that nobody could make sense of is read again when an exchange file explains more."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa
from tests.office import (
    BOX,
    EXCHANGE,
    KARI,
    LUC,
    OLA,
    OLENA,
    PDF,
    START,
    WITH_KYIV,
    Office,
    an_office,
    mails,
    the,
)

from twinpost.app.process import Processed, process
from twinpost.core.model.kind import Kind
from twinpost.core.model.mail import TakenUp
from twinpost.ledger import journal, people, rereading, views
from twinpost.ledger.engine import transaction
from twinpost.ledger.outbox import State

pytestmark = pytest.mark.slow

LETTER = "Letter 1 from 7B Oslo to CM2 Lyon"
FROM_THE_FROGS = "Letter 1 from the frogs to CM2 Lyon"
OF_KYIV = "Letter 1 from Kyiv to Oslo"
WITH_FROGS = EXCHANGE.replace("aliases: [7B, Oslo]", "aliases: [7B, Oslo, the frogs]")
HEAD = "head@fagerborg.example"
WITH_HEAD = EXCHANGE.replace(
    "    pupils:\n      - {name: Ana Berg}",
    f"    leaders:\n      - {{name: Head Teacher, email: {HEAD}}}\n    pupils:\n      - {{name: Ana Berg}}",
)
HEAD_TEACHES = EXCHANGE.replace(
    "    pupils:\n      - {name: Ana Berg}",
    f"      - {{name: Head Teacher, email: {HEAD}}}\n    pupils:\n      - {{name: Ana Berg}}",
)


def of_olena(office: Office) -> Processed:
    return office.receive(OLENA, OF_KYIV, to=[KARI], cc=[BOX], files=[("a.pdf", PDF)])


def unclear(office: Office) -> Processed:
    return office.receive(KARI, FROM_THE_FROGS, to=[LUC], cc=[BOX], files=[("a.pdf", PDF)])


def open_questions(office: Office) -> list[tuple[str, int]]:
    """Kind and number of times asked of each open question."""
    with transaction(office.engine) as connection:
        return [(kind, times) for _, kind, _, times in views.open_questions(connection)]


def test_a_letter_of_somebody_who_was_forgotten_in_the_file_is_told_with_the_day_of_its_arrival(
    office: Office,
) -> None:
    assert of_olena(office).sorted.kind is Kind.STRANGER
    office.now += timedelta(days=4)
    office.apply(WITH_KYIV)
    (again,) = office.process_waiting()
    assert mails(again.told) == [("receipt", OLENA), ("letter-arrived", KARI), ("letter-arrived", OLA)]
    assert office.log()[0].first_at == START
    assert "Thursday 8 October, 10:15 in Kyiv (09:15 in Oslo)" in the(again.told, "receipt", OLENA).text


def test_a_letter_that_was_found_so_is_told_once_however_often_files_are_applied(office: Office) -> None:
    of_olena(office)
    for text in (WITH_KYIV, WITH_KYIV, WITH_KYIV.replace("5A,", "5A, Kyiw,")):
        office.apply(text)
        office.process_waiting()
    assert len(office.outbox()) == 3
    assert [line.mails for line in office.log()] == [1]


def test_what_is_killed_while_it_is_read_again_is_read_again_once_more(office: Office) -> None:
    of_olena(office)
    office.apply(WITH_KYIV)
    for _ in range(2):
        with office.engine.connect() as connection:  # and no commit
            (kept,) = journal.to_process(connection, 10)
            reading = office.house.reader.read(kept.sha256)
            process(connection, office.house, people.load_directory(connection), kept, reading, office.now)
    assert office.outbox() == []
    (again,) = office.process_waiting()
    assert len(again.told) == 3
    assert office.process_waiting() == []


def test_each_reading_is_recorded_with_what_it_changed(office: Office) -> None:
    number = of_olena(office).kept.id
    office.apply(WITH_KYIV)
    (again,) = office.process_waiting()
    with transaction(office.engine) as connection:
        (noted,) = rereading.history(connection, number)
        line = views.message(connection, number)
    assert (noted.why, noted.before, noted.after) == (TakenUp.APPLY, "stranger", "letter")
    assert line is not None
    assert line.because[0] == again.decision.because[0]
    assert line.because[0].startswith("It was read again, as an exchange file has changed who takes part")


def test_a_new_alias_names_a_letter_and_settles_the_question_about_it(office: Office) -> None:
    assert mails(unclear(office).told) == [("which-letter", KARI)]
    office.apply(WITH_FROGS)
    (again,) = office.process_waiting()
    assert mails(again.told) == [("receipt", KARI), ("receipt", OLA), ("letter-arrived", LUC)]
    assert open_questions(office) == []
    assert office.wait(days=3) == []


def test_a_question_that_has_not_left_is_not_asked_once_it_is_settled(office: Office) -> None:
    unclear(office)
    office.apply(WITH_FROGS)
    office.process_waiting()
    (asked,) = [parcel for parcel in office.outbox(State.CANCELLED) if parcel.notice == "which-letter"]
    assert asked.recipient == KARI


def test_an_answer_to_a_settled_question_hears_that_it_is_settled_and_changes_nothing(office: Office) -> None:
    question = the(unclear(office).told, "which-letter", KARI)
    office.apply(WITH_FROGS)
    office.process_waiting()
    for text in ("1\n", "It is no letter\n"):
        answer = office.receive(KARI, "Re: Which letter is this?", text=text, answers=question)
        assert [(one.tell.to.address, one.subject) for one in answer.told] == [
            (KARI, f"Settled already: “{FROM_THE_FROGS}”")
        ]
    assert [(line.mails, line.numbers) for line in office.log()] == [(1, (1,))]


def test_what_stays_unclear_is_not_asked_twice(office: Office) -> None:
    unclear(office)
    office.apply(EXCHANGE.replace("Ola Hansen", "Ola Nordmann Hansen"))
    (again,) = office.process_waiting()
    assert again.told == ()
    assert open_questions(office) == [("which-letter", 1)]
    assert mails(office.wait(days=1)) == [("which-letter", KARI)]


def test_another_name_of_a_class_makes_no_other_question(office: Office) -> None:
    unclear(office)
    office.apply(EXCHANGE.replace("CM2 Lyon", "CM2 Lumière").replace("[CM2, Lyon,", "[CM2, Lyon, CM2 Lyon,"))
    (again,) = office.process_waiting()
    assert again.told == ()
    assert open_questions(office) == [("which-letter", 1)]


def test_a_question_with_other_choices_takes_the_place_of_the_old_one(office: Office) -> None:
    subject = "Letter from 7B Oslo to Kyiv"
    asked = office.receive(KARI, subject, to=[LUC], cc=[BOX], files=[("a.pdf", PDF)])
    old = the(asked.told, "which-letter", KARI)
    office.apply(WITH_KYIV)
    (again,) = office.process_waiting()
    assert "5A Kyiv" in the(again.told, "which-letter", KARI).text
    assert len(open_questions(office)) == 1
    late = office.receive(KARI, "Re: x", text="1\n", answers=old)
    assert late.told[0].subject.startswith("Settled already")


def test_a_question_that_was_given_up_is_not_asked_again_for_a_file_but_for_a_person(office: Office) -> None:
    mail = unclear(office)
    for _ in range(12):
        office.wait(days=1)
    assert open_questions(office) == []
    office.apply(EXCHANGE.replace("Ola Hansen", "Ola Nordmann Hansen"))
    (again,) = office.process_waiting()
    assert again.told == ()
    with transaction(office.engine) as connection:
        rereading.take_up(connection, [mail.kept.id], TakenUp.INBOX, office.now)
    (again,) = office.process_waiting()
    assert mails(again.told) == [("which-letter", KARI)]


def test_what_a_teacher_has_decided_about_is_not_read_again(office: Office) -> None:
    lost = office.receive(KARI, "Our trip", text="We were at the sea.\n")
    office.receive(KARI, "Re: x", text="No\n", answers=the(lost.told, "pass-on-question", KARI))
    question = the(unclear(office).told, "which-letter", KARI)
    office.receive(KARI, "Re: x", text="It is no letter\n", answers=question)
    office.apply(WITH_FROGS)
    assert office.process_waiting() == []
    assert office.log() == []


def test_a_mail_that_was_filed_is_a_letter_once_its_sender_is_a_teacher(office: Office) -> None:
    office.apply(WITH_HEAD)
    mail = office.receive(HEAD, LETTER, to=[LUC], cc=[BOX], files=[("a.pdf", PDF)])
    assert mail.sorted.kind is Kind.OTHER
    office.apply(HEAD_TEACHES)
    (again,) = office.process_waiting()
    assert ("receipt", HEAD) in mails(again.told)
    assert [line.numbers for line in office.log()] == [(1,)]


def test_a_mail_that_waited_to_be_passed_on_and_stays_what_it_is_is_not_asked_about_twice(
    office: Office,
) -> None:
    office.receive(KARI, "Our trip", text="We were at the sea.\n")
    office.apply(WITH_FROGS)
    (again,) = office.process_waiting()
    assert again.told == ()
    assert open_questions(office) == [("pass-on", 1)]


def test_an_address_that_the_file_gives_to_a_teacher_settles_was_this_you(office: Office) -> None:
    private = "kari@private.example"
    mail = office.receive(f"Kari Nordmann <{private}>", LETTER, to=[LUC], cc=[BOX], files=[("a.pdf", PDF)])
    question = the(mail.told, "was-this-you", KARI)
    office.apply(EXCHANGE.replace(f"email: {KARI}", f"email: [{KARI}, {private}]"))
    (again,) = office.process_waiting()
    assert mails(again.told) == [("receipt", KARI), ("receipt", OLA), ("letter-arrived", LUC)]
    late = office.receive(KARI, "Re: x", text="No\n", answers=question)
    assert late.told[0].subject.startswith("Settled already")
    assert len(office.log()) == 1


def test_a_stranger_who_stays_one_is_not_asked_about_twice(office: Office) -> None:
    office.receive("Kari Nordmann <kari@private.example>", LETTER, to=[LUC], cc=[BOX])
    office.apply(WITH_KYIV)
    (again,) = office.process_waiting()
    assert again.told == ()
    assert open_questions(office) == [("was-this-you", 1)]


def test_the_admin_may_decline(office: Office) -> None:
    of_olena(office)
    office.apply(WITH_KYIV, reread=False)
    assert office.process_waiting() == []


def test_a_file_that_changes_only_dates_reads_nothing_again(office: Office) -> None:
    of_olena(office)
    unclear(office)
    office.apply(EXCHANGE.replace("2026-12-04", "2026-12-11"))
    assert office.process_waiting() == []


def test_mail_of_longer_ago_stays_as_it_is(office: Office) -> None:
    of_olena(office)
    office.now += timedelta(days=30, minutes=1)
    office.apply(WITH_KYIV)
    assert office.process_waiting() == []


def test_before_go_live_a_letter_that_is_found_so_is_logged_and_nothing_is_sent(tmp_path: Path) -> None:
    with an_office(tmp_path, live=False) as office:
        unclear(office)
        of_olena(office)
        office.apply(WITH_KYIV.replace("aliases: [7B, Oslo]", "aliases: [7B, Oslo, the frogs]"))
        office.process_waiting()
        assert len(office.log()) == 2
        assert {parcel.notice for parcel in office.outbox(State.HELD)} == {"receipt", "letter-arrived"}
        assert office.outbox(State.WAITING) == []


def test_a_letter_from_before_go_live_that_is_found_after_it_is_logged_and_not_answered(
    tmp_path: Path,
) -> None:
    with an_office(tmp_path, live=False) as office:
        of_olena(office)
        office.now += timedelta(days=2)
        office.go_live()
        office.apply(WITH_KYIV)
        office.process_waiting()
        assert len(office.log()) == 1
        assert office.outbox(State.WAITING, State.HELD) == []


def test_a_mail_that_came_twice_is_one_letter_when_both_are_read_again(office: Office) -> None:
    mail = of_olena(office)
    octets = office.house.vault.get(mail.kept.sha256)
    office.sent += 1
    office.process(b"Received: from list.example by mx.school.example\n" + octets)
    office.apply(WITH_KYIV)
    first, second = office.process_waiting()
    assert (len(first.told), second.told) == (3, ())
    assert [line.mails for line in office.log()] == [1]


def test_reading_again_costs_one_note_in_the_ledger_for_each_message(office: Office) -> None:
    of_olena(office)
    for alias in ("Kyiw", "Kiev"):
        office.apply(WITH_KYIV.replace("5A,", f"5A, {alias},"))
    with transaction(office.engine) as connection:
        count = connection.execute(sa.text("SELECT count(*) FROM rereadings")).scalar_one()
    assert count == 1

"""Exchange files change while letters, questions and mails are open."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from tests.office import BOX, EXCHANGE, KARI, LUC, OLA, OLENA, PDF, WITH_KYIV, Office, an_office, mails, the

from twinpost.core.model.kind import Kind
from twinpost.ledger.outbox import State

pytestmark = pytest.mark.slow

LETTER = "Letter 1 from 7B Oslo to CM2 Lyon"
TO_ALL = "Letter 1 from 7B Oslo to all"
WITHOUT_KARI = EXCHANGE.replace("      - {name: Kari Nordmann, email: kari@fagerborg.example}\n", "")


def test_an_update_passes_over_a_class_that_has_left(office: Office) -> None:
    office.apply(WITH_KYIV)
    office.receive(KARI, TO_ALL, to=[LUC, OLENA], cc=[BOX], files=[("a.pdf", PDF)])
    office.receive(KARI, TO_ALL, to=[LUC, OLENA], cc=[BOX], files=[("b.pdf", PDF + b"2")])
    office.apply()
    assert mails(office.wait(minutes=11)) == [("receipt", KARI), ("receipt", OLA), ("letter-arrived", LUC)]


def test_a_letter_of_a_class_that_has_left_is_closed_in_silence(office: Office) -> None:
    office.apply(WITH_KYIV)
    office.receive(OLENA, "Letter 1 from Kyiv to Oslo", to=[KARI], cc=[BOX], files=[("a.pdf", PDF)])
    office.apply()
    assert office.wait(hours=3) == []
    assert office.log()[0].closed


def test_a_reply_about_a_class_that_has_left_is_heard(office: Office) -> None:
    office.apply(WITH_KYIV)
    done = office.receive(KARI, "Letter 1 from 7B Oslo to Kyiv", to=[OLENA], cc=[BOX], files=[("a.pdf", PDF)])
    office.apply()
    receipt = the(done.told, "receipt", KARI)
    reply = office.receive(KARI, "Re: x", files=[("b.pdf", PDF + b"2")], answers=receipt)
    assert reply.told


def test_an_answer_that_names_a_class_that_has_left_is_heard(office: Office) -> None:
    office.apply(WITH_KYIV)
    asked = office.receive(KARI, "Letter from 7B Oslo to Kyiv", to=[OLENA], cc=[BOX])
    question = the(asked.told, "which-letter", KARI)
    office.apply()
    answer = office.receive(KARI, "Re: x", text="1\n", answers=question)
    assert mails(answer.told) == [("pass-on-question", KARI)]
    assert office.log() == []


def test_when_the_sender_has_left_the_others_are_asked_which_letter_it_is(office: Office) -> None:
    office.receive(KARI, "Letter 1 from the frogs to CM2 Lyon", to=[LUC], cc=[BOX], files=[("a.pdf", PDF)])
    office.apply(WITHOUT_KARI)
    asked = office.wait(days=1)
    assert mails(asked) == [("which-letter", OLA), ("which-letter", LUC)]
    answer = office.receive(OLA, "Re: x", text="1\n", answers=the(asked, "which-letter", OLA))
    assert mails(answer.told) == [("receipt", OLA), ("letter-arrived", LUC)]


def test_who_has_left_is_a_stranger_whose_old_answers_do_nothing(office: Office) -> None:
    lost = office.receive(KARI, "Our trip", text="We were at the sea.\n")
    office.apply(WITHOUT_KARI)
    answer = office.receive(KARI, "Re: x", text="Yes\n", answers=the(lost.told, "pass-on-question", KARI))
    assert answer.sorted.kind is Kind.STRANGER
    assert not any(told.tell.notice.name == "passed-on" for told in answer.told)


def test_who_changed_to_another_exchange_answers_nothing_of_the_old_one(office: Office) -> None:
    office.apply(WITH_KYIV)
    lost = office.receive(KARI, "Our trip", text="We were at the sea.\n")
    question = the(lost.told, "pass-on-question", KARI)
    other = WITH_KYIV.replace("oslo-lyon", "oslo-kyiv").replace("Luc Martin", "Anne Roy")
    office.apply(other.replace(LUC, "anne@ecole-lyon.example"))
    office.apply(WITHOUT_KARI)
    answer = office.receive(KARI, "Re: x", text="Yes\n", answers=question)
    assert mails(answer.told) == [("pass-on-question", KARI)]


def test_a_mail_that_waits_follows_an_address_that_was_corrected(tmp_path: Path) -> None:
    with an_office(tmp_path, live=False) as office:
        office.receive(KARI, LETTER, to=[BOX], files=[("a.pdf", PDF)])
        office.apply(EXCHANGE.replace(LUC, "luc.martin@ecole-lyon.example"))
        office.go_live()
        late = [parcel for parcel in office.outbox() if parcel.notice == "letter-arrived"]
        assert [(one.recipient, one.mail.to[0][1]) for one in late] == [
            ("luc.martin@ecole-lyon.example", "luc.martin@ecole-lyon.example")
        ]


def test_a_mail_that_waits_for_somebody_who_has_left_is_cancelled(office: Office) -> None:
    office.receive(KARI, LETTER, to=[LUC], cc=[BOX], files=[("a.pdf", PDF)])
    office.apply(WITHOUT_KARI)
    assert {parcel.recipient for parcel in office.outbox(State.WAITING)} == {OLA, LUC}
    (cancelled,) = office.outbox(State.CANCELLED)
    assert cancelled.recipient == KARI


def test_what_was_asked_or_updated_before_go_live_is_not_sent_after_it(tmp_path: Path) -> None:
    with an_office(tmp_path, live=False) as office:
        office.receive(KARI, LETTER, to=[LUC], cc=[BOX], files=[("Ana Berg.pdf", PDF)])
        office.receive(KARI, "Letter 2 from the frogs to CM2 Lyon", to=[LUC], cc=[BOX])
        for _ in range(5):
            office.wait(days=1)
        office.go_live()
        assert office.outbox(State.WAITING) == []
        assert office.wait(days=7) == []


def test_a_question_from_before_go_live_is_put_once_and_asked_again_on_a_later_day(tmp_path: Path) -> None:
    with an_office(tmp_path, live=False, start={"answer_mail_since": "2026-10-01"}) as office:
        office.receive(KARI, "Letter 2 from the frogs to CM2 Lyon", to=[LUC], cc=[BOX])
        for _ in range(4):
            office.wait(days=1)
        office.go_live(since=office.now - timedelta(days=10))
        assert [parcel.recipient for parcel in office.outbox(State.WAITING)] == [KARI]
        assert office.wait(minutes=1) == []
        assert mails(office.wait(days=1)) == [("which-letter", KARI)]


def test_a_class_may_be_renamed_while_its_letter_is_open(office: Office) -> None:
    office.receive(KARI, LETTER, to=[LUC], cc=[BOX], files=[("a.pdf", PDF)])
    office.apply(EXCHANGE.replace("CM2 Lyon", "CM2 Lumière").replace("[CM2, Lyon,", "[CM2, Lyon, CM2 Lyon,"))
    more = office.receive(KARI, LETTER, to=[LUC], cc=[BOX], files=[("b.pdf", PDF + b"2")])
    assert more.sorted.kind is Kind.LETTER
    assert "CM2 Lumière" in the(office.wait(minutes=11), "letter-arrived", LUC).text
    assert len(office.log()) == 1


def test_mail_of_somebody_who_is_new_in_the_file_is_read_again(office: Office) -> None:
    mail = office.receive(OLENA, "Letter 1 from Kyiv to Oslo", to=[KARI], cc=[BOX], files=[("a.pdf", PDF)])
    assert mail.sorted.kind is Kind.STRANGER
    office.now += timedelta(days=3)
    office.apply(WITH_KYIV)
    (again,) = office.process_waiting()
    assert mails(again.told) == [("receipt", OLENA), ("letter-arrived", KARI), ("letter-arrived", OLA)]


def test_mail_of_longer_ago_is_not_read_again(office: Office) -> None:
    office.receive(OLENA, "Letter 1 from Kyiv to Oslo", to=[KARI], cc=[BOX], files=[("a.pdf", PDF)])
    office.now += timedelta(days=31)
    office.apply(WITH_KYIV)
    assert office.process_waiting() == []


def test_a_file_that_changes_nothing_reads_nothing_again(office: Office) -> None:
    office.receive(OLENA, "Letter 1 from Kyiv to Oslo", to=[KARI], cc=[BOX], files=[("a.pdf", PDF)])
    office.apply()
    assert office.process_waiting() == []


def test_mail_from_before_go_live_that_is_read_after_it_is_logged_and_not_answered(office: Office) -> None:
    last_year = office.now - timedelta(days=300)
    office.receive(KARI, LETTER, to=[LUC], cc=[BOX], files=[("Ana Berg.pdf", PDF)], arrived_at=last_year)
    office.receive(KARI, "Letter 2 from the frogs to CM2 Lyon", to=[LUC], cc=[BOX], arrived_at=last_year)
    assert len(office.log()) == 1
    for _ in range(4):
        office.wait(days=1)
    assert {parcel.recipient for parcel in office.outbox(State.CANCELLED)} == {KARI, OLA, LUC}
    assert office.outbox() == office.outbox(State.CANCELLED)


def test_mail_from_before_go_live_is_answered_from_the_day_that_the_admin_named(tmp_path: Path) -> None:
    with an_office(tmp_path, live=False) as office:
        office.go_live(since=office.now - timedelta(days=10))
        lately, long_ago = office.now - timedelta(days=9), office.now - timedelta(days=11)
        office.receive(KARI, LETTER, to=[LUC], cc=[BOX], arrived_at=lately)
        office.receive(KARI, "Letter 2 from 7B Oslo to CM2 Lyon", to=[LUC], cc=[BOX], arrived_at=long_ago)
        assert len(office.outbox(State.WAITING)) == 3
        assert len(office.outbox(State.CANCELLED)) == 3

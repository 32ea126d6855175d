"""The dry weeks: mail is read and logged, nothing is sent, and the admin sees what would have been."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from tests.office import BOX, KARI, LUC, OLA, PDF, START, Office, an_office, mails

from twinpost.app import live
from twinpost.app.enact import Enactment
from twinpost.app.standing import standing
from twinpost.core.deciding.admin_note import admin_note
from twinpost.core.deciding.gate import BEFORE_GO_LIVE
from twinpost.core.model.effect import Decision
from twinpost.core.model.people import Directory
from twinpost.ledger import journal, views
from twinpost.ledger.engine import transaction
from twinpost.ledger.outbox import State

LETTER = "Letter 1 from 7B Oslo to CM2 Lyon"
FROM_THE_FROGS = "Letter 2 from the frogs to CM2 Lyon"
SINCE = START - timedelta(days=1)


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Office]:
    with an_office(tmp_path, live=False) as office:
        yield office


def held(office: Office, since: datetime | None = SINCE) -> list[live.Held]:
    with transaction(office.engine) as connection:
        return live.held(connection, since)


def a_letter(office: Office, *, name: str = "a.pdf", content: bytes = PDF) -> None:
    office.receive(KARI, LETTER, to=[LUC], cc=[BOX], files=[(name, content)])


def test_what_waits_is_shown_by_exchange_and_person_with_the_reason_why_it_stays(office: Office) -> None:
    a_letter(office)
    assert [(one.exchange, one.person, one.recipient, one.why) for one in held(office, None)] == [
        ("oslo-lyon", "Kari Nordmann", KARI, BEFORE_GO_LIVE),
        ("oslo-lyon", "Luc Martin", LUC, BEFORE_GO_LIVE),
        ("oslo-lyon", "Ola Hansen", OLA, BEFORE_GO_LIVE),
    ]
    assert [one.why for one in held(office)] == ["", "", ""]


def test_the_status_tells_to_whom_what_would_have_been_sent(office: Office) -> None:
    a_letter(office)
    with transaction(office.engine) as connection:
        told = standing(connection, office.now, SINCE)["held"]
    assert [(mail["recipient"], mail["subject"], mail["goes"]) for mail in told] == [
        (KARI, "Letter 1 from 7B Oslo has arrived", True),
        (LUC, "Letter 1 from 7B Oslo is here", True),
        (OLA, "Letter 1 from 7B Oslo has arrived", True),
    ]


def test_the_log_tells_of_each_letter_which_mails_were_held_back(office: Office) -> None:
    a_letter(office)
    (line,) = office.log()
    assert [(mail.to, mail.state, mail.why) for mail in line.unsent] == [
        (to, "held", "not live yet") for to in (KARI, OLA, LUC)
    ]
    office.go_live()
    (line,) = office.log()
    assert {(mail.state, mail.why) for mail in line.unsent} == {("cancelled", BEFORE_GO_LIVE)}


def test_of_several_lists_of_one_letter_the_last_goes_alone(office: Office) -> None:
    a_letter(office)
    office.now += timedelta(minutes=1)
    a_letter(office, name="b.pdf", content=PDF + b"2")
    office.wait(minutes=11)
    assert len(office.outbox(State.HELD)) == 6
    office.go_live(SINCE)
    assert {parcel.mail.subject for parcel in office.outbox(State.WAITING)} == {
        "Letter 1 from 7B Oslo has arrived (update)",
        "Letter 1 from 7B Oslo is here (update)",
    }
    assert {why for line in office.log() for why in {mail.why for mail in line.unsent}} == {
        live.A_NEWER_ONE_GOES
    }


def test_a_letter_that_is_passed_on_goes_although_a_newer_list_goes_too(office: Office) -> None:
    office.receive(KARI, LETTER, files=[("a.pdf", PDF)])
    office.now += timedelta(minutes=1)
    a_letter(office, name="b.pdf", content=PDF + b"2")
    office.wait(minutes=11)
    office.go_live(SINCE)
    to_luc = [parcel for parcel in office.outbox(State.WAITING) if parcel.recipient == LUC]
    assert [bool(parcel.attach) for parcel in to_luc] == [True, False]


def test_a_question_that_had_to_wait_is_put_at_go_live_and_asked_again_a_school_day_later(
    office: Office,
) -> None:
    office.receive(KARI, FROM_THE_FROGS, to=[LUC], cc=[BOX])
    office.now = datetime(2026, 10, 14, 5, 59, tzinfo=UTC)  # a minute before the school opens
    office.go_live(SINCE)
    assert [parcel.recipient for parcel in office.outbox(State.WAITING)] == [KARI]
    assert office.wait(minutes=2) == []
    assert mails(office.wait(days=1)) == [("which-letter", KARI)]
    with transaction(office.engine) as connection:
        ((_, _, asked_at, _),) = views.open_questions(connection)
    assert asked_at == datetime(2026, 10, 14, 5, 59, tzinfo=UTC)


def test_a_question_about_mail_that_is_not_to_be_answered_is_never_put(office: Office) -> None:
    office.receive(KARI, FROM_THE_FROGS, to=[LUC], cc=[BOX])
    office.now += timedelta(days=6)
    office.go_live(since=office.now - timedelta(days=2))
    assert office.outbox(State.WAITING) == []
    with transaction(office.engine) as connection:
        assert views.open_questions(connection) == []
    assert office.wait(days=7) == []


def test_a_note_to_the_admin_goes_whatever_is_to_be_answered(office: Office) -> None:
    a_letter(office)
    with transaction(office.engine) as connection:
        note = admin_note(office.house.office.admin, "aside/1", "set-aside", ("message 1",))
        kept = journal.message(connection, 1)
        Enactment(connection, office.house, Directory(), office.now, kept).enact(Decision((note,)))
    assert [one.goes for one in held(office, None) if one.notice == "admin-note"] == [True]


def test_going_live_twice_changes_nothing_more(office: Office) -> None:
    a_letter(office)
    office.go_live(SINCE)
    before = office.outbox()
    office.now += timedelta(days=1)
    office.go_live()
    assert office.outbox() == before

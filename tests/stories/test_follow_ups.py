"""What follows by itself, through the whole office with the clock moved by hand."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa
from tests.office import BOX, EXCHANGE, KARI, LUC, OLA, Office, an_office, mails

from twinpost.app import agenda, planning
from twinpost.app.clock_watch import ClockWatch
from twinpost.app.enact import Told
from twinpost.app.standing import standing
from twinpost.core.model.mail import Place
from twinpost.core.model.notice import Bundle
from twinpost.core.model.plan import Said, Statement
from twinpost.ledger import agenda as kept_agenda
from twinpost.ledger import journal, people, statements
from twinpost.ledger import outbox as box
from twinpost.ledger.engine import transaction
from twinpost.ledger.tables import outbox

SEPTEMBER = datetime(2026, 9, 14, 6, tzinfo=UTC)
"""Monday 14 September 2026, 08:00 in Oslo and Lyon."""

KNOWN = EXCHANGE.replace(
    "    timezone: Europe/Oslo\n",
    """    timezone: Europe/Oslo
    calendar:
      - {closed: 2026-09-28..2026-10-02, name: Autumn holiday}
      - {closed: 2026-12-21..2027-01-03, name: Christmas}
      - {closed: 2027-06-19..2027-08-15, name: Summer}
""",
).replace(
    "    timezone: Europe/Paris\n",
    """    timezone: Europe/Paris
    calendar:
      - {closed: 2026-10-17..2026-11-01, name: Toussaint}
      - {closed: 2026-12-19..2027-01-03, name: Noël}
      - {closed: 2027-07-03..2027-08-31, name: Été}
""",
)
"""The exchange oslo-lyon with the calendars of both classes."""


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Office]:
    with an_office(tmp_path, rules=None, now=SEPTEMBER, exchange=KNOWN) as office:
        yield office


def at(office: Office, moment: str) -> list[Told]:
    """What goes at this moment (UTC) after nothing was looked at for a while."""
    wanted = datetime.fromisoformat(moment).replace(tzinfo=UTC)
    return office.wait(seconds=(wanted - office.now).total_seconds())


def until(office: Office, moment: str) -> list[tuple[datetime, Told]]:
    """What goes up to this moment (UTC), each at its own, and handed over at once."""
    wanted = datetime.fromisoformat(moment).replace(tzinfo=UTC)
    found = [(office.now, one) for one in office.wait()]
    while office.now < wanted:
        with transaction(office.engine) as connection:
            due = agenda.next_due(connection) or wanted
        office.now = min(max(due, office.now + timedelta(seconds=1)), wanted)
        found += [(office.now, one) for one in office.wait()]
        hand_over(office)
    return found


def hand_over(office: Office) -> None:
    """Everything that waits has been sent."""
    with transaction(office.engine) as connection:
        waits = outbox.c.state == "waiting"
        connection.execute(sa.update(outbox).where(waits).values(state="sent", sent_at=office.now))


def overdue(told: list[tuple[datetime, Told]]) -> list[tuple[str, str]]:
    """(notice, recipient) of what concerns late letters."""
    names = ("letter-overdue", "letter-overdue-again", "offer-pause")
    return [
        (item.name, one.tell.to.address)
        for _, one in told
        for item in (one.tell.notice.items if isinstance(one.tell.notice, Bundle) else (one.tell.notice,))
        if item.name in names
    ]


# -- patient and persistent ----------------------------------------------------------------------


def test_a_late_letter_is_reminded_of_in_three_steps_and_then_no_more(office: Office) -> None:
    """Luc's second one waits for the end of his holidays, and the third is counted from it."""
    office.apply(KNOWN.replace("  - {letter: 1, from: CM2 Lyon, to: 7B Oslo, due: 2026-11-06}\n", ""))
    told = until(office, "2026-11-25T08:00")
    first, again, pause = "letter-overdue", "letter-overdue-again", "offer-pause"
    assert overdue(told) == [
        (first, KARI),
        (first, OLA),
        (again, KARI),
        (again, OLA),
        (again, LUC),
        (pause, KARI),
        (pause, OLA),
        (pause, LUC),
    ]


def test_the_letter_settles_what_was_planned(office: Office) -> None:
    told = until(office, "2026-10-13T08:00")
    assert overdue(told) == [("letter-overdue", KARI), ("letter-overdue", OLA)]
    office.receive(KARI, "Letter 1 from 7B Oslo to CM2 Lyon", to=(BOX, LUC))
    assert overdue(until(office, "2026-10-31T08:00")) == []


def test_arrived_settles_and_later_moves(office: Office) -> None:
    until(office, "2026-10-13T08:00")
    say(office, Said.LATER, date(2026, 10, 23))
    assert overdue(until(office, "2026-10-27T05:00")) == []
    assert overdue(until(office, "2026-10-28T08:00"))[:1] == [("letter-overdue", KARI)]
    say(office, Said.ARRIVED)
    assert overdue(until(office, "2026-11-06T08:00")) == []


def say(office: Office, said: Said, day: date | None = None) -> None:
    """Kari says it of letter 1 from her class."""
    with transaction(office.engine) as connection:
        (exchange,) = people.load_directory(connection).exchanges
        first, second = exchange.classes
        by = first.teachers[0].id
        word = Statement(said, by, office.now, "letter", 1, first.id, second.id, day)
        statements.say(connection, exchange.id, word)


def test_a_closed_day_moves_follow_ups_by_themselves(office: Office) -> None:
    closed = "      - {closed: 2026-10-12..2026-10-14, name: Strike}\n"
    office.apply(KNOWN.replace("      - {closed: 2026-12-21", closed + "      - {closed: 2026-12-21"))
    told = until(office, "2026-10-17T08:00")
    moments = {moment for moment, one in told if one.tell.notice.name == "letter-overdue"}
    assert [moment.date() for moment in moments] == [date(2026, 10, 16)]


def test_a_planned_mail_is_generated_and_reaches_the_colleague_by_a_plain_reply(office: Office) -> None:
    until(office, "2026-10-13T08:00")
    (mail, _) = [one.mail for one in office.outbox() if one.notice == "letter-overdue"]
    assert mail.auto_submitted == "auto-generated"
    assert [address for _, address in mail.reply_to] == [LUC, BOX]
    assert "ARRIVED" in mail.text
    assert "2 of your school days after" in mail.text


# -- every day anew ------------------------------------------------------------------------------

NO_DATES = (
    KNOWN.partition("schedule:")[0]
    + "meeting: {every: month, weekday: tue, week: 1, at: 14:30, host: 7B Oslo}\n"
)
"""The same without agreed dates: its meetings are planned for half a year."""


def test_each_day_a_plan_without_dates_reaches_a_day_further_although_nothing_happens(tmp_path: Path) -> None:
    before_the_meeting_in_april = datetime(2026, 10, 5, 6, tzinfo=UTC)
    with an_office(tmp_path, rules=None, now=before_the_meeting_in_april, exchange=NO_DATES) as office:
        assert office.wait() == []
        assert last_planned(office) < date(2027, 3, 2)
        assert office.wait(hours=17) == []
        assert last_planned(office) < date(2027, 3, 2)
        assert office.wait(hours=1) == []
        assert last_planned(office) == date(2027, 4, 2)


def last_planned(office: Office) -> date:
    with transaction(office.engine) as connection:
        return kept_agenda.to_come(connection, 1000)[-1].at.date()


def test_what_is_due_to_many_goes_in_turns_and_to_nobody_twice(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(planning, "PEOPLE_AT_ONCE", 1)
    until(office, "2026-10-13T05:00")
    office.now = datetime(2026, 10, 13, 7, tzinfo=UTC)
    turns = [[one.tell.to.address for one in office.wait()] for _ in range(3)]
    assert turns == [[KARI], [OLA], []]


# -- nothing twice, nothing lost -----------------------------------------------------------------


def test_a_tick_at_the_same_second_does_nothing(office: Office) -> None:
    until(office, "2026-10-13T05:00")
    assert at(office, "2026-10-13T07:00") != []
    assert office.wait() == []


def test_a_tick_that_is_cut_off_is_done_again_and_once(office: Office) -> None:
    until(office, "2026-10-13T05:00")
    office.now = datetime(2026, 10, 13, 7, tzinfo=UTC)
    connection = office.engine.connect()
    assert agenda.whats_due(connection, office.house, people.load_directory(connection), office.now)
    connection.close()  # as a process that is killed: nothing is committed
    assert Counter(mails(office.wait())) == {("letter-overdue", KARI): 1, ("letter-overdue", OLA): 1}


def test_after_two_weeks_of_standstill_each_gets_one_mail_about_a_letter(office: Office) -> None:
    until(office, "2026-10-12T08:00")
    told = at(office, "2026-10-27T08:00")
    assert set(Counter(one.tell.to.address for one in told).values()) == {1}
    assert overdue([(office.now, one) for one in told]) == [("letter-overdue", KARI), ("letter-overdue", OLA)]
    hand_over(office)
    assert office.wait(hours=1) == []


def test_a_letter_that_lies_in_the_mailbox_is_not_asked_for(office: Office) -> None:
    """After a start: first it has not been fetched, then not been processed."""
    until(office, "2026-10-12T08:00")
    office.now = datetime(2026, 10, 13, 8, tzinfo=UTC)

    def tick(*, mail_is_read: bool) -> list[Told]:
        with transaction(office.engine) as connection:
            directory = people.load_directory(connection)
            return agenda.whats_due(
                connection, office.house, directory, office.now, mail_is_read=mail_is_read
            )

    assert tick(mail_is_read=False) == []
    letter = f"From: {KARI}\nTo: {LUC}, {BOX}\nSubject: Letter 1 from 7B Oslo to CM2 Lyon\n\nHere it is.\n"
    octets = letter.encode()
    arrival = journal.Arrival(Place("INBOX", 1, 1), office.house.vault.put(octets), len(octets), office.now)
    with transaction(office.engine) as connection:
        journal.keep(connection, [arrival], office.now)
    assert tick(mail_is_read=True) == []
    office.process_waiting()
    assert overdue([(office.now, one) for one in tick(mail_is_read=True)]) == []


def test_while_the_mail_server_is_away_no_next_step_is_added(office: Office) -> None:
    until(office, "2026-10-12T08:00")
    at(office, "2026-10-13T08:00")
    for _ in range(20):
        assert overdue([(office.now, one) for one in office.wait(days=1)]) == []


def test_three_things_at_one_moment_are_one_mail(office: Office) -> None:
    two = "  - {video: 1, from: 7B Oslo, to: CM2 Lyon, due: 2026-10-09}\n"
    office.apply(KNOWN + two)
    told = [one for _, one in until(office, "2026-10-13T08:00") if one.tell.notice.name == "bundle"]
    assert {one.tell.to.address for one in told} == {KARI, OLA}


def test_no_more_than_two_mails_a_week_and_the_rest_is_for_the_digest(office: Office) -> None:
    told = until(office, "2027-02-01T08:00")
    for person in (KARI, OLA, LUC):
        days = [moment.date() for moment, one in told if one.tell.to.address == person]
        weeks = zip(days, days[2:], strict=False)
        assert not any(third - first < timedelta(days=7) for first, third in weeks)
    with transaction(office.engine) as connection:
        assert kept_agenda.lines_of_digests(connection)


def test_what_can_wait_leaves_the_room_in_her_week_to_a_session(office: Office) -> None:
    """Luc's reminder of letter 1 would go an hour before the session, and be the second mail of his week."""
    office.apply(
        KNOWN.replace("due: 2026-11-06", "due: 2026-11-19")
        + "sessions:\n  - {title: Meet, start: 2026-11-12T10:00, zone: Europe/Oslo}\n"
    )
    office.receive(KARI, "Letter 1 from 7B Oslo to CM2 Lyon", to=(BOX, LUC))
    told = [one for moment, one in until(office, "2026-11-13T08:00") if moment.month == 11]
    assert [name for name, to in mails(told) if to == LUC] == ["session-soon", "session-starts"]
    with transaction(office.engine) as connection:
        lines = kept_agenda.lines_of_digests(connection)
    assert [line["to"] for line in lines if line["notice"] == "letter-due-soon"] == ["Luc Martin"]


# -- before go-live, and rules that change -------------------------------------------------------


def test_before_go_live_follow_ups_are_shown_and_never_queued(tmp_path: Path) -> None:
    with an_office(tmp_path, rules=None, now=SEPTEMBER, exchange=KNOWN, live=False) as office:
        assert until(office, "2026-10-20T08:00") == []
        assert office.outbox() == []
        with transaction(office.engine) as connection:
            shown = standing(connection, office.now)
        assert shown["follow_ups"][0]["exchange"] == "oslo-lyon"
        assert shown["next_due"] is None
        office.go_live()
        assert overdue([(office.now, one) for one in office.wait(hours=1)]) == []


def test_a_rule_that_was_changed_starts_anew(office: Office) -> None:
    until(office, "2026-10-12T08:00")
    late = next(rule for rule in office.house.rules if rule.id == "letter-overdue")
    changed = replace(late, steps=late.steps[:1])
    rules = tuple(changed if rule is late else rule for rule in office.house.rules)
    office.house = replace(office.house, rules=rules)
    with transaction(office.engine) as connection:
        assert planning.take_rules(connection, rules, office.now) == ["letter-overdue"]
        assert planning.take_rules(connection, rules, office.now) == []
    assert overdue(until(office, "2026-10-31T08:00")) == []


def test_a_rule_that_writes_too_often_is_held_and_the_admin_is_told_once(office: Office) -> None:
    late = next(rule for rule in office.house.rules if rule.id == "letter-overdue")
    hourly = tuple(replace(late.steps[0], offset=replace(late.steps[0].offset, count=1)) for _ in range(9))
    office.house = replace(office.house, rules=(replace(late, steps=hourly),))
    told = until(office, "2026-10-31T08:00")
    assert overdue(told) == []
    notes = [one for one in office.outbox() if one.notice == "admin-note"]
    assert [one.recipient for one in notes] == ["it@school.example"]
    assert "letter-overdue" in notes[0].mail.text


# -- a clock that jumps --------------------------------------------------------------------------


def test_after_a_jump_of_the_clock_planned_mail_waits_for_an_hour(office: Office) -> None:
    until(office, "2026-10-13T05:00")
    watch, steady = ClockWatch(), 0.0

    def look(seconds: float) -> bool:
        nonlocal steady
        steady += seconds
        with transaction(office.engine) as connection:
            directory = people.load_directory(connection)
            return watch.look(connection, office.house, directory, office.now, steady)

    assert not look(1)
    office.now += timedelta(hours=3)
    assert look(1)
    assert office.wait(minutes=59) == []
    assert not look(59 * 60)
    assert [one.recipient for one in office.outbox(box.State.WAITING)] == ["it@school.example"]
    assert len(office.wait(minutes=1)) == 2


def test_a_clock_that_was_set_back_while_we_were_down_is_seen_and_a_stop_is_not(office: Office) -> None:
    def starts() -> bool:
        with transaction(office.engine) as connection:
            directory = people.load_directory(connection)
            return ClockWatch().look(connection, office.house, directory, office.now, 0.0)

    assert not starts()
    office.now += timedelta(days=14)
    assert not starts()
    office.now -= timedelta(hours=2)
    assert starts()
    assert not starts()

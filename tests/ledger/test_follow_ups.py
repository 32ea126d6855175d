"""What follow-ups rest on, on both databases: words of teachers, rules in force, the agenda, the history."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
import sqlalchemy as sa
from tests.filed import FILED, with_oslo

from twinpost.core.calendars.counted import Counted, LeftOut
from twinpost.core.model.effect import LogLetter
from twinpost.core.model.filed import ClassAsFiled
from twinpost.core.model.letter import DeliveredMail, Letter
from twinpost.core.model.mail import Place
from twinpost.core.model.notice import FollowUp
from twinpost.core.model.outgoing import OutgoingMail
from twinpost.core.model.people import Exchange
from twinpost.core.model.plan import About, Planned, Said, Statement
from twinpost.ledger import agenda, deliveries, journal, outbox, plans, rules_in_force, statements
from twinpost.ledger.calendars import kept_calendars, put_dates
from twinpost.ledger.engine import transaction
from twinpost.ledger.filing import apply_exchange
from twinpost.ledger.history import history
from twinpost.ledger.parcels import Entry
from twinpost.ledger.people import load_directory
from twinpost.ledger.tables import outbox as outbox_rows

NOW = datetime(2026, 9, 1, 8, tzinfo=UTC)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


@pytest.fixture
def connection(ledger: sa.Engine) -> Iterator[sa.Connection]:
    with transaction(ledger) as connection:
        apply_exchange(connection, FILED, NOW)
        yield connection


@pytest.fixture
def exchange(connection: sa.Connection) -> Exchange:
    return load_directory(connection).exchanges[0]


def all_derived(connection: sa.Connection) -> None:
    for one in plans.stale(connection, 10):
        plans.derived(connection, one)


def planned(exchange: Exchange, number: int = 1, **changes: object) -> Planned:
    """A step for the first teacher of 7B Oslo."""
    teacher, line = exchange.classes[0].teachers[0], exchange.schedule[0]
    one = Planned(
        key=f"step/letter-overdue/letter-1-1-2/2026-10-09/{number}/{teacher.id}",
        at=NOW + number * DAY,
        rule="letter-overdue",
        step=number,
        notice="letter-overdue",
        to=teacher,
        exchange_id=exchange.id,
        about=About(due=line),
        because=Counted(
            line.due,
            2,
            "school days",
            date(2026, 10, 13),
            (line.from_class,),
            (LeftOut("Autumn", line.due, line.due, line.from_class),),
        ),
    )
    return replace(one, **changes)  # type: ignore[arg-type]  # fields of Planned by their names


# -- what makes a plan stale ---------------------------------------------------------------------


def test_an_exchange_is_planned_once_it_is_applied(connection: sa.Connection, exchange: Exchange) -> None:
    assert plans.stale(connection, 10) == [exchange.id]
    plans.derived(connection, exchange.id)
    assert plans.stale(connection, 10) == []


def test_whatever_changes_in_a_file_makes_plans_stale(connection: sa.Connection, exchange: Exchange) -> None:
    all_derived(connection)
    apply_exchange(connection, with_oslo(school="Another"), NOW + DAY)
    assert plans.stale(connection, 10) == [exchange.id]


def test_an_exchange_counts_from_its_first_application(connection: sa.Connection, exchange: Exchange) -> None:
    apply_exchange(connection, with_oslo(school="Another"), NOW + DAY)
    assert plans.since(connection, exchange.id) == NOW
    assert history(connection, exchange.id, NOW + DAY).applied_at == NOW


def test_nothing_is_planned_for_before_go_live(connection: sa.Connection, exchange: Exchange) -> None:
    assert history(connection, exchange.id, NOW + DAY, NOW + HOUR).applied_at == NOW + HOUR
    assert history(connection, exchange.id, NOW + DAY, NOW - HOUR).applied_at == NOW


# -- words of teachers ---------------------------------------------------------------------------


def later(exchange: Exchange) -> Statement:
    first, second = exchange.classes
    teacher = first.teachers[0].id
    return Statement(Said.LATER, teacher, NOW, "letter", 1, first.id, second.id, date(2026, 10, 16))


def test_what_a_teacher_says_is_read_back_and_makes_the_plan_stale(
    connection: sa.Connection, exchange: Exchange
) -> None:
    all_derived(connection)
    pause = Statement(Said.PAUSE, exchange.classes[1].teachers[0].id, NOW - HOUR)
    statements.say(connection, exchange.id, later(exchange))
    statements.say(connection, exchange.id, pause)
    assert statements.said(connection, exchange.id) == (pause, later(exchange))
    assert history(connection, exchange.id, NOW).statements == (pause, later(exchange))
    assert plans.stale(connection, 10) == [exchange.id]


def test_a_mail_that_is_read_again_says_nothing_twice(connection: sa.Connection, exchange: Exchange) -> None:
    message = a_message(connection, NOW)
    statements.say(connection, exchange.id, later(exchange), message)
    statements.say(connection, exchange.id, later(exchange), message)
    assert statements.said(connection, exchange.id) == (later(exchange),)


def test_the_same_word_in_another_mail_is_another_fact(connection: sa.Connection, exchange: Exchange) -> None:
    for hours in (0, 1):
        message = a_message(connection, NOW + hours * HOUR)
        statements.say(connection, exchange.id, later(exchange), message)
    assert len(statements.said(connection, exchange.id)) == 2


def test_an_exchange_that_is_applied_makes_its_own_plan_stale_and_no_other(
    connection: sa.Connection, exchange: Exchange
) -> None:
    others = [_other_people(one) for one in FILED.classes]
    apply_exchange(connection, replace(FILED, code="another", classes=tuple(others), pairs=()), NOW)
    all_derived(connection)
    apply_exchange(connection, replace(FILED, title="Other letters"), NOW)
    assert plans.stale(connection, 10) == [exchange.id]


def _other_people(one: ClassAsFiled) -> ClassAsFiled:
    teachers = tuple(replace(who, addresses=(f"other.{who.addresses[0]}",)) for who in one.teachers)
    return replace(one, teachers=teachers, leaders=(), pupils=())


def test_dates_that_were_looked_up_make_the_plan_of_their_class_stale(
    connection: sa.Connection, exchange: Exchange
) -> None:
    all_derived(connection)
    calendar = next(kept_calendars(connection))
    put_dates(connection, calendar, calendar.entries)
    assert plans.stale(connection, 10) == [exchange.id]


# -- rules in force ------------------------------------------------------------------------------


def test_a_rule_is_in_force_from_when_it_is_seen(connection: sa.Connection, exchange: Exchange) -> None:
    assert rules_in_force.compare(connection, {"a": "1", "b": "1"}, NOW) == ["a", "b"]
    all_derived(connection)
    assert rules_in_force.compare(connection, {"a": "1", "b": "1"}, NOW + DAY) == []
    assert plans.stale(connection, 10) == []
    assert history(connection, exchange.id, NOW).in_force == {"a": NOW, "b": NOW}


def test_a_changed_rule_comes_into_force_anew_and_one_that_is_gone_is_forgotten(
    connection: sa.Connection, exchange: Exchange
) -> None:
    rules_in_force.compare(connection, {"a": "1", "b": "1", "c": "1"}, NOW)
    all_derived(connection)
    assert rules_in_force.compare(connection, {"a": "2", "c": "1"}, NOW + DAY) == ["a"]
    assert rules_in_force.since(connection) == {"a": NOW + DAY, "c": NOW}
    assert plans.stale(connection, 10) == [exchange.id]


def test_a_rule_that_says_something_else_is_not_one_that_was_seen(connection: sa.Connection) -> None:
    rules_in_force.compare(connection, {"a": "1", "b": "1"}, NOW)
    assert rules_in_force.unchanged(connection, {"a": "1", "b": "2", "c": "1"}) == {"a": NOW}


# -- the agenda ----------------------------------------------------------------------------------


def test_the_agenda_says_what_was_planned_last(connection: sa.Connection, exchange: Exchange) -> None:
    first, second, third = (planned(exchange, number) for number in (1, 2, 3))
    assert agenda.write(connection, exchange.id, [first, second]) == 2
    assert agenda.write(connection, exchange.id, [first, second]) == 0
    moved = replace(second, at=second.at + HOUR)
    assert agenda.write(connection, exchange.id, [moved, third]) == 3
    lines = [(line.key, line.at) for line in agenda.to_come(connection, 10)]
    assert lines == [(moved.key, moved.at), (third.key, third.at)]
    assert agenda.next_due(connection) == moved.at


def test_a_line_of_the_agenda_shows_what_it_is_about_and_why(
    connection: sa.Connection, exchange: Exchange
) -> None:
    agenda.write(connection, exchange.id, [planned(exchange)])
    (line,) = agenda.to_come(connection, 10)
    assert (line.exchange, line.to, line.notice) == ("oslo-lyon", "Kari Nordmann", "letter-overdue")
    assert line.about["due"]["due"] == "2026-10-09"
    assert line.because["left_out"][0]["name"] == "Autumn"


def test_an_exchange_is_due_from_the_moment_of_its_next_follow_up(
    connection: sa.Connection, exchange: Exchange
) -> None:
    one = planned(exchange)
    agenda.write(connection, exchange.id, [one])
    assert agenda.due(connection, one.at - timedelta(seconds=1), 10) == {}
    assert agenda.due(connection, one.at, 10) == {one.to.id: {exchange.id}}


def test_of_what_is_due_to_many_those_of_one_exchange_come_first(
    connection: sa.Connection, exchange: Exchange
) -> None:
    first, second = (one.teachers[0] for one in exchange.classes)
    hers, his = planned(exchange), planned(exchange, 2, to=second, key="step/x/y/z/1/2")
    agenda.write(connection, exchange.id, [hers, his])
    assert agenda.due(connection, his.at, 1) == {first.id: {exchange.id}}
    assert agenda.due(connection, his.at, 2).keys() == {first.id, second.id}


def test_the_mails_of_a_week_are_those_of_the_people_asked_about(
    connection: sa.Connection, exchange: Exchange
) -> None:
    one = planned(exchange)
    agenda.write(connection, exchange.id, [one])
    agenda.gone(connection, [one.key], one.at, "a-mail")
    assert agenda.uncaused(connection, one.at + DAY, [one.to.id]) == {one.to.id: [one.at]}
    assert agenda.uncaused(connection, one.at + DAY, [one.to.id + 1]) == {}


def test_what_has_gone_is_never_due_changed_or_taken_away(
    connection: sa.Connection, exchange: Exchange
) -> None:
    one = planned(exchange)
    agenda.write(connection, exchange.id, [one])
    agenda.gone(connection, [one.key], one.at)
    agenda.gone(connection, [one.key], one.at + DAY)
    assert agenda.write(connection, exchange.id, []) == 0
    assert agenda.write(connection, exchange.id, [replace(one, at=one.at + DAY)]) == 0
    assert agenda.due(connection, one.at + 2 * DAY, 10) == {}
    assert history(connection, exchange.id, NOW + DAY).sent == {one.key: one.at}


def test_a_line_waits_for_the_digest_once(connection: sa.Connection, exchange: Exchange) -> None:
    one = planned(exchange, digest=True)
    agenda.put_line(connection, one, FollowUp(name="letter-overdue", now=NOW), NOW)
    (line,) = agenda.lines_of_digests(connection)
    assert (line["to"], line["exchange"], line["at"]) == ("Kari Nordmann", "oslo-lyon", NOW)
    with pytest.raises(sa.exc.IntegrityError), connection.begin_nested():
        agenda.put_line(connection, one, FollowUp(name="letter-overdue", now=NOW), NOW)


# -- the history ---------------------------------------------------------------------------------


def a_message(connection: sa.Connection, arrived_at: datetime, **values: object) -> int:
    """A message in the journal; its octets are its moment."""
    name = f"{arrived_at.timestamp():064.0f}"
    place = Place("INBOX", 1, int(arrived_at.timestamp()))
    journal.keep(connection, [journal.Arrival(place, name, 10, arrived_at)], arrived_at)
    kept = journal.by_hash(connection, name)
    journal.processed(connection, kept.id, **values)
    return kept.id


def test_the_letters_of_an_exchange_come_with_their_mails(
    connection: sa.Connection, exchange: Exchange
) -> None:
    all_derived(connection)
    first, second = exchange.classes
    letter = Letter(exchange.id, "letter", (1, 2), first.id, (second.id,))
    mail = DeliveredMail(a_message(connection, NOW, message_id="<1@x.example>"), "<1@x.example>", 0, NOW)
    deliveries.log(connection, LogLetter(letter, mail))
    (delivery,) = history(connection, exchange.id, NOW).deliveries
    assert (delivery.letter.numbers, delivery.first_at) == ((1, 2), NOW)
    assert delivery.mails[0].message_id == "<1@x.example>"
    assert plans.stale(connection, 10) == [exchange.id]


def test_a_letter_that_is_struck_makes_the_plan_stale(connection: sa.Connection, exchange: Exchange) -> None:
    first, second = exchange.classes
    message = a_message(connection, NOW)
    letter = Letter(exchange.id, "letter", (1,), first.id, (second.id,))
    deliveries.log(connection, LogLetter(letter, DeliveredMail(message, "", 0, NOW)))
    all_derived(connection)
    deliveries.strike(connection, message, NOW)
    assert plans.stale(connection, 10) == [exchange.id]
    assert all(not one.mails for one in history(connection, exchange.id, NOW).deliveries)


def test_the_last_contact_is_the_last_mail_that_a_teacher_wrote(
    connection: sa.Connection, exchange: Exchange
) -> None:
    teacher, pupil = exchange.classes[0].teachers[0].id, exchange.classes[0].pupils[0].id
    assert history(connection, exchange.id, NOW).last_contact is None
    of = {"exchange_id": exchange.id}
    a_message(connection, NOW, kind="letter", person_id=teacher, **of)
    a_message(connection, NOW + HOUR, kind="automatic", person_id=teacher, **of)
    a_message(connection, NOW + 2 * HOUR, kind="pupil-mail", person_id=pupil, **of)
    assert history(connection, exchange.id, NOW).last_contact == NOW


def a_mail(exchange: Exchange, key: str, **changes: object) -> Entry:
    teacher = exchange.classes[1].teachers[0]
    mail = OutgoingMail(f"<{key}@x.example>", NOW, ("", "a@x.example"), (("", teacher.address),), "", "", "")
    entry = Entry(key, "letter-arrived", teacher.address, mail, NOW, exchange.id, teacher.id)
    return replace(entry, **changes)  # type: ignore[arg-type]  # fields of Entry by their names


def test_a_letter_that_was_passed_on_had_somebody_left_out(
    connection: sa.Connection, exchange: Exchange
) -> None:
    message = a_message(connection, NOW, exchange_id=exchange.id)
    outbox.put(connection, a_mail(exchange, "seen", cause=message))
    assert history(connection, exchange.id, NOW).missing_copies == ()
    outbox.put(connection, a_mail(exchange, "passed-on", cause=message, attach=(("0" * 64, ()),)))
    left_out = exchange.classes[1].id
    assert history(connection, exchange.id, NOW).missing_copies == ((message, left_out, NOW),)


def test_a_step_counts_as_sent_when_its_mail_has_left(connection: sa.Connection, exchange: Exchange) -> None:
    """While the mail server is away, the step after it does not come nearer."""
    one = planned(exchange)
    agenda.write(connection, exchange.id, [one])
    outbox.put(connection, a_mail(exchange, one.key, notice=one.notice))
    agenda.gone(connection, [one.key], NOW, one.key)
    assert history(connection, exchange.id, NOW + 5 * DAY).sent == {one.key: NOW + 5 * DAY}
    same = outbox_rows.c.key == one.key
    connection.execute(sa.update(outbox_rows).where(same).values(state="sent", sent_at=NOW + 6 * DAY))
    assert history(connection, exchange.id, NOW + 9 * DAY).sent == {one.key: NOW + 6 * DAY}


def test_a_step_that_the_admin_stopped_counts_as_sent(connection: sa.Connection, exchange: Exchange) -> None:
    one = planned(exchange)
    agenda.write(connection, exchange.id, [one])
    number = outbox.put(connection, a_mail(exchange, one.key, notice=one.notice))
    agenda.gone(connection, [one.key], NOW, one.key)
    assert number is not None
    outbox.cancel(connection, number, "stopped")
    assert history(connection, exchange.id, NOW + 5 * DAY).sent == {one.key: NOW}

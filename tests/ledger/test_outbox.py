"""The outbox as a queue: nothing twice, nothing lost, the urgent first."""

from __future__ import annotations

from datetime import timedelta

import pytest
import sqlalchemy as sa
from tests.outgoing import NOW, a_mail, an_entry, put, states, the_row

from twinpost.core.deciding.delivery import GiveUp, Sent, TryAgain
from twinpost.core.model.effect import Priority
from twinpost.ledger import outbox
from twinpost.ledger.outbox import State
from twinpost.ledger.parcels import mail_from_json, mail_to_json

MINUTE = timedelta(minutes=1)
DAY = timedelta(days=1)


def claimed(engine: sa.Engine, now=NOW, limit: int = 100, worker: str = "one") -> list[str]:
    with engine.begin() as connection:
        return [parcel.key for parcel in outbox.claim(connection, now, limit, worker)]


def test_the_same_key_is_entered_once_for_ever(ledger: sa.Engine) -> None:
    with ledger.begin() as connection:
        first = outbox.put(connection, an_entry("receipt/1/1/1"))
        again = outbox.put(connection, an_entry("receipt/1/1/1", mail=a_mail("other")))
    assert first is not None
    assert again is None
    assert the_row(ledger, "receipt/1/1/1").message_id == "<tp.receipt.1.1.1@school.example>"


def test_two_keys_with_one_message_id_are_an_error_and_not_a_lost_mail(ledger: sa.Engine) -> None:
    put(ledger, "a", mail=a_mail("same"))
    with pytest.raises(sa.exc.IntegrityError):
        put(ledger, "b", mail=a_mail("same"))


def test_receipts_leave_before_planned_mails_and_old_before_new(ledger: sa.Engine) -> None:
    put(ledger, "planned", priority=Priority.PLANNED)
    put(ledger, "answer", priority=Priority.ANSWER)
    put(ledger, "new receipt", next_at=NOW)
    put(ledger, "old receipt", next_at=NOW - MINUTE)
    assert claimed(ledger) == ["old receipt", "new receipt", "answer", "planned"]


def test_what_is_not_due_is_not_claimed(ledger: sa.Engine) -> None:
    put(ledger, "tomorrow", next_at=NOW + DAY)
    assert claimed(ledger) == []
    assert claimed(ledger, NOW + DAY) == ["tomorrow"]


def test_a_claimed_mail_is_nobody_elses(ledger: sa.Engine) -> None:
    put(ledger, "a", "b", "c")
    assert claimed(ledger, limit=2) == ["a", "b"]
    assert claimed(ledger, worker="two") == ["c"]


@pytest.mark.parametrize("state", [State.HELD, State.WITHHELD])
def test_held_and_withheld_mails_stay(ledger: sa.Engine, state: State) -> None:
    with ledger.begin() as connection:
        outbox.put(connection, an_entry("a"), state, "because")
    assert claimed(ledger) == []


def test_a_parcel_carries_all_that_its_octets_are_made_of(ledger: sa.Engine) -> None:
    mail = a_mail(
        "full",
        cc=(("Ola Hansen", "ola@fagerborg.example"),),
        reply_to=(("Luc Martin", "luc@ecole-lyon.example"), ("", "letters@school.example")),
        in_reply_to="<1@x.example>",
        references=("<0@x.example>", "<1@x.example>"),
        headers=(("X-Twinpost", "1"),),
        subject="Brev 1 – « école » 🙂",
    )
    entry = an_entry(
        "full", mail=mail, copies=("ola@fagerborg.example",), attach=(("ab" * 32, (2, 3)), ("cd" * 32, ()))
    )
    with ledger.begin() as connection:
        outbox.put(connection, entry)
        (parcel,) = outbox.claim(connection, NOW, 1, "one")
    assert parcel.mail == mail
    assert parcel.attach == entry.attach
    assert parcel.recipients == ("kari@fagerborg.example", "ola@fagerborg.example")


def test_a_mail_survives_its_way_through_json_unchanged() -> None:
    mail = a_mail("x", references=("<1@x.example>",), headers=(("List-Id", "<oslo-lyon>"),))
    assert mail_from_json(mail_to_json(mail)) == mail


def test_a_sent_mail_is_done(ledger: sa.Engine) -> None:
    (id_,) = put(ledger, "a")
    claimed(ledger)
    with ledger.begin() as connection:
        outbox.record(connection, id_, Sent("250 queued as 1"), NOW + MINUTE)
    row = the_row(ledger, "a")
    assert (row.state, row.sent_at, row.reply, row.tries) == ("sent", NOW + MINUTE, "250 queued as 1", 1)
    assert claimed(ledger, NOW + DAY) == []


def test_a_deferred_mail_comes_back_at_its_own_time(ledger: sa.Engine) -> None:
    (id_,) = put(ledger, "a")
    claimed(ledger)
    with ledger.begin() as connection:
        outbox.record(connection, id_, TryAgain(NOW + 5 * MINUTE, "451 later"), NOW)
    assert claimed(ledger, NOW + 4 * MINUTE) == []
    assert claimed(ledger, NOW + 5 * MINUTE) == ["a"]


def test_a_given_up_mail_says_why_and_can_be_retried(ledger: sa.Engine) -> None:
    (id_,) = put(ledger, "a")
    claimed(ledger)
    with ledger.begin() as connection:
        outbox.record(connection, id_, GiveUp("the address is refused", "550 unknown"), NOW)
    row = the_row(ledger, "a")
    assert (row.state, row.why, row.reply) == ("given-up", "the address is refused", "550 unknown")
    with ledger.begin() as connection:
        assert outbox.retry(connection, id_, NOW + DAY)
    assert claimed(ledger, NOW + DAY) == ["a"]
    assert the_row(ledger, "a").tries == 0


def test_mails_in_doubt_go_again_with_the_same_message_id_and_contents(ledger: sa.Engine) -> None:
    (id_,) = put(ledger, "a")
    with ledger.begin() as connection:
        (before,) = outbox.claim(connection, NOW, 1, "one")
    with ledger.begin() as connection:
        assert outbox.in_doubt(connection, NOW + MINUTE) == [id_]
        (after,) = outbox.claim(connection, NOW + MINUTE, 1, "one")
    assert after.mail == before.mail
    assert after.tries == 1


def test_what_was_claimed_and_reached_nobody_waits_as_before(ledger: sa.Engine) -> None:
    first, second = put(ledger, "in hand", "lost")
    claimed(ledger)
    with ledger.begin() as connection:
        outbox.never_begun(connection, [first])
    assert states(ledger) == {"in hand": "sending", "lost": "waiting"}
    row = the_row(ledger, "lost")
    assert (row.id, row.next_at, row.tries, row.claimed_by) == (second, NOW, 0, "")


def test_a_mail_in_doubt_for_the_third_time_lets_the_others_go_first(ledger: sa.Engine) -> None:
    put(ledger, "poison")
    now = NOW
    for _ in range(3):
        assert claimed(ledger, now) == ["poison"]
        now += MINUTE
        with ledger.begin() as connection:
            outbox.in_doubt(connection, now)
    put(ledger, "good")
    assert claimed(ledger, now) == ["good"]
    assert claimed(ledger, now + timedelta(hours=1)) == ["poison"]


def test_an_outcome_that_comes_after_the_mail_was_taken_away_changes_nothing(
    ledger: sa.Engine,
) -> None:
    (id_,) = put(ledger, "a")
    with ledger.begin() as connection:
        outbox.record(connection, id_, Sent("250"), NOW)
    assert states(ledger) == {"a": "waiting"}


def test_the_budget_counts_the_answers_to_mails_of_one_address(ledger: sa.Engine) -> None:
    kari = "kari@fagerborg.example"
    put(ledger, "counted", provoked_by=kari)
    put(ledger, "passed on", provoked_by=kari, counts=False)
    put(ledger, "planned")
    put(ledger, "to another", provoked_by=kari, recipient="luc@ecole-lyon.example")
    put(ledger, "this morning", provoked_by=kari, made_at=NOW - timedelta(hours=2))
    with ledger.begin() as connection:
        outbox.put(connection, an_entry("withheld", provoked_by=kari), State.WITHHELD, "budget")
        found = outbox.recent_answers(connection, kari, kari, NOW + MINUTE)
    assert (found.last_hour, found.last_day) == (1, 2)


def test_go_live_lets_held_mails_leave_but_none_before_its_time(ledger: sa.Engine) -> None:
    with ledger.begin() as connection:
        outbox.put(connection, an_entry("now"), State.HELD, "not live yet")
        outbox.put(connection, an_entry("tomorrow", next_at=NOW + DAY), State.HELD, "not live yet")
        assert [parcel.key for parcel in outbox.held(connection)] == ["now", "tomorrow"]
        assert outbox.go(connection, NOW + MINUTE) == 2
    assert claimed(ledger, NOW + MINUTE) == ["now"]
    assert the_row(ledger, "tomorrow").next_at == NOW + DAY


def test_go_live_can_be_given_a_choice(ledger: sa.Engine) -> None:
    with ledger.begin() as connection:
        first = outbox.put(connection, an_entry("a"), State.HELD)
        outbox.put(connection, an_entry("b"), State.HELD)
        assert first is not None
        assert outbox.go(connection, NOW, [first]) == 1
    assert states(ledger) == {"a": "waiting", "b": "held"}


def test_a_cancelled_mail_stays_and_a_sent_one_cannot_be_cancelled(ledger: sa.Engine) -> None:
    first, second = put(ledger, "a", "b")
    claimed(ledger, limit=1)
    with ledger.begin() as connection:
        outbox.record(connection, first, Sent("250"), NOW)
        assert not outbox.cancel(connection, first, "wrong")
        assert outbox.cancel(connection, second, "wrong")
        assert not outbox.retry(connection, 999, NOW)
    assert states(ledger) == {"a": "sent", "b": "cancelled"}
    assert claimed(ledger) == []


def test_the_list_shows_subjects_and_the_counts_add_up(ledger: sa.Engine) -> None:
    put(ledger, "a", "b")
    claimed(ledger, limit=1)
    with ledger.begin() as connection:
        assert [line.subject for line in outbox.lines(connection)] == ["a", "b"]
        assert [line.key for line in outbox.lines(connection, [State.SENDING])] == ["a"]
        assert outbox.counts(connection) == {State.SENDING: 1, State.WAITING: 1}


def test_the_next_due_moment_is_the_earliest_of_all_priorities(ledger: sa.Engine) -> None:
    with ledger.begin() as connection:
        assert outbox.next_due(connection) is None
    put(ledger, "receipt", next_at=NOW + DAY)
    put(ledger, "planned", next_at=NOW + MINUTE, priority=Priority.PLANNED)
    with ledger.begin() as connection:
        assert outbox.next_due(connection) == NOW + MINUTE


def test_a_mail_that_was_cancelled_before_go_live_and_is_taken_back_waits_for_go_live(
    ledger: sa.Engine,
) -> None:
    with ledger.begin() as connection:
        id_ = outbox.put(connection, an_entry("a"), State.HELD)
        assert id_ is not None
        assert outbox.cancel(connection, id_, "by hand")
        assert outbox.retry(connection, id_, NOW, live=False)
    assert claimed(ledger, NOW + DAY) == []
    assert states(ledger) == {"a": "held"}

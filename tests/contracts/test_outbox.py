"""One examination of the outbox for SQLite and PostgreSQL."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import sqlalchemy as sa
from tests.outgoing import NOW, a_mail, an_entry, put

from twinpost.core.deciding.delivery import Sent, TryAgain
from twinpost.ledger import outbox, signins
from twinpost.ledger.engine import transaction
from twinpost.ledger.outbox import State

MINUTE = timedelta(minutes=1)


def test_a_key_is_entered_once(ledger: sa.Engine) -> None:
    assert len(put(ledger, "a")) == 1
    assert put(ledger, "a", mail=a_mail("another")) == []


def test_what_goes_in_comes_out(ledger: sa.Engine) -> None:
    entry = an_entry("a", mail=a_mail("a", subject="Brev 1 – 🙂"), attach=(("ab" * 32, (2,)),))
    with transaction(ledger) as connection:
        outbox.put(connection, entry)
        (parcel,) = outbox.claim(connection, NOW, 1, "one")
        assert [line.subject for line in outbox.lines(connection)] == ["Brev 1 – 🙂"]
    assert (parcel.mail, parcel.attach) == (entry.mail, entry.attach)


def test_the_life_of_a_mail(ledger: sa.Engine) -> None:
    (id_,) = put(ledger, "a")
    with transaction(ledger) as connection:
        outbox.claim(connection, NOW, 1, "one")
        outbox.record(connection, id_, TryAgain(NOW + MINUTE, "450 later"), NOW)
        assert outbox.next_due(connection) == NOW + MINUTE
        assert outbox.claim(connection, NOW, 1, "one") == []
        outbox.claim(connection, NOW + MINUTE, 1, "one")
        assert outbox.in_doubt(connection, NOW + MINUTE) == [id_]
        outbox.claim(connection, NOW + MINUTE, 1, "one")
        outbox.record(connection, id_, Sent("250 ok"), NOW + MINUTE)
        (line,) = outbox.lines(connection)
    assert (line.state, line.tries, line.sent_at) == (State.SENT, 3, NOW + MINUTE)


def test_held_mails_go_at_go_live(ledger: sa.Engine) -> None:
    with transaction(ledger) as connection:
        outbox.put(connection, an_entry("a"), State.HELD)
        assert outbox.go(connection, NOW) == 1
        assert outbox.counts(connection) == {State.WAITING: 1}


def test_refused_sign_ins_are_counted(ledger: sa.Engine) -> None:
    with transaction(ledger) as connection:
        signins.refused(connection, "smtp", NOW)
        assert signins.may_sign_in(connection, "smtp", NOW) == NOW + MINUTE


def test_two_who_claim_at_the_same_moment_share_the_mails(ledger: sa.Engine) -> None:
    put(ledger, *(f"{number}" for number in range(40)))
    together = threading.Barrier(4)

    def work(worker: int) -> list[str]:
        together.wait()
        taken = []
        for _ in range(10):
            with transaction(ledger) as connection:
                taken += [parcel.key for parcel in outbox.claim(connection, NOW, 1, str(worker))]
        return taken

    with ThreadPoolExecutor(4) as threads:
        shares = list(threads.map(work, range(4)))
    keys = [key for share in shares for key in share]
    assert sorted(keys) == sorted(str(number) for number in range(40))

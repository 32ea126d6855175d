"""What the loop budget withheld goes later, as one mail."""

from __future__ import annotations

from datetime import timedelta

from tests.office import KARI, Office

from twinpost.app.joined import join_withheld
from twinpost.core.model.notice import Joined
from twinpost.ledger import outbox, people
from twinpost.ledger.engine import transaction
from twinpost.ledger.outbox import State
from twinpost.ledger.tables import memberships

HOUR = timedelta(hours=1)


def write_to_us(office: Office, times: int) -> None:
    """A machine at Kari's address answers whatever we say, a minute apart."""
    for number in range(times):
        office.now += timedelta(minutes=1)
        office.receive(f"Kari Nordmann <{KARI}>", f"Thank you {office.sent} {number}")


def join(office: Office) -> int:
    with transaction(office.engine) as connection:
        return join_withheld(connection, office.house, people.load_directory(connection), office.now)


def count(office: Office, state: State) -> int:
    """The mails to Kari in this state; that the budget holds some back is told to the admin as well."""
    with transaction(office.engine) as connection:
        return sum(line.recipient == KARI for line in outbox.lines(connection, [state]))


def joined_mails(office: Office) -> list[outbox.Line]:
    with transaction(office.engine) as connection:
        return [line for line in outbox.lines(connection) if line.notice == Joined.name]


def test_the_sixth_answer_within_an_hour_is_withheld_and_goes_with_the_others_as_one_mail(
    office: Office,
) -> None:
    write_to_us(office, 8)
    assert count(office, State.WAITING) == 5
    assert count(office, State.WITHHELD) == 3
    assert join(office) == 0  # the hour is not over

    office.now += HOUR
    assert join(office) == 3
    assert count(office, State.WITHHELD) == 0
    assert count(office, State.JOINED) == 3
    (mail,) = joined_mails(office)
    assert mail.recipient == KARI
    assert mail.state is State.WAITING
    assert join(office) == 0


def test_the_joined_mail_holds_what_each_would_have_said(office: Office) -> None:
    write_to_us(office, 7)
    with transaction(office.engine) as connection:
        texts = [parcel.mail.text for parcel in outbox.withheld(connection)]
    office.now += HOUR
    join(office)
    with transaction(office.engine) as connection:
        (parcel,) = [
            parcel for parcel in outbox.parcels_in(connection, State.WAITING) if parcel.notice == Joined.name
        ]
    assert len(texts) == 2
    for line in (text.splitlines()[0] for text in texts):
        assert line[:40] in parcel.mail.text


def test_a_machine_gets_no_more_than_the_budget_through_joined_mails(office: Office) -> None:
    for _ in range(6):
        write_to_us(office, 6)
        office.now += HOUR
        join(office)
    assert joined_mails(office)
    assert count(office, State.WAITING) == 20


def test_what_a_teacher_who_has_left_was_to_get_is_cancelled(office: Office) -> None:
    write_to_us(office, 7)
    with transaction(office.engine) as connection:
        connection.execute(memberships.update().values(active=False))
    office.now += HOUR
    assert join(office) == 0
    assert count(office, State.CANCELLED) == 2
    assert joined_mails(office) == []

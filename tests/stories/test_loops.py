"""Machines that answer everything, for thirty days: the budget holds, and honest people lose nothing."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from itertools import count
from pathlib import Path

import pytest
import sqlalchemy as sa
from tests.office import BOX, EXCHANGE, KARI, LUC, OLA, PDF, Office, an_office, mails

from twinpost.core.deciding.delivery import Sent
from twinpost.core.writing.compose import compose
from twinpost.ledger import outbox as box
from twinpost.ledger import tables
from twinpost.ledger.engine import transaction
from twinpost.ledger.parcels import Parcel

ADMIN = "it@school.example"
LETTER = "Letter 1 from 7B Oslo to CM2 Lyon"
DAYS = 30
PER_HOUR, PER_DAY = 5, 20

OTHER_BOX = "post@lycee.example"
OTHER = """
exchange: oslo-lyon
title: Lyon and Oslo write letters
classes:
  - name: 7B Oslo
    aliases: [7B, Oslo]
    timezone: Europe/Oslo
    teachers:
      - {name: The other post office, email: letters@school.example}
  - name: CM2 Lyon
    aliases: [CM2, Lyon]
    timezone: Europe/Paris
    teachers:
      - {name: Luc Martin, email: luc@ecole-lyon.example}
"""
MARKS = re.compile(
    rb"^(?:X-Twinpost|Auto-Submitted|X-Auto-Response-Suppress|In-Reply-To|References):.*\r\n(?:[ \t].*\r\n)*",
    re.MULTILINE,
)
OURS = re.compile(rb"^Message-ID: <tp\.", re.MULTILINE)

Answer = Callable[[Office, Parcel, int], None]


def leave(office: Office) -> list[Parcel]:
    """What is due goes out."""
    with transaction(office.engine) as connection:
        parcels = box.claim(connection, office.now, 1000, "test")
        for parcel in parcels:
            box.record(connection, parcel.id, Sent("250 ok"), office.now)
    return parcels


def let_run(office: Office, answer: Answer, *machines: str, days: int = DAYS) -> None:
    """Whatever reaches one of the machines is answered a minute later, until nothing moves, all day long."""
    number, end = count(1), office.now + timedelta(days=days)
    while office.now < end:
        office.wait(hours=2)
        office.join()
        while reached := [parcel for parcel in leave(office) if parcel.recipient in machines]:
            office.now += timedelta(minutes=1)
            for parcel in reached:
                answer(office, parcel, next(number))


def sent(office: Office) -> list[sa.Row]:
    """What has left, with its budget."""
    query = sa.select(tables.outbox).where(tables.outbox.c.state == "sent").order_by(tables.outbox.c.made_at)
    with transaction(office.engine) as connection:
        return list(connection.execute(query))


def within_the_budget(office: Office) -> None:
    """In no hour and on no day more than `[limits]` allows to one person, provoked by one address."""
    kept: dict[tuple[str, str], list[datetime]] = {}
    for row in sent(office):
        if row.counts and row.provoked_by:
            kept.setdefault((row.recipient, row.provoked_by), []).append(row.made_at)
    for moments in kept.values():
        for first, fifth_later in zip(moments, moments[PER_HOUR:], strict=False):
            assert fifth_later - first >= timedelta(hours=1)
        for first, twentieth_later in zip(moments, moments[PER_DAY:], strict=False):
            assert twentieth_later - first >= timedelta(days=1)


def each_day(office: Office, address: str) -> int:
    """The most mails that one address got on one day."""
    days = Counter(row.sent_at.date() for row in sent(office) if row.recipient == address)
    return max(days.values(), default=0)


def notes(office: Office) -> list[str]:
    with transaction(office.engine) as connection:
        return [line.key for line in box.lines(connection) if line.key.startswith("admin/loop/")]


def begin(office: Office) -> None:
    office.receive(KARI, LETTER, files=[("a.pdf", PDF)])


def same_address(office: Office, parcel: Parcel, number: int) -> None:
    office.receive(parcel.recipient, f"I am not here ({number})", text=f"Ticket {number} was opened.\n")


def another_address(office: Office, _parcel: Parcel, number: int) -> None:
    sender = f"Luc Martin <ticket-{number}@desk{number % 7}.example>"
    office.receive(sender, f"Your request {number}", text=f"Number {number}\n", proven=number % 2 == 0)


def yes_to_everything(office: Office, parcel: Parcel, number: int) -> None:
    thread = [("In-Reply-To", parcel.mail.message_id)]
    office.receive(parcel.recipient, f"Re: request {number}", text="Yes\n", headers=thread)


def a_letter_each_time(office: Office, _parcel: Parcel, number: int) -> None:
    subject = f"Letter {number % 3 + 1} from CM2 Lyon to 7B Oslo"
    office.receive(LUC, subject, files=[(f"{number}.pdf", PDF + str(number).encode())])


def forwarded_anew(office: Office, parcel: Parcel, number: int) -> None:
    """Her mailbox forwards everything to us, under her name and without any header of ours."""
    text = f"Forwarded message {number}:\n\n{parcel.mail.text}"
    office.receive(LUC, f"Fwd: {parcel.mail.subject}", text=text)


@pytest.mark.slow
@pytest.mark.timeout(900)
def test_a_machine_that_changes_its_subject_gets_the_budget_for_thirty_days_and_the_rest_joined(
    office: Office,
) -> None:
    begin(office)
    let_run(office, same_address, LUC)
    within_the_budget(office)
    assert each_day(office, LUC) <= PER_DAY + 2
    assert len(sent(office)) <= DAYS * PER_DAY + 10
    assert len(notes(office)) == 1  # as long as it lasts
    assert any(row.notice == "joined" for row in sent(office))
    office.join(days=2)
    assert office.outbox(box.State.WITHHELD) == []
    leave(office)
    office.wait(days=1)
    for number in range(PER_HOUR + 2):
        office.receive(LUC, f"Another loop {number}", text=f"{number}\n")
    assert len(notes(office)) == 2


@pytest.mark.slow
@pytest.mark.timeout(900)
def test_a_machine_that_changes_its_address_each_time_gets_no_more_than_the_budget(office: Office) -> None:
    begin(office)
    let_run(office, another_address, LUC)
    within_the_budget(office)
    assert each_day(office, LUC) <= PER_DAY + 5
    assert each_day(office, ADMIN) <= 1
    assert len(sent(office)) <= DAYS * PER_DAY + 10


@pytest.mark.slow
@pytest.mark.timeout(600)
@pytest.mark.parametrize("answer", [yes_to_everything, a_letter_each_time, forwarded_anew])
def test_other_machines_that_hide_every_mark_get_no_more_either(office: Office, answer: Answer) -> None:
    begin(office)
    let_run(office, answer, LUC, days=4)
    within_the_budget(office)
    # What is gathered of a letter is not counted, and ends after six receipts of each.
    assert each_day(office, LUC) <= PER_DAY + 3 * 6 + 2
    busiest = Counter(row.recipient for row in sent(office) if row.sent_at > office.now - timedelta(days=1))
    assert busiest[LUC] <= PER_DAY + 1


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_machines_at_both_ends_get_no_more_than_the_budget(office: Office) -> None:
    begin(office)
    let_run(office, same_address, LUC, KARI, OLA, days=3)
    within_the_budget(office)
    assert max(each_day(office, person) for person in (KARI, OLA, LUC)) <= PER_DAY + 3


def test_a_mail_of_ours_that_is_redirected_to_us_is_never_answered(office: Office) -> None:
    begin(office)
    for parcel in leave(office):
        assert office.process(compose(parcel.mail)).told == ()


@pytest.mark.slow
@pytest.mark.timeout(600)
@pytest.mark.parametrize("strip", [False, True], ids=["with its marks", "stripped of every mark"])
def test_two_post_offices_that_face_each_other_fall_silent(tmp_path: Path, strip: bool) -> None:
    ours = EXCHANGE.replace(LUC, OTHER_BOX)
    (tmp_path / "a").mkdir()
    (tmp_path / "b").mkdir()
    with (
        an_office(tmp_path / "a", exchange=ours) as here,
        an_office(tmp_path / "b", exchange=OTHER, address=OTHER_BOX) as there,
    ):
        begin(here)
        number, end = count(1), here.now + timedelta(days=DAYS if not strip else 4)
        while here.now < end:
            for office in (here, there):
                office.wait(hours=2)
                office.join()
            while any([carry(here, there, OTHER_BOX, strip, number), carry(there, here, BOX, strip, number)]):
                here.now += timedelta(minutes=1)
                there.now += timedelta(minutes=1)
        within_the_budget(here)
        within_the_budget(there)
        most = PER_DAY + 2 if strip else 2
        assert each_day(here, OTHER_BOX) <= most
        assert each_day(there, BOX) <= most


def carry(here: Office, there: Office, address: str, strip: bool, number: Iterator[int]) -> bool:
    """What leaves one office reaches the other, as it is or as a careless gateway leaves it."""
    reached = [parcel for parcel in leave(here) if parcel.recipient == address]
    for parcel in reached:
        octets = compose(parcel.mail)
        if strip:
            octets = OURS.sub(b"Message-ID: <gateway-%d." % next(number), MARKS.sub(b"", octets))
        domain = here.house.office.address.split("@")[1]
        there.sent += 1
        verdict = f"Authentication-Results: mx.school.example; dmarc=pass header.from={domain}\r\n"
        there.process(verdict.encode() + octets)
    return bool(reached)


# -- honest people -------------------------------------------------------------------------------


def nothing_is_held_back(office: Office) -> None:
    assert office.outbox(box.State.WITHHELD, box.State.JOINED) == []
    assert notes(office) == []


def test_one_letter_in_four_mails_loses_nothing(office: Office) -> None:
    for number in range(4):
        office.wait(minutes=2)
        office.receive(KARI, LETTER, files=[(f"{number}.pdf", PDF + bytes([number]))])
    office.wait(hours=3)
    nothing_is_held_back(office)
    assert len(office.log()[0].unsent) == 0
    assert office.log()[0].files == 4


def test_three_letters_in_a_day_lose_nothing(office: Office) -> None:
    for number in (1, 2, 3):
        subject = f"Letter {number} from 7B Oslo to CM2 Lyon"
        done = office.receive(KARI, subject, files=[(f"{number}.pdf", PDF + bytes([number]))])
        assert ("receipt", KARI) in mails(done.told)
        assert ("letter-arrived", LUC) in mails(done.told)
        office.wait(hours=2)
    nothing_is_held_back(office)


def test_twenty_eight_pupils_in_a_lesson_lose_nothing(tmp_path: Path) -> None:
    pupils = "".join(
        f"      - {{name: Pupil {number}, email: pupil{number}@elever.fagerborg.example}}\n"
        for number in range(28)
    )
    exchange = EXCHANGE.replace("letters: 4", "letters: 4\nmode: direct").replace(
        "      - {name: Ana Berg}\n", f"      - {{name: Ana Berg}}\n{pupils}"
    )
    with an_office(tmp_path, exchange=exchange) as office:
        for number in range(28):
            office.wait(minutes=1)
            office.receive(
                f"pupil{number}@elever.fagerborg.example",
                "Hello!",
                to=("zoe@eleves.ecole-lyon.example",),
                cc=(KARI, LUC, BOX),
            )
        nothing_is_held_back(office)

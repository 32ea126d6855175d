"""Delivery reports: what they are believed, and who hears of it."""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import timedelta
from email.utils import format_datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from tests.office import BOX, EXCHANGE, KARI, LUC, OLA, PDF, Office, an_office, mails

from twinpost.app.process import Processed
from twinpost.app.standing import standing
from twinpost.cli.status import _lines as status_lines
from twinpost.core.deciding.delivery import Sent
from twinpost.ledger import outbox as box
from twinpost.ledger.engine import transaction
from twinpost.ledger.parcels import Parcel

ADMIN = "it@school.example"
HEAD = "head@ecole-lyon.example"
WITH_HEAD = EXCHANGE.replace(
    "    pupils:\n      - {name: Zoé Petit}",
    f"    leaders:\n      - {{name: Madame Roche, email: {HEAD}}}\n    pupils:\n      - {{name: Zoé Petit}}",
)


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Office]:
    with an_office(tmp_path, exchange=WITH_HEAD) as office:
        yield office


def send_all(office: Office) -> None:
    """Everything that may leave leaves."""
    with transaction(office.engine) as connection:
        for parcel in box.claim(connection, office.now, 1000, "test"):
            box.record(connection, parcel.id, Sent("250 ok"), office.now)


def a_letter(office: Office, number: int = 1, sender: str = KARI) -> None:
    office.receive(
        sender, f"Letter {number} from 7B Oslo to CM2 Lyon", files=[("a.pdf", PDF + bytes([number]))]
    )
    send_all(office)


def to(office: Office, address: str) -> Parcel:
    """The last mail that we sent to somebody."""
    return [parcel for parcel in office.outbox(box.State.SENT) if parcel.recipient == address][-1]


def report(
    office: Office,
    names: str,
    about: str,
    *,
    status: str = "5.1.1",
    action: str = "failed",
    diagnostic: str = "",
    header: str = "Message-ID",
    sender: str = "MAILER-DAEMON@mx.other.example",
    returned: bool = True,
    in_reply_to: str = "",
) -> Processed:
    """A report arrives that names one mail and one address."""
    office.sent += 1
    fields = f"Final-Recipient: rfc822; {about}\n" if about else ""
    code = f"Diagnostic-Code: smtp; {diagnostic}\n" if diagnostic else ""
    original = f"--r\nContent-Type: text/rfc822-headers\n\n{header}: {names}\n" if returned else ""
    thread = f"In-Reply-To: {in_reply_to}\n" if in_reply_to else ""
    text = (
        f"Return-Path: <>\nFrom: Mail system <{sender}>\nTo: {BOX}\nSubject: Undeliverable\n"
        f"Date: {format_datetime(office.now)}\nMessage-ID: <dsn{office.sent}@mx.other.example>\n{thread}"
        "MIME-Version: 1.0\nContent-Type: multipart/report; report-type=delivery-status; boundary=r\n\n"
        "--r\nContent-Type: text/plain\n\nIt did not work.\n"
        "--r\nContent-Type: message/delivery-status\n\nReporting-MTA: dns; mx.other.example\n\n"
        f"{fields}Action: {action}\nStatus: {status}\n{code}\n{original}--r--\n"
    )
    return office.process(text.encode())


def bouncing(office: Office) -> list[str]:
    with transaction(office.engine) as connection:
        return [one["address"] for one in standing(connection, office.now)["bouncing"]]


def recovered(office: Office) -> list[tuple[str, str]]:
    with transaction(office.engine) as connection:
        return [(one["address"], one["by"]) for one in standing(connection, office.now)["recovered"]]


def lost(office: Office, address: str, **how: str) -> Processed:
    """The last mail to somebody comes back."""
    return report(office, to(office, address).mail.message_id, address, **how)


def test_an_address_that_does_not_exist_is_told_at_once_to_the_colleague_and_the_admin(
    office: Office,
) -> None:
    a_letter(office)
    done = lost(office, KARI)
    assert mails(done.told) == [("address-bounces", OLA), ("admin-note", ADMIN)]
    assert "Thursday 8 October, 09:15" in done.told[0].text
    assert "08 October 2026" in done.told[1].text
    assert bouncing(office) == [KARI]


def test_an_only_teacher_has_the_head_of_her_class_told(office: Office) -> None:
    a_letter(office)
    done = lost(office, LUC)
    assert mails(done.told) == [("address-bounces", HEAD), ("admin-note", ADMIN)]
    assert "No other teacher of that class gets the letters" in " ".join(done.told[0].text.split())


def test_an_only_teacher_without_a_head_is_told_to_the_admin_alone(tmp_path: Path) -> None:
    with an_office(tmp_path) as office:
        a_letter(office)
        done = lost(office, LUC)
        assert mails(done.told) == [("admin-note", ADMIN)]
        assert "nobody else at that school is known" in done.told[0].text


def test_the_same_trouble_is_told_once(office: Office) -> None:
    a_letter(office)
    lost(office, KARI)
    for number in range(2, 9):
        office.wait(days=1)
        a_letter(office, number, sender=OLA)
        assert mails(lost(office, KARI).told) == []
    assert bouncing(office) == [KARI]


def test_refusals_for_good_count_once_a_day_and_are_told_on_the_second_day(office: Office) -> None:
    a_letter(office)
    for _ in range(5):
        assert mails(lost(office, KARI, status="5.2.1").told) == []
    assert bouncing(office) == []
    office.wait(days=1)
    done = lost(office, KARI, status="5.2.1")
    assert mails(done.told) == [("address-bounces", OLA), ("admin-note", ADMIN)]
    assert "Thursday 8 October, 09:15" in done.told[0].text  # since the first, not since the second


@pytest.mark.parametrize("status", ["4.4.7", "5.2.2"])
def test_what_may_pass_is_told_on_the_fourth_day(office: Office, status: str) -> None:
    a_letter(office)
    for _ in range(3):
        assert mails(lost(office, KARI, status=status).told) == []
        office.wait(days=1)
    assert mails(lost(office, KARI, status=status).told) != []


def test_two_weekly_mails_that_fail_meet_and_two_with_a_month_between_them_do_not(office: Office) -> None:
    a_letter(office)
    lost(office, KARI, status="5.2.1")
    lost(office, OLA, status="5.2.1")
    office.wait(days=7)
    lost(office, KARI, status="5.2.1")
    assert bouncing(office) == [KARI]
    office.wait(days=21)
    lost(office, OLA, status="5.2.1")
    assert bouncing(office) == [KARI]


@pytest.mark.parametrize("action", ["delayed", "delivered", "relayed", "expanded"])
def test_a_mail_that_is_only_late_or_has_arrived_changes_nothing(office: Office, action: str) -> None:
    a_letter(office)
    for _ in range(5):
        assert mails(lost(office, KARI, action=action, status="4.4.1").told) == []
        office.wait(days=1)
    assert bouncing(office) == []


def test_what_is_our_own_fault_is_told_to_the_admin_once_a_day_and_never_counts(office: Office) -> None:
    a_letter(office)
    told = [mails(lost(office, KARI, status="5.7.1").told) for _ in range(3)]
    assert told[0] == [("admin-note", ADMIN)]
    lost(office, LUC, status="5.1.1", diagnostic="550 5.1.1 rejected, see our blocklist")
    assert bouncing(office) == []
    notes = [parcel for parcel in office.outbox() if parcel.recipient == ADMIN]
    assert len(notes) == 2  # one for each code


def test_a_mail_from_the_address_lets_it_recover_at_once(office: Office) -> None:
    a_letter(office)
    lost(office, KARI)
    office.wait(hours=1)
    office.receive(KARI, "Letter 2 from 7B Oslo to CM2 Lyon", files=[("b.pdf", PDF)])
    assert bouncing(office) == []
    assert recovered(office) == [(KARI, "mail")]


def test_a_mail_in_her_name_that_is_none_of_hers_lets_nothing_recover(office: Office) -> None:
    a_letter(office)
    lost(office, KARI)
    office.wait(hours=1)
    office.receive(KARI, "Hello", verdict="dmarc=fail header.from=fagerborg.example")
    assert bouncing(office) == [KARI]


def test_a_probe_that_does_not_come_back_within_a_week_lets_it_recover(office: Office) -> None:
    a_letter(office)
    lost(office, KARI)
    office.wait(days=8)
    assert bouncing(office) == [KARI]  # nothing has been sent to it since
    office.receive(LUC, "Letter 1 from CM2 Lyon to 7B Oslo", files=[("c.pdf", PDF)])
    send_all(office)
    office.wait(days=6)
    assert bouncing(office) == [KARI]
    office.wait(days=1)
    assert bouncing(office) == []
    assert recovered(office) == [(KARI, "silence")]


def test_what_was_sent_before_the_recovery_does_not_count_after_it(office: Office) -> None:
    a_letter(office)
    lost(office, KARI)
    office.wait(hours=1)
    office.receive(KARI, "Thank you")
    office.wait(days=1)
    assert mails(lost(office, KARI).told) == []
    assert bouncing(office) == []


def test_an_address_that_sends_but_does_not_receive_is_not_told_every_day(office: Office) -> None:
    told = []
    for number in range(1, 13):
        a_letter(office, number)  # it comes from Kari, and so recovers her
        office.wait(hours=2)
        told += mails(lost(office, KARI).told)
        office.wait(hours=22)
    assert told.count(("address-bounces", OLA)) == 2  # on the first day and a week later


def test_letters_and_receipts_go_on_to_an_address_that_bounces(office: Office) -> None:
    a_letter(office)
    lost(office, LUC)
    office.wait(days=1)
    a_letter(office, 2)
    assert to(office, LUC).mail.subject.startswith("Letter 2")


def test_our_second_mark_names_the_mail_where_a_server_has_changed_its_message_id(office: Office) -> None:
    a_letter(office)
    report(office, to(office, KARI).mail.message_id, KARI, header="X-Twinpost")
    assert bouncing(office) == [KARI]


def test_a_report_may_name_the_mail_by_answering_it(office: Office) -> None:
    a_letter(office)
    report(office, "", KARI, returned=False, in_reply_to=to(office, KARI).mail.message_id)
    assert bouncing(office) == [KARI]


def test_a_report_that_names_nobody_means_the_one_to_whom_the_mail_went(office: Office) -> None:
    a_letter(office)
    report(office, to(office, KARI).mail.message_id, "", status="5.1.1")
    assert bouncing(office) == [KARI]


def test_a_report_on_a_mail_that_has_not_left_yet_is_not_believed(office: Office) -> None:
    office.receive(KARI, "Letter 1 from 7B Oslo to CM2 Lyon", files=[("a.pdf", PDF)])
    (waiting,) = [one for one in office.outbox(box.State.WAITING) if one.recipient == KARI]
    report(office, waiting.mail.message_id, KARI)
    assert bouncing(office) == []


def test_a_note_to_the_admin_that_comes_back_writes_no_further_note(office: Office) -> None:
    a_letter(office)
    lost(office, KARI)
    send_all(office)
    assert mails(lost(office, ADMIN).told) == []
    assert set(bouncing(office)) == {KARI, ADMIN}


def test_two_hundred_forged_reports_silence_nobody(office: Office) -> None:
    a_letter(office)
    chance = random.Random(36)
    ours = {address: to(office, address).mail.message_id for address in (KARI, OLA, LUC)}
    before = len(office.outbox())
    for number in range(200):
        victim, other = chance.sample(sorted(ours), 2)
        made_up = f"<tp.{chance.randbytes(20).hex()}@school.example>"
        received = f"<{chance.randrange(1, 5)}@story.example>"  # a teacher's own mail, which anybody may know
        names, about = [
            (made_up, victim),
            (ours[other], victim),  # the right id, of somebody else's mail
            (ours[victim], f"someone{number}@elsewhere.example"),
            (received, victim),
            (ours[victim][:-20] + chance.randbytes(3).hex() + ours[victim][-14:], victim),  # all but right
            (made_up, ""),
        ][number % 6]
        sender = chance.choice(
            ["MAILER-DAEMON@mx.evil.example", f"postmaster@{victim.split('@')[1]}", victim]
        )
        how = {"header": chance.choice(["Message-ID", "X-Twinpost"]), "sender": sender}
        status = chance.choice(["5.1.1", "5.7.1", "5.2.2", "4.4.7"])
        if number % 4 == 3:
            done = report(
                office, names, about, status=status, returned=False, in_reply_to=names, sender=sender
            )
        else:
            done = report(office, names, about, status=status, **how)
        assert mails(done.told) == []
        office.now += timedelta(minutes=150)
    assert bouncing(office) == []
    assert len(office.outbox()) == before
    office.receive(KARI, "Letter 2 from 7B Oslo to CM2 Lyon", files=[("b.pdf", PDF + b"2")])
    send_all(office)
    assert all(to(office, address).mail.subject.startswith("Letter 2") for address in (KARI, OLA, LUC))


def test_status_shows_which_addresses_bounce_since_when_and_which_are_well_again(office: Office) -> None:
    a_letter(office)
    lost(office, KARI, diagnostic="550 5.1.1 nobody of that name")
    lost(office, LUC)
    office.wait(hours=1)
    office.receive(LUC, "Thank you")
    with transaction(office.engine) as connection:
        data = standing(connection, office.now)
    lines = dict(status_lines(data, ZoneInfo("Europe/Oslo")))
    assert lines["BOUNCING"] == f"{KARI}: since Thu 08 Oct 2026 09:15 (no such address, 5.1.1)"
    assert lines["bounced before"].startswith(f"{LUC}: well again since Thu 08 Oct 2026 10:15")
    assert data["bouncing"][0]["words"] == "550 5.1.1 nobody of that name"

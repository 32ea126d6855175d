"""Pupils write to each other: what leaves by SMTP, and to whom."""

from __future__ import annotations

from email import message_from_bytes
from email.message import EmailMessage
from email.utils import format_datetime, localtime

import pytest
from tests.live import checker
from tests.live.place import Place
from tests.live.sink import Connection, Taken
from tests.office import BOX, KARI, LUC, OLA
from tests.pupils import ANA, HUGO, MAX, TOMAS, ZOE, with_pupils

pytestmark = [pytest.mark.live, pytest.mark.slow]


def writes(place: Place, number: int, sender: str, *to: str) -> None:
    """A mail of somebody's, as our own border has stamped it."""
    mail = EmailMessage()
    mail["Authentication-Results"] = f"mx.school.example; dmarc=pass header.from={sender.partition('@')[2]}"
    mail["From"], mail["To"], mail["Subject"] = sender, ", ".join(to), f"Our rabbits, {number}"
    mail["Message-ID"], mail["Date"] = (
        f"<mail-{number}@{sender.partition('@')[2]}>",
        format_datetime(localtime()),
    )
    mail.set_content("How are yours?\n")
    place.store.deliver(mail.as_bytes(), place.user)


def went(place: Place) -> list[tuple[str, tuple[str, ...]]]:
    """(subject, recipients) of what was handed over."""
    return sorted(
        (str(message_from_bytes(taken.octets)["Subject"]), taken.recipients) for taken in place.sink.taken()
    )


def test_a_missing_teacher_is_told_and_a_pupil_only_with_her_own_in_copy(place: Place) -> None:
    place.daemon.found(with_pupils())
    place.daemon.serve()
    writes(place, 1, ANA, ZOE, KARI, LUC, BOX)  # all are there
    writes(place, 2, ANA, ZOE, KARI, BOX)
    place.daemon.until(lambda: len(went(place)) == 2, "the second is repaired")
    writes(place, 3, HUGO, TOMAS, MAX, KARI, LUC, BOX)  # and a stranger
    place.daemon.until(lambda: len(went(place)) == 5, "both sides are told")
    writes(place, 4, MAX, ANA, BOX)
    place.daemon.until(lambda: place.daemon.log().count("event='processed'") == 4, "all are processed")
    assert place.daemon.stop() == 0
    (_, luc), (line, ana), *alarms = sorted(went(place), key=lambda pair: "unknown" in pair[0].lower())
    assert (luc, line, ana) == ((LUC,), "Please put your teachers in copy", (ANA, KARI))
    assert {recipients for _, recipients in alarms} == {(KARI,), (OLA,), (LUC,)}


@pytest.mark.parametrize(
    "recipients", [(ANA,), (ANA, LUC), (ANA, KARI, MAX), (MAX,), (KARI, OLA), (ZOE, KARI)]
)
def test_the_checker_tells_bad_company(place: Place, recipients: tuple[str, ...]) -> None:
    place.daemon.found(with_pupils())
    good = [(ANA, KARI), (ANA, KARI, OLA), (ZOE, LUC), (LUC,), ("it@school.example",)]
    sent = [Taken(BOX, each, b"Subject: x\r\n\r\n") for each in (*good, recipients)]
    found = checker.company(place.daemon.ledger, [Connection(0, taken=sent)])
    assert found == [f"a mail went to {recipients}"]

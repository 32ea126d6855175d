"""Follow-ups of the running daemon: sent to the minute, and answered by an ordinary mail."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from email import message_from_bytes
from email.message import EmailMessage, Message
from email.utils import format_datetime, localtime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from tests.live import dovecot
from tests.live.daemon import QUIET
from tests.live.place import TEACHERS, Place, a_place
from tests.office import BOX, EXCHANGE, KARI

pytestmark = [pytest.mark.live, pytest.mark.slow]

RULE = """
rules:
  - id: soon
    when: session.start
    counted_on: both
    steps: [{before: 30 minutes, send: session-starts, to: [teachers]}]
"""


@pytest.fixture
def place(tmp_path: Path) -> Iterator[Place]:
    with dovecot.running() as store, a_place(store, tmp_path / "office") as place:
        yield place


def answer(to: Message, text: str) -> bytes:
    """What Kari writes back, as our own border has stamped it."""
    mail = EmailMessage()
    mail["Authentication-Results"] = "mx.school.example; dmarc=pass header.from=fagerborg.example"
    mail["From"], mail["To"], mail["Subject"] = KARI, BOX, f"Re: {to['Subject']}"
    mail["In-Reply-To"], mail["Message-ID"] = to["Message-ID"], "<answer-1@fagerborg.example>"
    mail["Date"] = format_datetime(localtime())
    mail.set_content(text)
    return mail.as_bytes()


def sent(place: Place, subject: str) -> dict[str, Message]:
    """The mails whose subject begins so, by their recipient."""
    mails = {taken.recipients[0]: message_from_bytes(taken.octets) for taken in place.sink.taken()}
    return {to: mail for to, mail in mails.items() if str(mail["Subject"]).startswith(subject)}


def test_a_mail_of_a_rule_goes_to_the_minute_and_a_plain_answer_takes_effect(place: Place) -> None:
    """A session begins in half an hour and a little: its mail is due within a minute."""
    start = datetime.now(ZoneInfo("Europe/Oslo")) + timedelta(minutes=31)
    session = f"  - {{title: Hello, start: {start:%Y-%m-%dT%H:%M}, zone: Europe/Oslo, minutes: 20}}\n"
    (place.daemon.folder / QUIET / "soon.yaml").write_text(RULE, encoding="utf-8")
    place.daemon.found(f"{EXCHANGE}sessions:\n{session}")
    place.daemon.serve()
    place.daemon.until(lambda: set(sent(place, "Soon: Hello")) == TEACHERS, "the session is told", 90)
    reminder = sent(place, "Soon: Hello")[KARI]
    assert reminder["Auto-Submitted"] == "auto-generated"
    place.store.deliver(answer(reminder, "Let us pause, please. Best wishes, Kari"), place.user)
    place.daemon.until(lambda: KARI in sent(place, "A pause"), "the pause is noted")
    assert (
        "RESUME" in place.daemon.tell("plan", "oslo-lyon")
        or "paused" in place.daemon.ask("plan", "oslo-lyon").stderr
    )
    assert place.daemon.stop() == 0

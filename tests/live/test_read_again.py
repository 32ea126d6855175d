"""Mail that is read again after `exchange apply`, by a daemon that is killed meanwhile."""

from __future__ import annotations

from collections import Counter
from email import message_from_bytes

import pytest
from tests.live.place import TEACHERS, Place
from tests.office import EXCHANGE, KARI

pytestmark = [pytest.mark.live, pytest.mark.slow]

LETTERS = range(1, 13)
NEW = "teacher@new-school.example"
LANES = 2


def receipts(place: Place) -> list[tuple[str, str, str]]:
    """(letter, recipient, Message-ID) of each mail that told of a letter."""
    found = []
    for taken in place.sink.taken():
        mail = message_from_bytes(taken.octets)
        if (
            str(mail["In-Reply-To"]).endswith("@new-school.example>")
            and "Was this you" not in mail["Subject"]
        ):
            found += [(mail["In-Reply-To"], recipient, mail["Message-ID"]) for recipient in taken.recipients]
    return found


def test_a_daemon_that_is_killed_while_it_reads_again_tells_of_each_letter_once(place: Place) -> None:
    place.post(*LETTERS, sender=f"K. N. <{NEW}>")
    place.daemon.serve()
    place.daemon.until(
        lambda: place.daemon.data("status")["kinds"] == {"stranger": len(LETTERS)}, "all are strangers"
    )
    file = place.daemon.folder / "with-new-address.yaml"
    file.write_text(EXCHANGE.replace(f"email: {KARI}", f"email: [{KARI}, {NEW}]"), "utf-8")
    place.daemon.tell("exchange", "apply", str(file), "--yes")
    kills = 0
    for told in (0, 5, 15):
        place.daemon.until(lambda n=told: len(receipts(place)) >= n, f"{told} receipts")  # type: ignore[misc]
        place.daemon.kill()
        kills += 1
        place.daemon.serve()
    wanted = {
        (f"<letter-{number}@new-school.example>", recipient) for number in LETTERS for recipient in TEACHERS
    }
    place.daemon.until(
        lambda: {(letter, recipient) for letter, recipient, _ in receipts(place)} == wanted, "all are told"
    )
    assert place.daemon.stop() == 0
    mails = receipts(place)
    assert Counter((letter, recipient) for letter, recipient, _ in set(mails)) == Counter(wanted)
    assert len(mails) - len(set(mails)) <= LANES * kills  # in doubt: the same mail, with the same Message-ID
    assert sorted((line["numbers"], line["mails"]) for line in place.daemon.data("log")) == [
        ([number], 1) for number in LETTERS
    ]

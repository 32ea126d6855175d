"""The whole circle over real servers: teachers write through Postfix, the office answers, they answer it."""

from __future__ import annotations

from collections.abc import Iterator
from email.message import EmailMessage
from pathlib import Path

import pytest
from tests.live.daemon import ADMIN
from tests.live.place import PDF
from tests.live.town import Town, a_town
from tests.office import BOX, KARI, LUC, OLA

pytestmark = [pytest.mark.live, pytest.mark.slow]


@pytest.fixture
def town(tmp_path: Path) -> Iterator[Town]:
    with a_town(tmp_path / "office") as found:
        yield found


def files(mail: EmailMessage) -> list[tuple[str | None, bytes]]:
    return [(part.get_filename(), part.get_payload(decode=True)) for part in mail.iter_attachments()]  # type: ignore[misc]


def test_a_letter_goes_out_and_a_letter_comes_back(town: Town) -> None:
    first = town.send(
        KARI, "Letter 1 from 7B Oslo to CM2 Lyon", to=[LUC, BOX], files=[("letters-1.pdf", PDF)]
    )
    for teacher in (KARI, OLA):
        receipt = town.wait_for(teacher, "Letter 1 from 7B Oslo has arrived")
        assert receipt["In-Reply-To"] == first
        assert "letters-1.pdf" in receipt.get_body(("plain",)).get_content()  # type: ignore[union-attr]
    arrived = town.wait_for(LUC, "Letter 1 from 7B Oslo is here")
    assert arrived["To"].addresses[0].addr_spec == LUC
    assert files(arrived) == []  # he had them from Kari herself

    thanks = town.answer(LUC, arrived, "Thank you, the class is delighted.\n")
    assert "kind='reply' mails=0" in town.until_read(thanks)
    assert town.wait_for(KARI, "Re: ")["Message-ID"] == thanks

    back = town.send(LUC, "Lettre 1 de CM2 Lyon à 7B Oslo", cc=[KARI, OLA], files=[("lettres.pdf", PDF)])
    assert "kind='letter' mails=3" in town.until_read(back)
    for teacher in (KARI, OLA, LUC):
        town.wait_for(teacher, "Letter 1 from CM2 Lyon")

    assert [line["numbers"] for line in town.daemon.data("log")] == [[1], [1]]
    assert town.daemon.data("status")["outbox"] == {"sent": 6}
    assert town.mailbox(ADMIN) == []
    assert town.daemon.stop() == 0


def test_a_letter_that_reached_only_the_box_is_passed_on_after_a_yes(town: Town) -> None:
    town.send(KARI, "Letter 1 from 7B Oslo to CM2 Lyon", files=[("letters-1.pdf", PDF)])
    receipt = town.wait_for(KARI, "Letter 1 from 7B Oslo has arrived")
    assert "YES" in receipt.get_body(("plain",)).get_content()  # type: ignore[union-attr]
    assert files(town.wait_for(LUC, "Letter 1 from 7B Oslo")) == []
    town.answer(KARI, receipt, "Yes, please!\n\n> Shall I pass it on?\n")
    passed_on = town.wait_for(LUC, "Letter 1 from 7B Oslo", 2)
    assert files(passed_on) == [("letters-1.pdf", PDF)]
    assert KARI in passed_on["Reply-To"]


def test_machines_and_bounces_are_heard_and_never_answered(tmp_path: Path) -> None:
    with a_town(tmp_path / "office", without=[OLA]) as town:
        town.send(KARI, "Letter 1 from 7B Oslo to CM2 Lyon", to=[LUC, BOX], files=[("letters-1.pdf", PDF)])
        town.wait_for(BOX, "Undelivered Mail Returned to Sender")
        town.daemon.until(lambda: "kind='bounce' mails=2" in town.daemon.log(), "the bounce is read")
        receipt = town.wait_for(KARI, "Letter 1 from 7B Oslo has arrived")
        away = town.answer(KARI, receipt, "I am away just now.\n", {"Auto-Submitted": "auto-replied"})
        assert "kind='automatic' mails=0" in town.until_read(away)
        status = town.daemon.data("status")
        assert sum(status["outbox"].values()) == 5  # three receipts, and two are told of Ola's address
        assert [one["address"] for one in status["bouncing"]] == [OLA]
        subjects = [mail["Subject"] for mail in town.mailbox(KARI) if BOX in mail["From"]]
        assert subjects[0] == receipt["Subject"]
        assert all("Ola Hansen" in subject for subject in subjects[1:])  # in school hours

"""An update says what has to be sent again for as long as that is so, and no longer."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from tests.builders import KARI, NOW, a_delivery, a_file, an_exchange

from twinpost.core.deciding.quiet import after_quiet
from twinpost.core.model.effect import Tell
from twinpost.core.model.letter import DeliveredMail, Delivery
from twinpost.core.model.mail import File
from twinpost.core.model.notice import Receipt

EMPTY = a_file("Hugo.pdf", "empty", 0, trouble="empty", sha256="0" * 64)
WHOLE = a_file("Hugo.pdf", "pdf")
FLAG = a_file("flag.png", "png")


def letter_in_two_mails(first: tuple[File, ...], second: tuple[File, ...], **changes: object) -> Delivery:
    mails = tuple(
        DeliveredMail(number, f"<{number}@fagerborg.example>", KARI.id, NOW, files)
        for number, files in ((1, first), (2, second))
    )
    delivery = a_delivery(mails=mails, gathering_since=NOW, told=frozenset({"empty-file"}))
    return replace(delivery, **changes)  # type: ignore[arg-type]


def kari_hears(delivery: Delivery) -> Receipt:
    decision = after_quiet(delivery, an_exchange(), (), NOW + timedelta(minutes=10), {})
    notices = [e.notice for e in decision.effects if isinstance(e, Tell) and e.to.id == KARI.id]
    (notice,) = notices
    assert isinstance(notice, Receipt)
    return notice


def test_a_file_that_is_still_empty_is_asked_for_again() -> None:
    notice = kari_hears(letter_in_two_mails((EMPTY,), (FLAG,)))
    assert [finding.code for finding in notice.findings] == ["empty-file"]


def test_a_file_that_came_again_whole_replaces_the_empty_one() -> None:
    notice = kari_hears(letter_in_two_mails((EMPTY, FLAG), (WHOLE,)))
    assert [(file.name, file.size) for file in notice.files] == [("flag.png", 40_000), ("Hugo.pdf", 40_000)]
    assert notice.findings == ()


def test_a_remark_that_asks_for_nothing_is_told_once() -> None:
    delivery = letter_in_two_mails((FLAG,), (WHOLE,), told=frozenset({"duplicate"}))
    decision = after_quiet(delivery, an_exchange(), (), NOW + timedelta(minutes=10), {FLAG.sha256: 7})
    assert decision.findings == ()


def test_two_whole_files_of_one_name_both_count() -> None:
    delivery = letter_in_two_mails((WHOLE,), (replace(WHOLE, sha256="1" * 64),))
    assert len(delivery.files) == 2

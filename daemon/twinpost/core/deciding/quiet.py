"""What quiet does to a letter: gathered mails are told in one update, and in the end it is closed."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from twinpost.core.deciding.report import LetterState, receipts
from twinpost.core.inspecting.attachments import Contents, good_order
from twinpost.core.inspecting.completeness import complete
from twinpost.core.model.effect import Decision, MoveDelivery
from twinpost.core.model.known import Arrived
from twinpost.core.model.letter import Delivery
from twinpost.core.model.live_photo import without_films
from twinpost.core.model.notice import Completeness
from twinpost.core.model.people import Exchange, Person
from twinpost.core.model.spellings import NO_NICKNAMES, Nicknames

REMARKS = frozenset({"duplicate", "single-scan", "archive", "no-files", "live-photo", "cloud-link"})
"""Findings that are told once. What has to be sent again is told for as long as it stands."""


def after_quiet(
    delivery: Delivery,
    exchange: Exchange,
    arrived: tuple[Arrived, ...],
    now: datetime,
    before: dict[str, int],
    nicknames: Nicknames = NO_NICKNAMES,
) -> Decision:
    """What is due for an open letter at `now`: its update, its closing, or both in one mail.

    `before` names the earlier delivery of files that came twice (SHA-256 to delivery id).
    """
    here = {school_class.id for school_class in exchange.classes}
    to_classes = tuple(class_id for class_id in delivery.letter.to_classes if class_id in here)
    if delivery.letter.from_class not in here or not to_classes:
        return Decision(effects=(_closed(delivery, now),), because=("Its classes have left the exchange.",))
    delivery = replace(delivery, letter=replace(delivery.letter, to_classes=to_classes))
    closing = delivery.close_due is not None and delivery.close_due <= now
    news = delivery.gathering_since is not None
    claim = _complete(delivery, exchange, nicknames) if closing else None
    if not news and claim is None:
        return Decision(effects=(_closed(delivery, now),), because=("Closed by quiet.",))
    state = _state(delivery, exchange, arrived, now, before)
    state = replace(state, closed=closing, complete=claim)
    told = tuple(finding.code for finding in state.findings)
    move = (
        replace(_closed(delivery, now), version=state.version, told=told)
        if closing
        else MoveDelivery(delivery.id, state.version, close_due=delivery.close_due, told=told)
    )
    reason = "Closed by quiet." if closing else "Further mails came; the quiet time is over."
    return Decision(effects=(move, *receipts(state)), because=(reason,), findings=state.findings)


def _closed(delivery: Delivery, now: datetime) -> MoveDelivery:
    return MoveDelivery(delivery.id, delivery.version, closed_at=now)


def _complete(delivery: Delivery, exchange: Exchange, nicknames: Nicknames) -> Completeness | None:
    """Claimed only when pairs are known and most files can be matched to pupils."""
    if not exchange.pairs or delivery.letter.product != "letter":
        return None
    letter = delivery.letter
    return complete(
        without_films(delivery.files),
        exchange.class_by_id(letter.from_class).pupils,
        [pupil for id_ in letter.to_classes for pupil in exchange.class_by_id(id_).pupils],
        exchange.pairs,
        nicknames,
    )


def _state(
    delivery: Delivery,
    exchange: Exchange,
    arrived: tuple[Arrived, ...],
    now: datetime,
    before: dict[str, int],
) -> LetterState:
    letter, last = delivery.letter, delivery.mails[-1]
    opens = [exchange.class_by_id(class_id).opens for class_id in letter.to_classes]
    sender = _sender(delivery, exchange)
    links = tuple(dict.fromkeys(link for mail in delivery.mails for link in mail.links))
    contents = Contents(
        files=delivery.files,
        links=links,
        links_until=min((mail.links_until for mail in delivery.mails if mail.links_until), default=None),
        opens=frozenset.intersection(*opens),
        before={sha256: other for sha256, other in before.items() if other != delivery.id},
    )
    return LetterState(
        letter=letter,
        exchange=exchange,
        sender=sender,
        address=sender.address,
        first_at=delivery.first_at,
        now=now,
        files=delivery.files,
        links=links,
        mails=len(delivery.mails),
        arrived=arrived,
        findings=good_order(contents, delivery.told & REMARKS),
        version=delivery.version + 1,
        gathered=True,
        parent=last.message_id,
        references=tuple(mail.message_id for mail in delivery.mails[:-1] if mail.message_id),
        key=f"receipt/{delivery.id}/{{version}}",
        delivery=delivery.id,
    )


def _sender(delivery: Delivery, exchange: Exchange) -> Person:
    """Who sent the last mail of a letter; the first teacher of its class where that is not known."""
    teachers = [teacher for school_class in exchange.classes for teacher in school_class.teachers]
    wanted = delivery.mails[-1].person
    own = exchange.class_by_id(delivery.letter.from_class).teachers
    return next((teacher for teacher in teachers if teacher.id == wanted), own[0])

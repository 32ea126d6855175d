"""A waiting mail as it lies in the ledger: rendered, but not yet octets."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any

from twinpost.core.model.effect import Priority
from twinpost.core.model.outgoing import OutgoingMail

Attached = tuple[str, tuple[int, ...]]
"""Hash of a kept message, and the part numbers of it that go along; none: the whole original."""


@dataclass(frozen=True, slots=True)
class Entry:
    """A mail that was decided, for `outbox.put`. `key` says what it is, once for ever."""

    key: str
    notice: str
    recipient: str
    mail: OutgoingMail
    made_at: datetime
    exchange_id: int | None = None
    person_id: int | None = None  # None: the admin
    copies: tuple[str, ...] = ()
    delivery_id: int | None = None
    question_id: int | None = None
    cause: int | None = None
    provoked_by: str = ""
    counts: bool = True
    priority: Priority = Priority.RECEIPT
    attach: tuple[Attached, ...] = ()
    next_at: datetime | None = None  # None: at once


@dataclass(frozen=True, slots=True)
class Parcel:
    """A row of the outbox with everything that its octets are made of."""

    id: int
    key: str
    notice: str
    recipient: str
    copies: tuple[str, ...]
    mail: OutgoingMail
    attach: tuple[Attached, ...]
    made_at: datetime
    tries: int  # before this one
    priority: Priority
    exchange_id: int | None
    person_id: int | None
    delivery_id: int | None
    question_id: int | None
    cause: int | None
    provoked_by: str

    @property
    def recipients(self) -> tuple[str, ...]:
        """The envelope's: who gets it, then who gets a copy."""
        return (self.recipient, *self.copies)


def parcel(row: Any) -> Parcel:
    """A row of `outbox` as a value."""
    return Parcel(
        id=row.id,
        key=row.key,
        notice=row.notice,
        recipient=row.recipient,
        copies=tuple(row.copies),
        mail=mail_from_json(row.mail),
        attach=tuple((sha256, tuple(parts)) for sha256, parts in row.attach),
        made_at=row.made_at,
        tries=row.tries,
        priority=Priority(row.priority),
        exchange_id=row.exchange_id,
        person_id=row.person_id,
        delivery_id=row.delivery_id,
        question_id=row.question_id,
        cause=row.cause,
        provoked_by=row.provoked_by,
    )


def mail_to_json(mail: OutgoingMail) -> dict[str, Any]:
    """Plain data for a JSON column."""
    row = {field.name: getattr(mail, field.name) for field in fields(mail)}
    return {**row, "date": mail.date.isoformat()}


def mail_from_json(data: dict[str, Any]) -> OutgoingMail:
    """The mail that `mail_to_json` wrote."""
    return OutgoingMail(
        **{
            **data,
            "date": datetime.fromisoformat(data["date"]),
            "from_": _pair(data["from_"]),
            "references": tuple(data["references"]),
            **{name: _pairs(data[name]) for name in ("to", "cc", "reply_to", "headers")},
        }
    )


def _pair(values: Sequence[str]) -> tuple[str, str]:
    first, second = values
    return first, second


def _pairs(values: Iterable[Sequence[str]]) -> tuple[tuple[str, str], ...]:
    return tuple(_pair(pair) for pair in values)

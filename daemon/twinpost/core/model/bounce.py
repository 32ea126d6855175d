"""Delivery reports and the addresses they speak of."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum


class Cause(StrEnum):
    """What became of a mail at one address, by a report."""

    UNKNOWN = "unknown"  # there is no such address
    REFUSED = "refused"  # any other refusal for good
    FULL = "full"  # the mailbox has no room
    TEMPORARY = "temporary"  # given up after days of trying
    OURS = "ours"  # refused for what we sent or who we are: size, spam, authentication
    DELAYED = "delayed"  # the server goes on trying
    DELIVERED = "delivered"  # or passed on, with nothing more known


IN_WORDS = {
    Cause.UNKNOWN: "no such address",
    Cause.REFUSED: "refused",
    Cause.FULL: "the mailbox is full",
    Cause.TEMPORARY: "no way through for days",
}
"""Why an address counts as bouncing, as the admin reads it."""


@dataclass(frozen=True, slots=True)
class Failure:
    """What a report says of one address; "" where it names none. `words` are the server's, one line."""

    address: str
    cause: Cause
    status: str = ""  # RFC 3463, such as 5.1.1
    words: str = ""


@dataclass(frozen=True, slots=True)
class Standing:
    """What reports have told about one address of ours so far. Points are halves: see deciding.bounces."""

    address: str
    person: int = 0  # 0: the admin
    points: int = 0
    day: date | None = None  # the last (UTC) on which a failure counted
    day_points: int = 0  # of it
    since: datetime | None = None  # the first failure of those that count
    last_at: datetime | None = None
    cause: Cause = Cause.REFUSED
    status: str = ""
    words: str = ""
    bouncing: bool = False
    told_at: datetime | None = None  # when colleagues and admin were told of it last
    recovered_at: datetime | None = None
    recovered_by: str = ""  # mail: one came from it; silence: mails to it no longer come back


@dataclass(frozen=True, slots=True)
class ReportedMail:
    """A mail that we sent and that a report names."""

    id: int  # of the outbox
    recipient: str
    person: int  # 0: the admin
    sent_at: datetime
    standing: Standing

"""What is still to come, derived from what has happened: every follow-up with its key, moment and reason."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum

from twinpost.core.calendars.counted import Counted as Counted
from twinpost.core.calendars.counted import LeftOut as LeftOut
from twinpost.core.model.letter import Delivery
from twinpost.core.model.people import DueDate, Person, Session
from twinpost.core.model.rule import Event


class Said(StrEnum):
    """What a teacher may say about a letter or an exchange, and what then counts as a fact."""

    ARRIVED = "arrived"  # the letter is here, although we never saw it
    LATER = "later"  # it will come on …
    AGREE = "agree"  # to another agreed day
    PAUSE = "pause"
    RESUME = "resume"


@dataclass(frozen=True, slots=True)
class Statement:
    """A teacher's word: it settles or moves what was planned."""

    said: Said
    by: int  # person id
    at: datetime
    product: str = ""  # ARRIVED, LATER: which letter
    number: int = 0
    from_class: int = 0
    to_class: int = 0
    until: date | None = (
        None  # LATER: when it will come; AGREE: the new day; PAUSE: until when, None: until RESUME
    )


@dataclass(frozen=True, slots=True)
class History:
    """All facts of one exchange that a plan is derived from. Instants are aware."""

    applied_at: datetime  # nothing is planned for before the exchange was applied …
    in_force: Mapping[str, datetime] = field(default_factory=dict)  # … or the rule came into force
    deliveries: tuple[Delivery, ...] = ()
    statements: tuple[Statement, ...] = ()
    sent: Mapping[str, datetime] = field(default_factory=dict)  # key of each step that left: when
    last_contact: datetime | None = None  # the last mail of any teacher of the exchange
    missing_copies: tuple[tuple[int, int, datetime], ...] = ()  # (message, class left out, when)


@dataclass(frozen=True, slots=True)
class About:
    """What a follow-up is about; what does not apply is empty."""

    due: DueDate | None = None  # a letter that is owed
    delivery: Delivery | None = None  # a letter that arrived
    session: Session | None = None
    meeting_at: datetime | None = None
    closure: LeftOut | None = None
    since: datetime | None = None  # exchange.quiet
    sender: int = 0  # the class that the event concerns, 0: none more than another
    receivers: tuple[int, ...] = ()  # the other classes concerned
    until: date | None = None  # LATER: when the letter is to come; a calendar: until when it is known
    by: int = 0  # who said LATER: a person's id


@dataclass(frozen=True, slots=True)
class Planned:
    """One mail or digest line to come, for one person."""

    key: str  # step/<rule>/<what>/<agreed date>/<n>/<person>: unique for ever
    at: datetime  # aware, in the reader's zone, within her school hours
    rule: str
    step: int  # from 1
    notice: str
    to: Person
    exchange_id: int
    about: About
    because: Counted
    digest: bool = False
    after_step: bool = False  # its moment still depends on when the step before will be sent
    when: Event | None = None  # of its rule; None: planned by itself, without a rule

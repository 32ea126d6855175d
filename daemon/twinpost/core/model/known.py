"""What the ledger tells about a message's sender, thread and letters before it is sorted."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime

from twinpost.core.calendars.counted import Counted
from twinpost.core.model.bounce import ReportedMail, Standing
from twinpost.core.model.letter import Delivery
from twinpost.core.model.mail import Kept, Reading
from twinpost.core.model.people import Directory
from twinpost.core.model.question import OpenQuestion


@dataclass(frozen=True, slots=True)
class Thread:
    """What a message answers: the nearest mail that In-Reply-To or References name and we know."""

    notice: str = ""  # name of our notice when the parent is a mail of ours, else ""
    key: str = ""  # and its key
    direct: bool = False  # the message answers this very mail, and not only one further up
    person: int = 0  # to whom our mail went, or who sent the known mail
    exchange_id: int = 0
    delivery: int = 0  # the letter that the parent belongs to
    questions: tuple[int, ...] = ()  # questions that the parent asked
    message: int = 0  # journal id of the parent when it is a mail that we received


@dataclass(frozen=True, slots=True)
class Arrived:
    """One letter of one direction that has been logged."""

    exchange_id: int
    product: str
    number: int
    from_class: int
    to_class: int
    delivery: int
    first_at: datetime
    closed: bool


@dataclass(frozen=True, slots=True)
class Reminded:
    """A follow-up that went in the mail of ours which this message answers."""

    exchange_id: int
    rule: str
    step: int
    notice: str
    went_at: datetime
    because: Counted
    product: str = ""  # of the letter that it asked for, or that it was about; "" for none
    number: int = 0
    from_class: int = 0
    to_class: int = 0
    due: date | None = None  # the agreed day of that letter
    title: str = ""  # of a session


@dataclass(frozen=True, slots=True)
class AskedMail:
    """A question that this message answers directly, with the mail that the question is about."""

    question: OpenQuestion
    kept: Kept
    reading: Reading


@dataclass(frozen=True, slots=True)
class GuardMail:
    """A mail of the guard's that was entered in the outbox lately."""

    notice: str
    key: str
    person: int  # to whom
    cause: int  # journal id of the mail that led to it
    went: bool  # it goes or went; else it was only recorded
    why: str  # then why
    made_at: datetime


@dataclass(frozen=True, slots=True)
class Known:
    """Everything outside the message itself that a decision may rest on."""

    directory: Directory
    address: str  # the shared address
    admin: str = ""
    thread: Thread | None = None
    asked: tuple[AskedMail, ...] = ()
    reminded: tuple[Reminded, ...] = ()  # the follow-ups that it answers directly
    arrived: tuple[Arrived, ...] = ()  # every letter logged in the sender's exchanges
    deliveries: tuple[Delivery, ...] = ()  # those of the sender's exchanges that are open
    files_before: dict[str, int] = field(default_factory=dict)  # sha256 of a file to its earlier delivery
    ours: bool = False  # the message is a mail that we sent
    reported: tuple[ReportedMail, ...] = ()  # mails of ours that a report names
    bouncing: Standing | None = None  # what reports have told of the address that the message came from
    asked_about_sender: bool = False  # a teacher has been asked whether this unknown address is hers
    asked_about_pupil: str = ""  # whether this unknown address is a pupil's: open, answered; "" never asked
    guarded: tuple[GuardMail, ...] = ()  # in the exchanges of a pupil's mail, or of a stranger's to one
    same_as: int = 0  # journal id of the same mail, which came before by another way
    id_taken: bool = False  # another mail of the sender's with the same Message-ID came before
    proposed: frozenset[tuple[int, str]] = frozenset()  # absences asked about: person, "first..last"
    quiet_minutes: float = 10.0
    largest_mail: int = 25_000_000  # octets that may be passed on in one mail

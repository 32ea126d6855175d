"""What a decision asks of the world: a closed list, enacted in one place (app.enact).

Keys hold `{delivery}`, `{question}` and `{person}` where a ledger id is not known before enacting.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from enum import IntEnum

from twinpost.core.model.absence import Absence
from twinpost.core.model.bounce import Standing
from twinpost.core.model.finding import Finding
from twinpost.core.model.kind import Choice, Kind, Sorted
from twinpost.core.model.letter import DeliveredMail, Letter
from twinpost.core.model.notice import Notice
from twinpost.core.model.people import Person
from twinpost.core.model.plan import Statement
from twinpost.core.model.question import QuestionKind

LATEST = -1
"""In place of a delivery's id: the one that an effect of the same decision has logged just before."""


class Priority(IntEnum):
    """The order in which waiting mails leave."""

    RECEIPT = 0  # receipts, letters passed on, safety
    ANSWER = 1  # questions and what answers an answer
    PLANNED = 2


@dataclass(frozen=True, slots=True)
class Attach:
    """Files of a kept message that a mail carries, bit for bit."""

    message: int  # journal id
    parts: tuple[int, ...] = ()  # part numbers of the reading; empty: the whole original as message/rfc822


@dataclass(frozen=True, slots=True)
class Tell:
    """One mail to one person; to a pupil with her own teachers in `copies`, and never otherwise."""

    key: str  # unique for ever: "receipt/{delivery}/1/{person}"
    notice: Notice
    to: Person
    exchange_id: int
    reply_to: tuple[Person, ...] = ()  # the other teachers concerned; the shared box is added
    priority: Priority = Priority.RECEIPT
    parent: str = ""  # Message-ID that it answers
    references: tuple[str, ...] = ()
    attach: tuple[Attach, ...] = ()
    provoked_by: str = ""  # address whose mail caused it; "" for planned mail
    counts: bool = True  # in the loop budget of that address
    not_before: datetime | None = None  # school hours; None: at once
    asks: bool = False  # this mail asks the question opened just before it (or `question`)
    question: int = 0  # the open question that it asks again
    delivery: int = 0  # the letter that it is about, where that is not the one logged just before
    copies: tuple[Person, ...] = ()  # a pupil's own teachers
    unsent: str = ""  # why it is only recorded


@dataclass(frozen=True, slots=True)
class LogLetter:
    """Log a letter's mail: a new delivery, or one more mail of one that is here (`delivery`)."""

    letter: Letter
    mail: DeliveredMail
    delivery: int = 0  # LATEST: the one logged just before
    gathering_since: datetime | None = None
    update_due: datetime | None = None
    close_due: datetime | None = None
    told: tuple[str, ...] = ()  # finding codes that the receipts of this decision tell


@dataclass(frozen=True, slots=True)
class MoveDelivery:
    """A receipt's version moves on, or a letter is closed by quiet."""

    delivery: int
    version: int
    update_due: datetime | None = None
    close_due: datetime | None = None
    closed_at: datetime | None = None
    told: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Ask:
    """Open a question; the mails of this decision whose key holds `{question}` ask it."""

    kind: QuestionKind
    exchange_id: int
    asked: tuple[int, ...]
    message: int
    choices: tuple[Choice, ...]
    again_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class AskAgain:
    """A question was asked again (`times`), or is over when `again_at` is None."""

    question: int
    times: int
    asked: tuple[int, ...] = ()
    again_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Settle:
    """A question has its answer."""

    question: int
    by: int
    answer: str


@dataclass(frozen=True, slots=True)
class Resort:
    """An earlier message turned out to be something else."""

    message: int
    kind: Kind
    because: str


@dataclass(frozen=True, slots=True)
class Learn:
    """Remember what this sender means by these words."""

    person: int
    exchange_id: int
    words: str
    class_id: int


@dataclass(frozen=True, slots=True)
class Forget:
    """Drop a nickname."""

    person: int
    words: str


@dataclass(frozen=True, slots=True)
class Strike:
    """A logged mail was none of the class's: it goes from its letter, which goes when nothing is left."""

    message: int


@dataclass(frozen=True, slots=True)
class Again:
    """Process what a stranger's address sent once more, now that it is known whose it is."""

    address: str


@dataclass(frozen=True, slots=True)
class Say:
    """A teacher's word about a letter or the exchange: a fact. `message` is the mail that says it."""

    exchange_id: int
    statement: Statement
    message: int


@dataclass(frozen=True, slots=True)
class TakeBack:
    """What this mail said was not meant."""

    message: int
    exchange_id: int


@dataclass(frozen=True, slots=True)
class MoveDate:
    """Both sides have agreed on another day of a letter: a numbered change of the exchange."""

    exchange_id: int
    product: str
    number: int
    from_class: int
    to_class: int
    day: date
    by: tuple[int, ...]  # who agreed to it: person ids


@dataclass(frozen=True, slots=True)
class Absent:
    """Somebody is away: it counts like days without school for what goes to her."""

    exchange_id: int
    person: int
    absence: Absence


@dataclass(frozen=True, slots=True)
class AddAddress:
    """The person said that this address is hers too."""

    person: int
    address: str


@dataclass(frozen=True, slots=True)
class CountFailure:
    """What is known of an address after a report about it; `message` is the report."""

    standing: Standing
    message: int


@dataclass(frozen=True, slots=True)
class Recover:
    """Mails to this address arrive again. `by`: mail (one came from it) or silence (none came back)."""

    address: str
    by: str
    at: datetime


Effect = (
    LogLetter
    | MoveDelivery
    | Strike
    | Ask
    | AskAgain
    | Settle
    | Resort
    | Again
    | Learn
    | Forget
    | AddAddress
    | Say
    | TakeBack
    | MoveDate
    | Absent
    | CountFailure
    | Recover
    | Tell
)


@dataclass(frozen=True, slots=True)
class Decision:
    """Everything that follows from one message or one moment, and why."""

    effects: tuple[Effect, ...] = ()
    because: tuple[str, ...] = ()
    findings: tuple[Finding, ...] = ()
    sorted: Sorted | None = None

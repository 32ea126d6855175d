"""Our mails as typed contents: facts for a template, no wording.

Each class is one mail; its `name` is the name of its template, `templates/<language>/<name>.md`.
Instants are aware; a template shows them in the reader's zone first.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import ClassVar

from twinpost.core.calendars.school import DayKind
from twinpost.core.model.finding import Finding


@dataclass(frozen=True, slots=True)
class Where:
    """A place whose local time a mail shows."""

    city: str
    zone: str


@dataclass(frozen=True, slots=True)
class LetterNames:
    """A letter in words: classes by their proper names."""

    product: str  # key of rules/products.yaml
    numbers: tuple[int, ...]
    from_: str
    to: tuple[str, ...]
    part: tuple[int, int | None] | None = None


@dataclass(frozen=True, slots=True)
class FileLine:
    name: str
    size: int  # octets, of a Live Photo with its film
    kind: str
    holds: int = 0  # pages of a PDF, files inside an archive; 0 where it cannot be told
    film: bool = False  # a Live Photo: the short film belongs to it


@dataclass(frozen=True, slots=True)
class NextDate:
    """The next agreed date of the exchange."""

    letter: LetterNames
    due: date


@dataclass(frozen=True, slots=True)
class Completeness:
    """How many pupils' letters were found by their names; only where that can be claimed."""

    found: int
    expected: int
    missing: tuple[str, ...] = ()
    unsure: tuple[str, ...] = ()  # whom a file may mean, but not for certain


@dataclass(frozen=True, slots=True)
class LetterReport:
    """What arrived, whether it is in good order, where the exchange is."""

    letter: LetterNames
    exchange: str
    sender: str  # name of the teacher who sent it, or forwarded it
    first_at: datetime
    where: tuple[Where, ...]  # the reader's own place first
    files: tuple[FileLine, ...] = ()
    links: tuple[str, ...] = ()
    mails: int = 1  # in how many mails it came so far
    version: int = 1  # 1: the first receipt; later ones are gathered updates
    closed: bool = False
    findings: tuple[Finding, ...] = ()  # those that this reader can do something about
    told: tuple[str, ...] = ()  # names of the others who are told
    passed_on_to: tuple[str, ...] = ()  # names of those to whom we passed it on
    waiting_for_yes: tuple[str, ...] = ()  # names of those who get it after the sender's YES
    planned: int | None = None  # letters planned each way
    unseen: tuple[int, ...] = ()  # earlier numbers of this direction that were never seen
    next_date: NextDate | None = None
    complete: Completeness | None = None
    read_as: str = ""  # the subject as written, when it was unusual
    learned: tuple[str, str] | None = None  # a nickname now remembered: (words, class name)
    said: str = ""  # what the writer wrote, for the colleague
    forwarded: bool = False  # by a teacher of a class that it was for


@dataclass(frozen=True, slots=True)
class Receipt(LetterReport):
    """To each teacher of the class that sent the letter."""

    name: ClassVar[str] = "receipt"
    own: bool = True  # whether the reader sent it herself
    ask_yes: bool = False  # the sender is unproven: her YES passes the letter on


@dataclass(frozen=True, slots=True)
class LetterArrived(LetterReport):
    """To each teacher of the classes that the letter is for."""

    name: ClassVar[str] = "letter-arrived"
    attached: bool = False  # she was not in copy: the files are attached, the text is quoted
    too_large: bool = False  # they would be, but no mail can carry them


@dataclass(frozen=True, slots=True)
class WhichLetter:
    """A mail has two readings, or contradicts what we know: which letter is it?"""

    name: ClassVar[str] = "which-letter"
    subject: str
    arrived_at: datetime
    where: tuple[Where, ...]
    sender: str
    own: bool
    choices: tuple[str, ...]
    why: str = ""  # code of the reason: ambiguous, no-number, contradiction, closed, reply-with-files …
    again: int = 1  # 1: asked, 2: asked again, 3: shown to both sides' teachers
    files: int = 0


@dataclass(frozen=True, slots=True)
class PassOnQuestion:
    """A mail of hers reached only us: shall the colleague have it?"""

    name: ClassVar[str] = "pass-on-question"
    subject: str
    arrived_at: datetime
    where: tuple[Where, ...]
    to: tuple[str, ...]
    again: int = 1
    choices: tuple[str, ...] = ()  # only where there are several people to choose between


@dataclass(frozen=True, slots=True)
class WasThisYou:
    """A mail bears her name but comes from an address that we do not know; or from hers, unproven."""

    name: ClassVar[str] = "was-this-you"
    subject: str
    arrived_at: datetime
    where: tuple[Where, ...]
    address: str
    again: int = 1
    letter: bool = False  # from her own address: a letter that waits to be passed on


@dataclass(frozen=True, slots=True)
class PassedOn:
    """A mail that its sender asked us to pass on."""

    name: ClassVar[str] = "passed-on"
    sender: str
    subject: str
    arrived_at: datetime
    where: tuple[Where, ...]
    said: str
    files: tuple[FileLine, ...] = ()
    too_large: bool = False


@dataclass(frozen=True, slots=True)
class Done:
    """The answer to an answer or an order: what was done.

    `what` is a code: passed-on, passed-on-too-large, not-passed-on, nickname-forgotten, address-added,
    address-refused, already-answered, settled, letter-withdrawn, no-letter, named.
    """

    name: ClassVar[str] = "done"
    what: str
    about: str = ""  # subject of the mail concerned
    people: tuple[str, ...] = ()
    by: str = ""  # who was first, for already-answered
    at: datetime | None = None
    where: tuple[Where, ...] = ()


@dataclass(frozen=True, slots=True)
class NotUnderstood:
    """Her answer fits none of the choices: they are shown once more."""

    name: ClassVar[str] = "not-understood"
    answer: str
    subject: str
    choices: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class CannotYet:
    """She asked for something that this version does not do by mail."""

    name: ClassVar[str] = "cannot-yet"
    order: str


@dataclass(frozen=True, slots=True)
class Help:
    """What she may answer and ask for, in a few lines."""

    name: ClassVar[str] = "help"
    exchange: str
    admin: str  # address of whom to ask


@dataclass(frozen=True, slots=True)
class WordQuestion:
    """What a word needs before it counts. `why` is a code: which (letter or exchange), day, proof, date."""

    name: ClassVar[str] = "word-question"
    why: str
    word: str  # arrived, later, pause, resume
    exchange: str
    subject: str
    arrived_at: datetime
    where: tuple[Where, ...]
    letter: LetterNames | None = None
    until: date | None = None
    choices: tuple[str, ...] = ()
    again: int = 1
    due: date | None = None  # why is "date": the day that was agreed so far
    by: str = ""  # and who proposes another


@dataclass(frozen=True, slots=True)
class AbsenceQuestion:
    """Is somebody away from `first` to `last`? To herself (`own`), or to a colleague of hers."""

    name: ClassVar[str] = "absence-question"
    who: str
    own: bool
    first: date
    last: date
    school_days: int  # of hers that fall out
    exchange: str
    now: datetime
    instead: tuple[str, ...] = ()  # who is written to meanwhile
    again: int = 1


@dataclass(frozen=True, slots=True)
class Noted:
    """A word was noted: to her who said it, and, with `by`, to the others whom it concerns."""

    name: ClassVar[str] = "noted"
    word: str  # arrived, later, pause, resume; agree: one side's yes; agreed: both
    exchange: str
    now: datetime
    where: tuple[Where, ...]
    letter: LetterNames | None = None
    due: date | None = None  # the agreed day of the letter
    until: date | None = None
    told: tuple[str, ...] = ()  # who else hears of it
    by: str = ""


@dataclass(frozen=True, slots=True)
class Reason:
    """Why we wrote, or why we did not. `what` is a code; what does not apply is empty."""

    what: str
    letter: LetterNames | None = None
    due: date | None = None
    at: datetime | None = None  # when it happened, or will
    until: date | None = None
    rule: str = ""
    step: int = 0
    counted: CountedDays | None = None
    title: str = ""  # of a session
    to: str = ""  # who was or will be written to
    by: str = ""  # who said it; whose calendar it is
    numbers: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Why:
    """The answer to WHY: for each letter which it is, which rule, and how the day was counted."""

    name: ClassVar[str] = "why"
    exchange: str
    now: datetime
    where: tuple[Where, ...]
    reasons: tuple[Reason, ...]


@dataclass(frozen=True, slots=True)
class Joined:
    """What the loop budget withheld, joined into one mail."""

    name: ClassVar[str] = "joined"
    mails: tuple[tuple[str, str], ...]  # (subject, text)


@dataclass(frozen=True, slots=True)
class Welcome:
    """To each teacher once, before anything else: the address to copy, and what happens then."""

    name: ClassVar[str] = "welcome"
    exchange: str
    own: str  # her class
    partners: tuple[str, ...]  # the other classes
    colleagues: tuple[str, ...]  # their teachers
    now: datetime
    where: tuple[Where, ...]  # her own place first
    admin: str  # address of whom to ask
    planned: int | None = None  # letters each way
    next_date: NextDate | None = None
    direct: bool = False  # pupils write to each other as well


@dataclass(frozen=True, slots=True)
class DaysOff:
    """Days without school, both ends included; `whose` is a class, or "" for the reader's own."""

    name: str
    first: date
    last: date
    whose: str = ""
    kind: DayKind = DayKind.CLOSED


@dataclass(frozen=True, slots=True)
class CountedDays:
    """How a day was found, as its reader is told; days off that she need not know of are left out."""

    start: date
    count: int  # negative: before `start`
    unit: str  # a value of core.model.rule.Unit
    day: date
    whose: tuple[str, ...] = ()  # classes whose school days were counted; "" for the reader's own
    left_out: tuple[DaysOff, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class FollowUp:
    """A mail, or a line of the digest, that a rule plans; `name`: its text in `follow-ups/` or `digest/`.

    The event concerns one class, the sender: it owes the letter, has holidays, begins a term. The others
    are the receivers. What does not apply is empty.
    """

    name: str = ""
    rule: str = ""
    step: int = 1
    exchange: str = ""  # its title
    now: datetime  # when it is sent
    where: tuple[Where, ...] = ()  # the reader's own place first
    reader_class: str = ""
    own: bool = True  # the reader's class is the sender, or no class is meant more than another
    partners: tuple[str, ...] = ()  # the other classes concerned
    colleagues: tuple[str, ...] = ()  # their teachers
    sender: str = ""  # the class
    senders: tuple[str, ...] = ()  # its teachers
    receivers: tuple[str, ...] = ()  # teachers of the classes that wait
    letter: LetterNames | None = None  # what is owed, or arrived
    due: date | None = None  # the agreed date
    until: date | None = None  # when it will come (LATER), or the day proposed in place of `due`
    since: datetime | None = None  # exchange.quiet: the last mail; letter.arrived, answer.due: the letter
    days_off: DaysOff | None = None  # calendar.closure; what closes an agreed date
    back: date | None = None  # the first school day after `days_off`
    title: str = ""  # of a session
    starts_at: datetime | None = None  # session or meeting, aware
    minutes: int = 0
    link: str = ""
    planned: int | None = None  # letters each way
    next_date: NextDate | None = None
    counted: CountedDays | None = None
    settle: tuple[str, ...] = ()  # ARRIVED, LATER, PAUSE, RESUME: what she may answer
    admin: str = ""  # address of whom to ask


@dataclass(frozen=True, slots=True)
class Bundle:
    """Several follow-ups to one person at one moment in one mail, what matters most first."""

    name: ClassVar[str] = "bundle"
    items: tuple[FollowUp, ...]


@dataclass(frozen=True, slots=True)
class GuardOriginal:
    """To a teacher who was not in copy of a pupil's mail: the original, whole."""

    name: ClassVar[str] = "guard-original"
    pupil: str
    school_class: str
    subject: str
    arrived_at: datetime
    where: tuple[Where, ...]
    own: bool  # whether the pupil is the reader's own
    proven: bool | None = True  # False: contradicted; None: nobody vouches for her
    too_large: bool = False


@dataclass(frozen=True, slots=True)
class GuardLine:
    """To a pupil, her own teacher in copy: whom to put in copy next time."""

    name: ClassVar[str] = "guard-line"
    subject: str
    arrived_at: datetime
    where: tuple[Where, ...]
    missing: tuple[str, ...]  # names of the teachers who were not in copy
    copy_line: tuple[str, ...]  # every address to put in copy
    reached: bool = True  # they have the mail from us; not where the guard only reminds
    attached: bool = False  # her own teacher was missing, and has the original by this very mail
    too_large: bool = False


@dataclass(frozen=True, slots=True)
class GuardList:
    """To a teacher, in place of lines to her pupils: who has left a teacher out."""

    name: ClassVar[str] = "guard-list"
    school_class: str
    pupils: tuple[str, ...]
    mails: int
    since: datetime
    where: tuple[Where, ...]
    copy_line: tuple[str, ...]
    reached: bool = True


@dataclass(frozen=True, slots=True)
class StrangerAlert:
    """To the teachers of both sides: an address that nobody gave is in a pupil's mail, or writes to her."""

    name: ClassVar[str] = "stranger-alert"
    strangers: tuple[str, ...]  # addresses
    pupils: tuple[str, ...]
    wrote: bool  # the stranger wrote to the pupils; else the pupil put the stranger in To or Cc
    subject: str
    arrived_at: datetime
    where: tuple[Where, ...]
    admin: str  # address of whom to ask
    proven: bool | None = True  # of a pupil's mail
    attached: bool = True
    denied: bool = False  # the mail bears a pupil's name, and her teacher says that it is not hers
    machine: bool = False  # the stranger's mail has the marks of a machine, which anybody can write into it


@dataclass(frozen=True, slots=True)
class PupilAddress:
    """To the teachers of a class: a mail bears the name of a pupil of theirs and comes from a new address."""

    name: ClassVar[str] = "pupil-address"
    pupil: str
    address: str
    subject: str
    arrived_at: datetime
    where: tuple[Where, ...]
    said: str = ""  # what the unknown address wrote
    files: int = 0
    again: int = 1


@dataclass(frozen=True, slots=True)
class DirectMail:
    """To both sides' teachers, in an exchange that goes through teachers: a pupil wrote by herself."""

    name: ClassVar[str] = "direct-mail"
    pupil: str
    school_class: str
    exchange: str
    to: tuple[str, ...]
    subject: str
    arrived_at: datetime
    where: tuple[Where, ...]
    proven: bool | None = True
    attached: bool = False  # the reader was not in copy
    too_large: bool = False


@dataclass(frozen=True, slots=True)
class AddressBounces:
    """To the colleagues at her school: mails to her come back. `cause` is one of model.bounce.Cause."""

    name: ClassVar[str] = "address-bounces"
    person: str
    address: str
    since: datetime
    where: tuple[Where, ...]
    exchange: str
    cause: str
    teaches: bool = True  # the reader is a teacher of that class, and gets the same mails
    admin: str = ""


@dataclass(frozen=True, slots=True)
class AdminNote:
    """To the admin: something that needs him. `what` is a code, `lines` the facts."""

    name: ClassVar[str] = "admin-note"
    what: str
    lines: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ForgottenLetter:
    """A letter whose original has gone, and what the log keeps of it."""

    letter: str  # in words: "letter 2 from 7B Oslo to CM2 Lyon"
    at: datetime
    files: int


@dataclass(frozen=True, slots=True)
class Forgotten:
    """The admin had somebody forgotten, and letters of others lay in the same mails; or he had a mail
    forgotten that should not have been sent. Names nobody.
    """

    name: ClassVar[str] = "forgotten"
    exchange: str
    where: tuple[Where, ...]
    letters: tuple[ForgottenLetter, ...]
    admin: str  # address of whom to ask
    mail: bool = False  # it was about the mail itself


Named = (
    Receipt
    | LetterArrived
    | WhichLetter
    | PassOnQuestion
    | WasThisYou
    | PassedOn
    | Done
    | NotUnderstood
    | CannotYet
    | Help
    | WordQuestion
    | AbsenceQuestion
    | Noted
    | Why
    | Joined
    | Welcome
    | Bundle
    | GuardOriginal
    | GuardLine
    | GuardList
    | StrangerAlert
    | PupilAddress
    | DirectMail
    | AddressBounces
    | Forgotten
    | AdminNote
)
Notice = Named | FollowUp

NOTICES: tuple[type[Named], ...] = (
    Receipt,
    LetterArrived,
    WhichLetter,
    PassOnQuestion,
    WasThisYou,
    PassedOn,
    Done,
    NotUnderstood,
    CannotYet,
    Help,
    WordQuestion,
    AbsenceQuestion,
    Noted,
    Why,
    Joined,
    Welcome,
    Bundle,
    GuardOriginal,
    GuardLine,
    GuardList,
    StrangerAlert,
    PupilAddress,
    DirectMail,
    AddressBounces,
    Forgotten,
    AdminNote,
)
"""Every mail that we can send; each has its template in every language and its paragraph in docs/mails.md.

Not a `FollowUp`: it bears the name that its rule gives it.
"""

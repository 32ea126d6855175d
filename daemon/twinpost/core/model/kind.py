"""The nine kinds: every message ends as exactly one of them, with its reasons."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from twinpost.core.model.absence import SaidAway
from twinpost.core.model.letter import Letter
from twinpost.core.model.people import Membership
from twinpost.core.model.saying import NOTHING, Saying
from twinpost.core.model.subject import SubjectReading


class Kind(StrEnum):
    LETTER = "letter"
    PUPIL_MAIL = "pupil-mail"
    REPLY = "reply"
    COMMAND = "command"
    UNCLEAR = "unclear"
    AUTOMATIC = "automatic"
    BOUNCE = "bounce"
    OTHER = "other"
    STRANGER = "stranger"


@dataclass(frozen=True, slots=True)
class Choice:
    """One numbered answer of an open question: the text shown, and what it means.

    `action` is one of: letter (log it as `letter`), more (of delivery `delivery`), pass-on (to the
    colleagues of `exchange`), confirm (it was me), forget (the nickname `words`), add (the address `words`
    is that of the pupil `person`), other (it is no letter), say (the word `words` of `letter`, with `until`
    where a day was said), unsay, agree (to `until` as the new day of `letter`), away (the
    person `person` until `until`), no.
    """

    action: str
    text: str = ""
    letter: Letter | None = None
    delivery: int = 0
    exchange: int = 0  # pass-on: to the teachers of which exchange
    words: str = ""  # forget: the nickname; say: the word
    until: str = ""  # a day, ISO 8601; away: two of them, parted by ".."
    person: int = 0  # add: whose address it is; away: who


@dataclass(frozen=True, slots=True)
class Proof:
    """Whether the sender is who the From says. None: nobody whom we trust has said anything.

    `disowned`: the domain of the From says that the mail is none of its own, even if a list may be the cause.
    """

    proven: bool | None = None
    because: str = ""
    disowned: bool = False


@dataclass(frozen=True, slots=True)
class Sorted:
    """A message with its kind, and how it came to it."""

    kind: Kind
    because: tuple[str, ...]
    sender: Membership | None = None  # the place in the exchange concerned, when one is
    letter: Letter | None = None  # kind letter only
    delivery: int = 0  # the open delivery that a letter's mail adds to; 0: a new one
    choices: tuple[Choice, ...] = ()  # kind unclear: what it may be
    question: int = 0  # kind reply: the open question that it is a direct answer to
    order: str = ""  # kind command: which
    away: SaidAway | None = None  # somebody is said to be away
    said: Saying = NOTHING  # kind command: a word about letters or the exchange, with its day
    subject: SubjectReading = SubjectReading()  # noqa: RUF009  (frozen, so it can be shared)
    heard_from: str = ""  # kind stranger: address of the known teacher whom it may be
    may_be: Membership | None = None  # kind stranger: the pupil whose name it bears
    why: str = ""  # kind unclear: code of the reason, as in notice.WhichLetter

"""Effects become rows: the one place in which decisions reach the ledger."""

from __future__ import annotations

import secrets
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from twinpost.app.house import House
from twinpost.core.deciding.admin_note import admin_note
from twinpost.core.deciding.gate import Admit, Drop, Hold, Leave, Post, Withhold, admit
from twinpost.core.model.effect import (
    LATEST,
    Absent,
    AddAddress,
    Again,
    Ask,
    AskAgain,
    CountFailure,
    Decision,
    Effect,
    Forget,
    Learn,
    LogLetter,
    MoveDate,
    MoveDelivery,
    Recover,
    Resort,
    Say,
    Settle,
    Strike,
    TakeBack,
    Tell,
)
from twinpost.core.model.mail import Kept, TakenUp
from twinpost.core.model.notice import AdminNote
from twinpost.core.model.outgoing import OutgoingMail, RenderedMail
from twinpost.core.model.people import Directory
from twinpost.core.writing.identity import message_id
from twinpost.core.writing.threads import references
from twinpost.ledger import (
    amendments,
    bounces,
    deliveries,
    facts,
    journal,
    outbox,
    questions,
    rereading,
    statements,
)
from twinpost.ledger.outbox import State
from twinpost.ledger.parcels import Attached, Entry

LIVE_SINCE = "live_since"
ANSWERS_SINCE = "answers_since"
"""From when on mail is answered: go-live itself, or an earlier day that the admin wished."""

CLOCKS_DIFFER = timedelta(minutes=5)
"""So much earlier than by our clock a mail may have come by the mail server's, whose seconds are whole."""

MOST_NAME = 32
"""Characters of a mail's name that the outbox keeps: rules may name texts of any name."""

OUR_MARK = "X-Twinpost"
SECRET = "secret"  # noqa: S105  (the name of a fact, not a secret)


@dataclass(frozen=True, slots=True)
class Told:
    """A mail that a decision led to, for those who look on."""

    tell: Tell
    subject: str
    text: str
    state: str  # of its outbox row; "refused" where the gate said never
    why: str = ""


@dataclass(slots=True)
class Enactment:
    """One decision on its way into the ledger, within one transaction."""

    connection: sa.Connection
    house: House
    directory: Directory
    now: datetime
    cause: Kept | None = None
    delivery: int = 0
    question: int = 0
    told: list[Told] = field(default_factory=list)
    _facts: dict[str, str] = field(default_factory=dict)  # live_since and secret, once there is a mail

    def enact(self, decision: Decision) -> list[Told]:
        """Write every effect, in order. Returns the mails that follow."""
        if any(isinstance(effect, Tell) for effect in decision.effects):
            self._facts = facts.known(self.connection, (LIVE_SINCE, ANSWERS_SINCE, SECRET))
        for effect in decision.effects:
            self._enact(effect)
        return self.told

    def _enact(self, effect: Effect) -> None:
        connection, now = self.connection, self.now
        match effect:
            case Tell():
                self._tell(effect)
            case LogLetter():
                same = replace(effect, delivery=self.delivery) if effect.delivery == LATEST else effect
                self.delivery = deliveries.log(connection, same)
            case MoveDelivery():
                deliveries.move(connection, effect)
            case Strike():
                deliveries.strike(connection, effect.message, now)
            case Ask():
                self.question = questions.open_question(connection, effect, now)
            case AskAgain():
                questions.ask_again(connection, effect)
            case Settle():
                questions.settle(connection, effect, now)
            case Resort():
                journal.resort(connection, effect.message, effect.kind, effect.because)
            case Again():
                theirs = rereading.of_strangers(connection, effect.address)
                rereading.take_up(connection, theirs, TakenUp.ADDRESS, now)
            case Learn():
                amendments.learn_nickname(connection, effect, now)
            case Forget():
                amendments.forget_nickname(connection, effect, now)
            case AddAddress():
                amendments.add_address(connection, effect, now)
            case Say():
                statements.say(connection, effect.exchange_id, effect.statement, effect.message)
            case Absent():
                amendments.note_absence(connection, effect, now)
            case MoveDate():
                amendments.move_date(connection, effect, now)
            case CountFailure():
                bounces.count(connection, effect)
            case Recover():
                bounces.recover(connection, effect)
            case TakeBack():
                statements.take_back(connection, effect.exchange_id, effect.message)

    def _tell(self, tell: Tell) -> None:
        to = tell.to.address
        answers = outbox.recent_answers(self.connection, to, tell.provoked_by, self.now)
        verdict = admit(tell, self._post(), answers, self.now)
        rendered = in_words(self.house, tell)
        if isinstance(verdict, Drop):
            self.told.append(Told(tell, rendered.subject, rendered.text, "refused", verdict.why))
            return
        mark = message_id(self._key(tell), self._secret(), self.house.domain)
        mail = outgoing(self.house, tell, rendered, mark, self.now)
        state, why = _state(verdict)
        begins = state is State.WITHHELD and not outbox.withheld_lately(
            self.connection, to, tell.provoked_by, self.now
        )
        outbox.put(self.connection, self._entry(tell, mail, verdict), state, why)
        if isinstance(verdict, Leave) and tell.asks:  # it was never put, so it is not asked again
            questions.withdraw(self.connection, [tell.question or self.question])
        self.told.append(Told(tell, rendered.subject, rendered.text, state.value, why))
        if begins:
            self._tell(_loop(self.house, tell, self.now))

    def _post(self) -> Post:
        office = self.house.office
        live = LIVE_SINCE in self._facts
        return Post(self.directory, office.address, office.admin, live, self.house.limits, self._too_early())

    def _too_early(self) -> bool:
        """Whether what led to this came before we answer any mail."""
        since = self._facts.get(ANSWERS_SINCE) or self._facts.get(LIVE_SINCE)
        if self.cause is None or since is None:
            return False
        return self.cause.arrived_at < datetime.fromisoformat(since) - CLOCKS_DIFFER

    def _secret(self) -> str:
        """The ledger's own secret: without it nobody can foretell a Message-ID of ours."""
        if SECRET not in self._facts:
            self._facts[SECRET] = secrets.token_hex(32)
            facts.note(self.connection, SECRET, self._facts[SECRET])
        return self._facts[SECRET]

    def _key(self, tell: Tell) -> str:
        delivery = tell.delivery or self.delivery
        return tell.key.replace("{delivery}", str(delivery)).replace("{question}", str(self.question))

    def _entry(self, tell: Tell, mail: OutgoingMail, verdict: Any) -> Entry:
        question = tell.question or (self.question if tell.asks else 0)
        return Entry(
            key=self._key(tell),
            notice=tell.notice.name[:MOST_NAME],
            recipient=tell.to.address,
            copies=tuple(person.address for person in tell.copies),
            mail=mail,
            made_at=self.now,
            exchange_id=tell.exchange_id or None,
            person_id=tell.to.id or None,
            delivery_id=(tell.delivery or self.delivery) or None,
            question_id=question or None,
            cause=self.cause.id if self.cause else None,
            provoked_by=tell.provoked_by,
            counts=tell.counts,
            priority=tell.priority,
            attach=tuple(self._attached(attach.message, attach.parts) for attach in tell.attach),
            next_at=verdict.at if isinstance(verdict, Admit) else None,
        )

    def _attached(self, message: int, parts: tuple[int, ...]) -> Attached:
        return journal.message(self.connection, message).sha256, parts


def _state(verdict: Admit | Hold | Leave | Withhold) -> tuple[State, str]:
    match verdict:
        case Admit():
            return State.WAITING, ""
        case Hold():
            return State.HELD, verdict.why
        case Leave():
            return State.CANCELLED, verdict.why
        case Withhold():
            return State.WITHHELD, verdict.why


def in_words(house: House, tell: Tell) -> RenderedMail:
    """The mail in its reader's language."""
    return house.renderer.render(tell.notice, tell.to, tell.to.language or house.language)


def outgoing(house: House, tell: Tell, rendered: RenderedMail, mark: str, now: datetime) -> OutgoingMail:
    """Everything that the mail's octets are made of; `mark` is its Message-ID."""
    return OutgoingMail(
        message_id=mark,
        date=now,
        from_=(house.name, house.office.address),
        to=((tell.to.name, tell.to.address),),
        cc=tuple((person.name, person.address) for person in tell.copies),
        subject=rendered.subject,
        text=rendered.text,
        html=rendered.html,
        reply_to=_reply_to(house, tell),
        in_reply_to=tell.parent,
        references=references(tell.parent, tell.references) if tell.parent else (),
        auto_submitted="auto-replied" if tell.provoked_by else "auto-generated",
        headers=((OUR_MARK, mark),),  # some servers give our mails Message-IDs of their own
    )


def _reply_to(house: House, tell: Tell) -> tuple[tuple[str, str], ...]:
    """The colleagues concerned and the shared box; questions come back to the box alone."""
    box = (house.name, house.office.address)
    if tell.asks or isinstance(tell.notice, AdminNote):
        return (box,)
    return (*((person.name, person.address) for person in tell.reply_to), box)


def is_live(connection: sa.Connection) -> bool:
    """Whether the admin has said `go-live`."""
    return facts.fact(connection, LIVE_SINCE) is not None


def _loop(house: House, tell: Tell, now: datetime) -> Tell:
    """A note that the budget begins to hold answers back: the next comes after a day without it."""
    lines = (f"answers to {tell.to.address}", f"provoked by mails of {tell.provoked_by}")
    return admin_note(house.office.admin, f"loop/{tell.to.id}/{now:%Y-%m-%d}", "loop", lines)

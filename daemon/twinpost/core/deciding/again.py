"""A question without an answer: asked again once, then shown to both sides' teachers, then given up."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from twinpost.core.deciding.absence_question import absence_question
from twinpost.core.deciding.alarms import STRANGERS
from twinpost.core.deciding.case import distinct, where_for
from twinpost.core.deciding.letters import next_school_opening
from twinpost.core.deciding.pupil_addresses import pupil_address, pupil_meant
from twinpost.core.deciding.word_question import word_question
from twinpost.core.model.effect import Ask, AskAgain, Decision, Priority, Tell
from twinpost.core.model.kind import Choice, Kind
from twinpost.core.model.known import AskedMail
from twinpost.core.model.mail import TakenUp
from twinpost.core.model.notice import Notice, PassOnQuestion, WasThisYou, WhichLetter
from twinpost.core.model.people import Exchange, Person
from twinpost.core.model.question import OpenQuestion, QuestionKind

LAST_TIME = {
    QuestionKind.WHICH_LETTER: 3,
    QuestionKind.PASS_ON: 2,
    QuestionKind.WAS_THIS_YOU: 2,
    QuestionKind.WORD: 2,
    QuestionKind.ABSENCE: 2,
    QuestionKind.PUPIL_ADDRESS: 2,
    QuestionKind.NICKNAME: 1,
    QuestionKind.UNDO: 1,
}
"""How often a question is put: a letter that nobody named is in the end shown to both teachers."""

PATIENCE = {1: 1, 2: 1, 3: 5}
"""School days of the person asked until the next time, by how often it was asked."""


def ask_again(asked: AskedMail, exchange: Exchange, sender: str, now: datetime) -> Decision:
    """What is due for an open question at `now`. `sender` is the name of whom it was about."""
    question = asked.question
    times = question.times + 1
    if times > LAST_TIME[question.kind]:
        return Decision(
            effects=(AskAgain(question.id, question.times),), because=("Nobody answered: given up.",)
        )
    people = _asked(asked, exchange, times)
    if not people and question.kind is QuestionKind.WHICH_LETTER:  # she has left: the others may know
        times = LAST_TIME[question.kind]
        people = _asked(asked, exchange, times)
    tells = tuple(
        Tell(
            key=f"question/{question.id}/{times}/{person.id}",
            notice=_notice(asked, exchange, person, sender, times),
            to=person,
            exchange_id=exchange.id,
            priority=Priority.PLANNED,
            parent=asked.reading.message_id,
            references=asked.reading.references,
            provoked_by=_provoked_by(asked),
            not_before=now,
            asks=True,
            question=question.id,
        )
        for person in people
    )
    first = people[0] if people else None
    again_at = next_school_opening(first, exchange, now, PATIENCE[times]) if first else None
    effect = AskAgain(question.id, times, tuple(person.id for person in people), again_at)
    return Decision(effects=(effect, *tells), because=(f"Nobody answered: asked for the {times}. time.",))


def _provoked_by(asked: AskedMail) -> str:
    """Whoever wrote the mail provokes this one as well: a machine that answers questions would have more of
    them every day.
    """
    if asked.question.kind is QuestionKind.WAS_THIS_YOU:
        return STRANGERS
    return asked.reading.from_[0].address if asked.reading.from_ else ""


def put_off(question: OpenQuestion, exchange: Exchange, now: datetime) -> Decision:
    """Before go-live nobody is asked, so nobody is asked again: that waits for a later school day."""
    people = (teacher for c in exchange.classes for teacher in c.teachers if teacher.id in question.asked)
    first = next(people, None)
    again_at = next_school_opening(first, exchange, now) if first else None
    effect = AskAgain(question.id, question.times, again_at=again_at)
    return Decision(effects=(effect,), because=("Not live yet: nobody is asked again.",))


def repeats(decision: Decision, asked: Sequence[OpenQuestion]) -> tuple[int, ...]:
    """Which of these questions about a message a new decision about it would only put once more.

    A class may have got another name meanwhile: how a choice is worded makes no other question of it.
    """
    asks = [(one.kind, _meant(one.choices)) for one in decision.effects if isinstance(one, Ask)]
    return tuple(question.id for question in asked if (question.kind, _meant(question.choices)) in asks)


def _meant(choices: Sequence[Choice]) -> tuple[Choice, ...]:
    return tuple(replace(choice, text="") for choice in choices)


def unasked(decision: Decision) -> Decision:
    """The decision without its question and the mail that asks it."""
    kept = tuple(
        one
        for one in decision.effects
        if not isinstance(one, Ask) and not (isinstance(one, Tell) and one.asks)
    )
    return replace(decision, effects=kept, because=(*decision.because, "That has been asked already."))


TAKEN_UP = {
    TakenUp.APPLY: "It was read again, as an exchange file has changed who takes part",
    TakenUp.ADDRESS: "It was read again, as a teacher said that its address is hers",
    TakenUp.INBOX: "It was read again, as somebody put it back into the inbox",
    TakenUp.ADMIN: "It was read again, as the admin wished",
}

WISHED = (TakenUp.INBOX, TakenUp.ADMIN)
"""Somebody wants this mail to be tried again: a question that was given up may be put once more."""


def read_again(
    decision: Decision, why: TakenUp | None, before: Kind | None, asked: Sequence[OpenQuestion]
) -> tuple[Decision, tuple[int, ...]]:
    """The decision about a message that was decided about before, and the questions that it settles.

    `asked` is every question about it. The same question is not put again, and stays open where it is; an
    open one that would not be asked any more is settled.
    """
    put = asked if why is not None and why not in WISHED else [one for one in asked if one.open]
    repeated = repeats(decision, put)
    still = decision.sorted is not None and decision.sorted.kind is Kind.STRANGER
    settled = () if still else tuple(one.id for one in asked if one.open and one.id not in repeated)
    if why is not None:
        was = f": it was taken for {before.value} before." if before else "."
        decision = replace(decision, because=(f"{TAKEN_UP[why]}{was}", *decision.because))
    return (unasked(decision) if repeated else decision), settled


def _asked(asked: AskedMail, exchange: Exchange, times: int) -> tuple[Person, ...]:
    teachers = distinct(teacher for c in exchange.classes for teacher in c.teachers)
    if times == LAST_TIME[QuestionKind.WHICH_LETTER]:
        return teachers
    return tuple(teacher for teacher in teachers if teacher.id in asked.question.asked)


def _notice(asked: AskedMail, exchange: Exchange, person: Person, sender: str, times: int) -> Notice:
    reading, question = asked.reading, asked.question
    where = where_for(person, exchange)
    if question.kind is QuestionKind.WHICH_LETTER:
        return WhichLetter(
            subject=reading.subject,
            arrived_at=asked.kept.arrived_at,
            where=where,
            sender=sender,
            own=person.id == question.asked[0],
            choices=tuple(choice.text for choice in question.choices),
            again=times,
            files=sum(not file.inline for file in reading.files),
        )
    if question.kind is QuestionKind.PASS_ON:
        to = tuple(t.name for c in exchange.classes for t in c.teachers if t.id not in question.asked)
        choices = tuple(choice.text for choice in question.choices)
        return PassOnQuestion(
            reading.subject,
            asked.kept.arrived_at,
            where,
            to,
            times,
            choices=choices if len(choices) > 2 else (),
        )
    if question.kind is QuestionKind.WORD:
        return word_question(question.choices, exchange, reading.subject, asked.kept, person, times)
    if question.kind is QuestionKind.ABSENCE:
        return absence_question(question.choices[0], exchange, asked.kept, person, times)
    if question.kind is QuestionKind.PUPIL_ADDRESS:
        return pupil_address(reading, asked.kept, pupil_meant(asked, exchange), exchange, person, times)
    address = reading.from_[0].address if reading.from_ else ""
    letter = question.choices[0].letter is not None
    return WasThisYou(reading.subject, asked.kept.arrived_at, where, address, times, letter)

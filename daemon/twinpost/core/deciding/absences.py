"""Somebody is said to be away: proposed to her, or to a colleague where a machine says so."""

from __future__ import annotations

from dataclasses import replace

from twinpost.core.calendars.hours import next_hours
from twinpost.core.deciding.about import answer_mail
from twinpost.core.deciding.absence_question import absence_of, absence_question, choice_of, span
from twinpost.core.deciding.case import Case
from twinpost.core.deciding.letters import next_school_opening
from twinpost.core.model.absence import SaidAway
from twinpost.core.model.effect import Absent, Ask, Decision, Priority, Tell
from twinpost.core.model.kind import Choice
from twinpost.core.model.known import AskedMail
from twinpost.core.model.notice import Done
from twinpost.core.model.people import Exchange, Person, SchoolClass
from twinpost.core.model.question import QuestionKind

FILED = "It tells of an absence that is known, or was asked about already."


def decide_absence(case: Case) -> Decision:
    """The one question about an absence; each is asked about once."""
    away = case.sorted.away
    assert away is not None
    place = _place(case, away)
    if place is None or (away.person, span(away.absence)) in case.known.proposed:
        return Decision(because=(FILED,), sorted=case.sorted)
    exchange, own, person = place
    if any(one.first <= away.absence.first and away.absence.last <= one.last for one in person.away):
        return Decision(because=(FILED,), sorted=case.sorted)
    asked = _asked(case, away, exchange, own)
    if asked is None:
        return Decision(because=("Nobody else of the exchange could be asked.",), sorted=case.sorted)
    to, their = asked
    choice = choice_of(person.id, away.absence)
    ask = Ask(
        kind=QuestionKind.ABSENCE,
        exchange_id=exchange.id,
        asked=(to.id,),
        message=case.kept.id,
        choices=(choice, Choice("no", "No")),
        again_at=next_school_opening(to, exchange, case.now),
    )
    because = f"It says that {person.name} is away: {to.name} is asked whether that is so."
    tell = _question(case, away, exchange, choice, to, their)
    return Decision((ask, tell), (because,), sorted=case.sorted)


def _place(case: Case, away: SaidAway) -> tuple[Exchange, SchoolClass, Person] | None:
    """The exchange and the class as whose teacher she is meant; the thread's exchange first."""
    here = case.known.thread.exchange_id if case.known.thread else 0
    for exchange in sorted(case.known.directory.exchanges, key=lambda one: one.id != here):
        for school_class in exchange.classes:
            for teacher in school_class.teachers:
                if teacher.id == away.person:
                    return exchange, school_class, teacher
    return None


def _asked(
    case: Case, away: SaidAway, exchange: Exchange, own: SchoolClass
) -> tuple[Person, SchoolClass] | None:
    """Whoever wrote it; of what a machine wrote a co-teacher, else a partner. Never the machine."""
    if not away.machine:
        sender = case.sorted.sender
        return (sender.person, sender.school_class) if sender else None
    mates = [(one, own) for one in own.teachers if one.id != away.person]
    others = [(one, c) for c in exchange.classes if c.id != own.id for one in c.teachers]
    return next(iter([*mates, *others]), None)


def _question(
    case: Case, away: SaidAway, exchange: Exchange, choice: Choice, to: Person, own: SchoolClass
) -> Tell:
    notice, key = absence_question(choice, exchange, case.kept, to), f"question/{{question}}/1/{to.id}"
    if not away.machine:
        return replace(answer_mail(case, notice, exchange.id), key=key, asks=True)
    opens = next_hours(own.school_calendar(), case.now)
    return Tell(key, notice, to, exchange.id, priority=Priority.PLANNED, not_before=opens, asks=True)


def is_away(case: Case, asked: AskedMail, choice: Choice) -> Decision:
    """YES: it counts from now on."""
    question = asked.question
    done = Done("absence-noted", asked.reading.subject)
    absent = Absent(question.exchange_id, choice.person, absence_of(choice))
    return Decision(effects=(absent, answer_mail(case, done, question.exchange_id)))


def not_away(case: Case, asked: AskedMail, choice: Choice) -> Decision:
    """NO: nothing changes."""
    done = Done("absence-refused", asked.reading.subject)
    return Decision(effects=(answer_mail(case, done, asked.question.exchange_id),))

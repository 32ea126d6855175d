"""Another day for a letter: agreed dates never move by themselves; both must say yes to the same day."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from twinpost.core.calendars.hours import next_hours
from twinpost.core.deciding.about import answer_mail, may_be_undone
from twinpost.core.deciding.case import Case, class_of_id, letter_names, names, where_for
from twinpost.core.deciding.course import Course, as_letter, due_of
from twinpost.core.deciding.facts import LetterId, letter_id
from twinpost.core.deciding.letters import next_school_opening
from twinpost.core.deciding.word_question import word_question
from twinpost.core.model.effect import Ask, Decision, Effect, MoveDate, Priority, Say, Tell
from twinpost.core.model.kind import Choice
from twinpost.core.model.notice import Noted
from twinpost.core.model.people import Exchange, Person, SchoolClass
from twinpost.core.model.plan import Said, Statement
from twinpost.core.model.question import QuestionKind
from twinpost.core.model.saying import Word


def agreed(case: Case, exchange: Exchange, statement: Statement, say: Say) -> Decision:
    """One more yes. With the other side's it moves the date; else the other side is asked for its own."""
    letter = letter_id(statement)
    if statement.until == due_of(letter, exchange):
        return Decision((say, _still(case, exchange, letter, statement)), (STANDS,), sorted=case.sorted)
    course = case.course_of(exchange.id)
    both = course.saying(statement).facts.agreed_day(letter)
    if both is not None:
        day, by = both
        move = MoveDate(exchange.id, *letter, day, by)
        effects: tuple[Effect, ...] = (say, move, *_tell_all(case, exchange, letter, statement))
        return Decision(
            effects, ("Both sides have said yes: the agreed day is another one.",), sorted=case.sorted
        )
    asks = () if _is_asked(course, letter, statement) else _ask_others(case, exchange, letter, statement)
    undo = may_be_undone(case, exchange.id, Word.AGREE, as_letter(letter, exchange))
    effects = (say, *asks, undo, _mine(case, exchange, letter, statement))
    return Decision(effects, ("Her yes is noted; the other side has to say yes, too.",), sorted=case.sorted)


STANDS = "That is the agreed day already."


def _is_asked(course: Course, letter: LetterId, statement: Statement) -> bool:
    """Whether she or a colleague of her class has said the same before: the other side is asked once."""
    own = class_of_id(statement.by, course.exchange)
    return any(
        one.said is Said.AGREE
        and letter_id(one) == letter
        and one.until == statement.until
        and class_of_id(one.by, course.exchange) == own
        for one in course.history.statements
    )


def _noted(case: Case, exchange: Exchange, letter: LetterId, statement: Statement, to: Person) -> Noted:
    return Noted(
        word="agree",
        exchange=exchange.title,
        now=case.now,
        where=where_for(to, exchange),
        letter=letter_names(as_letter(letter, exchange), exchange),
        due=due_of(letter, exchange),
        until=statement.until,
    )


def _mine(case: Case, exchange: Exchange, letter: LetterId, statement: Statement) -> Tell:
    notice = _noted(case, exchange, letter, statement, case.sender)
    told = names(teacher for teacher, _ in _other_side(case, exchange, letter))
    return replace(answer_mail(case, replace(notice, told=told), exchange.id), asks=True)


def _still(case: Case, exchange: Exchange, letter: LetterId, statement: Statement) -> Tell:
    """The day that she names is the agreed one: she alone is told so."""
    notice = _noted(case, exchange, letter, statement, case.sender)
    return answer_mail(case, replace(notice, word="agreed", due=None), exchange.id)


def _tell_all(case: Case, exchange: Exchange, letter: LetterId, statement: Statement) -> Iterator[Tell]:
    """Everybody of both classes, at once: two of them wait for it."""
    for class_id in letter[2:]:
        for teacher in exchange.class_by_id(class_id).teachers:
            notice = replace(_noted(case, exchange, letter, statement, teacher), word="agreed")
            if teacher.id == case.sender.id:
                yield answer_mail(case, notice, exchange.id)
            else:
                key = f"noted/{case.kept.id}/{teacher.id}"
                yield Tell(key, notice, teacher, exchange.id, (case.sender,), Priority.ANSWER)


def _other_side(case: Case, exchange: Exchange, letter: LetterId) -> tuple[tuple[Person, SchoolClass], ...]:
    sides = [exchange.class_by_id(class_id) for class_id in letter[2:]]
    others = [one for one in sides if all(teacher.id != case.sender.id for teacher in one.teachers)]
    return tuple((teacher, one) for one in others for teacher in one.teachers)


def _ask_others(
    case: Case, exchange: Exchange, letter: LetterId, statement: Statement
) -> Iterator[Ask | Tell]:
    """Each of the other side is asked, in her school hours; a yes of one of them is enough."""
    assert statement.until is not None
    named = letter_names(as_letter(letter, exchange), exchange)
    text = (
        f"Yes, {named.product} {named.numbers[0]} from {named.from_} is due on {statement.until.isoformat()}"
    )
    until = statement.until.isoformat()
    choices = (
        Choice("say", text, as_letter(letter, exchange), words="agree", until=until),
        Choice("no", "No"),
    )
    for teacher, school_class in _other_side(case, exchange, letter):
        yield Ask(
            kind=QuestionKind.WORD,
            exchange_id=exchange.id,
            asked=(teacher.id,),
            message=case.kept.id,
            choices=choices,
            again_at=next_school_opening(teacher, exchange, case.now),
        )
        notice = word_question(choices, exchange, case.reading.subject, case.kept, teacher)
        yield Tell(
            key=f"question/{{question}}/1/{teacher.id}",
            notice=replace(notice, by=case.sender.name, due=due_of(letter, exchange)),
            to=teacher,
            exchange_id=exchange.id,
            priority=Priority.PLANNED,
            not_before=next_hours(school_class.school_calendar(), case.now),
            asks=True,
        )

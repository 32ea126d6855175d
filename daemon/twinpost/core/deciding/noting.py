"""A word that counts is noted: whom it concerns hears of it, and whoever said it can take it back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date

from twinpost.core.calendars.hours import next_hours
from twinpost.core.deciding.about import answer_mail, may_be_undone
from twinpost.core.deciding.agreeing import agreed
from twinpost.core.deciding.case import Case, colleagues, letter_names, names, where_for
from twinpost.core.deciding.course import Course, due_of, id_of
from twinpost.core.deciding.readers import Reader
from twinpost.core.model.effect import Decision, Priority, Say, Tell
from twinpost.core.model.kind import Choice
from twinpost.core.model.notice import Noted
from twinpost.core.model.people import Exchange
from twinpost.core.model.plan import Said, Statement
from twinpost.core.model.saying import Word

SAID: Mapping[Word, Said] = {
    Word.ARRIVED: Said.ARRIVED,
    Word.LATER: Said.LATER,
    Word.PAUSE: Said.PAUSE,
    Word.RESUME: Said.RESUME,
    Word.AGREE: Said.AGREE,
}


def noted(case: Case, exchange: Exchange, choice: Choice) -> Decision:
    """A fact from now on; whom it concerns hears of it, and her own NO takes it back."""
    word, letter = Word(choice.words), choice.letter
    until = date.fromisoformat(choice.until) if choice.until else None
    statement = Statement(
        said=SAID[word],
        by=case.sender.id,
        at=case.now,
        product=letter.product if letter else "",
        number=letter.numbers[0] if letter else 0,
        from_class=letter.from_class if letter else 0,
        to_class=letter.to_classes[0] if letter else 0,
        until=until,
    )
    say = Say(exchange.id, statement, case.kept.id)
    if word is Word.AGREE:
        return agreed(case, exchange, statement, say)
    undo = may_be_undone(case, exchange.id, word, letter)
    course = case.course_of(exchange.id)
    told = word in (Word.PAUSE, Word.RESUME) and _held(course) != _held(course.saying(statement))
    notice = _notice(case, exchange, choice, until)
    notice = notice if told or letter else replace(notice, told=())
    mine = replace(answer_mail(case, notice, exchange.id), asks=True)
    return Decision(
        effects=(say, undo, mine, *(_others(case, exchange, notice) if told else ())),
        because=(f"{word.value.upper()} is noted.",),
        sorted=case.sorted,
    )


def _notice(case: Case, exchange: Exchange, choice: Choice, until: date | None) -> Noted:
    letter = choice.letter
    return Noted(
        word=choice.words,
        exchange=exchange.title,
        now=case.now,
        where=where_for(case.sender, exchange),
        letter=letter_names(letter, exchange) if letter else None,
        due=due_of(id_of(letter), exchange) if letter else None,
        until=until,
        told=_hear_of_it(case, exchange, choice),
    )


def _hear_of_it(case: Case, exchange: Exchange, choice: Choice) -> tuple[str, ...]:
    """Who else is told: of a pause everybody, of a promise those who wait (by the plan, in their hours)."""
    letter = choice.letter
    if letter is None:
        return names(colleagues(case.sender, exchange))
    own = {teacher.id for teacher in exchange.class_by_id(letter.from_class).teachers}
    if choice.words != Word.LATER or case.sender.id not in own:
        return ()
    return names(exchange.class_by_id(letter.to_classes[0]).teachers)


def undone(case: Case, exchange: Exchange, choice: Choice) -> tuple[Tell, ...]:
    """Who was told of a pause hears that it was not meant; who was told of its end, that it lasts."""
    if choice.words not in (Word.PAUSE, Word.RESUME):
        return ()
    course = case.course_of(exchange.id)
    said, hers = course.history.statements, (SAID[Word(choice.words)], case.sender.id)
    last = next((one for one in reversed(said) if (one.said, one.by) == hers), None)
    without = course.with_statements(one for one in said if one is not last)
    if _held(without) == _held(course):
        return ()
    held, until = _held(without)
    word = Word.PAUSE if held else Word.RESUME
    return _others(case, exchange, Noted(word.value, exchange.title, case.now, (), until=until))


def _held(course: Course) -> tuple[bool, date | None]:
    """Whether there is a pause, and until when."""
    pause = course.facts.pause
    return pause is not None, pause.until if pause else None


def _others(case: Case, exchange: Exchange, notice: Noted) -> tuple[Tell, ...]:
    """Each other teacher hears of a pause and of its end, when her school is open next."""
    readers = {
        teacher.id: Reader(teacher, school_class)
        for school_class in exchange.classes
        for teacher in school_class.teachers
    }
    return tuple(
        Tell(
            key=f"noted/{case.kept.id}/{reader.person.id}",
            notice=replace(
                notice, by=case.sender.name, where=where_for(reader.person, exchange), told=(), now=case.now
            ),
            to=reader.person,
            exchange_id=exchange.id,
            reply_to=(case.sender,),
            priority=Priority.PLANNED,
            not_before=next_hours(reader.school_class.school_calendar(), case.now),
        )
        for reader in readers.values()
        if reader.person.id != case.sender.id
    )

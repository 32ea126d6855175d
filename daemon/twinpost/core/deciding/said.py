"""What a teacher says besides her subject: a word about letters, or that somebody is away."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from twinpost.core.deciding.planned_questions import DATE_CLOSED
from twinpost.core.deciding.words import Words
from twinpost.core.model.absence import SaidAway
from twinpost.core.model.known import Known
from twinpost.core.model.mail import Reading
from twinpost.core.model.people import Role
from twinpost.core.model.saying import ASKING, NOTHING, Saying, Word
from twinpost.core.model.subject import SubjectReading
from twinpost.core.reading.absences import read_absence
from twinpost.core.reading.answer import Answer, read_answer
from twinpost.core.reading.sayings import read_saying
from twinpost.core.reading.subject import read_subject
from twinpost.core.sorting.absences import who_is_away
from twinpost.core.sorting.automatic import marks
from twinpost.core.sorting.phrases import opens_with

ORDERED = {word.value.upper(): word for word in Word if word not in (Word.WHY_NOT, Word.AGREE)}
"""The orders that are words about letters."""


def what_is_said(
    reading: Reading,
    known: Known,
    subject: SubjectReading,
    order: str,
    arrived_at: datetime,
    words: Words,
) -> Saying:
    """A word in answer to a mail of ours, or an order that is such a word.

    Only reminders are answered by plain sentences; in answer to other mails of ours orders and
    questions count.
    """
    thread = known.thread
    answers_us = thread is not None and bool(thread.notice)
    word = ORDERED.get(order)
    if not answers_us and word is None:
        return NOTHING
    place = next(iter(known.directory.who(reading.from_[0].address)), None) if reading.from_ else None
    zone = ZoneInfo(place.school_class.timezone) if place else UTC
    language = place.person.language if place else ""
    said = read_saying(
        reading.written if answers_us else f"{subject.cleaned}\n{reading.written}",
        words.sayings,
        arrived_at.astimezone(zone).date(),
        language=language,
        expects_day=any(one.product for one in known.reminded),
    )
    notices = {one.notice for one in known.reminded if one.product}
    if word is None and DATE_CLOSED in notices:
        answer = read_answer(reading.written, (), words.answers, language=language)
        said = _about_a_date(said, answer, alone=notices == {DATE_CLOSED})
    if word is not None and said.word is not word:
        said = Saying(word, said.until, said.unclear, order)
    if said.word not in ASKING and not known.reminded and word is None:
        return NOTHING
    named = read_subject(said.words, (), words.subjects).numbers if said.words else ()
    return replace(said, numbers=named)


def who_is_said_to_be_away(
    reading: Reading,
    known: Known,
    subject: SubjectReading,
    order: str,
    arrived_at: datetime,
    words: Words,
) -> SaidAway | None:
    """Who is away, and when, as a teacher writes it, as her mail program does, or as she shows us."""
    teachers = known.directory.who(reading.from_[0].address) if len(reading.from_) == 1 else ()
    places = tuple(place for place in teachers if place.role is Role.TEACHER)
    if not places:
        return None
    phrases = words.automatic
    note = opens_with(subject.cleaned, phrases.away)
    shown = subject.is_forward and note
    since = arrived_at.astimezone(ZoneInfo(places[0].school_class.timezone)).date()
    text = reading.text if shown or note else reading.written
    language = places[0].person.language
    whole = f"{'I am ' if order == 'AWAY' else ''}{subject.cleaned}\n{text}"  # "AWAY until 2 October"
    found = read_absence(whole, words.absences, since, language)
    if found is None:
        return None
    machine = bool(marks(reading, phrases, known_sender=True, shared=known.address))
    return who_is_away(*found, places, machine=machine, shown=reading.text if shown else "")


def _about_a_date(said: Saying, answer: Answer, *, alone: bool) -> Saying:
    """What is said of an agreed day that no longer fits: yes to the one we proposed, or another day.

    Unless our mail asked for that `alone` another day may be that of a letter which is late.
    """
    if said.word is Word.LATER and said.until and alone:
        return replace(said, word=Word.AGREE)
    return Saying(Word.AGREE, words=answer.words) if answer.yes and said.word is None else said

"""A word in answer to a reminder takes effect: ARRIVED, LATER, PAUSE, RESUME; WHY and HELP are answered.

A word counts at once where it proves itself: it answers a mail of ours that went to this very person. Else
her stored address is asked. She is asked, too, which of several letters she means, and for a day that was not
said. Whatever was noted is shown to her, and her NO takes it back.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date

from twinpost.core.deciding.about import answer_mail
from twinpost.core.deciding.case import Case, letter_names
from twinpost.core.deciding.conversation import decide_conversation
from twinpost.core.deciding.course import Course, as_letter, id_of, owed
from twinpost.core.deciding.facts import LetterId, letter_id
from twinpost.core.deciding.letters import next_school_opening
from twinpost.core.deciding.noting import noted, undone
from twinpost.core.deciding.planned_questions import DATE_CLOSED
from twinpost.core.deciding.why import of_the_guard, why, why_not
from twinpost.core.deciding.word_question import ME, word_question
from twinpost.core.model.effect import Ask, Decision, Say, Settle, TakeBack
from twinpost.core.model.kind import Choice
from twinpost.core.model.known import AskedMail
from twinpost.core.model.notice import Done, Help, Why
from twinpost.core.model.people import Exchange, Role
from twinpost.core.model.question import OpenQuestion, QuestionKind
from twinpost.core.model.saying import Saying, Word

OF_A_LETTER = (Word.ARRIVED, Word.LATER, Word.AGREE)
MOST_CHOICES = 6


def decide_saying(case: Case) -> Decision:
    """What follows from a word of a teacher's, which may be about each of `case.courses`."""
    course, said = case.courses[0], case.sorted.said
    assert said.word is not None
    if said.word is Word.HELP:
        return _told(case, Help(course.exchange.title, case.known.admin), "She asks what she may answer.")
    if said.word in (Word.WHY, Word.WHY_NOT):
        return _answered(case, course, said)
    if not case.vouched:
        return decide_conversation(case)
    decision = _of_a_letter(case, said) if said.word in OF_A_LETTER else _of_an_exchange(case, said)
    return _settling(case, decision)


def _told(case: Case, notice: Help | Why | Done, because: str) -> Decision:
    tell = answer_mail(case, notice, case.courses[0].exchange.id)
    return Decision(effects=(tell,), because=(because,), sorted=case.sorted)


def _asked(case: Case) -> list[OpenQuestion]:
    """Our own questions about a word that she answers, with another word: "ARRIVED" to "by when?"."""
    asked = (one.question for one in case.known.asked if one.question.kind is QuestionKind.WORD)
    return [one for one in asked if one.open and case.sender.id in one.asked]


def _settling(case: Case, decision: Decision) -> Decision:
    """Whoever has said something certain is not asked any more."""
    if not any(isinstance(effect, Say) for effect in decision.effects):
        return decision
    settled = (Settle(one.id, case.sender.id, case.reading.written) for one in _asked(case))
    return replace(decision, effects=(*settled, *decision.effects))


def _is_proven(case: Case) -> bool:
    thread = case.known.thread
    hers = thread is not None and thread.direct and bool(thread.notice) and thread.person == case.sender.id
    return hers or case.proof.proven is True


# -- WHY -----------------------------------------------------------------------------------------


def _answered(case: Case, course: Course, said: Saying) -> Decision:
    if said.word is Word.WHY and (case.known.reminded or _of_letter(case) or of_the_guard(case)):
        notice = why(case, course)
    else:
        notice = why_not(case, course, said.numbers)
    return _told(case, notice, "She asks for the reason.")


def _of_letter(case: Case) -> bool:
    return case.known.thread is not None and bool(case.known.thread.delivery)


# -- a word about a letter -----------------------------------------------------------------------


_Meant = tuple[Exchange, LetterId]


def _of_a_letter(case: Case, said: Saying) -> Decision:
    meant = _meant(case, said)
    if not meant:
        title = case.courses[0].exchange.title
        if _answered_about(case, said):
            return _told(case, Done("here-already", title), "The letter that it is about has come meanwhile.")
        return _told(case, Done("nothing-owed", title), "No letter is owed that this could be about.")
    choices = tuple(_choice(case, said, id_, exchange) for exchange, id_ in meant[:MOST_CHOICES])
    if len(choices) > 1:
        return _ask(case, meant[0][0], choices)
    return _one(case, meant[0][0], choices[0])


def _meant(case: Case, said: Saying) -> tuple[_Meant, ...]:
    """The letters that the answered mail was about, else those that she names, else all that are owed.

    Those that have come meanwhile are not among them: the word is of no other letter for that.
    """
    answered = _answered_about(case, said)
    if answered:
        return tuple(one for one in answered if not case.course_of(one[0].id).facts.is_here(one[1]))
    if said.word is Word.AGREE:
        return ()
    return tuple(
        (course.exchange, letter_id(line))
        for course in case.courses
        for line in owed(course.facts, _own_classes(case, course.exchange), said.numbers)
    )


def _answered_about(case: Case, said: Saying) -> list[_Meant]:
    """The letters of the mail of ours that she answers; of those that she names, where she does.

    A day is agreed to only where we asked for one.
    """
    exchanges = {course.exchange.id: course.exchange for course in case.courses}
    about = [
        (one.exchange_id, letter_id(one))
        for one in case.known.reminded
        if one.product and (said.word is not Word.AGREE or one.notice == DATE_CLOSED)
    ]
    letters = [choice.letter for one in _asked(case) for choice in one.choices if choice.letter]
    about += [(one.exchange_id, id_of(one)) for one in letters]
    return [
        (exchanges[id_], letter)
        for id_, letter in dict.fromkeys(about)
        if id_ in exchanges
        and {one.id for one in exchanges[id_].classes} >= {*letter[2:]}
        and (not said.numbers or letter[1] in said.numbers)
    ]


def _own_classes(case: Case, exchange: Exchange) -> list[int]:
    places = case.known.directory.who(case.address)
    return [
        one.school_class.id for one in places if one.role is Role.TEACHER and one.exchange.id == exchange.id
    ]


def _choice(case: Case, said: Saying, id_: LetterId, exchange: Exchange) -> Choice:
    letter = as_letter(id_, exchange)
    named = letter_names(letter, exchange)
    text = f"{named.product} {named.numbers[0]} from {named.from_} to {named.to[0]}"
    assert said.word is not None
    until = said.until or (_proposed(case, id_) if said.word is Word.AGREE else None)
    return Choice(
        "say",
        f"{text[:1].upper()}{text[1:]}",
        letter,
        exchange=exchange.id,
        words=said.word.value,
        until=until.isoformat() if until else "",
    )


def _proposed(case: Case, id_: LetterId) -> date | None:
    """The day that we proposed for a letter in the mail that she answers."""
    closed = (one for one in case.known.reminded if one.notice == DATE_CLOSED)
    found = (one for one in closed if letter_id(one) == id_)
    return next((one.because.day for one in found), None)


def _one(case: Case, exchange: Exchange, choice: Choice) -> Decision:
    """One letter: noted, unless its day or her proof is missing."""
    if choice.words == Word.LATER and not choice.until:
        return _ask(case, exchange, (choice,))
    if not _is_proven(case):
        return _ask(case, exchange, (replace(choice, text=ME),))
    return noted(case, exchange, choice)


# -- a word about the exchange -------------------------------------------------------------------


def _of_an_exchange(case: Case, said: Saying) -> Decision:
    """PAUSE and RESUME: of the exchange of the answered mail, else of her only one."""
    assert said.word is not None
    until = said.until.isoformat() if said.until else ""
    exchanges = _exchanges(case)
    if said.word is Word.RESUME:
        paused = tuple(one for one in exchanges if case.course_of(one.id).facts.pause)
        if not paused:
            return _told(case, Done("not-paused", exchanges[0].title), "There is no pause to end.")
        exchanges = paused
    choices = tuple(
        Choice("say", one.title, exchange=one.id, words=said.word.value, until=until) for one in exchanges
    )
    if len(choices) > 1:
        return _ask(case, exchanges[0], choices)
    if not _is_proven(case):
        return _ask(case, exchanges[0], (replace(choices[0], text=ME),))
    return noted(case, exchanges[0], choices[0])


def _exchanges(case: Case) -> tuple[Exchange, ...]:
    places = case.known.directory.who(case.address)
    hers = {place.exchange.id: place.exchange for place in places if place.role is Role.TEACHER}
    thread = case.known.thread
    if thread is not None and thread.exchange_id in hers:
        return (hers[thread.exchange_id],)
    return tuple(hers.values())


# -- one question --------------------------------------------------------------------------------


WHY_ASKED = {
    "date": "The other side is asked whether the day suits it.",
    "which": "Several may be meant: she is asked which.",
    "day": "It says no certain day: she is asked for one.",
    "proof": "Her mail system does not vouch for it: her stored address is asked first.",
}


def _ask(case: Case, exchange: Exchange, meant: Sequence[Choice]) -> Decision:
    choices = (*meant, Choice("no", "No"))
    ask = Ask(
        kind=QuestionKind.WORD,
        exchange_id=exchange.id,
        asked=(case.sender.id,),
        message=case.kept.id,
        choices=choices,
        again_at=next_school_opening(case.sender, exchange, case.now),
    )
    notice = word_question(choices, exchange, case.reading.subject, case.kept, case.sender)
    key = f"question/{{question}}/1/{case.sender.id}"
    tell = replace(answer_mail(case, notice, exchange.id), key=key, asks=True)
    return Decision(effects=(ask, tell), because=(WHY_ASKED[notice.why],), sorted=case.sorted)


def say_chosen(case: Case, asked: AskedMail, choice: Choice) -> Decision:
    """Her answer to our question: which letter, which exchange, until when; or that it was her."""
    exchange = case.course_of(choice.exchange or asked.question.exchange_id).exchange
    if choice.words == Word.LATER and not choice.until:
        return _ask(case, exchange, (choice,))
    return noted(case, exchange, choice)


def nothing_said(case: Case, asked: AskedMail, choice: Choice) -> Decision:
    """NO to such a question: nothing is noted."""
    done = Done("nothing-noted", asked.reading.subject)
    return Decision(effects=(answer_mail(case, done, asked.question.exchange_id),))


def unsay(case: Case, asked: AskedMail, choice: Choice) -> Decision:
    """NO to what we noted: it is taken back; with another day ("No, 30 October") that is noted instead."""
    question = asked.question
    back = TakeBack(question.message, question.exchange_id)
    if choice.until:
        corrected = say_chosen(case, asked, replace(choice, action="say"))
        return replace(corrected, effects=(back, *corrected.effects))
    exchange = case.known.directory.exchange(question.exchange_id)
    mine = answer_mail(case, Done("taken-back", asked.reading.subject), exchange.id)
    return Decision(effects=(back, mine, *undone(case, exchange, choice)))

"""A direct answer of the person asked takes effect: a number, a word or a plain sentence."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from zoneinfo import ZoneInfo

from twinpost.core.deciding.about import answer_mail
from twinpost.core.deciding.absences import is_away, not_away
from twinpost.core.deciding.case import Case, where_for
from twinpost.core.deciding.conversation import decide_conversation
from twinpost.core.deciding.naming import forget, name_letter, no_letter
from twinpost.core.deciding.passing import confirm, pass_on, refuse
from twinpost.core.deciding.pupil_addresses import add_address, not_hers
from twinpost.core.deciding.sayings import nothing_said, say_chosen, unsay
from twinpost.core.deciding.word_question import missing
from twinpost.core.model.effect import Decision, Settle
from twinpost.core.model.kind import Choice
from twinpost.core.model.known import AskedMail
from twinpost.core.model.notice import Done, NotUnderstood, Where
from twinpost.core.model.people import Person
from twinpost.core.model.question import ONLY_NO, QuestionKind
from twinpost.core.model.saying import Word
from twinpost.core.reading.answer import read_answer
from twinpost.core.reading.sayings import read_saying


def decide_answer(case: Case) -> Decision:
    """What follows from a direct reply to a question of ours."""
    asked = next(a for a in case.known.asked if a.question.id == case.sorted.question)
    question = asked.question
    if case.sorted.sender is None or case.sorted.sender.exchange.id != question.exchange_id:
        return decide_conversation(case)  # she has left that exchange
    if not case.vouched:
        return decide_conversation(case)
    if question.answered_by:
        return _too_late(case, asked)
    if question.settled:
        return _settled(case, asked)
    if _waits_for_a_day(asked):
        choice = _with_day(case, asked)
    else:
        choice = _corrected(case, asked) or _chosen(case, asked)
    if _nothing_to_do(case, question.kind, choice):
        return decide_conversation(case)
    if choice is None:
        return _not_understood(case, asked)
    settle = Settle(question.id, case.sender.id, case.reading.written)
    decision = ACTIONS[choice.action](case, asked, choice)
    return replace(
        decision,
        effects=(settle, *decision.effects),
        because=(f'She chose "{choice.text}".', *decision.because),
        sorted=case.sorted,
    )


def _waits_for_a_day(asked: AskedMail) -> bool:
    """Whether we asked by when one letter will come, or whether another agreed day suits her."""
    question = asked.question
    return question.kind is QuestionKind.WORD and missing(question.choices) in ("day", "date")


def _corrected(case: Case, asked: AskedMail) -> Choice | None:
    """Another day than the one that we noted: "No, 30 October"."""
    first = asked.question.choices[0]
    if asked.question.kind is not QuestionKind.UNDO or first.words != Word.LATER:
        return None
    day = _later_day(case)
    return replace(first, until=day.isoformat()) if day else None


def _later_day(case: Case) -> date | None:
    """The one day by which it will come, as she says in answer to our question."""
    assert case.sorted.sender is not None
    zone = ZoneInfo(case.sorted.sender.school_class.timezone)
    said = read_saying(
        case.reading.written,
        case.words.sayings,
        case.kept.arrived_at.astimezone(zone).date(),
        language=case.sender.language,
        expects_day=True,
    )
    return said.until if said.word is Word.LATER else None


def _with_day(case: Case, asked: AskedMail) -> Choice | None:
    """The letter with the day that she says; a plain no is no."""
    meant, no = asked.question.choices
    if day := _later_day(case):
        return replace(meant, until=day.isoformat())
    answer = read_answer(case.reading.written, (), case.words.answers, language=case.sender.language)
    if answer.yes and meant.until:
        return meant
    return no if answer.no else None


def _nothing_to_do(case: Case, kind: QuestionKind, choice: Choice | None) -> bool:
    """Thanks for what was noted; or a letter of a class, or an exchange, that is hers no more."""
    if choice is None:
        return kind in ONLY_NO
    hers = {course.exchange.id for course in case.courses}
    if choice.action == "say" and choice.exchange and choice.exchange not in hers:
        return True
    letter = choice.letter
    if letter is None:
        return False
    classes = {c.id for c in case.known.directory.exchange(letter.exchange_id).classes}
    return not classes >= {letter.from_class, *letter.to_classes}


def _chosen(case: Case, asked: AskedMail) -> Choice | None:
    """The choice that her words mean. A plain yes is the only way forward, a plain no the way out."""
    choices = asked.question.choices
    texts = [choice.text for choice in choices]
    answer = read_answer(case.reading.written, texts, case.words.answers, language=case.sender.language)
    if answer.index is not None:
        return choices[answer.index]
    forward = [choice for choice in choices if choice.action not in NO]
    if answer.yes and len(forward) == 1:
        return forward[0]
    if answer.no:
        return next((c for c in choices if c.action in NO), None)
    return None


NO = ("no", "other", "forget", "unsay")
"""What a plain no chooses."""


def _too_late(case: Case, asked: AskedMail) -> Decision:
    question = asked.question
    by = _person(case, question.exchange_id, question.answered_by)
    notice = Done(
        what="already-answered",
        about=asked.reading.subject,
        by="" if question.answered_by == case.sender.id or by is None else by.name,
        at=question.answered_at,
        where=_where(case, question.exchange_id),
    )
    return Decision(
        effects=(answer_mail(case, notice, question.exchange_id),),
        because=("The question had its answer already.",),
        sorted=case.sorted,
    )


def _settled(case: Case, asked: AskedMail) -> Decision:
    notice = Done(
        what="settled",
        about=asked.reading.subject,
        at=asked.kept.arrived_at,
        where=_where(case, asked.question.exchange_id),
    )
    return Decision(
        effects=(answer_mail(case, notice, asked.question.exchange_id),),
        because=("The question has settled itself meanwhile.",),
        sorted=case.sorted,
    )


def _not_understood(case: Case, asked: AskedMail) -> Decision:
    question = asked.question
    notice = NotUnderstood(
        answer=case.reading.written[:300],
        subject=asked.reading.subject,
        choices=tuple(choice.text for choice in question.choices),
    )
    tell = replace(answer_mail(case, notice, question.exchange_id), asks=True, question=question.id)
    return Decision(
        effects=(tell,),
        because=("Her answer fits none of the choices: asked once more.",),
        sorted=case.sorted,
    )


def _person(case: Case, exchange_id: int, person_id: int) -> Person | None:
    exchange = case.known.directory.exchange(exchange_id)
    teachers = (teacher for school_class in exchange.classes for teacher in school_class.teachers)
    return next((teacher for teacher in teachers if teacher.id == person_id), None)


def _where(case: Case, exchange_id: int) -> tuple[Where, ...]:
    return where_for(case.sender, case.known.directory.exchange(exchange_id))


NO_TO: dict[QuestionKind, Callable[[Case, AskedMail, Choice], Decision]] = {
    QuestionKind.WORD: nothing_said,
    QuestionKind.ABSENCE: not_away,
    QuestionKind.PUPIL_ADDRESS: not_hers,
}
"""What NO does; to every other question `refuse`."""

ACTIONS: dict[str, Callable[[Case, AskedMail, Choice], Decision]] = {
    "letter": name_letter,
    "more": name_letter,
    "other": no_letter,
    "pass-on": pass_on,
    "confirm": confirm,
    "no": lambda case, asked, choice: NO_TO.get(asked.question.kind, refuse)(case, asked, choice),
    "add": add_address,
    "forget": forget,
    "away": is_away,
    "say": say_chosen,
    "unsay": unsay,
}
"""What each choice of a question does."""

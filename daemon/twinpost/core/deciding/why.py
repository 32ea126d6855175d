"""WHY: which letter, which rule, which calendar day; and why nothing was written."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from twinpost.core.deciding.case import Case, class_of, letter_names, where_for
from twinpost.core.deciding.course import Course, as_letter, due_of
from twinpost.core.deciding.facts import Facts, LetterId, letter_id
from twinpost.core.deciding.plan import plan
from twinpost.core.deciding.told_days import counted_days
from twinpost.core.model.known import Reminded
from twinpost.core.model.notice import (
    DirectMail,
    GuardList,
    GuardOriginal,
    LetterNames,
    PupilAddress,
    Reason,
    StrangerAlert,
    Why,
)
from twinpost.core.model.people import Exchange
from twinpost.core.model.plan import Planned, Said
from twinpost.core.model.rule import Event

OF_THE_GUARD = tuple(one.name for one in (GuardOriginal, GuardList, DirectMail, StrangerAlert, PupilAddress))
MOST = 6
"""Letters that one answer explains."""


def why(case: Case, course: Course) -> Why:
    """Why we wrote the mail that she answers."""
    exchanges = {one.exchange.id: one.exchange for one in case.courses}
    mine = [one for one in case.known.reminded if one.exchange_id in exchanges]
    reasons = tuple(_reminded(case, one, exchanges[one.exchange_id]) for one in mine[:MOST])
    return _why(case, course, reasons or _arrived(case, course))


def why_not(case: Case, course: Course, numbers: Sequence[int]) -> Why:
    """Why we did not write about these letters; without a number, about those that are owed next."""
    ids = _letters(course, numbers)
    reasons = tuple(_missing(one, course) for one in ids[:MOST])
    if not reasons and numbers:
        reasons = (Reason("no-such-letter", numbers=tuple(numbers)),)
    return _why(case, course, reasons or (Reason("nothing-owed"),))


def _why(case: Case, course: Course, reasons: tuple[Reason, ...]) -> Why:
    return Why(course.exchange.title, case.now, where_for(case.sender, course.exchange), reasons)


def _reminded(case: Case, one: Reminded, exchange: Exchange) -> Reason:
    own = class_of(case.sender, exchange)
    letter = letter_id(one) if one.product else None
    return Reason(
        "rule",
        letter=_names(letter, exchange),
        due=one.due or (due_of(letter, exchange) if letter else None),
        at=one.went_at,
        rule=one.rule,
        step=one.step,
        counted=counted_days(one.because, exchange, own),
        title=one.title,
    )


def _arrived(case: Case, course: Course) -> tuple[Reason, ...]:
    """A receipt: the letter's arrival is the reason."""
    thread = case.known.thread
    for delivery in course.history.deliveries:
        if thread is not None and delivery.id == thread.delivery:
            return (
                Reason(
                    "arrived", letter=letter_names(delivery.letter, course.exchange), at=delivery.first_at
                ),
            )
    return (Reason("pupil-mail" if of_the_guard(case) else "your-mail"),)


def of_the_guard(case: Case) -> bool:
    """Whether it answers a mail that a pupil's or a stranger's led to."""
    thread = case.known.thread
    return thread is not None and thread.notice in OF_THE_GUARD


def _names(letter: LetterId | None, exchange: Exchange) -> LetterNames | None:
    here = {one.id for one in exchange.classes}
    if letter is None or not {letter[2], letter[3]} <= here:
        return None
    return letter_names(as_letter(letter, exchange), exchange)


# -- why nothing was written ---------------------------------------------------------------------


def _letters(course: Course, numbers: Sequence[int]) -> tuple[LetterId, ...]:
    facts = course.facts
    agreed = [letter_id(line) for line in facts.exchange.schedule if line.from_class in facts.calendars]
    known = dict.fromkeys([*agreed, *facts.letters])
    if numbers:
        return tuple(one for one in known if one[1] in numbers)
    return tuple(one for one in agreed if not facts.is_here(one))[:2]


def _missing(letter: LetterId, course: Course) -> Reason:
    """The first thing that explains the silence about this letter."""
    facts = course.facts
    found = next(reason for explain in _SILENCES for reason in explain(letter, course, facts))
    due = due_of(letter, course.exchange)
    return Reason(
        found.what,
        letter=_names(letter, course.exchange),
        due=due,
        at=found.at,
        until=found.until,
        rule=found.rule,
        step=found.step,
        to=found.to,
        by=found.by,
    )


def _is_here(letter: LetterId, course: Course, facts: Facts) -> Iterator[Reason]:
    if letter in facts.letters:
        yield Reason("is-here", at=facts.letters[letter].first_at)
    said = [one for one in course.history.statements if one.said is Said.ARRIVED]
    for one in said:
        if letter_id(one) == letter:
            yield Reason("said-here", at=one.at, by=_name(one.by, course.exchange))


def _paused(letter: LetterId, course: Course, facts: Facts) -> Iterator[Reason]:
    last = facts.pause
    if last is not None:
        yield Reason("paused", at=last.start, until=last.until)


def _promised(letter: LetterId, course: Course, facts: Facts) -> Iterator[Reason]:
    said = facts.promised(letter)
    if said and said.until and said.until >= facts.day(course.now, letter[2]):
        yield Reason("promised", at=said.at, until=said.until, by=_name(said.by, course.exchange))


def _went(letter: LetterId, course: Course, facts: Facts) -> Iterator[Reason]:
    """It was written about: when, and to whom last."""
    marks = f"/{'-'.join(map(str, letter))}/"
    went = [(at, key) for key, at in course.history.sent.items() if marks in key]
    if went:
        at, key = max(went)
        _, rule, *_, step, person = key.split("/")
        yield Reason("went", at=at, rule=rule, step=int(step), to=_name(int(person), course.exchange))


def _no_date(letter: LetterId, course: Course, facts: Facts) -> Iterator[Reason]:
    if due_of(letter, course.exchange) is None:
        yield Reason("no-date")


def _planned(letter: LetterId, course: Course, facts: Facts) -> Iterator[Reason]:
    coming = [
        one for one in plan(course.exchange, course.history, course.rules, course.now) if _is_of(one, letter)
    ]
    if coming:
        first = coming[0]
        yield Reason("planned", at=first.at, rule=first.rule, step=first.step, to=first.to.name)


def _is_of(one: Planned, letter: LetterId) -> bool:
    return one.about.due is not None and letter_id(one.about.due) == letter and one.when is Event.LETTER_DUE


def _calendar(letter: LetterId, course: Course, facts: Facts) -> Iterator[Reason]:
    due = due_of(letter, course.exchange)
    if due is not None and not facts.knows(letter[2], due):
        yield Reason("calendar-unknown", by=course.exchange.class_by_id(letter[2]).name)


def _before(letter: LetterId, course: Course, facts: Facts) -> Iterator[Reason]:
    due, since = due_of(letter, course.exchange), course.history.applied_at
    if due is not None and due < facts.day(since):
        yield Reason("before-me", at=since)


def _nothing_left(letter: LetterId, course: Course, facts: Facts) -> Iterator[Reason]:
    yield Reason("no-rule")


_Explain = Callable[[LetterId, Course, Facts], Iterator[Reason]]
_SILENCES: tuple[_Explain, ...] = (
    _is_here,
    _paused,
    _promised,
    _planned,
    _went,
    _no_date,
    _calendar,
    _before,
    _nothing_left,
)
"""Asked in this order; the last always has an answer."""


def _name(person: int, exchange: Exchange) -> str:
    """Somebody who takes part, by name; "" for one who has left."""
    people = (one for c in exchange.classes for one in (*c.teachers, *c.leaders))
    return next((one.name for one in people if one.id == person), "")

"""What a rule waits for, as often as it happens in one exchange: each event's dates from the facts."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from twinpost.core.deciding.facts import Facts, LetterId, letter_id
from twinpost.core.deciding.rhythm import rhythm
from twinpost.core.model.letter import Delivery
from twinpost.core.model.people import Session
from twinpost.core.model.plan import About
from twinpost.core.model.rule import Event, Rule


@dataclass(frozen=True, slots=True)
class Occurrence:
    """An event that has happened or will. `what` and `day` name it in keys, for ever.

    `happened`: facts that an `unless` may name. `until`: later nothing about it makes sense.
    """

    what: str
    day: date
    about: About
    moment: datetime | None = None  # aware; None: the event is a day
    clock: time | None = None  # on that day, by each reader's own clock
    happened: frozenset[Event] = frozenset()
    until: date | None = None


def occurrences(rule: Rule, facts: Facts, since: datetime) -> Iterator[Occurrence]:
    """Every occurrence of the rule's event from `since` on; what happened before is not seen."""
    for one in _FOUND[rule.when](rule, facts, since):
        if (one.moment is None or one.moment >= since) and one.day >= facts.day(since, one.about.sender):
            yield one


Finder = Callable[[Rule, Facts, datetime], Iterator[Occurrence]]


# -- letters -------------------------------------------------------------------------------------


def _letters_due(rule: Rule, facts: Facts, since: datetime) -> Iterator[Occurrence]:
    for line in facts.exchange.schedule:
        if not {line.from_class, line.to_class} <= facts.calendars.keys():
            continue
        letter = letter_id(line)
        said = facts.promised(letter)
        until = said.until if said and said.until and said.until > line.due else None
        about = About(
            due=line,
            sender=line.from_class,
            receivers=(line.to_class,),
            until=until,
            by=said.by if said and until else 0,
        )
        here = frozenset({Event.LETTER_ARRIVED}) if facts.is_here(letter) else frozenset()
        yield Occurrence(_named(letter), until or line.due, about, happened=here)


def _arrived(facts: Facts) -> Iterator[tuple[Delivery, LetterId]]:
    """Each letter that is here, for each class that it is for; several numbers in one are one letter."""
    for letter, delivery in facts.letters.items():
        if letter[1] == min(delivery.letter.numbers):
            yield delivery, letter


def _letters_arrived(rule: Rule, facts: Facts, since: datetime) -> Iterator[Occurrence]:
    for delivery, letter in _arrived(facts):
        _, _, from_class, to_class = letter
        about = About(delivery=delivery, sender=from_class, receivers=(to_class,))
        answered = frozenset({Event.LETTER_ANSWERED}) if facts.is_answered(letter) else frozenset()
        day = facts.day(delivery.first_at, to_class)
        yield Occurrence(_named(letter), day, about, delivery.first_at, happened=answered)


def _letters_answered(rule: Rule, facts: Facts, since: datetime) -> Iterator[Occurrence]:
    for delivery, letter in _arrived(facts):
        product, number, from_class, to_class = letter
        asked = facts.letters.get((product, number, to_class, from_class))
        if asked is not None and asked.first_at < delivery.first_at:
            about = About(delivery=delivery, sender=from_class, receivers=(to_class,))
            day = facts.day(delivery.first_at, to_class)
            yield Occurrence(_named(letter), day, about, delivery.first_at)


def _answers_due(rule: Rule, facts: Facts, since: datetime) -> Iterator[Occurrence]:
    """Letters whose answer has no date in the plan; whoever got the letter is the sender here."""
    agreed = {letter_id(line) for line in facts.exchange.schedule}
    for delivery, letter in _arrived(facts):
        product, number, writer, owing = letter
        answer = (product, number, owing, writer)
        if answer in agreed:
            continue
        day, said = facts.day(delivery.first_at, owing), facts.promised(answer, letter)
        until = said.until if said and said.until and said.until > day else None
        about = About(
            delivery=delivery,
            sender=owing,
            receivers=(writer,),
            until=until,
            by=said.by if said and until else 0,
        )
        answered = frozenset({Event.LETTER_ANSWERED}) if facts.is_answered(letter) else frozenset()
        moment = None if until else delivery.first_at
        yield Occurrence(_named(letter), until or day, about, moment, happened=answered)


def _copies_missing(rule: Rule, facts: Facts, since: datetime) -> Iterator[Occurrence]:
    for message, left_out, moment in facts.history.missing_copies:
        if left_out in facts.calendars:
            about = About(sender=left_out, receivers=facts.others(left_out))
            yield Occurrence(f"mail-{message}-{left_out}", facts.day(moment, left_out), about, moment)


def _named(letter: LetterId) -> str:
    return "-".join(map(str, letter))


# -- calendars -----------------------------------------------------------------------------------


def _closures(rule: Rule, facts: Facts, since: datetime) -> Iterator[Occurrence]:
    for class_id, found in facts.breaks.items():
        for off in found:
            about = About(closure=off, sender=class_id, receivers=facts.others(class_id))
            yield Occurrence(f"class-{class_id}", off.first, about)


def _terms(rule: Rule, facts: Facts, since: datetime) -> Iterator[Occurrence]:
    for class_id, calendar in facts.calendars.items():
        about = About(sender=class_id, receivers=facts.others(class_id))
        for term in calendar.terms:
            if term.first <= facts.last_day:
                yield Occurrence(f"class-{class_id}", term.first, about)


# -- meetings ------------------------------------------------------------------------------------


def _sessions(rule: Rule, facts: Facts, since: datetime) -> Iterator[Occurrence]:
    for session in facts.exchange.sessions:
        moment = starts_at(session)
        what = f"{_exchange(facts)}-{moment.astimezone(UTC):%H%M}"
        yield Occurrence(what, session.start.date(), About(session=session, meeting_at=moment), moment)


def starts_at(session: Session) -> datetime:
    """The moment at which a live meeting begins, aware."""
    return session.start.replace(tzinfo=ZoneInfo(session.zone))


def _meetings(rule: Rule, facts: Facts, since: datetime) -> Iterator[Occurrence]:
    """The teachers' meetings at the host's hour, on days on which the host is at school."""
    meeting = facts.exchange.meeting
    if meeting is None or meeting.host not in facts.calendars:
        return
    host = facts.calendars[meeting.host]
    first = facts.day(since, meeting.host)
    week = (meeting.week or 1) if meeting.every == "month" else None
    for day in rhythm(meeting.weekday, week, first, facts.last_day):
        if host.is_school_day(day):
            moment = datetime.combine(day, meeting.at, ZoneInfo(host.timezone))
            yield Occurrence(_exchange(facts), day, About(meeting_at=moment), moment)


# -- the exchange as a whole ---------------------------------------------------------------------


def _quiet(rule: Rule, facts: Facts, since: datetime) -> Iterator[Occurrence]:
    """One silence, the one that lasts: from the last mail on, or from the first date of the plan."""
    began = max([since, *(facts.midnight(day) for day in facts.dates[:1])])
    contact = facts.history.last_contact
    moment = max(contact, began) if contact else began
    about = About(since=contact)
    yield Occurrence(_exchange(facts), facts.day(moment), about, moment, until=facts.last_day)


def _begins(rule: Rule, facts: Facts, since: datetime) -> Iterator[Occurrence]:
    applied = facts.day(facts.history.applied_at)
    yield Occurrence(_exchange(facts), max([applied, *facts.dates[:1]]), About())


def _at(place: Callable[[Facts], date | None]) -> Finder:
    """An event that happens once, on a date of the plan."""

    def found(rule: Rule, facts: Facts, since: datetime) -> Iterator[Occurrence]:
        day = place(facts) if facts.dates else None
        if day:
            yield Occurrence(_exchange(facts), day, About())

    return found


def _middle(facts: Facts) -> date:
    return facts.dates[0] + timedelta(days=(facts.dates[-1] - facts.dates[0]).days // 2)


def _first_letter(facts: Facts) -> date | None:
    return min((line.due for line in facts.exchange.schedule), default=None)


def _last_letter(facts: Facts) -> date | None:
    return max((line.due for line in facts.exchange.schedule), default=None)


def _something_to_show(facts: Facts) -> date | None:
    return facts.dates[-1] if facts.letters else None


def _every(rule: Rule, facts: Facts, since: datetime) -> Iterator[Occurrence]:
    assert rule.rhythm is not None
    week = rule.rhythm.week if rule.rhythm.monthly else None
    for day in rhythm(rule.rhythm.weekday, week, facts.day(since), facts.last_day):
        yield Occurrence(_exchange(facts), day, About(), clock=rule.rhythm.at)


def _exchange(facts: Facts) -> str:
    return f"exchange-{facts.exchange.id}"


_FOUND: Mapping[Event, Finder] = {
    Event.LETTER_DUE: _letters_due,
    Event.LETTER_ARRIVED: _letters_arrived,
    Event.LETTER_ANSWERED: _letters_answered,
    Event.ANSWER_DUE: _answers_due,
    Event.COPIES_MISSING: _copies_missing,
    Event.EXCHANGE_QUIET: _quiet,
    Event.CALENDAR_CLOSURE: _closures,
    Event.SESSION_START: _sessions,
    Event.MEETING: _meetings,
    Event.PHASE_EXECUTION: _at(_first_letter),
    Event.PHASE_REFLECTION: _at(_last_letter),
    Event.PHASE_DISSEMINATION: _at(_something_to_show),
    Event.EXCHANGE_START: _begins,
    Event.EXCHANGE_MIDDLE: _at(_middle),
    Event.EXCHANGE_END: _at(lambda facts: facts.dates[-1]),
    Event.TERM_START: _terms,
    Event.EVERY: _every,
}

"""Why a mail is planned, and why none is: one line for the admin, as `twinpost plan` shows it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, datetime
from zoneinfo import ZoneInfo

from twinpost.core.calendars.counted import Counted, LeftOut
from twinpost.core.deciding.facts import Facts
from twinpost.core.deciding.planned_questions import CALENDAR_UNKNOWN
from twinpost.core.model.people import Exchange
from twinpost.core.model.plan import About, Planned
from twinpost.core.model.rule import Event, Rule


def because(planned: Planned, exchange: Exchange) -> str:
    """ "letter 1 from 7B Oslo to CM2 Lyon, due Fri 9 Oct 2026: 2 school days of 7B Oslo after Fri 9 …" """
    what = ", ".join(_what(planned, exchange))
    if planned.when is None:
        return what
    return f"{what or _EXCHANGE[planned.when]}: {_counted(planned.because, exchange)}"


_EXCHANGE = {
    Event.EXCHANGE_START: "the exchange begins",
    Event.EXCHANGE_MIDDLE: "half of the exchange is over",
    Event.EXCHANGE_END: "the exchange ends",
    Event.PHASE_EXECUTION: "the first letter is due",
    Event.PHASE_REFLECTION: "the last letter is due",
    Event.PHASE_DISSEMINATION: "there is something to show",
    Event.EXCHANGE_QUIET: "no mail so far",
    Event.EVERY: "again and again",
}


def _what(planned: Planned, exchange: Exchange) -> Iterator[str]:
    about, when = planned.about, planned.when
    if about.closure and when is Event.CALENDAR_CLOSURE:
        yield f"{_name(about.sender, exchange)} has no school {_span(about.closure)}"
    yield from _letter(about, exchange)
    if about.closure and when is None:
        name = f" ({about.closure.name})" if about.closure.name else ""
        yield f"when {_name(about.closure.school_class, exchange)} has no school{name}"
        yield f"proposed instead: {_day(planned.because.day)}"
    if about.session:
        yield f"{about.session.title}, {_moment(about.meeting_at)}"
    elif about.meeting_at:
        yield f"the teachers' meeting, {_moment(about.meeting_at)}"
    if about.since:
        yield f"no mail since {_moment(about.since.astimezone(planned.at.tzinfo))}"
    if when is Event.TERM_START:
        yield f"a term begins for {_name(about.sender, exchange)}"
    if when is Event.COPIES_MISSING:
        yield f"{_name(about.sender, exchange)} was not in copy"
    if planned.notice == CALENDAR_UNKNOWN:
        until = f" after {_day(about.until)}" if about.until else ""
        yield f"the days without school of {_name(about.sender, exchange)} are not known{until}"


def _letter(about: About, exchange: Exchange) -> Iterator[str]:
    if about.due:
        due = about.due
        sides = f"from {_name(due.from_class, exchange)} to {_name(due.to_class, exchange)}"
        yield f"{due.product} {due.number} {sides}"
        yield f"due {_day(due.due)}"
    elif about.delivery:
        letter = about.delivery.letter
        to = [_name(id_, exchange) for id_ in (about.sender, *about.receivers) if id_ in letter.to_classes]
        numbers, from_ = ", ".join(map(str, letter.numbers)), _name(letter.from_class, exchange)
        yield f"{letter.product} {numbers} from {from_} to {', '.join(to)} is here"
    if about.until and (about.due or about.delivery):
        yield f"promised for {_day(about.until)}"


def _counted(counted: Counted, exchange: Exchange) -> str:
    """ "5 school days of 7B Oslo before Fri 9 Oct 2026, left out: Autumn holiday Mon 28 …" """
    count = abs(counted.count)
    unit = counted.unit if count != 1 else counted.unit.removesuffix("s")
    whose = ", ".join(_name(class_id, exchange) for class_id in counted.whose)
    side = "before" if counted.count < 0 else "after"
    said = f"{count} {unit}{f' of {whose}' if whose else ''} {side} {_day(counted.start)}"
    off = "; ".join(f"{one.name or one.kind.value} {_span(one)}" for one in counted.left_out)
    return f"{said}, left out: {off}" if off else said


def _name(class_id: int, exchange: Exchange) -> str:
    return exchange.class_by_id(class_id).name


def _span(off: LeftOut) -> str:
    return _day(off.first) if off.first == off.last else f"{_day(off.first)} to {_day(off.last)}"


def _day(day: date) -> str:
    return f"{day:%a} {day.day} {day:%b %Y}"


def _moment(moment: datetime | None) -> str:
    if moment is None:
        return ""
    zone = moment.tzinfo.key if isinstance(moment.tzinfo, ZoneInfo) else "UTC"
    return f"{_day(moment.date())} {moment:%H:%M} ({zone})"


def why_nothing(facts: Facts, rules: Sequence[Rule]) -> str:
    """Why nothing is planned, where nothing is."""
    if not rules:
        return "no rule is in force"
    if facts.pauses and facts.pauses[-1].end is None:
        return (
            f"it has been paused since {_day(facts.day(facts.pauses[-1].start))}, until somebody says RESUME"
        )
    if not facts.dates:
        return "no dates are agreed, and nothing has arrived that a rule waits for"
    if facts.last_day < facts.day(facts.now):
        return f"its last agreed date was {_day(facts.last_day)}, and nothing is left to say"
    return "nothing that a rule waits for is still to come"

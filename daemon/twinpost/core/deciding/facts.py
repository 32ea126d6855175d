"""The facts of one exchange as a plan asks for them: what is here, what was promised, what is held."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import cached_property
from typing import Protocol
from zoneinfo import ZoneInfo

from twinpost.core.calendars.breaks import breaks
from twinpost.core.calendars.counted import LeftOut
from twinpost.core.calendars.school import SchoolCalendar, known_until
from twinpost.core.deciding.case import class_of_id
from twinpost.core.model.letter import Delivery
from twinpost.core.model.people import DueDate, Exchange
from twinpost.core.model.plan import History, Said, Statement

LetterId = tuple[str, int, int, int]
"""Product, number, from which class, to which."""

WITHOUT_DATES = timedelta(weeks=26)
"""How far is planned where the exchange has agreed on no dates."""

SHORTEST_BREAK = 3
"""Days of lessons that must fall out before the others are told."""


@dataclass(frozen=True, slots=True)
class Pause:
    """Nothing is sent from `start` to `end`; None: until somebody says RESUME."""

    start: datetime
    end: datetime | None
    until: date | None = None  # the day of its end, where whoever asked for it is


@dataclass(frozen=True)  # without slots: what follows from the facts is kept
class Facts:
    """An exchange with its history, as of `now` (aware)."""

    exchange: Exchange
    history: History
    now: datetime

    # -- classes and days ------------------------------------------------------------------------

    @cached_property
    def calendars(self) -> Mapping[int, SchoolCalendar]:
        """By class id."""
        return {one.id: one.school_calendar() for one in self.exchange.classes}

    @cached_property
    def known_until(self) -> Mapping[int, date | None]:
        """By class id: the last day of which its calendar tells, None where nothing is known."""
        return {id_: known_until(calendar) for id_, calendar in self.calendars.items()}

    def others(self, class_id: int) -> tuple[int, ...]:
        return tuple(one.id for one in self.exchange.classes if one.id != class_id)

    def knows(self, class_id: int, day: date) -> bool:
        """Whether the class has told whether it is at school on `day`."""
        known = self.known_until[class_id]
        return known is not None and day <= known

    def day(self, moment: datetime, class_id: int = 0) -> date:
        """The day of a moment where the class is; in the first class's place where none is meant."""
        school_class = class_id or self.exchange.classes[0].id
        return moment.astimezone(ZoneInfo(self.calendars[school_class].timezone)).date()

    def midnight(self, day: date, class_id: int = 0) -> datetime:
        """The first moment of a day where the class is."""
        school_class = class_id or self.exchange.classes[0].id
        return datetime.combine(day, time(), ZoneInfo(self.calendars[school_class].timezone))

    @cached_property
    def dates(self) -> tuple[date, ...]:
        """Every agreed date, in order."""
        days = [line.due for line in self.exchange.schedule]
        return tuple(sorted([*days, *(session.start.date() for session in self.exchange.sessions)]))

    @property
    def last_day(self) -> date:
        """The last agreed date; half a year from now where nothing has been agreed."""
        return self.dates[-1] if self.dates else self.day(self.now) + WITHOUT_DATES

    @cached_property
    def breaks(self) -> Mapping[int, tuple[LeftOut, ...]]:
        """By class id: the breaks that begin after the exchange was applied and before it ends."""
        return {
            id_: tuple(
                breaks(calendar, self.day(self.history.applied_at, id_), self.last_day, SHORTEST_BREAK)
            )
            for id_, calendar in self.calendars.items()
        }

    # -- letters ---------------------------------------------------------------------------------

    @cached_property
    def letters(self) -> Mapping[LetterId, Delivery]:
        """The letters that have arrived; those from or to classes that have left are not among them."""
        return {id_: one for one in self.history.deliveries if one.mails for id_ in self._ids(one)}

    def _ids(self, delivery: Delivery) -> Iterator[LetterId]:
        letter = delivery.letter
        for number in letter.numbers:
            for to_class in letter.to_classes:
                if {letter.from_class, to_class} <= self.calendars.keys():
                    yield letter.product, number, letter.from_class, to_class

    def is_here(self, letter: LetterId) -> bool:
        """Whether a letter has arrived, as we saw or as a teacher said."""
        return letter in self.letters or letter in self._said[Said.ARRIVED]

    def is_answered(self, letter: LetterId) -> bool:
        """Whether the letter of the same number has come back, or any of that class after it."""
        product, number, from_class, to_class = letter
        if self.is_here((product, number, to_class, from_class)):
            return True
        since = self.letters[letter].first_at
        return any(
            (back[2], back[3]) == (to_class, from_class) and one.first_at > since
            for back, one in self.letters.items()
        )

    def promised(self, *letters: LetterId) -> Statement | None:
        """The last word of when one of these letters will come."""
        said = [self._said[Said.LATER][letter] for letter in letters if letter in self._said[Said.LATER]]
        return max(said, key=lambda statement: statement.at, default=None)

    @cached_property
    def _said(self) -> Mapping[Said, Mapping[LetterId, Statement]]:
        """What teachers said of single letters, the last word of each sort."""
        found: dict[Said, dict[LetterId, Statement]] = {Said.ARRIVED: {}, Said.LATER: {}}
        for one in self._statements:
            if one.said is Said.ARRIVED or (one.said is Said.LATER and one.until):
                found[one.said][letter_id(one)] = one
        return found

    def agreed_day(self, letter: LetterId) -> tuple[date, tuple[int, ...]] | None:
        """The other day that both sides have said yes to, and who did; None as long as they differ."""
        _, _, from_class, to_class = letter
        said = [one for one in self._statements if one.said is Said.AGREE and one.until]
        own = [one for one in said if letter_id(one) == letter]
        last = {}
        for one in own:
            side = class_of_id(one.by, self.exchange)
            if side is not None:
                last[side.id] = one
        if from_class not in last or to_class not in last:
            return None
        one, other = last[from_class], last[to_class]
        return (one.until, (one.by, other.by)) if one.until and one.until == other.until else None

    def owed(self, from_class: int, to_class: int, until: date, since: date) -> tuple[DueDate, ...]:
        """The letters of a direction that were agreed for `since` to `until` and have not arrived."""
        lines = (line for line in self.exchange.schedule if since <= line.due <= until)
        hers = (line for line in lines if (line.from_class, line.to_class) == (from_class, to_class))
        return tuple(sorted((line for line in hers if not self.is_here(letter_id(line))), key=_by_date))

    # -- pauses ----------------------------------------------------------------------------------

    @cached_property
    def _statements(self) -> tuple[Statement, ...]:
        said = (one for one in self.history.statements if one.at <= self.now)
        return tuple(sorted(said, key=lambda statement: statement.at))

    @cached_property
    def pauses(self) -> tuple[Pause, ...]:
        """When everything was held, in order; the last may still last."""
        found: list[Pause] = []
        for one in self._statements:
            if one.said not in (Said.PAUSE, Said.RESUME):
                continue
            if found and (found[-1].end is None or found[-1].end > one.at):
                last = found.pop()
                start = last.start
                if one.said is Said.RESUME:
                    found.append(Pause(start, one.at))
                    continue
            else:
                start = one.at
            if one.said is Said.PAUSE:
                found.append(Pause(start, self._end(one), one.until))
        return tuple(found)

    @property
    def pause(self) -> Pause | None:
        """The pause that lasts."""
        last = self.pauses[-1] if self.pauses else None
        return last if last and (last.end is None or last.end > self.now) else None

    def _end(self, pause: Statement) -> datetime | None:
        if pause.until is None:
            return None
        own = class_of_id(pause.by, self.exchange)
        return self.midnight(pause.until, own.id if own else 0)

    # -- what was sent ---------------------------------------------------------------------------

    @cached_property
    def sent(self) -> Mapping[str, Mapping[int, Mapping[int, datetime]]]:
        """What has left: by series (a key without its last two parts), step and person."""
        found: dict[str, dict[int, dict[int, datetime]]] = defaultdict(lambda: defaultdict(dict))
        for key, moment in self.history.sent.items():
            series, step, person = key.rsplit("/", 2)
            found[series][int(step)][int(person)] = moment
        return found


class OfLetter(Protocol):
    """What is about one letter: an agreed date, a statement, a follow-up that went."""

    @property
    def product(self) -> str: ...
    @property
    def number(self) -> int: ...
    @property
    def from_class(self) -> int: ...
    @property
    def to_class(self) -> int: ...


def letter_id(line: OfLetter) -> LetterId:
    """Which letter it is about."""
    return line.product, line.number, line.from_class, line.to_class


def _by_date(line: DueDate) -> tuple[date, str, int]:
    return line.due, line.product, line.number

"""The steps that one occurrence of a rule leads to: to whom, when, and which of them are over."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from twinpost.core.calendars.hours import next_hours
from twinpost.core.deciding import moments
from twinpost.core.deciding.facts import Facts
from twinpost.core.deciding.moments import Base, Found
from twinpost.core.deciding.occurrences import Occurrence
from twinpost.core.deciding.readers import Reader, counted, readers
from twinpost.core.deciding.rule_words import values
from twinpost.core.model.plan import About, Planned
from twinpost.core.model.rule import Event, Rule, Step, Unit


@dataclass(frozen=True, slots=True)
class Series:
    """One occurrence of a rule that came into force at `since` (aware)."""

    rule: Rule
    one: Occurrence
    facts: Facts
    since: datetime

    @property
    def name(self) -> str:
        """What the keys of all its steps begin with."""
        return f"step/{self.rule.id}/{self.one.what}/{self.one.day.isoformat()}"

    def planned(self) -> Iterator[Planned]:
        """Every mail and line still to come, those of later steps with estimated moments."""
        if self.one.happened.intersection(self.rule.unless):
            return
        sent = self.facts.sent.get(self.name, {})
        base = Base(self.one.day, self.one.moment, self.one.clock)
        estimated = False
        for number, step in enumerate(self.rule.steps, 1):
            done = sent.get(number, {})
            over = number < max(sent, default=0)
            left = [] if over else list(self._step(number, step, base, done, estimated=estimated))
            yield from left
            moments_ = [*done.values(), *(one.at for one in left)]
            if step.offset.count >= 0 and moments_:
                last = max(moments_, key=_instant)
                base = Base(self.facts.day(last, self.one.about.sender), last)
                estimated = estimated or bool(left)

    def _step(
        self, number: int, step: Step, base: Base, done: Mapping[int, datetime], *, estimated: bool
    ) -> Iterator[Planned]:
        moments_: dict[int, Found | None] = {}  # teachers of one class share it
        for reader in readers(self.rule, step, self.one, self.facts):
            if reader.person.id in done:
                continue
            own = reader.school_class.id
            if own not in moments_:
                moments_[own] = self._moment(number, step, base, reader)
            found = self._present(moments_[own], reader)
            if found is None or not self._holds(number, found, reader):
                continue
            yield Planned(
                key=f"{self.name}/{number}/{reader.person.id}",
                at=found.at,
                rule=self.rule.id,
                step=number,
                notice=step.notice,
                to=reader.person,
                exchange_id=self.facts.exchange.id,
                about=self._about(reader),
                because=found.because,
                digest=step.digest,
                after_step=estimated,
                when=self.rule.when,
            )

    # -- the moment ------------------------------------------------------------------------------

    def _moment(self, number: int, step: Step, base: Base, reader: Reader) -> Found | None:
        if step.offset.count < 0:
            return self._before(number, step, reader)
        found = self._after(step, base, reader)
        if found is None:
            return None
        for pause in self.facts.pauses:
            if pause.end is None:
                return None
            if _instant(found.at) < _instant(pause.end):  # it was due in it, or could not go before it
                end = pause.end
                found = self._after(step, Base(self.facts.day(end, self.one.about.sender), end), reader)
                if found is None:
                    return None
        return found if _instant(found.at) >= _instant(self._now) else replace(found, at=self._soon(reader))

    def _present(self, found: Found | None, reader: Reader) -> Found | None:
        """Whoever is away is not written to: her co-teacher is, or she is when she is back."""
        away = reader.person.away_on(found.at.date()) if found else None
        if found is None or away is None:
            return found
        mates = (one for one in reader.school_class.teachers if one.id != reader.person.id)
        if any(one.away_on(found.at.date()) is None for one in mates):
            return None
        back = self.facts.midnight(away.last + timedelta(days=1), reader.school_class.id)
        at = next_hours(self.facts.calendars[reader.school_class.id], back)
        over = found.because.count < 0 and self._is_over(at, reader)
        return None if over else replace(found, at=at)

    def _after(self, step: Step, base: Base, reader: Reader) -> Found | None:
        own = self.facts.calendars[reader.school_class.id]
        calendars = counted(self.rule, self.one, reader, self.facts)
        found = moments.after(base, step.offset, calendars, own)
        if found is None or not self._known(step, found, reader):
            return None
        return None if self.one.until and found.because.day > self.one.until else found

    def _before(self, number: int, step: Step, reader: Reader) -> Found | None:
        """None where it is overtaken: by the event, by the next such step, by a pause or a promise."""
        found = self._nominal(step, reader)
        if found is None or self.one.about.until or _instant(found.at) < _instant(self.since):
            return None
        if any(p.end is None or _instant(found.at) < _instant(p.end) for p in self.facts.pauses):
            return None
        if _instant(found.at) >= _instant(self._now):
            return found
        later = self.rule.steps[number] if number < len(self.rule.steps) else None
        if later and later.offset.count < 0:
            next_ = self._nominal(later, reader)
            if next_ and _instant(next_.at) <= _instant(self._now):
                return None
        late = replace(found, at=self._local_now(reader) if found.exact else self._soon(reader))
        return None if self._is_over(late.at, reader) else late

    def _nominal(self, step: Step, reader: Reader) -> Found | None:
        own = self.facts.calendars[reader.school_class.id]
        calendars = counted(self.rule, self.one, reader, self.facts)
        base = Base(self.one.day, self.one.moment)
        found = moments.before(base, step.offset, calendars, own)
        return found if found and self._known(step, found, reader) else None

    def _known(self, step: Step, found: Found, reader: Reader) -> bool:
        """Whether we know the school days that were counted, and hers at that time."""
        if step.offset.unit is not Unit.SCHOOL_DAYS:
            return True
        day = max(found.because.start, found.because.day)
        classes = {*found.because.whose, reader.school_class.id}
        return all(self.facts.knows(class_id, day) for class_id in classes)

    def _is_over(self, at: datetime, reader: Reader) -> bool:
        if self.one.moment:
            return _instant(at) >= _instant(self.one.moment)
        return at.date() > self.one.day

    @property
    def _now(self) -> datetime:
        return max(self.facts.now, self.since, key=_instant)

    def _soon(self, reader: Reader) -> datetime:
        """Now, or when her school opens next."""
        return next_hours(self.facts.calendars[reader.school_class.id], self._now)

    def _local_now(self, reader: Reader) -> datetime:
        return self._now.astimezone(self._soon(reader).tzinfo)

    # -- what it is about ------------------------------------------------------------------------

    def _holds(self, number: int, found: Found, reader: Reader) -> bool:
        condition = self.rule.condition
        if condition is None:
            return True
        day, since = found.because.day, self.facts.day(self.since)
        known = values(self.one, number, day, reader, self.facts, since)
        return condition.holds(known)

    def _about(self, reader: Reader) -> About:
        """Of a break: the letter that the reader waits for meanwhile."""
        about, own = self.one.about, reader.school_class.id
        if self.rule.when is not Event.CALENDAR_CLOSURE or about.closure is None or own == about.sender:
            return about
        since = self.facts.day(self.since)
        owed = self.facts.owed(about.sender, own, about.closure.last, since)
        return replace(about, due=owed[0]) if owed else about


def _instant(moment: datetime) -> datetime:
    """Times of one zone compare by their clocks, which repeat an hour: instants do not."""
    return moment.astimezone(UTC)

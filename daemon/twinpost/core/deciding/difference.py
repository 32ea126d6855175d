"""What applying an exchange file would change, in sentences for the admin."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date, time
from typing import Any, TypeVar

from twinpost.core.calendars.looked_up import as_written, new_dates
from twinpost.core.calendars.school import WEEKDAYS, CalendarEntry, Closure, EntryKind
from twinpost.core.model.filed import (
    ClassAsFiled,
    DueDateAsFiled,
    ExchangeAsFiled,
    MeetingAsFiled,
    Pair,
    PersonAsFiled,
    PupilAsFiled,
    match_classes,
)
from twinpost.core.model.folding import fold
from twinpost.core.model.people import Session


def difference(stored: ExchangeAsFiled | None, filed: ExchangeAsFiled) -> tuple[str, ...]:
    """One line for each change; none when the file says what is stored. `stored` None: it is new."""
    if stored is None:
        return tuple(_all_of(filed))
    same = {
        name: stored.classes[position].name
        for name, position in match_classes(filed.classes, stored.classes).items()
    }
    before = _as_now_called(stored, filed, same)
    return (
        *_fields("", before, filed, ("title", "language", "mode", "letters", "guard", "copies")),
        *_classes(before, filed, same),
        *_schedule(before.schedule, filed.schedule),
        *_added_and_removed("pair", before.pairs, filed.pairs, _pair),
        *_added_and_removed("session", before.sessions, filed.sessions, _session),
        *_meeting(before.meeting, filed.meeting),
    )


def _as_now_called(
    stored: ExchangeAsFiled, filed: ExchangeAsFiled, same: Mapping[str, str]
) -> ExchangeAsFiled:
    """What is stored, with the new names in everything that was agreed: a renaming is one change."""
    classes = {old: new for new, old in same.items()}
    pupils = _renamed_pupils(stored, filed, same)
    meeting = stored.meeting
    return replace(
        stored,
        schedule=tuple(
            replace(
                line,
                from_class=classes.get(line.from_class, line.from_class),
                to_class=classes.get(line.to_class, line.to_class),
            )
            for line in stored.schedule
        ),
        pairs=tuple((pupils.get(one, one), pupils.get(other, other)) for one, other in stored.pairs),
        meeting=meeting and replace(meeting, host=classes.get(meeting.host, meeting.host)),
    )


def _renamed_pupils(
    stored: ExchangeAsFiled, filed: ExchangeAsFiled, same: Mapping[str, str]
) -> dict[PupilAsFiled, PupilAsFiled]:
    before = {one.name: one.pupils for one in stored.classes}
    renamed = {}
    for one in filed.classes:
        for pupil in one.pupils if one.name in same else ():
            if old := _same_person(pupil, before[same[one.name]]):
                renamed[PupilAsFiled(same[one.name], old.name)] = PupilAsFiled(one.name, pupil.name)
    return renamed


def _all_of(filed: ExchangeAsFiled) -> Iterator[str]:
    yield f"exchange {filed.code} is new"
    for one in filed.classes:
        yield f"class {one.name} added: {_census(one)}"
    yield from (f"schedule: {_line(line)} due {day_text(line.due)}" for line in filed.schedule)
    if filed.pairs:
        yield f"{len(filed.pairs)} pairs"
    yield from (f"session {_session(session)}" for session in filed.sessions)
    if filed.meeting:
        yield f"meeting: {_meeting_text(filed.meeting)}"


def _census(one: ClassAsFiled) -> str:
    counts = ((len(group), role.value) for role, group in one.groups)
    return ", ".join(f"{count} {role}{'s' if count > 1 else ''}" for count, role in counts if count)


def _fields(about: str, old: object, new: object, names: Sequence[str]) -> Iterator[str]:
    for name in names:
        before, after = getattr(old, name), getattr(new, name)
        if before != after:
            yield f"{about}{name.replace('_', ' ')}: {_shown(before)} → {_shown(after)}"


def _shown(value: Any) -> str:
    if value in (None, "", ()):
        return "none"
    if isinstance(value, tuple):
        return ", ".join(_shown(item) for item in value)
    return f"{value:%H:%M}" if isinstance(value, time) else str(value)


# -- classes and people --------------------------------------------------------------------------


def _classes(stored: ExchangeAsFiled, filed: ExchangeAsFiled, same: Mapping[str, str]) -> Iterator[str]:
    before = {one.name: one for one in stored.classes}
    for one in filed.classes:
        if one.name in same:
            yield from _class(before[same[one.name]], one)
        else:
            yield f"class {one.name} added: {_census(one)}"
    for name in before:
        if name not in same.values():
            yield f"class {name} removed: it becomes inactive and keeps its history"
    order = [same[one.name] for one in filed.classes if one.name in same]
    if order != [name for name in before if name in order]:
        yield f"order of the classes: {', '.join(one.name for one in filed.classes)}"


_CLASS_FIELDS = ("aliases", "school", "country", "city", "timezone", "language", "opens", "school_hours")


def _class(old: ClassAsFiled, new: ClassAsFiled) -> Iterator[str]:
    about = f"class {new.name}: "
    if old.name != new.name:
        yield f"class {old.name} is now called {new.name}"
    if new.slug not in (new.name, old.slug):
        yield f"{about}id: {old.slug} → {new.slug}"
    yield from _fields(about, old, new, _CLASS_FIELDS)
    if old.day_hours != new.day_hours:
        yield f"{about}hours by weekday: {_day_hours(old)} → {_day_hours(new)}"
    if old.school_days != new.school_days:
        yield f"{about}school days: {_days(old.school_days)} → {_days(new.school_days)}"
    for (role, before), (_, after) in zip(old.groups, new.groups, strict=True):
        yield from _people(f"{about}{role.value} ", before, after)
    yield from _calendar(about, old.calendar, new.calendar)


def _day_hours(one: ClassAsFiled) -> str:
    said = (f"{WEEKDAYS[day]} {opens:%H:%M}-{closes:%H:%M}" for day, (opens, closes) in one.day_hours)
    return ", ".join(said) or "none"


def _days(days: Sequence[int]) -> str:
    return " ".join(WEEKDAYS[day] for day in days)


def _people(about: str, before: Sequence[PersonAsFiled], after: Sequence[PersonAsFiled]) -> Iterator[str]:
    left = list(before)
    met = []
    for person in after:
        old = _same_person(person, left)
        if old is None:
            yield f"{about}{person.name} added"
        else:
            left.remove(old)
            met.append(old)
            yield from _person(about, old, person)
    yield from (f"{about}{person.name} removed" for person in left)
    if met != [person for person in before if person in met]:
        yield f"{about}list in another order"


def _same_person(person: PersonAsFiled, known: Sequence[PersonAsFiled]) -> PersonAsFiled | None:
    """By address, else by name, as the ledger finds her."""
    for other in known:
        if set(person.addresses) & set(other.addresses):
            return other
    return next((other for other in known if fold(other.name) == fold(person.name)), None)


def _person(about: str, old: PersonAsFiled, new: PersonAsFiled) -> Iterator[str]:
    if old.name != new.name:
        yield f"{about}{old.name} is now called {new.name}"
    if old.addresses != new.addresses:
        yield f"{about}{new.name}: address {_shown(old.addresses)} → {_shown(new.addresses)}"
    yield from _fields(f"{about}{new.name}: ", old, new, ("language", "gender", "level", "interests"))


def _calendar(about: str, old: Sequence[CalendarEntry], new: Sequence[CalendarEntry]) -> Iterator[str]:
    """Entries by what they say; the same entries in another order can mean other days.

    Entries whose dates stand elsewhere are compared by their dates, too, where both know them.
    """
    before, after = [as_written(entry) for entry in old], [as_written(entry) for entry in new]
    lines = tuple(_added_and_removed(f"{about}calendar:", before, after, _entry))
    yield from lines
    if not lines and before != after:
        yield f"{about}calendar: the same entries in another order; the last wins"
    known = dict(zip(before, old, strict=True))
    for written, entry in dict(zip(after, new, strict=True)).items():
        if written in known:
            added, removed = new_dates(known[written], entry)
            yield from (f"{about}calendar: {_entry(written)}: {_closure(span)} added" for span in added)
            yield from (f"{about}calendar: {_entry(written)}: {_closure(span)} removed" for span in removed)


def _closure(span: Closure) -> str:
    return _entry(CalendarEntry(EntryKind.CLOSED, span.first, span.last, span.name))


def _entry(entry: CalendarEntry) -> str:
    what = entry.kind.value.replace("_", " ")
    if entry.first is None:
        said = " ".join(word for word in (what, entry.source, entry.region) if word)
    elif entry.last is None or entry.last == entry.first:
        said = f"{what} {day_text(entry.first)}"
    else:
        said = f"{what} {day_text(entry.first)} to {day_text(entry.last)}"
    return f"{said} ({entry.name})" if entry.name else said


# -- what was agreed -----------------------------------------------------------------------------


def _schedule(before: Sequence[DueDateAsFiled], after: Sequence[DueDateAsFiled]) -> Iterator[str]:
    old = {_line(line): line.due for line in before}
    for line in after:
        due = old.pop(_line(line), None)
        if due is None:
            yield f"schedule: {_line(line)} due {day_text(line.due)} added"
        elif due != line.due:
            yield f"schedule: {_line(line)} due {day_text(due)} → {day_text(line.due)}"
    yield from (f"schedule: {line} due {day_text(due)} removed" for line, due in old.items())


def _line(line: DueDateAsFiled) -> str:
    return f"{line.product} {line.number} from {line.from_class} to {line.to_class}"


T = TypeVar("T")


def _added_and_removed(
    about: str, before: Sequence[T], after: Sequence[T], text: Callable[[T], str]
) -> Iterator[str]:
    yield from (f"{about} {text(one)} added" for one in after if one not in set(before))
    yield from (f"{about} {text(one)} removed" for one in before if one not in set(after))


def _pair(pair: Pair) -> str:
    return " and ".join(f"{pupil.name} ({pupil.school_class})" for pupil in pair)


def _session(session: Session) -> str:
    when = f"{day_text(session.start.date())} {session.start:%H:%M} in {session.zone}"
    link = f", {session.link}" if session.link else ""
    return f"{session.title}: {when}, {session.minutes} minutes{link}"


def _meeting(before: MeetingAsFiled | None, after: MeetingAsFiled | None) -> Iterator[str]:
    if before != after:
        yield f"meeting: {_meeting_text(before)} → {_meeting_text(after)}"


_ORDINALS = {1: "first", 2: "second", 3: "third", 4: "fourth", -1: "last"}
_DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


def _meeting_text(meeting: MeetingAsFiled | None) -> str:
    if meeting is None:
        return "none"
    day = _DAYS[meeting.weekday]
    when = f"every {day}" if meeting.week is None else f"the {_ORDINALS[meeting.week]} {day} of every month"
    return f"{when}, {meeting.at:%H:%M} of {meeting.host}, {meeting.minutes} minutes"


def day_text(day: date) -> str:
    """A date as the admin reads it: Fri 9 October 2026."""
    return f"{day:%a} {day.day} {day:%B %Y}"

"""The exchange file: read with every problem at once, and written so that reading it changes nothing."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from io import StringIO
from pathlib import Path
from typing import Any

from twinpost.core.calendars.school import AT_SCHOOL, WEEKDAYS, CalendarEntry, Hours
from twinpost.core.model.filed import (
    ALL_WEEK,
    ClassAsFiled,
    DueDateAsFiled,
    ExchangeAsFiled,
    MeetingAsFiled,
    PersonAsFiled,
    PupilAsFiled,
    in_order,
)
from twinpost.core.model.folding import fold
from twinpost.core.model.people import Copies, Guard, Mode, Session
from twinpost.edges import clock, fields
from twinpost.edges.exchange_classes import ALL, Roll, read_class
from twinpost.edges.exchange_plan import (
    MOST_LETTERS,
    Names,
    read_meeting,
    read_pairs,
    read_schedule,
    read_sessions,
)
from twinpost.edges.marked import Marked, load_yaml
from twinpost.edges.sections import Section
from twinpost.edges.shipped import folders
from twinpost.edges.words import load_products
from twinpost.errors import ConfigError, Problem


@dataclass(frozen=True, slots=True)
class ExchangeFile:
    """A file without problems, and the notes that its author should read."""

    path: Path
    filed: ExchangeAsFiled
    notes: tuple[Problem, ...] = ()


def load_exchange(
    path: Path, *, shared: str = "", rules: Path | None = None, today: date | None = None
) -> ExchangeFile:
    """The exchange in this file. `shared` is the post office's own address, which nobody may have;
    `rules` the admin's own folder, whose list of products goes before the shipped one. Dates that
    stand elsewhere (holidays, .ics files) are looked up for the years around `today`, else around now.

    Raises ConfigError with every problem at once, those of the lists of pupils and pairs included.
    """
    products = load_products(*folders(rules))
    return read_exchange(load_yaml(path), path, shared=shared, products=products, today=today)


def read_exchange(
    marked: Marked,
    path: Path,
    *,
    shared: str = "",
    products: Sequence[str] = ("letter",),
    today: date | None = None,
) -> ExchangeFile:
    """The same for content that has been loaded."""
    problems: list[Problem] = []
    top = Section.top(marked, problems)
    roll = Roll(path.absolute().parent, problems, today or clock.now().date(), shared.casefold())
    code = top.need("exchange", fields.code, "", "its short code, such as oslo-lyon")
    entries = top.sections("classes", "a class with its name, timezone and teachers")
    classes = [read_class(entry, roll) for entry in entries]
    _check_classes(top, entries, classes)
    names = Names.of(classes)
    letters = top.take("letters", fields.whole(1, MOST_LETTERS), None)
    schedule = read_schedule(top, names, products, letters)
    filed = ExchangeAsFiled(
        code=code,
        title=top.take("title", fields.text, code),
        classes=tuple(classes),
        language=top.take("language", fields.language, ""),
        mode=top.take("mode", fields.member(Mode), Mode.THROUGH_TEACHERS),
        letters=letters,
        guard=top.take("guard", fields.member(Guard), Guard.REPAIR),
        copies=top.take("copies", fields.member(Copies), Copies.ONE),
        schedule=tuple(line for _, line in schedule),
        pairs=read_pairs(top, names, roll.folder, complete=roll.complete),
        sessions=read_sessions(top),
        meeting=read_meeting(top, names),
    )
    top.finish()
    if problems:
        raise ConfigError(sorted(problems, key=lambda p: (p.file != marked.file, p.file, p.line, p.column)))
    return ExchangeFile(path, in_order(filed), (*roll.notes, *_notes(schedule, classes)))


def _check_classes(top: Section, entries: Sequence[Section], classes: Sequence[ClassAsFiled]) -> None:
    """Two classes or more, no two of them known by the same name or id."""
    if not top.lost and len(top.data.get("classes") or ()) < 2:
        top.note("an exchange needs two classes or more under `classes`", "classes")
    owners: dict[str, str] = {}
    slugs: dict[str, str] = {}
    for entry, one in zip(entries, classes, strict=True):
        for key, name in [("name", one.name), *(("aliases", alias) for alias in one.aliases)]:
            if fold(name) == ALL:
                entry.note(f"`{key}`: {name} means every class, no class can be called so", key)
            elif owner := owners.get(fold(name)):
                entry.note(f"`{key}`: {name} already means class {owner}: a subject could mean both", key)
        owners.update((fold(name), one.name) for name in (one.name, *one.aliases) if name)
        if (owner := slugs.get(fold(one.slug))) and one.slug != one.name:
            entry.note(f"`id`: {one.slug} is already the id of class {owner}", "id")
        slugs[fold(one.slug)] = one.name


def _notes(
    schedule: Sequence[tuple[Section, DueDateAsFiled]], classes: Sequence[ClassAsFiled]
) -> list[Problem]:
    """Due dates on days on which the class that writes has no school, as far as dates tell."""
    by_name = {school_class.name: school_class for school_class in classes}
    notes = []
    for entry, line in schedule:
        writer = by_name[line.from_class]
        told = writer.school_calendar().on(line.due)
        if told.kind not in AT_SCHOOL:
            when = f"{line.due:%A} {line.due.day} {line.due:%B %Y}"
            text = (
                f"{line.product} {line.number} is due on {when}, when {writer.name} has no school"
                f"{f' ({told.closure.name})' if told.closure and told.closure.name else ''}"
            )
            notes.append(entry.marked.problem((*entry.path, "due"), text))
    return notes


# -- writing -------------------------------------------------------------------------------------


def write_exchange(filed: ExchangeAsFiled) -> str:
    """The file as YAML, pupils and pairs within it; what a file need not say is left out."""
    from ruamel.yaml import YAML

    yaml = YAML()
    yaml.width = 4096  # no line is ever broken
    yaml.indent(mapping=2, sequence=4, offset=2)
    yaml.representer.ignore_aliases = lambda _: True
    out = StringIO()
    yaml.dump(_in_flow(exchange_as_data(filed), 0), out)
    return out.getvalue()


_BLOCK_LISTS = frozenset(
    {"classes", "teachers", "leaders", "pupils", "calendar", "pairs", "schedule", "sessions"}
)


_NEEDS_NO_QUOTES = re.compile(r"[^\W_](?:[\w .@/+-]|:(?=[\w/]))*")
"""Stricter than YAML, whose emitters and readers do not agree on texts such as `? a` within braces."""


def _in_flow(value: Any, depth: int, key: str = "") -> Any:
    """Plain data marked for the emitter: classes in blocks, everything within them on one line each."""
    from ruamel.yaml.comments import CommentedMap, CommentedSeq
    from ruamel.yaml.scalarstring import DoubleQuotedScalarString

    if isinstance(value, dict):
        mapping = CommentedMap((name, _in_flow(item, depth + 1, name)) for name, item in value.items())
        if depth and key != "classes":
            mapping.fa.set_flow_style()
        return mapping
    if isinstance(value, list):
        items = CommentedSeq(_in_flow(item, depth + 1, key) for item in value)
        if key not in _BLOCK_LISTS or (key == "pairs" and depth > 1):
            items.fa.set_flow_style()
        return items
    if isinstance(value, str) and not _NEEDS_NO_QUOTES.fullmatch(value):
        return DoubleQuotedScalarString(value)
    return value


def exchange_as_data(filed: ExchangeAsFiled) -> dict[str, Any]:
    """The file as dicts and lists in its own words; dates stay dates."""
    return _said(
        exchange=filed.code,
        title=filed.title,
        language=filed.language,
        mode=filed.mode.value,
        letters=filed.letters,
        guard=filed.guard.value,
        copies=filed.copies.value,
        classes=[_class(school_class) for school_class in filed.classes],
        pairs=_pairs(filed),
        schedule=[_due(line) for line in filed.schedule],
        sessions=[_session(session) for session in filed.sessions],
        meeting=_meeting(filed.meeting) if filed.meeting else None,
    )


def _said(**values: Any) -> dict[str, Any]:
    """What there is to say: neither None nor empty. A trailing underscore spares Python's own words."""
    return {key.rstrip("_"): value for key, value in values.items() if value not in (None, "", [], ())}


def _class(school_class: ClassAsFiled) -> dict[str, Any]:
    hours, days = school_class.school_hours, school_class.school_days
    by_day = {WEEKDAYS[day]: _hours(own) for day, own in school_class.day_hours}
    return _said(
        name=school_class.name,
        id=school_class.slug if school_class.slug != school_class.name else "",
        aliases=list(school_class.aliases),
        school=school_class.school,
        country=school_class.country,
        city=school_class.city,
        timezone=school_class.timezone,
        language=school_class.language,
        opens=list(school_class.opens),
        school_days=[WEEKDAYS[day] for day in days] if days != ALL_WEEK else None,
        school_hours=by_day or (_hours(hours) if hours else None),
        teachers=[_person(person) for person in school_class.teachers],
        leaders=[_person(person) for person in school_class.leaders],
        pupils=[_person(person) for person in school_class.pupils],
        calendar=[_entry(entry) for entry in school_class.calendar],
    )


def _hours(hours: Hours) -> str:
    return f"{hours[0]:%H:%M}-{hours[1]:%H:%M}"


def _person(person: PersonAsFiled) -> dict[str, Any]:
    several = len(person.addresses) > 1
    return _said(
        name=person.name,
        email=list(person.addresses) if several else "".join(person.addresses),
        language=person.language,
        gender=person.gender,
        level=person.level,
        interests=person.interests,
    )


def _entry(entry: CalendarEntry) -> dict[str, Any]:
    when: Any = entry.source
    if entry.first:
        several = entry.last and entry.last != entry.first
        when = f"{entry.first}..{entry.last}" if several else entry.first
    return _said(**{entry.kind.value: when}, region=entry.region, name=entry.name)


def _due(line: DueDateAsFiled) -> dict[str, Any]:
    return {line.product: line.number, "from": line.from_class, "to": line.to_class, "due": line.due}


def _pairs(filed: ExchangeAsFiled) -> list[list[str]]:
    """Two names each; an address instead of a name that stands in several classes."""
    pupils = [(school_class.name, pupil) for school_class in filed.classes for pupil in school_class.pupils]
    bearers = Counter(fold(pupil.name) for _, pupil in pupils)
    words = {
        PupilAsFiled(class_name, pupil.name): pupil.addresses[0]
        if bearers[fold(pupil.name)] > 1 and pupil.addresses
        else pupil.name
        for class_name, pupil in pupils
    }
    return [[words[one], words[other]] for one, other in filed.pairs]


def _session(session: Session) -> dict[str, Any]:
    return _said(
        title=session.title,
        start=f"{session.start:%Y-%m-%dT%H:%M}",
        zone=session.zone,
        minutes=session.minutes,
        link=session.link,
    )


def _meeting(meeting: MeetingAsFiled) -> dict[str, Any]:
    return _said(
        every=meeting.every,
        weekday=WEEKDAYS[meeting.weekday],
        week="last" if meeting.week == -1 else meeting.week,
        at=f"{meeting.at:%H:%M}",
        host=meeting.host,
        minutes=meeting.minutes,
    )

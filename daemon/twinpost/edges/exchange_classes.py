"""The classes of an exchange file: names, people, calendars."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

from twinpost.core.calendars.school import WEEKDAYS, Hours, SchoolCalendar
from twinpost.core.model.filed import ALL_WEEK, ClassAsFiled, PersonAsFiled
from twinpost.core.model.folding import fold
from twinpost.edges import fields
from twinpost.edges.csv_file import Row, load_rows
from twinpost.edges.exchange_calendar import read_calendar
from twinpost.edges.sections import Odd, Section, Unfit, asking, did_you_mean
from twinpost.errors import ConfigError, Problem

OPENABLE = (
    "heic", "webp", "svg", "pages", "numbers", "key", "odt", "ods", "odp", "docx", "xlsx", "pptx", "zip",
    "rar", "7z", "mov", "winmail",
)  # fmt: skip
"""Kinds of files that a class may say it can open."""

ALL = "all"
"""What a subject or a schedule says for every other class: no class may bear this name."""

_PUPIL_COLUMNS = ("name", "email", "gender", "level", "interests")
_HINTS = {
    "mail": "unknown key `mail` (did you mean `email`?)",
    "e-mail": "unknown key `e-mail` (did you mean `email`?)",
    "address": "unknown key `address` (did you mean `email`?)",
}
Note = Callable[[str], None]


@dataclass(slots=True)
class Roll:
    """Who has been read so far, so that one address stays one person's.

    `folder` is that of the exchange file, `today` that on which dates are looked up; `shared` the post
    office's own address, "" if not known.
    """

    folder: Path
    problems: list[Problem]
    today: date
    shared: str = ""
    owners: dict[str, str] = field(default_factory=dict)
    complete: bool = True  # every list of pupils could be read
    notes: list[Problem] = field(default_factory=list)

    def enter(self, person: PersonAsFiled, note: Note) -> None:
        """Note whoever uses another one's address, or ours."""
        for address in person.addresses:
            owner = self.owners.setdefault(address, person.name)
            if address == self.shared:
                note(f"{address} is the shared mailbox itself: {person.name} needs an address of her own")
            elif fold(owner) != fold(person.name):
                note(f"{address} is already that of {owner}: one address belongs to one person")


def read_class(section: Section, roll: Roll) -> ClassAsFiled:
    """One entry of `classes`. A name that is missing or wrong is ""."""
    name = section.need("name", fields.name, "", "the class's name, as subject lines say it")
    timezone = section.need("timezone", fields.zone, "UTC", "a time zone such as Europe/Oslo")
    school_days = _school_days(section)
    school_hours, day_hours = _school_hours(section, school_days)
    at_school = SchoolCalendar.at(timezone, school_days, school_hours, day_hours)
    school_class = ClassAsFiled(
        slug=section.take("id", fields.name, name),
        name=name,
        aliases=_aliases(section, name),
        school=section.take("school", fields.text, ""),
        country=section.take("country", fields.country, ""),
        city=section.take("city", fields.name, ""),
        timezone=timezone,
        language=section.take("language", fields.language, ""),
        opens=tuple(dict.fromkeys(section.several("opens", fields.one_of(OPENABLE), "kinds of files"))),
        school_days=school_days,
        school_hours=school_hours,
        day_hours=day_hours,
        teachers=_adults(section, "teachers", roll),
        leaders=_adults(section, "leaders", roll),
        pupils=_all_pupils(section, roll),
        calendar=read_calendar(section, roll.folder, at_school, roll.today, roll.notes),
    )
    if not section.data.get("teachers"):
        section.note(f"class {name or '?'} has no teacher: `teachers` needs one or more")
    section.finish()
    return school_class


def _aliases(section: Section, name: str) -> tuple[str, ...]:
    aliases = {fold(alias): alias for alias in reversed(section.several("aliases", fields.name, "names"))}
    aliases.pop(fold(name), None)
    return tuple(reversed(aliases.values()))


def _school_days(section: Section) -> tuple[int, ...]:
    days = tuple(sorted(set(section.several("school_days", fields.weekday, "weekdays"))))
    if section.has("school_days") and not section.data["school_days"]:
        section.note(
            "`school_days` is empty: a class without school days never reads its post", "school_days"
        )
    return days or ALL_WEEK


def _school_hours(
    section: Section, days: Sequence[int]
) -> tuple[Hours | None, tuple[tuple[int, Hours], ...]]:
    """The hours of every day alike, or those of each weekday: then all on which the class teaches."""
    if not isinstance(section.data.get("school_hours"), Mapping):
        return section.take("school_hours", fields.hours, None), ()
    by_day = section.section("school_hours")
    read = {number: by_day.take(word, fields.hours, None) for number, word in enumerate(WEEKDAYS)}
    by_day.finish()
    if missing := [WEEKDAYS[day] for day in days if not by_day.has(WEEKDAYS[day])]:
        section.note(f"`school_hours` has no hours for {', '.join(missing)}", "school_hours")
    return None, tuple((day, hours) for day, hours in read.items() if hours)


# -- people --------------------------------------------------------------------------------------


def _adults(section: Section, key: str, roll: Roll) -> tuple[PersonAsFiled, ...]:
    people: list[PersonAsFiled] = []
    for entry in section.sections(key, "{name: …, email: …}"):
        person = PersonAsFiled(
            name=entry.need("name", fields.name, "", "her name"),
            addresses=_addresses(entry),
            language=entry.take("language", fields.language, ""),
        )
        if not entry.has("email"):
            entry.note("`email` is missing: her address")
        entry.finish(_HINTS)
        _add(people, person, roll, entry.note)
    return tuple(people)


def _addresses(entry: Section) -> tuple[str, ...]:
    return tuple(dict.fromkeys(entry.several("email", fields.address, "mail addresses")))


def _add(people: list[PersonAsFiled], person: PersonAsFiled, roll: Roll, note: Note) -> None:
    if person.name and any(fold(person.name) == fold(other.name) for other in people):
        note(f"{person.name} is here twice: give two people of one name a letter more, as in Ana B")
        return
    roll.enter(person, note)
    if person.name:
        people.append(person)


def _all_pupils(section: Section, roll: Roll) -> tuple[PersonAsFiled, ...]:
    before = len(roll.problems)
    pupils = _pupils(section, roll)
    roll.complete = roll.complete and len(roll.problems) == before
    return pupils


def _pupils(section: Section, roll: Roll) -> tuple[PersonAsFiled, ...]:
    if isinstance(section.data.get("pupils"), str):
        file = section.take("pupils", fields.path_beside(roll.folder, must_be="file"), None)
        return _pupils_of_file(file, roll) if file else ()
    people: list[PersonAsFiled] = []
    for number, item in section.rows("pupils", "a name or {name: …, email: …}"):
        data = item if isinstance(item, Mapping) else {"name": item}
        entry = Section(section.marked, section.problems, (*section.path, "pupils", number), data)
        person = PersonAsFiled(
            name=entry.need("name", fields.name, "", "her name"),
            addresses=_addresses(entry),
            language=entry.take("language", fields.language, ""),
            gender=entry.take("gender", fields.text, ""),
            level=entry.take("level", fields.text, ""),
            interests=entry.take("interests", _joined, ""),
        )
        entry.finish(_HINTS)
        _add(people, person, roll, entry.note)
    return tuple(people)


def _joined(value: Any) -> str:
    """Interests are one text; a list of them is written as one."""
    return ", ".join(fields.text(item) for item in value) if isinstance(value, list) else fields.text(value)


def _pupils_of_file(file: Path, roll: Roll) -> tuple[PersonAsFiled, ...]:
    try:
        rows = load_rows(file)
    except ConfigError as error:
        roll.problems.extend(error.problems)
        return ()
    columns = _columns(file, rows, roll.problems)
    people: list[PersonAsFiled] = []
    for row in rows[1:] if columns is not None and _is_header(rows[0]) else rows:
        _add_row(people, file, row, columns or {}, roll)
    return tuple(people)


def _is_header(row: Row) -> bool:
    return any(cell.casefold() in _PUPIL_COLUMNS for cell in row.cells)


def _columns(file: Path, rows: tuple[Row, ...], problems: list[Problem]) -> dict[str, int] | None:
    """Where each column stands; None where that cannot be known.

    Without a row of column names a list of names, or of names and addresses, still reads well.
    """
    if not rows:
        problems.append(Problem(str(file), 0, "is empty: it needs a row for each pupil"))
        return None
    first = rows[0]
    if _is_header(first):
        for cell in first.cells:
            if cell and cell.casefold() not in _PUPIL_COLUMNS:
                ask = asking(did_you_mean(cell, _PUPIL_COLUMNS)) or f": known are {', '.join(_PUPIL_COLUMNS)}"
                problems.append(Problem(str(file), first.line, f'row 1: unknown column "{cell}"{ask}'))
        return {cell.casefold(): number for number, cell in reversed(list(enumerate(first.cells)))}
    if len(first.cells) == 1 or (len(first.cells) == 2 and "@" in first.cells[1]):
        return {"name": 0, "email": 1}
    text = f"row 1 must name the columns: {', '.join(_PUPIL_COLUMNS)}"
    problems.append(Problem(str(file), first.line, text))
    return None


def _add_row(
    people: list[PersonAsFiled], file: Path, row: Row, columns: Mapping[str, int], roll: Roll
) -> None:
    def note(text: str) -> None:
        roll.problems.append(Problem(str(file), row.line, text))

    def cell(column: str, read: Callable[[Any], str] = fields.text) -> str:
        place = columns.get(column, len(row.cells))
        written = row.cells[place] if place < len(row.cells) else ""
        try:
            return read(written) if written else ""
        except (Unfit, Odd) as error:
            note(f"{column}: {error}")
            return ""

    if not columns:
        return
    name = cell("name", fields.name)
    address = cell("email", fields.address)
    if not name:
        note("this row has no name")
    person = PersonAsFiled(
        name,
        (address,) if address else (),
        gender=cell("gender"),
        level=cell("level"),
        interests=cell("interests"),
    )
    _add(people, person, roll, note)

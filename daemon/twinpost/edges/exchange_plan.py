"""What the classes of an exchange file agreed: schedule, pairs, sessions, the regular meeting."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, time
from functools import partial
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from twinpost.core.model.filed import (
    ClassAsFiled,
    DueDateAsFiled,
    MeetingAsFiled,
    Pair,
    PupilAsFiled,
)
from twinpost.core.model.folding import fold
from twinpost.core.model.people import Session
from twinpost.edges import fields
from twinpost.edges.csv_file import load_rows
from twinpost.edges.exchange_classes import ALL, Note
from twinpost.edges.sections import Odd, Read, Section, Unfit, asking, did_you_mean, shown
from twinpost.errors import ConfigError, Problem

MOST_LETTERS = 200


@dataclass(frozen=True, slots=True)
class Names:
    """The classes by every name that the file may use for them."""

    classes: tuple[ClassAsFiled, ...]
    by_fold: dict[str, str] = field(default_factory=dict)

    @classmethod
    def of(cls, classes: Sequence[ClassAsFiled]) -> Names:
        names = {fold(one.slug): one.name for one in classes}
        for one in classes:
            names.update((fold(name), one.name) for name in (*one.aliases, one.name))
        return cls(tuple(classes), names)

    def read(self, value: Any) -> str:
        """The proper name of the class that the file means here; "" where a class lost its name."""
        proper = [school_class.name for school_class in self.classes]
        if isinstance(value, int) and not isinstance(value, bool):
            value = str(value)
        if isinstance(value, str) and fold(value) in self.by_fold:
            return self.by_fold[fold(value)]
        if not all(proper):
            return ""  # whoever is meant, that problem is noted already
        near = did_you_mean(value, self.spellings()) if isinstance(value, str) else ""
        raise Unfit(f"one of the classes {', '.join(proper)}", near)

    def spellings(self) -> list[str]:
        """Every name as written."""
        return [name for one in self.classes for name in (one.name, one.slug, *one.aliases)]


# -- schedule ------------------------------------------------------------------------------------


def read_schedule(
    top: Section, names: Names, products: Sequence[str], letters: int | None
) -> list[tuple[Section, DueDateAsFiled]]:
    """Every due date, with the entry that says it."""
    lines: list[tuple[Section, DueDateAsFiled]] = []
    seen: dict[tuple[str, int, str, str], int] = {}
    for entry in top.sections(
        "schedule", "such as {letter: 1, from: 7B Oslo, to: CM2 Lyon, due: 2026-10-09}"
    ):
        for line in _due_dates(entry, names, products):
            key = (line.product, line.number, line.from_class, line.to_class)
            what = f"{line.product} {line.number} from {line.from_class} to {line.to_class}"
            if key in seen:
                entry.note(f"{what} stands here twice: see line {seen[key]}")
                continue
            seen[key] = entry.marked.problem(entry.path, "").line
            if letters and line.product == "letter" and line.number > letters:
                entry.note(f"letter {line.number} is beyond `letters: {letters}`")
            lines.append((entry, line))
    return lines


def _due_dates(entry: Section, names: Names, products: Sequence[str]) -> list[DueDateAsFiled]:
    product = next((product for product in products if product in entry.data), products[0])
    number = entry.need(product, fields.whole(1, MOST_LETTERS), 0, "which letter, as in `letter: 1`")
    from_class = entry.need("from", names.read, "", "the class that writes")
    to = entry.data.get("to")
    everybody = isinstance(to, str) and fold(to) == ALL
    if not entry.has("to"):
        entry.note("`to` is missing: the class that the letter is for")
    to_classes = entry.several("to", (lambda _: ALL) if everybody else names.read, "classes")
    due = entry.need("due", fields.day, None, "a date such as 2026-10-09")
    entry.finish()
    if everybody:
        to_classes = tuple(one.name for one in names.classes if one.name != from_class)
    elif from_class and from_class in to_classes:
        entry.note(f"{from_class} would write to itself")
        return []
    if not (number and from_class and due):
        return []
    return [DueDateAsFiled(product, number, from_class, one, due) for one in dict.fromkeys(to_classes) if one]


# -- pairs ---------------------------------------------------------------------------------------


def read_pairs(top: Section, names: Names, folder: Path, *, complete: bool = True) -> tuple[Pair, ...]:
    """The pairs of a list or a file. Unless all pupils are known (`complete`), unknown ones are no news."""
    pupils = _pupils(names)
    pairs: dict[frozenset[PupilAsFiled], Pair] = {}
    for cells, note in _written_pairs(top, names, folder):
        try:
            pair = _pair(cells, pupils)
        except Odd as odd:
            if complete:
                note(str(odd))
            continue
        if frozenset(pair) in pairs:
            note(f"{pair[0].name} and {pair[1].name} stand here twice")
        pairs[frozenset(pair)] = pair
    return tuple(pairs.values())


def _pupils(names: Names) -> dict[str, list[PupilAsFiled]]:
    """Every pupil by her folded name and by each of her addresses, in the order of the classes."""
    pupils: dict[str, list[PupilAsFiled]] = {}
    for school_class in names.classes:
        for person in school_class.pupils:
            for word in (fold(person.name), *person.addresses):
                pupils.setdefault(word, []).append(PupilAsFiled(school_class.name, person.name))
    return pupils


def _written_pairs(top: Section, names: Names, folder: Path) -> list[tuple[list[Any], Note]]:
    if isinstance(top.data.get("pairs"), str):
        file = top.take("pairs", fields.path_beside(folder, must_be="file"), None)
        return _pairs_of_file(file, names, top) if file else []
    rows: list[tuple[list[Any], Note]] = []
    for number, item in top.rows("pairs", "[pupil, pupil]"):
        note = partial(_note_pair, top, number)
        if isinstance(item, list) and len(item) == 2:
            rows.append((item, note))
        else:
            note(f"a pair must be [pupil, pupil], not {shown(item)}")
    return rows


def _pairs_of_file(file: Path, names: Names, top: Section) -> list[tuple[list[Any], Note]]:
    try:
        rows = load_rows(file)
    except ConfigError as error:
        top.problems.extend(error.problems)
        return []
    pairs: list[tuple[list[Any], Note]] = []
    for row in rows:
        note = partial(_note_row, top, file, row.line)
        cells = [cell for cell in row.cells if cell]
        if row is rows[0] and all(fold(cell) in names.by_fold for cell in cells):
            continue  # a row of class names
        if len(cells) == 2:
            pairs.append((list(cells), note))
        else:
            note(f"a pair needs two pupils, and this row names {len(cells)}")
    return pairs


def _note_pair(top: Section, number: int, text: str) -> None:
    top.note(text, "pairs", number)


def _note_row(top: Section, file: Path, line: int, text: str) -> None:
    top.problems.append(Problem(str(file), line, text))


def _pair(cells: Sequence[Any], pupils: Mapping[str, list[PupilAsFiled]]) -> Pair:
    one, other = (_who(cell, pupils) for cell in cells)
    possible = [(a, b) for a in one for b in other if a.school_class != b.school_class]
    if not possible:
        raise Odd(f"{shown(cells[0])} and {shown(cells[1])} are in the same class")
    same_two = len(one) == 2 and {who.school_class for who in one} == {who.school_class for who in other}
    if len({frozenset(pair) for pair in possible}) > 1 and not same_two:
        raise Odd(f"{shown(cells[0])} and {shown(cells[1])} can be several pupils: write their addresses")
    # Both names in both classes: the first is the pupil of the class that stands first.
    return possible[0]


def _who(cell: Any, pupils: Mapping[str, list[PupilAsFiled]]) -> list[PupilAsFiled]:
    written = str(cell)
    found = pupils.get(written.strip().casefold()) or pupils.get(fold(written))
    if not found:
        names = {pupil.name for several in pupils.values() for pupil in several}
        raise Odd(f"no class has a pupil {shown(cell)}{asking(did_you_mean(written, sorted(names)))}")
    return found


_NO_START = datetime(2000, 1, 1)  # noqa: DTZ001 - stands in for a start that is noted as a problem


# -- sessions and the meeting --------------------------------------------------------------------


def read_sessions(top: Section) -> tuple[Session, ...]:
    """The live meetings that are agreed."""
    what = "such as {title: …, start: 2026-11-12T10:00, zone: Europe/Oslo}"
    sessions: list[Session] = []
    for entry in top.sections("sessions", what):
        zone = entry.need("zone", fields.zone, "", "the time zone of `start`, such as Europe/Oslo")
        start = entry.need("start", _existing(zone), None, "a date and a time such as 2026-11-12T10:00")
        session = Session(
            title=entry.need("title", fields.text, "", "what the session is about"),
            start=start or _NO_START,
            zone=zone,
            minutes=entry.take("minutes", fields.whole(5, 600), 45),
            link=entry.take("link", fields.link, ""),
        )
        entry.finish()
        if start and session in sessions:
            entry.note(f"{session.title} stands here twice")
        sessions.append(session)
    return tuple(sessions)


def _existing(zone: str) -> Read[datetime]:
    """A reader of wall clock times that exist in the zone: clocks that go forward leave an hour out."""

    def read(value: Any) -> datetime:
        start = fields.wall_clock(value)
        if zone:
            local = start.replace(tzinfo=ZoneInfo(zone))
            if local.astimezone(UTC).astimezone(local.tzinfo).replace(tzinfo=None) != start:
                raise Odd(f"there is no {start:%H:%M} on that day in {zone}: the clocks go forward")
        return start

    return read


def read_meeting(top: Section, names: Names) -> MeetingAsFiled | None:
    """The regular meeting, if there is one."""
    if not top.has("meeting"):
        top.known.append("meeting")
        return None
    section = top.section("meeting")
    every = section.need("every", fields.one_of(("week", "month")), "month", "week or month")
    monthly = every == "month"
    meeting = MeetingAsFiled(
        every=every,
        weekday=section.need("weekday", fields.weekday, 0, "the weekday, such as tue"),
        at=section.need("at", fields.clock, time(0), "the time, such as 14:30"),
        host=section.need("host", names.read, "", "the class whose clock it keeps"),
        week=section.take("week", _week, 1) if monthly else None,
        minutes=section.take("minutes", fields.whole(5, 600), 20),
    )
    if not monthly and section.has("week"):
        section.known.append("week")
        section.note("`week` counts weeks of a month: a weekly meeting has none", "week")
    section.finish()
    return meeting


def _week(value: Any) -> int:
    if value in ("last", -1):
        return -1
    if isinstance(value, int) and not isinstance(value, bool) and 1 <= value <= 4:
        return value
    raise Unfit("the week of the month, 1 to 4 or last")

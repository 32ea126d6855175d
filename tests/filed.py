"""Exchanges as their files say them, for tests: one readable call each."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, time
from typing import Any

from twinpost.core.calendars.school import CalendarEntry, EntryKind
from twinpost.core.model.filed import (
    ClassAsFiled,
    DueDateAsFiled,
    ExchangeAsFiled,
    MeetingAsFiled,
    PersonAsFiled,
    PupilAsFiled,
    in_order,
)
from twinpost.core.model.people import Session

KARI = PersonAsFiled("Kari Nordmann", ("kari@fagerborg.example",))
OLA = PersonAsFiled("Ola Hansen", ("ola@fagerborg.example", "ola.hansen@fagerborg.example"))
LUC = PersonAsFiled("Luc Martin", ("luc@ecole-lyon.example",))
HEAD = PersonAsFiled("Head Teacher", ("head@fagerborg.example",), "nn")
ANA = PersonAsFiled("Ana", (), "", "f", "A2", "chess")
TOMAS = PersonAsFiled("Tomás", ("tomas@pupils.fagerborg.example",))
ZOE, HUGO = PersonAsFiled("Zoé"), PersonAsFiled("Hugo")

AUTUMN = CalendarEntry(EntryKind.CLOSED, date(2026, 9, 28), date(2026, 10, 2), "Autumn holiday")

OSLO = ClassAsFiled(
    "oslo",
    "7B Oslo",
    "Europe/Oslo",
    ("7B", "Oslo"),
    "Fagerborg skole",
    "NO",
    language="nb",
    opens=("heic",),
    school_hours=(time(8, 15), time(14)),
    teachers=(KARI, OLA),
    leaders=(HEAD,),
    pupils=(ANA, TOMAS),
    calendar=(CalendarEntry(EntryKind.HOLIDAYS, source="NO"), AUTUMN),
)
LYON = ClassAsFiled(
    "CM2 Lyon",
    "CM2 Lyon",
    "Europe/Paris",
    ("CM2", "Lyon", "École Lyon"),
    school_days=(0, 1, 3, 4),
    teachers=(LUC,),
    pupils=(ZOE, HUGO),
)


def a_due_date(number: int, from_class: str, to_class: str, day: date) -> DueDateAsFiled:
    return DueDateAsFiled("letter", number, from_class, to_class, day)


FILED = in_order(
    ExchangeAsFiled(
        "oslo-lyon",
        "Oslo and Lyon write letters",
        (OSLO, LYON),
        letters=4,
        schedule=(
            a_due_date(1, "7B Oslo", "CM2 Lyon", date(2026, 10, 9)),
            a_due_date(1, "CM2 Lyon", "7B Oslo", date(2026, 11, 6)),
        ),
        pairs=(
            (PupilAsFiled("7B Oslo", "Ana"), PupilAsFiled("CM2 Lyon", "Zoé")),
            (PupilAsFiled("7B Oslo", "Tomás"), PupilAsFiled("CM2 Lyon", "Hugo")),
        ),
        sessions=(
            Session("Meet", datetime(2026, 11, 12, 10), "Europe/Oslo", 45, "https://meet.example/abc"),
        ),
        meeting=MeetingAsFiled("month", 1, time(14, 30), "7B Oslo", 1),
    )
)
"""oslo-lyon with everything that a file can say."""


def with_oslo(filed: ExchangeAsFiled = FILED, **changes: Any) -> ExchangeAsFiled:
    """The exchange with a changed first class."""
    oslo, *others = filed.classes
    return replace(filed, classes=(replace(oslo, **changes), *others))


def plain(code: str, *classes: tuple[str, PersonAsFiled]) -> ExchangeAsFiled:
    """An exchange of classes with one teacher each and nothing agreed."""
    ends = tuple(ClassAsFiled(name, name, "Europe/Oslo", teachers=(who,)) for name, who in classes)
    return ExchangeAsFiled(code, code, ends)

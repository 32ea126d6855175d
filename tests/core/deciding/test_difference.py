from __future__ import annotations

from dataclasses import replace
from datetime import date, time
from typing import Any

import pytest
from tests.filed import (
    ANA,
    AUTUMN,
    FILED,
    HUGO,
    KARI,
    LUC,
    LYON,
    OLA,
    OSLO,
    TOMAS,
    ZOE,
    a_due_date,
    plain,
    with_oslo,
)
from tests.school_years import feed

from twinpost.core.deciding.difference import difference
from twinpost.core.model.filed import ExchangeAsFiled, MeetingAsFiled, PersonAsFiled, PupilAsFiled
from twinpost.core.model.people import Mode

MEET = "Meet: Thu 12 November 2026 10:00 in Europe/Oslo, 45 minutes, https://meet.example/abc"
MONTHLY = "the first Tuesday of every month, 14:30 of 7B Oslo, 20 minutes"
AUTUMN_TEXT = "closed Mon 28 September 2026 to Fri 2 October 2026 (Autumn holiday)"


def test_the_same_file_makes_no_difference() -> None:
    assert difference(FILED, FILED) == ()


def test_a_new_exchange_is_told_whole() -> None:
    assert difference(None, FILED) == (
        "exchange oslo-lyon is new",
        "class 7B Oslo added: 2 teachers, 1 leader, 2 pupils",
        "class CM2 Lyon added: 1 teacher, 2 pupils",
        "schedule: letter 1 from 7B Oslo to CM2 Lyon due Fri 9 October 2026",
        "schedule: letter 1 from CM2 Lyon to 7B Oslo due Fri 6 November 2026",
        "2 pairs",
        f"session {MEET}",
        f"meeting: {MONTHLY}",
    )


def lyon(**changes: Any) -> ExchangeAsFiled:
    return replace(FILED, classes=(OSLO, replace(LYON, **changes)))


MOVED = a_due_date(1, "7B Oslo", "CM2 Lyon", date(2026, 10, 12))
SECOND = a_due_date(2, "7B Oslo", "CM2 Lyon", date(2026, 12, 4))

CHANGES: list[tuple[ExchangeAsFiled, tuple[str, ...]]] = [
    (replace(FILED, title="Letters"), ("title: Oslo and Lyon write letters → Letters",)),
    (replace(FILED, letters=None), ("letters: 4 → none",)),
    (replace(FILED, mode=Mode.BOTH), ("mode: through-teachers → both",)),
    (with_oslo(teachers=(KARI,)), ("class 7B Oslo: teacher Ola Hansen removed",)),
    (lyon(teachers=(LUC, OLA)), ("class CM2 Lyon: teacher Ola Hansen added",)),
    (
        lyon(teachers=(replace(LUC, name="Luc M."),)),
        ("class CM2 Lyon: teacher Luc Martin is now called Luc M.",),
    ),
    (
        lyon(teachers=(PersonAsFiled("Luc Martin", ("luc@new.example",), "fr"),)),
        (
            "class CM2 Lyon: teacher Luc Martin: address luc@ecole-lyon.example → luc@new.example",
            "class CM2 Lyon: teacher Luc Martin: language: none → fr",
        ),
    ),
    (with_oslo(teachers=(OLA, KARI)), ("class 7B Oslo: teacher list in another order",)),
    (
        with_oslo(pupils=(replace(ANA, level="B1"), TOMAS, PersonAsFiled("Sara"))),
        ("class 7B Oslo: pupil Ana: level: A2 → B1", "class 7B Oslo: pupil Sara added"),
    ),
    (with_oslo(aliases=("7B",)), ("class 7B Oslo: aliases: 7B, Oslo → 7B",)),
    (with_oslo(slug="osl"), ("class 7B Oslo: id: oslo → osl",)),
    (with_oslo(slug="7B Oslo"), ()),
    (with_oslo(school_hours=None), ("class 7B Oslo: school hours: 08:15, 14:00 → none",)),
    (
        with_oslo(school_days=(0, 6)),
        ("class 7B Oslo: school days: mon tue wed thu fri → mon sun",),
    ),
    (
        with_oslo(day_hours=((0, (time(8, 15), time(14))), (2, (time(8, 15), time(12))))),
        ("class 7B Oslo: hours by weekday: none → mon 08:15-14:00, wed 08:15-12:00",),
    ),
    (
        with_oslo(calendar=(feed("holidays", ("2026-12-25", "Christmas Day")), AUTUMN)),
        ("class 7B Oslo: calendar: holidays NO: closed Fri 25 December 2026 (Christmas Day) added",),
    ),
    (
        with_oslo(calendar=OSLO.calendar[:1]),
        (f"class 7B Oslo: calendar: {AUTUMN_TEXT} removed",),
    ),
    (
        with_oslo(calendar=(AUTUMN, *OSLO.calendar[:1])),
        ("class 7B Oslo: calendar: the same entries in another order; the last wins",),
    ),
    (
        replace(FILED, classes=(LYON, OSLO)),
        ("order of the classes: CM2 Lyon, 7B Oslo",),
    ),
    (
        replace(FILED, classes=(*FILED.classes, *plain("x", ("5A Kyiv", KARI)).classes)),
        ("class 5A Kyiv added: 1 teacher",),
    ),
    (
        replace(FILED, schedule=(MOVED, FILED.schedule[1], SECOND)),
        (
            "schedule: letter 1 from 7B Oslo to CM2 Lyon due Fri 9 October 2026 → Mon 12 October 2026",
            "schedule: letter 2 from 7B Oslo to CM2 Lyon due Fri 4 December 2026 added",
        ),
    ),
    (
        replace(FILED, schedule=FILED.schedule[:1]),
        ("schedule: letter 1 from CM2 Lyon to 7B Oslo due Fri 6 November 2026 removed",),
    ),
    (replace(FILED, pairs=FILED.pairs[1:]), ("pair Ana (7B Oslo) and Zoé (CM2 Lyon) removed",)),
    (
        replace(FILED, sessions=()),
        (f"session {MEET} removed",),
    ),
    (
        replace(FILED, meeting=MeetingAsFiled("week", 4, time(9), "CM2 Lyon")),
        (f"meeting: {MONTHLY} → every Friday, 09:00 of CM2 Lyon, 20 minutes",),
    ),
]


@pytest.mark.parametrize(("filed", "lines"), CHANGES)
def test_each_change_is_one_line(filed: ExchangeAsFiled, lines: tuple[str, ...]) -> None:
    assert difference(FILED, filed) == lines


def test_a_renamed_class_is_one_change_wherever_it_is_named() -> None:
    renamed = with_oslo(name="8B Oslo")
    schedule = tuple(
        replace(line, from_class=_new(line.from_class), to_class=_new(line.to_class))
        for line in FILED.schedule
    )
    pairs = tuple((PupilAsFiled("8B Oslo", one.name), other) for one, other in FILED.pairs)
    assert FILED.meeting is not None
    meeting = replace(FILED.meeting, host="8B Oslo")
    changed = replace(renamed, schedule=schedule, pairs=pairs, meeting=meeting)
    assert difference(FILED, changed) == ("class 7B Oslo is now called 8B Oslo",)


def _new(name: str) -> str:
    return "8B Oslo" if name == "7B Oslo" else name


def test_a_renamed_pupil_keeps_her_pair() -> None:
    tomas = replace(TOMAS, name="Tomás B")
    pairs = (FILED.pairs[0], (PupilAsFiled("7B Oslo", "Tomás B"), PupilAsFiled("CM2 Lyon", "Hugo")))
    changed = replace(with_oslo(pupils=(ANA, tomas)), pairs=pairs)
    assert difference(FILED, changed) == ("class 7B Oslo: pupil Tomás is now called Tomás B",)


def test_a_class_that_leaves_takes_nothing_else_with_it() -> None:
    three = plain("x", ("A", KARI), ("B", LUC), ("C", OLA))
    two = replace(three, classes=three.classes[:2])
    assert difference(three, two) == ("class C removed: it becomes inactive and keeps its history",)


def test_pupils_in_another_order_are_told_once() -> None:
    assert difference(FILED, lyon(pupils=(HUGO, ZOE))) == ("class CM2 Lyon: pupil list in another order",)

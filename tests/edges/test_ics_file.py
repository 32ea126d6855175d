"""Calendar files as schools and calendar programs write them, and as somebody who means harm would."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.school_years import a_calendar, d

from twinpost.core.calendars.school import Closure
from twinpost.edges.ics_file import MOST_CLOSURES, MOST_PIECES, load_ics, merged
from twinpost.errors import ConfigError

WINDOW = (d("2026-08-01"), d("2027-07-31"))
ZONE = """\
BEGIN:VTIMEZONE
TZID:W. Europe Standard Time
BEGIN:STANDARD
DTSTART:16010101T030000
TZOFFSETFROM:+0200
TZOFFSETTO:+0100
RRULE:FREQ=YEARLY;BYDAY=-1SU;BYMONTH=10
END:STANDARD
BEGIN:DAYLIGHT
DTSTART:16010101T020000
TZOFFSETFROM:+0100
TZOFFSETTO:+0200
RRULE:FREQ=YEARLY;BYDAY=-1SU;BYMONTH=3
END:DAYLIGHT
END:VTIMEZONE
"""


def event(*lines: str) -> str:
    return "\n".join(("BEGIN:VEVENT", *lines, "END:VEVENT", ""))


def ics(folder: Path, *pieces: str) -> Path:
    body = "".join(piece if piece.endswith("\n") else f"{piece}\n" for piece in pieces)
    text = f"BEGIN:VCALENDAR\nVERSION:2.0\nPRODID:-//School//EN\n{body}END:VCALENDAR\n"
    path = folder / "7b.ics"
    path.write_bytes(text.replace("\n", "\r\n").encode())
    return path


def closed(folder: Path, *pieces: str) -> list[tuple[str, str, str]]:
    found = load_ics(ics(folder, *pieces), a_calendar(), WINDOW)
    return [(span.first.isoformat(), span.last.isoformat(), span.name) for span in found]


def problems(folder: Path, *pieces: str) -> list[tuple[int, str]]:
    with pytest.raises(ConfigError) as caught:
        load_ics(ics(folder, *pieces), a_calendar(), WINDOW)
    return [(problem.line, problem.text) for problem in caught.value.problems]


DAY = "DTSTART;VALUE=DATE:20261012"
READ = {
    "several days, the end not included": (
        ("DTSTART;VALUE=DATE:20260928", "DTEND;VALUE=DATE:20261003", "SUMMARY:Autumn"),
        [("2026-09-28", "2026-10-02", "Autumn")],
    ),
    "one day without an end": ((DAY, "SUMMARY:Fair"), [("2026-10-12", "2026-10-12", "Fair")]),
    "an end that is the start": ((DAY, "DTEND;VALUE=DATE:20261012"), [("2026-10-12", "2026-10-12", "")]),
    "a date that does not say so": (("DTSTART:20261012",), [("2026-10-12", "2026-10-12", "")]),
    "a length in days": ((DAY, "DURATION:P2D"), [("2026-10-12", "2026-10-13", "")]),
    "a name over two lines, with commas": (
        (DAY, "SUMMARY:Teachers\\, parents\\n and", "  pupils"),
        [("2026-10-12", "2026-10-12", "Teachers, parents and pupils")],
    ),
    "called off": ((DAY, "STATUS:CANCELLED"), []),
    "before the window and after it": (
        ("DTSTART;VALUE=DATE:20260720", "DTEND;VALUE=DATE:20260803"),
        [("2026-08-01", "2026-08-02", "")],
    ),
    "long ago": (("DTSTART;VALUE=DATE:20190720",), []),
    "floating, all school hours": (
        ("DTSTART:20261012T000000", "DTEND:20261012T235900"),
        [("2026-10-12", "2026-10-12", "")],
    ),
    "an evening": (("DTSTART:20261012T180000", "DTEND:20261012T200000"), []),
    "an hour, for ever": (("DTSTART:20261012T080000",), []),
    "in UTC, from before school until after it": (
        ("DTSTART:20261012T055959Z", "DTEND:20261013T130000Z"),
        [("2026-10-12", "2026-10-13", "")],
    ),
    "in UTC, a second too late": (("DTSTART:20261012T060001Z", "DTEND:20261012T140000Z"), []),
    "with a zone of Windows": (
        (
            "DTSTART;TZID=W. Europe Standard Time:20261012T080000",
            "DTEND;TZID=W. Europe Standard Time:20261012T150000",
        ),
        [("2026-10-12", "2026-10-12", "")],
    ),
    "with a zone far away": (
        ("DTSTART;TZID=America/New_York:20261012T010000", "DTEND;TZID=America/New_York:20261012T090000"),
        [("2026-10-12", "2026-10-12", "")],
    ),
    "every year since 1970": (
        ("DTSTART;VALUE=DATE:19700517", "RRULE:FREQ=YEARLY", "SUMMARY:National day"),
        [("2027-05-17", "2027-05-17", "National day")],
    ),
    "the first Monday of each month until Christmas": (
        ("DTSTART;VALUE=DATE:20261005", "RRULE:FREQ=MONTHLY;BYDAY=1MO;UNTIL=20261224"),
        [(day, day, "") for day in ("2026-10-05", "2026-11-02", "2026-12-07")],
    ),
    "weekly, one left out, one added": (
        (
            "DTSTART;VALUE=DATE:20261007",
            "RRULE:FREQ=WEEKLY;COUNT=3",
            "EXDATE;VALUE=DATE:20261014",
            "RDATE;VALUE=DATE:20261023",
        ),
        [(day, day, "") for day in ("2026-10-07", "2026-10-21", "2026-10-23")],
    ),
}


@pytest.mark.parametrize("case", READ)
def test_events_close_the_days_that_they_last(case: str, tmp_path: Path) -> None:
    lines, days = READ[case]
    assert closed(tmp_path, ZONE, event("UID:1", *lines)) == days


def test_one_of_a_series_may_have_moved(tmp_path: Path) -> None:
    series = event("UID:1", "DTSTART;VALUE=DATE:20261007", "RRULE:FREQ=WEEKLY;COUNT=2", "SUMMARY:Trip")
    moved = ("RECURRENCE-ID;VALUE=DATE:20261014", "DTSTART;VALUE=DATE:20261016", "SUMMARY:Trip")
    assert closed(tmp_path, series, event("UID:1", *moved)) == [
        ("2026-10-07", "2026-10-07", "Trip"),
        ("2026-10-16", "2026-10-16", "Trip"),
    ]


def test_days_of_one_name_that_follow_each_other_are_one_closure() -> None:
    spans = [Closure(d(f"2026-10-{day}"), d(f"2026-10-{day}"), "Fair") for day in (14, 12, 13, 13, 16)]
    assert merged(spans) == (
        Closure(d("2026-10-12"), d("2026-10-14"), "Fair"),
        Closure(d("2026-10-16"), d("2026-10-16"), "Fair"),
    )


def test_a_file_may_hold_several_calendars_and_old_line_ends(tmp_path: Path) -> None:
    text = ics(tmp_path, event("UID:1", DAY)).read_text()
    path = tmp_path / "two.ics"
    path.write_text(text.replace("\r\n", "\n") + text.replace("12", "13"), "utf-8")
    assert load_ics(path, a_calendar(), WINDOW) == (Closure(d("2026-10-12"), d("2026-10-13")),)


REFUSED = {
    "FREQ=SECONDLY": "repeats secondly: no school calendar needs that",
    "FREQ=HOURLY;COUNT=3": "repeats hourly: no school calendar needs that",
    "COUNT=3": "repeats nobody knows when: no school calendar needs that",
    "FREQ=DAILY;BYHOUR=1,2;BYMINUTE=1": "repeats by BYHOUR: no school calendar needs that",
    "FREQ=DAILY;INTERVAL=0": "repeats at an interval of 0: no school calendar needs that",
    "FREQ=DAILY;INTERVAL=-1": "repeats at an interval of -1: no school calendar needs that",
    "freq=secondly": "repeats secondly: no school calendar needs that",
}


@pytest.mark.parametrize("rule", REFUSED)
def test_a_repetition_that_would_never_end_is_refused_with_its_line(rule: str, tmp_path: Path) -> None:
    assert problems(tmp_path, event("UID:1", DAY, f"RRULE:{rule}")) == [(7, REFUSED[rule])]


def test_a_zone_may_change_its_clocks_once_a_year_only(tmp_path: Path) -> None:
    zone = ZONE.replace("FREQ=YEARLY;BYDAY=-1SU;BYMONTH=3", "FREQ=DAILY")
    assert problems(tmp_path, zone, event("UID:1", DAY)) == [
        (16, "repeats daily: no school calendar needs that")
    ]


def test_a_rule_that_is_folded_in_its_middle_is_seen(tmp_path: Path) -> None:
    folded = event("UID:1", DAY, "RRULE:FREQ=SECO", " NDLY")
    assert [line for line, _ in problems(tmp_path, folded)] == [7]


def test_every_event_that_cannot_be_read_is_told_with_its_line(tmp_path: Path) -> None:
    wrong = (event("UID:1", "DTSTART:tomorrow"), event("UID:2", "SUMMARY:x"), event("UID:3", DAY))
    assert [(line, text.split(":")[0]) for line, text in problems(tmp_path, *wrong)] == [
        (4, "this event cannot be read"),
        (8, "this event cannot be read"),
    ]


def test_an_event_of_two_kinds_of_time_is_told(tmp_path: Path) -> None:
    mixed = event("UID:1", DAY, "DTEND:20261013T080000")
    sentence = "this event cannot be read: its start and its end are of two kinds"
    assert problems(tmp_path, mixed) == [(4, sentence)]


@pytest.mark.parametrize("octets", [b"", b"hello\r\n", b"\x89PNG\r\n\x1a\n"])
def test_what_is_no_calendar_is_told(octets: bytes, tmp_path: Path) -> None:
    path = tmp_path / "no.ics"
    path.write_bytes(octets)
    with pytest.raises(ConfigError) as caught:
        load_ics(path, a_calendar(), WINDOW)
    assert len(caught.value.problems) == 1


def test_an_end_of_nothing_is_told_with_its_line(tmp_path: Path) -> None:
    sentence = "END:VEVENT ends nothing: export the file anew"
    assert problems(tmp_path, event("UID:1", DAY), "END:VEVENT")[0] == (8, sentence)


def test_a_calendar_that_breaks_off_is_one_problem(tmp_path: Path) -> None:
    path = tmp_path / "cut.ics"
    path.write_text("BEGIN:VCALENDAR\r\nVERSION:2.0\r\nBEGIN:VEVENT\r\nDTSTART;VALUE=DATE:2026")
    with pytest.raises(ConfigError) as caught:
        load_ics(path, a_calendar(), WINDOW)
    assert len(caught.value.problems) == 1


def test_a_file_of_nothing_but_beginnings_is_refused(tmp_path: Path) -> None:
    (line, text), *_ = problems(tmp_path, "BEGIN:VEVENT\n" * (MOST_PIECES + 5))
    assert (line, text) == (12, "has too many parts: is this the right file?")


def test_an_event_that_lasts_for_ages_closes_the_window_and_no_more(tmp_path: Path) -> None:
    ages = event("UID:1", "DTSTART;VALUE=DATE:00010101", "DTEND;VALUE=DATE:99991231", "SUMMARY:x" * 300)
    assert [(first, last, len(name)) for first, last, name in closed(tmp_path, ages)] == [
        ("2026-08-01", "2027-07-31", 100)
    ]


def test_a_length_beyond_all_years_is_a_problem(tmp_path: Path) -> None:
    assert len(problems(tmp_path, event("UID:1", DAY, "DURATION:P9999999999D"))) == 1


@pytest.mark.slow
def test_more_closures_than_a_school_has_are_refused(tmp_path: Path) -> None:
    pieces = [event(f"UID:{n}", DAY, f"SUMMARY:{n}") for n in range(MOST_CLOSURES + 1)]
    (problem,) = problems(tmp_path, *pieces)
    assert problem == (0, f"closes school {MOST_CLOSURES + 1} times: is this the right file?")


@pytest.mark.slow
def test_a_file_of_repetitions_that_find_no_day_ends(tmp_path: Path) -> None:
    never = ("DTSTART;VALUE=DATE:20260101", "RRULE:FREQ=MONTHLY;BYMONTH=2;BYMONTHDAY=30")
    found = problems(tmp_path, *(event(f"UID:{n}", *never) for n in range(500)))
    assert found[-1][1] == "the repetitions of this file take too long: give them an end (UNTIL)"


def test_a_parameter_given_twice_is_a_problem(tmp_path: Path) -> None:
    assert len(problems(tmp_path, event("UID:1", "DTSTART;VALUE=DATE,DATE:20261012"))) == 1


SCRAPS = (
    *(
        "DTSTART:",
        "DURATION:P",
        "RRULE:FREQ=YEARLY",
        "RECURRENCE-ID:",
        "BEGIN:VEVENT\n",
        "END:VEVENT\n",
        "TZID=x",
    ),
    *(
        "=",
        ":",
        ";",
        ",",
        "VALUE=PERIOD",
        "UNTIL=",
        "-1",
        "99999999999",
        "20261012",
        "T000000Z",
        "\n ",
        '"',
        "é",
    ),
)


@pytest.mark.slow
@settings(deadline=None, max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data(), cases=st.lists(st.sampled_from(sorted(READ)), min_size=1, max_size=3))
def test_however_a_file_is_broken_it_is_read_or_told(
    data: st.DataObject, cases: list[str], tmp_path: Path
) -> None:
    text = ZONE + "".join(event("UID:1", *READ[case][0]) for case in cases)
    for scrap in data.draw(st.lists(st.sampled_from(SCRAPS), max_size=4)):
        place = data.draw(st.integers(0, len(text)))
        text = text[:place] + scrap + text[place + data.draw(st.integers(0, 8)) :]
    with suppress(ConfigError):
        closed(tmp_path, text)

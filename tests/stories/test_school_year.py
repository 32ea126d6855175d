"""A school year of three exchanges, day by day: every mail of it stands in a table, and is counted by hand.

`school_year/mails.csv` has the mails; TWINPOST_WRITE_GOLDEN=1 writes it anew, and then it is to be read. The
pencil (`school_year/naive.py`) counts on plain lists of school days and knows nothing of our calendars.
"""

from __future__ import annotations

import csv
import os
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from tests.ledgers import new_ledger as new_ledger  # each year has a ledger of its own
from tests.stories.school_year.naive import FILES, Days, Why, count_on, days_of
from tests.stories.school_year.played import (
    EXCHANGES,
    FOLDER,
    Act,
    Played,
    Row,
    Stop,
    acts,
    class_of,
    clock_of,
    filed,
    play,
    table,
)

from twinpost.core.calendars.school import SchoolCalendar
from twinpost.edges.exchange_file import load_exchange

pytestmark = pytest.mark.slow

TABLE = FOLDER / "mails.csv"
SPRING = "over both changes of the clock in spring, and while a letter is late that never comes"
STOPS: Mapping[str, Sequence[Stop]] = {
    "over the change of the clock in autumn": (
        (datetime(2026, 10, 19, 12, tzinfo=UTC), datetime(2026, 11, 2, 12, tzinfo=UTC)),
    ),
    SPRING: (
        (datetime(2027, 3, 22, 12, tzinfo=UTC), datetime(2027, 4, 5, 12, tzinfo=UTC)),
        (datetime(2027, 5, 28, 12, tzinfo=UTC), datetime(2027, 6, 11, 12, tzinfo=UTC)),
    ),
}
"""Two weeks at a time in which the daemon does not run, and mails wait in the mailbox."""

STEPS = (("letter-overdue", 2), ("letter-overdue-again", 5), ("offer-pause", 5))
"""What follows a late letter, and after how many school days of its class."""

QUESTIONS = ("date-closed", "later-noted")
"""What goes as soon as a school is open; the day that it tells of is another."""


@pytest.fixture(scope="module")
def year(tmp_path_factory: pytest.TempPathFactory) -> Played:
    """The year without a stop."""
    return play(tmp_path_factory.mktemp("year"))


@pytest.fixture(scope="module")
def with_stops(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Played]:
    """The same year with stops; each is played once."""
    return cache(lambda name: play(tmp_path_factory.mktemp("stopped"), STOPS[name]))


@pytest.fixture(params=STOPS)
def stopped(
    request: pytest.FixtureRequest, with_stops: Callable[[str], Played]
) -> tuple[Sequence[Stop], Played]:
    return STOPS[request.param], with_stops(request.param)


def planned(played: Played) -> list[Row]:
    """What no mail has caused."""
    return [step.row for step in played.steps]


# -- the table -----------------------------------------------------------------------------------


def test_the_year_brings_the_mails_of_the_table_and_no_others(year: Played) -> None:
    rows = table(year.rows)
    if os.environ.get("TWINPOST_WRITE_GOLDEN"):
        with TABLE.open("w", encoding="utf-8", newline="") as file:
            csv.writer(file, lineterminator="\n").writerows(rows)
    with TABLE.open(encoding="utf-8", newline="") as file:
        assert rows == [tuple(row) for row in csv.reader(file)]


@pytest.mark.parametrize("name", FILES)
def test_an_exchange_file_and_the_list_of_school_days_say_the_same(name: str) -> None:
    calendar, listed = _calendar(name), days_of(name)
    days = [date(2026, 8, 17) + timedelta(days=number) for number in range(320)]
    assert [day for day in days if calendar.is_school_day(day)] == [d for d in listed.at_school if d in days]
    assert [day for day in days if calendar.counts(day)] == [day for day in listed.lessons if day in days]
    assert {f"{calendar.hours(day)[0]:%H:%M}" == listed.opens(day) for day in listed.at_school} == {True}


def _calendar(name: str) -> SchoolCalendar:
    for code in EXCHANGES:
        for one in load_exchange(FOLDER / f"{code}.yaml", shared="letters@school.example").filed.classes:
            if one.name == name:
                return one.school_calendar()
    raise AssertionError(name)


# -- counted by hand -----------------------------------------------------------------------------


def test_every_day_that_is_told_is_right_by_the_pencil(year: Played) -> None:
    told = [(row, Why.read(row.why)) for row in planned(year)]
    counted = [(row, why) for row, why in told if why.unit != "hour"]
    assert len(counted) > 200
    assert [(row, why.by_hand()) for row, why in counted if why.by_hand() != why.day] == []


def test_every_day_is_counted_from_the_right_one(year: Played) -> None:
    wrong = [row for row in planned(year) if not _begins_right(row, Why.read(row.why).start)]
    assert wrong == []


def _begins_right(row: Row, start: date) -> bool:
    return _BEGINNINGS[row.text](row, start)


def test_each_mail_goes_at_the_opening_of_its_readers_school_on_a_school_day(year: Played) -> None:
    for row in planned(year):
        days, why = days_of(class_of(row.to)), Why.read(row.why)
        if why.unit == "hour":
            continue  # what is about to begin does not wait
        assert (row.date in days.at_school, row.hour) == (True, days.opens(row.date)), row
        if row.text not in QUESTIONS:
            moved = days.on_or_after if why.count > 0 else days.on_or_before
            assert row.date == moved(why.day), row


def test_an_hour_before_a_session_is_an_hour_on_her_own_clock(year: Played) -> None:
    found = [row for row in planned(year) if row.text == "session-starts"]
    for row in found:
        (session,) = [one for one in filed(row.exchange)["sessions"] if one["title"] == row.about]
        local = _start(session).astimezone(clock_of(row.to))
        before = (local.astimezone(UTC) - timedelta(hours=1)).astimezone(local.tzinfo)
        assert (row.date, row.hour) == (before.date(), f"{before:%H:%M}")
    assert len(found) == 3 * 5


def test_late_letters_are_asked_for_as_the_pencil_says_and_no_others(year: Played) -> None:
    names = [name for name, _ in STEPS]
    sent = {(row.day[4:], row.to, row.text, row.about) for row in planned(year) if row.text in names}
    assert sent == {step for line in _agreed() for step in _overdue(line)}


def _overdue(line: Mapping[str, Any]) -> Iterator[tuple[str, str, str, str]]:
    """What follows a letter that is late, until it comes: each step from the day of the one before."""
    came = next((act.at for act in acts() if act.product and act.letter == line["name"]), None)
    start, own = _promised(line), days_of(line["from"])
    for name, count in STEPS:
        day = count_on([line["from"]], start, count)
        begin, end = _pause(line["exchange"])
        if begin <= day <= end:
            day = count_on([line["from"]], end, count)
        sides = [line["from"]] if name == "letter-overdue" else [line["from"], line["to"]]
        going = [(_opening(to, day), to) for side in sides for to in _teachers(line["exchange"], side)]
        going = [(moment, to) for moment, to in going if came is None or moment < came]
        yield from ((f"{moment:%Y-%m-%d}", to, name, line["name"]) for moment, to in going)
        if not going:
            return
        start = max(own.day_of(moment) for moment, _ in going)


def _promised(line: Mapping[str, Any]) -> date:
    """The agreed day, or the later one of a promise."""
    said = [act.does["until"] for act in acts() if "later" in act.does and act.letter == line["name"]]
    return date.fromisoformat(str(said[-1] if said else line["due"]))


def _pause(code: str) -> tuple[date, date]:
    words = [act.at.date() for act in acts() if act.exchange == code and "word" in act.does]
    return (words[0], words[1]) if words else (date.max, date.min)


def _opening(to: str, day: date) -> datetime:
    """When the school of a teacher opens, on the first school day of hers from `day` on."""
    days = days_of(class_of(to))
    on = days.on_or_after(day)
    return datetime.combine(on, time.fromisoformat(days.opens(on)), clock_of(to))


def test_what_comes_once_comes_once_to_everybody(year: Played) -> None:
    sent = Counter((row.exchange, row.to, row.text, row.about) for row in planned(year))
    once = ("parents-informed", "evaluate-middle", "evaluate-end", "closing")
    expected = [(code, to, text, "") for code in EXCHANGES for to in _teachers(code) for text in once]
    for code in EXCHANGES:
        for session in filed(code)["sessions"]:
            for text in ("session-soon", "session-starts"):
                expected += [(code, to, text, session["title"]) for to in _teachers(code)]
    for act in acts():
        if act.product:
            readers = _teachers(act.exchange, act.does["to"])
            expected += [(act.exchange, to, "talk-in-class", act.letter) for to in readers]
    texts = (*once, "session-soon", "session-starts", "talk-in-class")
    assert {what: count for what, count in sent.items() if what[2] in texts} == dict.fromkeys(expected, 1)


# -- from which day something is counted: what the exchange files and people say -----------------


def _teachers(code: str, name: str = "") -> list[str]:
    """The teachers of a class, or of all."""
    classes = [one for one in filed(code)["classes"] if name in ("", one["name"])]
    return [teacher["email"] for one in classes for teacher in one["teachers"]]


def _agreed(code: str = "") -> list[dict[str, Any]]:
    """Every line of the schedules, with the name of its letter."""
    found = []
    for exchange in [code] if code else EXCHANGES:
        for line in filed(exchange)["schedule"]:
            product = "video" if "video" in line else "letter"
            name = f"{product} {line[product]} from {line['from']} to {line['to']}"
            due = date.fromisoformat(str(line["due"]))
            found.append({**line, "name": name, "exchange": exchange, "due": due})
    return found


def _start(session: Mapping[str, Any]) -> datetime:
    return datetime.fromisoformat(str(session["start"])).replace(tzinfo=ZoneInfo(session["zone"]))


def _dates(code: str) -> list[date]:
    """Every agreed day of an exchange, in order."""
    lines = [line["due"] for line in _agreed(code)]
    return sorted([*lines, *(_start(session).date() for session in filed(code)["sessions"])])


def _line(row: Row) -> dict[str, Any]:
    (line,) = [line for line in _agreed(row.exchange) if line["name"] == row.about.split(", ")[0]]
    return line


def _agreed_day(row: Row, start: date) -> bool:
    return start in (_line(row)["due"], _promised(_line(row)), _pause(row.exchange)[1])


def _arrival(row: Row, start: date) -> bool:
    (act,) = [act for act in acts() if act.product and act.letter == row.about]
    return start == days_of(act.does["to"]).day_of(act.at)


def _first_day_off(row: Row, start: date) -> bool:
    """The first of three days of lessons or more that fall out; weekends before it do not count."""
    days = days_of(row.about.rsplit(" of ", 1)[1])
    last, back = days.on_or_before(start), days.on_or_after(start)
    usual = [day for day in _between(last, back) if f"{day:%a}".lower() in days.hours]
    return start not in days.at_school and len(usual) >= 3 and start <= usual[0] + timedelta(days=2)


def _between(first: date, last: date) -> list[date]:
    return [first + timedelta(days=number) for number in range(1, (last - first).days)]


def _first_of_term(row: Row, start: date) -> bool:
    days: Days = days_of(class_of(row.to))
    before = [day for day in days.at_school if day < start]
    return start in days.at_school and (not before or start - before[-1] > timedelta(days=7))


def _session_day(row: Row, start: date) -> bool:
    (session,) = [one for one in filed(row.exchange)["sessions"] if one["title"] == row.about]
    return start == days_of(class_of(row.to)).day_of(_start(session))


def _meeting_day(row: Row, start: date) -> bool:
    """The first Tuesday of a month in Oslo, the second Wednesday in Riyadh."""
    weekday, first = {"oslo-lyon": ("Tue", 1), "riyadh-sydney": ("Wed", 8)}[row.exchange]
    return f"{start:%a}" == weekday and first <= start.day < first + 7


def _last_contact(row: Row, start: date) -> bool:
    first = days_of(filed(row.exchange)["classes"][0]["name"])
    came: list[Act] = [act for act in acts() if act.exchange == row.exchange and act.product]
    return start == max(day for act in came if (day := first.day_of(act.at)) < row.date)


_BEGINNINGS: Mapping[str, Callable[[Row, date], bool]] = {
    "letter-due-soon": _agreed_day,
    "letter-overdue": _agreed_day,
    "letter-overdue-again": lambda row, start: True,  # counted step by step above
    "offer-pause": lambda row, start: True,
    "date-closed": _agreed_day,
    "later-noted": _agreed_day,
    "answer-overdue": _arrival,
    "talk-in-class": _arrival,
    "partner-holidays": _first_day_off,
    "expect-nothing": _first_day_off,
    "term-start": _first_of_term,
    "session-soon": _session_day,
    "session-starts": _session_day,
    "meeting-soon": _meeting_day,
    "offer-catch-up": _last_contact,
    "parents-informed": lambda row, start: start == _dates(row.exchange)[0],
    "evaluate-middle": lambda row, start: start == _middle(_dates(row.exchange)),
    "evaluate-end": lambda row, start: start == _dates(row.exchange)[-1],
    "closing": lambda row, start: start == _dates(row.exchange)[-1],
}


def _middle(dates: list[date]) -> date:
    return dates[0] + (dates[-1] - dates[0]) // 2


# -- clocks that change --------------------------------------------------------------------------

AFTER_A_CHANGE = (
    # Sydney's clocks went forward on 4 October.
    ("grace@sydney.example", "letter-due-soon", "2026-09-17T23:00", "Fri 2026-09-18", "09:00"),
    ("grace@sydney.example", "letter-overdue", "2026-10-13T22:00", "Wed 2026-10-14", "09:00"),
    # Oslo's went back on 25 October.
    ("kari@oslo.example", "letter-overdue", "2026-10-20T06:15", "Tue 2026-10-20", "08:15"),
    ("kari@oslo.example", "letter-overdue-again", "2026-10-27T07:15", "Tue 2026-10-27", "08:15"),
    ("luc@lyon.example", "session-soon", "2026-11-10T07:30", "Tue 2026-11-10", "08:30"),
    # … and forward on 28 March: two days before the spring call is that very night.
    ("luc@lyon.example", "session-soon", "2027-03-26T07:30", "Fri 2027-03-26", "08:30"),
    ("luc@lyon.example", "session-starts", "2027-03-30T07:00", "Tue 2027-03-30", "09:00"),
    ("ola@oslo.example", "letter-overdue-again", "2027-03-31T06:15", "Wed 2027-03-31", "08:15"),
    # Sydney's went back on 4 April: the Monday after it.
    ("tom@sydney.example", "session-starts", "2027-03-24T04:00", "Wed 2027-03-24", "15:00"),
    ("tom@sydney.example", "letter-overdue", "2027-04-04T23:00", "Mon 2027-04-05", "09:00"),
    # Neither Delhi nor São Paulo nor Riyadh changes anything.
    ("meera@delhi.example", "session-starts", "2027-04-07T10:00", "Wed 2027-04-07", "15:30"),
    ("joao@saopaulo.example", "session-starts", "2027-04-07T10:00", "Wed 2027-04-07", "07:00"),
    ("noura@riyadh.example", "session-starts", "2027-03-24T04:00", "Wed 2027-03-24", "07:00"),
)
"""Who, which text, the instant (UTC), and what the clock on her wall says."""


@pytest.mark.parametrize(("to", "text", "instant", "day", "hour"), AFTER_A_CHANGE)
def test_the_hour_is_that_of_the_clock_on_her_wall(
    year: Played, to: str, text: str, instant: str, day: str, hour: str
) -> None:
    at = datetime.fromisoformat(instant).replace(tzinfo=UTC)
    (step,) = [one for one in year.steps if one.moment == at and (one.row.to, one.row.text) == (to, text)]
    assert (step.row.day, step.row.hour) == (day, hour)


# -- manners, and two weeks of standstill --------------------------------------------------------


def _third_of_seven_days(played: Played) -> list[tuple[str, date]]:
    """Mails that nobody caused, beyond two in seven days on the reader's calendar."""
    found = []
    for to in {row.to for row in played.rows}:
        days = sorted(row.date for row in planned(played) if (row.to, row.how) == (to, "mail"))
        weeks = zip(days, days[2:], strict=False)
        found += [(to, third) for first, third in weeks if (third - first).days < 7]
    return found


def test_nobody_gets_more_than_two_mails_in_seven_days_that_she_did_not_cause(year: Played) -> None:
    assert _third_of_seven_days(year) == []


def test_nor_after_a_standstill(stopped: tuple[Sequence[Stop], Played]) -> None:
    assert _third_of_seven_days(stopped[1]) == []


def test_after_a_standstill_everything_goes_that_still_makes_sense_and_goes_once(
    year: Played, stopped: tuple[Sequence[Stop], Played]
) -> None:
    stops, late = stopped
    assert late.by_key.keys() <= year.by_key.keys()
    missing = [year.by_key[key] for key in year.by_key.keys() - late.by_key.keys() - late.to_come]
    wrong = [
        step.row
        for step in missing
        if not any(_makes_no_sense(step.row, step.moment, stop) for stop in stops)
    ]
    assert wrong == []
    same = Counter((row.to, row.text, row.about, Why.read(row.why).start) for row in planned(late))
    assert set(same.values()) == {1}


def _makes_no_sense(row: Row, moment: datetime, stop: Stop) -> bool:
    """Whether it was right not to send it after the stop."""
    down, up = stop
    came = [act for act in acts() if act.product and act.exchange == row.exchange]
    if any(act.letter == row.about and down <= moment and down <= act.at for act in came):
        return True  # the letter came before it would have gone
    if not down <= moment < up:
        return False
    if " before " in row.why:
        return Why.read(row.why).start < days_of(class_of(row.to)).on_or_after(up.date())
    return row.text == "offer-catch-up" and any(down <= act.at <= up for act in came)


def test_a_standstill_changes_nothing_but_that_things_come_late(
    year: Played, stopped: tuple[Sequence[Stop], Played]
) -> None:
    stops, late = stopped
    for key, step in late.by_key.items():
        before = year.by_key[key]
        if before.moment < stops[0][0]:
            assert step == before
        assert step.moment >= before.moment, step.row
        assert not any(down <= step.moment < up for down, up in stops), step.row


def test_after_a_standstill_each_gets_one_mail_about_a_letter_and_one_in_all(
    stopped: tuple[Sequence[Stop], Played],
) -> None:
    stops, late = stopped
    names = [name for name, _ in STEPS]
    for _, up in stops:
        soon = [step.row for step in late.steps if up <= step.moment < up + timedelta(days=3)]
        about = Counter((row.to, row.about) for row in soon if row.text in names)
        at_once = Counter(step.row.to for step in late.steps if (step.moment, step.row.how) == (up, "mail"))
        assert set(about.values()) | set(at_once.values()) <= {1}


def test_after_a_standstill_the_first_step_goes_and_the_next_is_counted_from_it(
    with_stops: Callable[[str], Played],
) -> None:
    """Letter 5 from Lyon never comes; in Oslo the summer begins before a pause is offered."""
    late = [row for row in planned(with_stops(SPRING)) if row.about == "letter 5 from CM2 Lyon to 7B Oslo"]
    assert [(row.day, row.to.split("@")[0], row.text) for row in late if row.text != "letter-due-soon"] == [
        ("Fri 2027-06-11", "luc", "letter-overdue"),
        ("Fri 2027-06-18", "kari", "letter-overdue-again"),
        ("Fri 2027-06-18", "ola", "letter-overdue-again"),
        ("Fri 2027-06-18", "luc", "letter-overdue-again"),
        ("Fri 2027-06-25", "luc", "offer-pause"),
    ]


def test_mails_that_waited_in_the_mailbox_have_their_receipts(
    year: Played, stopped: tuple[Sequence[Stop], Played]
) -> None:
    def caused(played: Played) -> Counter[tuple[str, str]]:
        return Counter((row.to, row.text) for row in played.rows if not row.why)

    assert caused(stopped[1]) == caused(year)

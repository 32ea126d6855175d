from __future__ import annotations

import json
from datetime import date, datetime
from pathlib import Path

import pytest
import sqlalchemy as sa
from click.testing import CliRunner, Result
from icalendar import Calendar
from tests.office import EXCHANGE, START

from twinpost.app import administer
from twinpost.cli.calendar import calendar
from twinpost.cli.output import Exit
from twinpost.edges import clock
from twinpost.edges.exchange_file import load_exchange
from twinpost.errors import TwinpostError
from twinpost.ledger.engine import transaction

CONFIG = """
address = "letters@school.example"
admin = "it@school.example"
[imap]
host = "127.0.0.1"
[smtp]
host = "127.0.0.1"
[ledger]
url = "{url}"
"""
OSLO = """
    school_hours: {mon: 08:15-14:00, tue: 08:15-14:00, wed: 08:15-12:00, thu: 08:15-14:00, fri: 08:15-14:00}
    calendar:
      - {term: 2026-08-17..2027-06-18}
      - {closed: 2026-10-12..2026-10-23, name: Autumn holiday}
      - {open: 2026-10-17, name: Saturday school}
      - {exams: 2026-11-02..2026-11-03}
"""
LYON = """
    calendar:
      - {holidays: FR}
      - {closed: 2026-10-19..2026-10-30, name: Toussaint}
"""
SESSION = (
    'sessions: [{title: Meet, start: 2026-11-12T10:00, zone: Europe/Oslo, link: "https://a.example/b"}]\n'
)


@pytest.fixture
def school(tmp_path: Path, ledger: sa.Engine, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with a configuration and oslo-lyon in the ledger, on 8 October 2026."""
    monkeypatch.delenv("TWINPOST_CONFIG", raising=False)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(clock, "now", lambda: START)
    (tmp_path / "twinpost.toml").write_text(CONFIG.format(url=ledger.url.render_as_string()), "utf-8")
    text = EXCHANGE.replace("    country: NO\n", f"    country: NO{OSLO}").replace(
        "    city: Lyon\n", f"    city: Lyon{LYON}"
    )
    (tmp_path / "f.yaml").write_text(text + SESSION, "utf-8")
    filed = load_exchange(tmp_path / "f.yaml", today=date(2026, 9, 1)).filed
    with transaction(ledger) as connection:
        administer.apply(connection, [filed], START)
    return tmp_path


def run(*arguments: str) -> Result:
    return CliRunner().invoke(calendar, list(arguments), standalone_mode=False)


def test_each_line_is_shown_with_its_weekdays_its_name_and_where_it_comes_from(school: Path) -> None:
    told = run("oslo-lyon")
    assert told.return_value == Exit.DONE
    lines = [" ".join(line.split()) for line in told.stdout.splitlines()]
    assert lines[0] == "7B Oslo: Europe/Oslo, at school Mon Tue Thu Fri 08:15-14:00, Wed 08:15-12:00"
    assert lines[1] == "term Mon 17 August 2026 to Fri 18 June 2027"
    assert lines[2] == "known until Fri 18 June 2027"
    for line in (
        "Mon 12 October 2026 to Fri 16 October 2026 closed Autumn holiday exchange file",
        "Sat 17 October 2026 school after all Saturday school exchange file",
        "Mon 2 November 2026 to Tue 3 November 2026 exams exchange file",
        "Wed 11 November 2026 closed Armistice Day holidays FR",
    ):
        assert line in lines


def test_the_weeks_of_both_classes_stand_side_by_side(school: Path) -> None:
    lines = [" ".join(line.split()) for line in run("oslo-lyon").stdout.splitlines()]
    assert "week of 7B Oslo CM2 Lyon" in lines
    assert "Mon 12 October 2026 1 (Autumn holiday) 5 no common school day" in lines
    assert "Mon 19 October 2026 0 (Autumn holiday) 0 (Toussaint) no common school day" in lines
    assert "Mon 2 November 2026 3 (exams) 5" in lines


def test_a_class_without_a_calendar_is_told_so(school: Path, ledger: sa.Engine) -> None:
    (school / "f.yaml").write_text(EXCHANGE, "utf-8")
    with transaction(ledger) as connection:
        administer.apply(connection, [load_exchange(school / "f.yaml").filed], START)
    assert run("oslo-lyon").stdout.count("no calendar of its own") == 2


def test_data_comes_as_json(school: Path) -> None:
    data = json.loads(run("oslo-lyon", "--json").stdout)
    oslo, lyon = data["classes"]
    assert (data["from"], data["until"]) == ("2026-10-08", "2026-12-04")
    assert oslo["school_hours"]["wed"] == "08:15-12:00"
    assert oslo["terms"] == [{"first": "2026-08-17", "last": "2027-06-18", "name": ""}]
    assert (oslo["known_until"], lyon["known_until"]) == ("2027-06-18", "2027-04-30")
    assert lyon["lines"][0] == {
        "first": "2026-10-19",
        "last": "2026-10-30",
        "what": "closed",
        "name": "Toussaint",
        "from": "exchange file",
    }
    assert [week["common"] for week in data["weeks"]] == [5, 0, 0, 0, 3, 4, 5, 5, 5]


def test_a_calendar_file_holds_days_off_and_agreed_dates(school: Path) -> None:
    assert run("oslo-lyon", "--ics", "o.ics").stderr == "Written: o.ics\n"
    octets = (school / "o.ics").read_bytes()
    assert run("oslo-lyon", "--ics", "-").stdout_bytes == octets
    events = {str(event["SUMMARY"]): event for event in Calendar.from_ical(octets).walk("VEVENT")}
    autumn, due = events["7B Oslo: Autumn holiday"], events["Letter 1 from 7B Oslo to CM2 Lyon is due"]
    assert (due.decoded("DTSTART"), due.decoded("DTEND")) == (date(2026, 10, 9), date(2026, 10, 10))
    assert autumn.decoded("DTSTART") > date(2026, 10, 9)
    assert events["Meet"].decoded("DTSTART") == datetime.fromisoformat("2026-11-12T09:00Z")
    assert "7B Oslo: exams" in events
    assert not [name for name in events if "Saturday" in name]
    uids = [str(event["UID"]) for event in Calendar.from_ical(octets).walk("VEVENT")]
    assert len(set(uids)) == len(uids)


def test_a_file_that_cannot_be_written_is_told(school: Path) -> None:
    done = run("oslo-lyon", "--ics", "no/o.ics")
    assert str(done.exception) == "no/o.ics cannot be written: No such file or directory."


def test_an_unknown_code_is_told_with_those_that_are_known(school: Path) -> None:
    done = run("oslo")
    assert isinstance(done.exception, TwinpostError)
    assert str(done.exception) == "There is no exchange oslo. There are: oslo-lyon."

from __future__ import annotations

import codecs
from dataclasses import replace
from datetime import date, datetime, time
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from ruamel.yaml import YAML

from twinpost.core.calendars.looked_up import as_written
from twinpost.core.calendars.school import CalendarEntry, Closure, EntryKind
from twinpost.core.model.filed import (
    DueDateAsFiled,
    MeetingAsFiled,
    PersonAsFiled,
    PupilAsFiled,
)
from twinpost.core.model.people import Copies, Guard, Mode, Session
from twinpost.edges.exchange_file import ExchangeFile, load_exchange, read_exchange, write_exchange
from twinpost.edges.marked import read_yaml
from twinpost.edges.shipped import shipped
from twinpost.edges.words import load_products
from twinpost.errors import ConfigError

GOOD = """\
exchange: oslo-lyon
title: Oslo and Lyon write letters
mode: through-teachers
letters: 4
guard: repair
copies: one
language: en
classes:
  - name: 7B Oslo
    id: oslo
    aliases: [7B, Oslo]
    country: NO
    timezone: Europe/Oslo
    language: nb
    opens: [heic]
    school_days: [mon, tue, wed, thu, fri]
    school_hours: 08:15-14:00
    teachers:
      - {name: Kari Nordmann, email: kari@fagerborg.example}
      - {name: Ola Hansen, email: [ola@fagerborg.example, ola.hansen@fagerborg.example]}
    pupils: [Ana, Tomás, {name: Sara, email: sara@fagerborg.example}]
    calendar:
      - {holidays: NO}
      - {closed: 2026-09-28..2026-10-02, name: Autumn holiday}
      - {open: 2027-03-06}
  - name: CM2 Lyon
    aliases: [CM2, Lyon]
    timezone: Europe/Paris
    teachers:
      - {name: Luc Martin, email: luc@ecole-lyon.example}
    pupils: [Zoé, Hugo, Sara]
pairs:
  - [Ana, Zoé]
  - [Tomás, Hugo]
schedule:
  - {letter: 1, from: 7B Oslo, to: CM2 Lyon, due: 2026-10-09}
  - {letter: 1, from: CM2 Lyon, to: 7B Oslo, due: 2026-11-06}
sessions:
  - {title: Meet, start: 2026-11-12T10:00, zone: Europe/Oslo, minutes: 45}
meeting: {every: month, weekday: tue, week: 1, at: "14:30", host: Oslo}
"""

KARI = "{name: Kari Nordmann, email: kari@fagerborg.example}"
DUE = "{letter: 1, from: 7B Oslo, to: CM2 Lyon, due: 2026-10-09}"
HOLIDAY = "{closed: 2026-09-28..2026-10-02, name: Autumn holiday}"
SESSION = "{title: Meet, start: 2026-11-12T10:00, zone: Europe/Oslo, minutes: 45}"
MEETING = '{every: month, weekday: tue, week: 1, at: "14:30", host: Oslo}'

WRONG: list[dict[str, Any]] = YAML(typ="safe").load(Path(__file__).with_name("wrong_exchanges.yaml"))


def read(text: str) -> ExchangeFile:
    marked, products = read_yaml(text, "f.yaml"), load_products(shipped("rules"))
    return read_exchange(marked, Path("/schools/f.yaml"), shared="letters@school.example", products=products)


def problems(text: str) -> list[tuple[int, str]]:
    with pytest.raises(ConfigError) as caught:
        read(text)
    return [(problem.line, problem.text) for problem in caught.value.problems]


@pytest.mark.parametrize("case", WRONG, ids=lambda case: case["says"][:60])
def test_what_is_wrong_is_told_in_one_sentence_with_its_line(case: dict[str, Any]) -> None:
    assert GOOD.count(case["stands"]) >= 1
    assert problems(GOOD.replace(case["stands"], case["instead"], 1)) == [(case["line"], case["says"])]


def test_all_problems_are_told_at_once_in_the_order_of_the_file() -> None:
    text = (
        GOOD.replace("letters: 4", "letters: x").replace("Europe/Paris", "Paris").replace(KARI, "{nam: Kari}")
    )
    assert problems(text.replace("host: Oslo", "hots: Oslo")) == [
        (4, '`letters` must be a whole number from 1 to 200, not "x"'),
        (19, "`name` is missing: her name"),
        (19, "`email` is missing: her address"),
        (19, "unknown key `nam` (did you mean `name`?)"),
        (
            28,
            '`timezone` must be a time zone such as Europe/Oslo, not "Paris" (did you mean `Europe/Paris`?)',
        ),
        (40, "`meeting.host` is missing: the class whose clock it keeps"),
        (40, "unknown key `hots` (did you mean `host`?)"),
    ]


def test_one_class_is_no_exchange() -> None:
    only = "{name: A, timezone: Europe/Oslo, teachers: [{name: K, email: k@a.example}]}"
    text = f"exchange: x\nclasses:\n  - {only}\n"
    assert problems(text) == [(2, "an exchange needs two classes or more under `classes`")]


def test_a_file_that_is_no_mapping_is_one_problem() -> None:
    assert problems("- a\n- b\n") == [(1, "the file must be made of lines `key: value`")]


def test_an_empty_file_is_one_problem() -> None:
    assert problems("") == [(1, "the file must be made of lines `key: value`")]


def test_a_class_without_its_name_leads_to_no_second_problem() -> None:
    sentences = problems(
        GOOD.replace("  - name: CM2 Lyon\n    aliases: [CM2, Lyon]\n", "  - aliases: [CM2]\n")
    )
    assert sentences == [(26, "`name` is missing: the class's name, as subject lines say it")]


def test_pupils_that_cannot_be_read_make_no_pair_wrong() -> None:
    assert [line for line, _ in problems(GOOD.replace("pupils: [Zoé, Hugo, Sara]", "pupils: 12"))] == [31]


def test_norway_is_a_country_and_a_time_is_a_time() -> None:
    filed = read(GOOD.replace('at: "14:30"', "at: 14:30")).filed
    assert filed.classes[0].country == "NO"
    assert filed.meeting == MeetingAsFiled("month", 1, time(14, 30), "7B Oslo", 1, 20)


def test_a_good_file_says_what_it_says() -> None:
    found = read(GOOD)
    oslo, lyon = found.filed.classes
    assert found.notes == ()
    assert (oslo.slug, lyon.slug) == ("oslo", "CM2 Lyon")
    assert oslo.teachers[1] == PersonAsFiled(
        "Ola Hansen", ("ola@fagerborg.example", "ola.hansen@fagerborg.example")
    )
    assert oslo.school_hours == (time(8, 15), time(14))
    assert tuple(map(as_written, oslo.calendar)) == (
        CalendarEntry(EntryKind.HOLIDAYS, source="NO"),
        CalendarEntry(EntryKind.CLOSED, date(2026, 9, 28), date(2026, 10, 2), "Autumn holiday"),
        CalendarEntry(EntryKind.OPEN, date(2027, 3, 6), date(2027, 3, 6)),
    )
    assert found.filed.schedule[0] == DueDateAsFiled("letter", 1, "7B Oslo", "CM2 Lyon", date(2026, 10, 9))
    assert found.filed.pairs[0] == (PupilAsFiled("7B Oslo", "Ana"), PupilAsFiled("CM2 Lyon", "Zoé"))


def test_a_due_date_on_a_closed_day_is_a_note_and_no_problem() -> None:
    (note,) = read(GOOD.replace("2026-10-09", "2026-09-30")).notes
    assert (note.line, note.text) == (
        36,
        "letter 1 is due on Wednesday 30 September 2026, when 7B Oslo has no school (Autumn holiday)",
    )


def test_a_due_date_on_a_sunday_is_a_note() -> None:
    (note,) = read(GOOD.replace("2026-11-06", "2026-11-08")).notes
    assert note.text == "letter 1 is due on Sunday 8 November 2026, when CM2 Lyon has no school"


def test_a_due_date_on_a_public_holiday_is_a_note() -> None:
    text = GOOD.replace("2026-10-09", "2027-03-26")
    (note,) = read_exchange(read_yaml(text, "f.yaml"), Path("/f.yaml"), today=date(2026, 9, 1)).notes
    assert note.text == ("letter 1 is due on Friday 26 March 2027, when 7B Oslo has no school (Good Friday)")


def test_a_due_date_in_exams_is_no_note_and_one_between_terms_is() -> None:
    exams = GOOD.replace(HOLIDAY, "{exams: 2026-10-09}")
    assert read(exams).notes == ()
    (note,) = read(GOOD.replace(HOLIDAY, "{term: 2026-08-17..2026-10-08}")).notes
    assert note.text == "letter 1 is due on Friday 9 October 2026, when 7B Oslo has no school"


def test_a_country_without_a_list_of_school_holidays_is_a_note() -> None:
    (note,) = read(GOOD.replace("{holidays: NO}", "{school_holidays: NO}")).notes
    assert (note.line, note.text) == (
        23,
        "no list of school holidays is known there: enter the dates, or an .ics file",
    )


def test_a_calendar_file_lies_beside_the_exchange_file_and_its_problems_have_its_lines(
    tmp_path: Path,
) -> None:
    file, calendar = tmp_path / "f.yaml", tmp_path / "7b.ics"
    file.write_text(GOOD.replace("{holidays: NO}", "{file: 7b.ics, name: Days off}"), "utf-8")
    event = "BEGIN:VEVENT\nDTSTART;VALUE=DATE:20261012\nEND:VEVENT\n"
    calendar.write_text(f"BEGIN:VCALENDAR\n{event}END:VCALENDAR\n")
    entry = load_exchange(file, today=date(2026, 9, 1)).filed.classes[0].calendar[0]
    day = date(2026, 10, 12)
    assert (entry.source, entry.days) == (str(calendar), (Closure(day, day, "Days off"),))
    assert entry.until == date(2029, 8, 31)
    calendar.write_text(f"BEGIN:VCALENDAR\n{event.replace('20261012', 'soon')}END:VCALENDAR\n")
    with pytest.raises(ConfigError) as caught:
        load_exchange(file)
    assert str(caught.value).startswith(f"{calendar}:2: this event cannot be read")


def test_hours_of_each_weekday_are_read_and_written() -> None:
    by_day = "{mon: 08:15-14:00, tue: 08:15-14:00, wed: 08:15-12:00, thu: 08:15-14:00, fri: 08:15-14:00}"
    filed = read(GOOD.replace("08:15-14:00", by_day)).filed
    oslo = filed.classes[0]
    assert (oslo.school_hours, dict(oslo.day_hours)[2]) == (None, (time(8, 15), time(12)))
    assert f"    school_hours: {by_day}\n" in write_exchange(filed)
    assert read(write_exchange(filed)).filed == filed


def test_what_was_looked_up_is_not_written() -> None:
    written = write_exchange(read(GOOD).filed)
    assert "      - {holidays: NO}\n" in written
    assert "Good Friday" not in written


def test_a_schedule_line_to_all_means_every_other_class() -> None:
    kyiv = "  - {name: 5A Kyiv, timezone: Europe/Kyiv, teachers: [{name: O, email: o@kyiv.example}]}\npairs:"
    text = (
        GOOD.replace("pairs:", kyiv)
        .replace("to: CM2 Lyon", "to: all")
        .replace("to: 7B Oslo", "to: [Oslo, 5a kyiv]")
    )
    assert [(line.from_class, line.to_class) for line in read(text).filed.schedule] == [
        ("7B Oslo", "CM2 Lyon"),
        ("7B Oslo", "5A Kyiv"),
        ("CM2 Lyon", "7B Oslo"),
        ("CM2 Lyon", "5A Kyiv"),
    ]


def test_a_name_in_both_classes_means_the_pupil_who_makes_a_pair() -> None:
    text = GOOD.replace("- [Ana, Zoé]", "- [Sara, Zoé]\n  - [Ana, Sara]\n  - [Sara, Sara]")
    sara, other = PupilAsFiled("7B Oslo", "Sara"), PupilAsFiled("CM2 Lyon", "Sara")
    assert set(read(text).filed.pairs) >= {
        (sara, PupilAsFiled("CM2 Lyon", "Zoé")),
        (PupilAsFiled("7B Oslo", "Ana"), other),
        (sara, other),
    }


def test_a_pair_is_found_by_an_address() -> None:
    pairs = read(GOOD.replace("[Ana, Zoé]", "[Sara@Fagerborg.example, Zoé]")).filed.pairs
    assert (PupilAsFiled("7B Oslo", "Sara"), PupilAsFiled("CM2 Lyon", "Zoé")) in pairs


# -- lists in files of their own -----------------------------------------------------------------


def with_pupils(folder: Path, octets: bytes, pairs: bytes | None = None) -> Path:
    (folder / "7b.csv").write_bytes(octets)
    text = GOOD.replace("[Ana, Tomás, {name: Sara, email: sara@fagerborg.example}]", "7b.csv")
    if pairs is not None:
        (folder / "pairs.csv").write_bytes(pairs)
        text = text.replace("pairs:\n  - [Ana, Zoé]\n  - [Tomás, Hugo]\n", "pairs: pairs.csv\n")
    file = folder / "f.yaml"
    file.write_text(text, "utf-8")
    return file


ROWS = "Name;Email;Level\r\nAna;ana@p.example;A1\r\n\r\nTomás;;A2\r\n"
SPELLINGS = {
    "utf-8": ROWS.encode(),
    "utf-8 with a mark": codecs.BOM_UTF8 + ROWS.encode(),
    "utf-16": ROWS.encode("utf-16"),
    "cp1252": ROWS.encode("cp1252"),
    "commas": ROWS.replace(";", ",").encode(),
    "tabs": ROWS.replace(";", "\t").encode(),
    "with Excel's hint": f"sep=;\r\n{ROWS}".encode(),
    "quoted": ROWS.replace("Ana", '"Ana"').encode(),
    "old line ends": ROWS.replace("\r\n", "\r").encode(),
}


@pytest.mark.parametrize("spelling", SPELLINGS)
def test_a_list_of_pupils_is_read_as_spreadsheets_save_it(spelling: str, tmp_path: Path) -> None:
    pupils = load_exchange(with_pupils(tmp_path, SPELLINGS[spelling])).filed.classes[0].pupils
    assert pupils == (
        PersonAsFiled("Ana", ("ana@p.example",), level="A1"),
        PersonAsFiled("Tomás", level="A2"),
    )


def test_a_list_of_names_needs_no_head(tmp_path: Path) -> None:
    pupils = load_exchange(with_pupils(tmp_path, "Ana\nTomás\n".encode())).filed.classes[0].pupils
    assert [pupil.name for pupil in pupils] == ["Ana", "Tomás"]


TOMAS = "Tomás\n".encode()
WRONG_LISTS = [
    (b"Name,Mial\nAna,x@y.example\n" + TOMAS, 1, 'row 1: unknown column "Mial" (did you mean `email`?)'),
    (b"Name,Email\nAna,at home\n", 2, 'email: "at home" is not a mail address: there is no @ in it'),
    (b"Name,Email\n,a@b.example\nAna,\n", 2, "this row has no name"),
    (b"Name\nAna\n\nana\n", 4, "ana is here twice: give two people of one name a letter more, as in Ana B"),
    (b'Name,Email\nAna,"x\nTom\n', 3, "row 2 cannot be read: a quote without its end, or an overlong cell"),
    (b"", 0, "is empty: it needs a row for each pupil"),
    (b"Ana,Berg,12\nTom,Lie,13\n", 1, "row 1 must name the columns: name, email, gender, level, interests"),
    (
        b"Name,Email\nAna,kari@fagerborg.example\n",
        2,
        "kari@fagerborg.example is already that of Kari Nordmann: one address belongs to one person",
    ),
    (b"Name\n\x81\x8d\n", 0, "the letters of this file cannot be read: save it as CSV UTF-8"),
]


@pytest.mark.parametrize(("octets", "line", "sentence"), WRONG_LISTS)
def test_a_wrong_row_is_told_with_its_file(octets: bytes, line: int, sentence: str, tmp_path: Path) -> None:
    with pytest.raises(ConfigError) as caught:
        load_exchange(with_pupils(tmp_path, octets))
    (problem,) = caught.value.problems
    assert (Path(problem.file).name, problem.line, problem.text) == ("7b.csv", line, sentence)


def test_pairs_come_from_a_file_whose_head_names_the_classes(tmp_path: Path) -> None:
    file = with_pupils(tmp_path, ROWS.encode(), "7B;CM2\nAna;Hugo\nTomás;Zoé\n".encode())
    assert [tuple(who.name for who in pair) for pair in load_exchange(file).filed.pairs] == [
        ("Ana", "Hugo"),
        ("Tomás", "Zoé"),
    ]


def test_a_wrong_pair_is_told_with_its_row(tmp_path: Path) -> None:
    file = with_pupils(tmp_path, ROWS.encode(), b"Ana,Hugo\nAnna,Hugo,Zo\xc3\xa9\nHugo,An\n")
    with pytest.raises(ConfigError) as caught:
        load_exchange(file)
    assert [str(problem).replace(f"{tmp_path}/", "") for problem in caught.value.problems] == [
        "pairs.csv:2: a pair needs two pupils, and this row names 3",
        'pairs.csv:3: no class has a pupil "An" (did you mean `Ana`?)',
    ]


def test_a_missing_list_is_a_problem_of_the_exchange_file(tmp_path: Path) -> None:
    file = with_pupils(tmp_path, b"")
    (tmp_path / "7b.csv").unlink()
    with pytest.raises(ConfigError) as caught:
        load_exchange(file)
    assert str(caught.value) == f"{file}:21: `pupils`: there is no file {tmp_path}/7b.csv"


# -- writing it back -----------------------------------------------------------------------------


def test_a_file_that_is_written_reads_as_it_was() -> None:
    filed = read(GOOD).filed
    assert read(write_exchange(filed)).filed == filed


def test_a_written_file_is_one_that_a_person_would_write() -> None:
    written = write_exchange(read(GOOD).filed)
    assert f"  - {DUE}\n" in written
    assert "    school_hours: 08:15-14:00\n" in written
    assert f"      - {HOLIDAY}\n" in written
    assert (
        "      - {name: Ola Hansen, email: [ola@fagerborg.example, ola.hansen@fagerborg.example]}\n"
        in written
    )
    assert "  - [Ana, Zoé]\n" in written


WORDS = """
NO yes null 1 007 1.5 2026-10-09 08:15 a:b {x} -a *a &a !x ' " @x %y `z ~ ? : é🙂 א << = 1_000 0x1F 1e3 .5 +1
2026-10-09..2026-10-10 [a] a, | > # #a - -- ...
"""
LOOKALIKES = [*WORDS.split(), "a: b", "a #b", "- a", "? a", "a : b"]
TEXTS = st.one_of(
    st.sampled_from(LOOKALIKES),
    st.text(st.characters(exclude_categories=("C", "Z")), min_size=1, max_size=12),
)


@pytest.mark.slow
@settings(deadline=None, max_examples=60)
@given(texts=st.lists(TEXTS, min_size=5, max_size=5), several=st.booleans())
def test_whatever_a_text_looks_like_it_is_read_back(texts: list[str], several: bool) -> None:
    title, school, holiday, interests, entry = texts
    filed = read(GOOD).filed
    oslo, lyon = filed.classes
    changed_oslo = replace(
        oslo,
        school=school,
        leaders=(PersonAsFiled("Head", ("h@a.example", "i@a.example")[: 1 + several], "pt-BR"),),
        pupils=(*oslo.pupils, PersonAsFiled("Eve", (), "", "f", "2", interests)),
        school_days=(0, 6),
        calendar=(
            CalendarEntry(EntryKind.CLOSED, date(2027, 6, 1), date(2027, 6, 1), holiday),
            CalendarEntry(EntryKind.EXAMS, date(2027, 5, 1), date(2027, 5, 2), entry),
        ),
    )
    changed = replace(
        filed,
        title=title,
        mode=Mode.BOTH,
        guard=Guard.REMIND_ONLY,
        copies=Copies.ALL,
        letters=None,
        classes=(changed_oslo, lyon),
        sessions=(Session(title, datetime(2026, 11, 12, 10, 0), "UTC", 45, "https://a.example/#x?y={z}"),),
        meeting=MeetingAsFiled("month", 4, time(9, 5), lyon.name, -1, 30),
    )
    assert read(write_exchange(changed)).filed == changed


def test_a_schedule_may_ask_for_a_product_of_the_admins_own_list(tmp_path: Path) -> None:
    rules = tmp_path / "rules"
    rules.mkdir()
    (rules / "products.yaml").write_text("products: letter, riddle\n")
    file = tmp_path / "f.yaml"
    line = next(line for line in GOOD.splitlines() if "{letter: 1, from" in line)
    file.write_text(GOOD.replace(line, line.replace("letter: 1", "riddle: 1")))
    (first, *_) = load_exchange(file, rules=rules).filed.schedule
    assert (first.product, first.number) == ("riddle", 1)
    with pytest.raises(ConfigError):
        load_exchange(file)

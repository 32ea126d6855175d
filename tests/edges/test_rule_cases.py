from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from twinpost.core.model.plan import Said, Statement
from twinpost.core.model.rule_case import ExpectedMail, RuleCase
from twinpost.edges.rule_cases import case_files, load_cases
from twinpost.errors import ConfigError

EXCHANGE = """\
exchange: oslo-lyon
classes:
  - name: 7B Oslo
    aliases: [Oslo]
    timezone: Europe/Oslo
    teachers: [{name: Kari Nordmann, email: kari@fagerborg.example}]
  - name: CM2 Lyon
    aliases: [Lyon]
    timezone: Europe/Paris
    teachers: [{name: Luc Martin, email: luc@ecole-lyon.example}]
schedule:
  - {letter: 1, from: Oslo, to: Lyon, due: 2026-10-09}
meeting: {every: month, weekday: tue, week: 1, at: "14:30", host: Lyon}
"""

GOOD = """\
exchange: oslo-lyon.yaml
tests:
  - name: a letter that is late is asked for
    now: 2026-10-08T09:00
    applied: 2026-09-01
    until: 2026-10-31
    rules: [letter-overdue]
    last_contact: 2026-10-01T10:00
    arrived:
      - {letter: 1, from: Lyon, to: Oslo, at: 2026-10-06}
    said:
      - {word: later, by: kari@fagerborg.example, at: 2026-10-07T12:00, letter: 1, from: Oslo, to: Lyon, until: 2026-10-14}
      - {word: pause, by: luc@ecole-lyon.example, at: 2026-10-07T13:00}
    mails:
      - {at: 2026-10-16T08:00, send: letter-overdue, to: kari@fagerborg.example, because: 2 of your}
      - {at: 2026-10-17, digest: talk-in-class, to: luc@ecole-lyon.example}
"""  # noqa: E501 - one line each, as people write it

RULES = ("letter-overdue", "talk-in-class")
OSLO = ZoneInfo("Europe/Oslo")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "oslo-lyon.yaml").write_text(EXCHANGE, "utf-8")
    return tmp_path


def read(folder: Path, text: str = GOOD) -> tuple[RuleCase, ...]:
    (folder / "cases.yaml").write_text(text, "utf-8")
    return load_cases(folder / "cases.yaml", RULES)


def problems(folder: Path, text: str) -> list[tuple[int, str]]:
    with pytest.raises(ConfigError) as caught:
        read(folder, text)
    return [(problem.line, problem.text) for problem in caught.value.problems]


def test_a_case_is_read_as_it_is_written(folder: Path) -> None:
    (case,) = read(folder)
    assert (case.name, case.line, case.rules) == (
        "a letter that is late is asked for",
        3,
        ("letter-overdue",),
    )
    assert case.now == datetime(2026, 10, 8, 7, tzinfo=UTC)
    assert case.until == date(2026, 10, 31)
    assert case.history.applied_at == datetime(2026, 9, 1, tzinfo=OSLO)
    assert case.history.in_force == dict.fromkeys(RULES, case.history.applied_at)
    assert case.history.last_contact == datetime(2026, 10, 1, 10, tzinfo=OSLO)
    assert case.mails == (
        ExpectedMail(
            datetime(2026, 10, 16, 8), "letter-overdue", "kari@fagerborg.example", because="2 of your"
        ),
        ExpectedMail(date(2026, 10, 17), "talk-in-class", "luc@ecole-lyon.example", digest=True),
    )


def test_what_happened_is_told_with_the_ids_of_the_exchange(folder: Path) -> None:
    (case,) = read(folder)
    oslo, lyon = case.exchange.classes
    (delivery,) = case.history.deliveries
    assert (delivery.letter.numbers, delivery.letter.from_class) == ((1,), lyon.id)
    assert delivery.first_at == datetime(2026, 10, 6, tzinfo=OSLO)
    later, pause = case.history.statements
    assert later == Statement(
        Said.LATER,
        oslo.teachers[0].id,
        datetime(2026, 10, 7, 12, tzinfo=OSLO),
        *("letter", 1, oslo.id, lyon.id),
        until=date(2026, 10, 14),
    )
    assert (pause.said, pause.by) == (Said.PAUSE, lyon.teachers[0].id)
    assert [line.from_class for line in case.exchange.schedule] == [oslo.id]
    assert case.exchange.meeting
    assert case.exchange.meeting.host == lyon.id


def test_the_exchange_may_stand_in_the_file_itself(folder: Path) -> None:
    inside = "exchange:\n" + "".join(f"  {line}\n" for line in EXCHANGE.splitlines())
    (case,) = read(folder, GOOD.replace("exchange: oslo-lyon.yaml\n", inside))
    assert case.exchange == read(folder)[0].exchange
    wrong = inside.replace("Europe/Paris", "Paris")
    assert [line for line, _ in problems(folder, GOOD.replace("exchange: oslo-lyon.yaml\n", wrong))] == [10]


@pytest.mark.parametrize(
    ("stands", "instead", "line", "says"),
    [
        ("exchange: oslo-lyon.yaml", "exchange: x.yaml", 1, "there is no file"),
        ("exchange: oslo-lyon.yaml\n", "", 1, "`exchange` is missing"),
        ("name: a letter", "nam: a letter", 3, "`name` is missing"),
        ("    now: 2026-10-08T09:00\n", "", 3, "`now` is missing"),
        ("now: 2026-10-08T09:00", "now: tomorrow", 4, "a day such as 2026-10-13, or a time"),
        ("rules: [letter-overdue]", "rules: [letter-overdu]", 7, "did you mean `letter-overdue`?"),
        ("from: Lyon, to: Oslo, at", "from: Paris, to: Oslo, at", 10, "one of the classes"),
        (", at: 2026-10-06", "", 10, "`at` is missing"),
        ("word: later", "word: latr", 12, "did you mean `later`?"),
        ("by: luc@", "by: lu@", 13, "did you mean `luc@ecole-lyon.example`?"),
        ("send: letter-overdue,", "", 15, "a mail has `send`"),
        ("to: luc@ecole-lyon.example}", "to: x@ecole-lyon.example}", 16, "must be"),
        ("    mails:", "    expect:", 3, "`mails` is missing"),
        ("tests:", "cases:", 1, "`tests` is missing"),
    ],
)
def test_what_is_wrong_is_told_with_its_line(
    folder: Path, stands: str, instead: str, line: int, says: str
) -> None:
    assert stands in GOOD
    first, *_ = problems(folder, GOOD.replace(stands, instead, 1))
    assert first[0] == line
    assert says in first[1]


def test_cases_lie_beside_the_rules(tmp_path: Path) -> None:
    for place in ("tests", "follow-ups/tests", "elsewhere"):
        (tmp_path / place).mkdir(parents=True)
        (tmp_path / place / "cases.yaml").touch()
    found = [path.relative_to(tmp_path).as_posix() for path in case_files(tmp_path)]
    assert found == ["follow-ups/tests/cases.yaml", "tests/cases.yaml"]

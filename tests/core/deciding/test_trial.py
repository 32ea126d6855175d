from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime
from zoneinfo import ZoneInfo

import pytest
from tests.builders import an_exchange

from twinpost.core.calendars.school import CalendarEntry, EntryKind
from twinpost.core.deciding.trial import trial
from twinpost.core.model.people import Exchange
from twinpost.core.model.plan import History
from twinpost.core.model.rule import Event, Group, Offset, Rule, Step, Unit
from twinpost.core.model.rule_case import ExpectedMail, RuleCase

NOW = datetime(2026, 10, 8, 9, 0, tzinfo=ZoneInfo("Europe/Oslo"))
LATE = Rule(
    "late",
    Event.LETTER_DUE,
    (Step(Offset(2, Unit.SCHOOL_DAYS), "letter-overdue", (Group.SENDERS,)),),
    unless=(Event.LETTER_ARRIVED,),
)
KARI = ExpectedMail(datetime(2026, 10, 13, 8, 0), "letter-overdue", "kari@fagerborg.example")
OLA = replace(KARI, to="ola@fagerborg.example")


def school() -> Exchange:
    """Two classes with a term each, so that it is known when they are at school."""
    term = CalendarEntry(EntryKind.TERM, date(2026, 8, 17), date(2027, 6, 18))
    exchange = an_exchange()
    return replace(exchange, classes=tuple(replace(one, calendar=(term,)) for one in exchange.classes))


def a_case(
    *mails: ExpectedMail, until: date | None = date(2026, 10, 31), rules: tuple[str, ...] = ()
) -> RuleCase:
    return RuleCase("a case", "cases.yaml", 3, school(), History(NOW), NOW, until, rules, mails)


def lines(case: RuleCase) -> list[str]:
    return [str(line) for line in trial(case, [LATE])]


def test_what_is_expected_and_comes_is_told_without_a_sign() -> None:
    assert lines(a_case(OLA, KARI)) == [
        "  2026-10-13T08:00 Tue  letter-overdue to kari@fagerborg.example",
        "  2026-10-13T08:00 Tue  letter-overdue to ola@fagerborg.example",
    ]


def test_what_does_not_come_and_what_comes_instead_have_signs() -> None:
    assert lines(a_case(OLA, replace(KARI, notice="offer-pause"))) == [
        "+ 2026-10-13T08:00 Tue  letter-overdue to kari@fagerborg.example",
        "  2026-10-13T08:00 Tue  letter-overdue to ola@fagerborg.example",
        "- 2026-10-13T08:00 Tue  offer-pause to kari@fagerborg.example",
    ]


def test_each_mail_meets_one_expectation() -> None:
    assert sorted(line[0] for line in lines(a_case(KARI, KARI, OLA))) == [" ", " ", "-"]


@pytest.mark.parametrize(("at", "sign"), [(date(2026, 10, 13), " "), (datetime(2026, 10, 13, 8, 15), "-")])
def test_the_hour_counts_where_it_is_given(at: date, sign: str) -> None:
    assert sign in {line[0] for line in lines(a_case(replace(KARI, at=at), OLA))}


def test_a_line_of_the_digest_is_no_mail() -> None:
    assert "-" in {line[0] for line in lines(a_case(replace(KARI, digest=True), OLA))}


def test_the_reason_counts_where_it_is_given() -> None:
    good = replace(KARI, because="2 school days after 2026-10-09")
    assert {line[0] for line in lines(a_case(good, OLA))} == {" "}
    assert lines(a_case(replace(KARI, because="3 school days"), OLA))[:2] == [
        "+ 2026-10-13T08:00 Tue  letter-overdue to kari@fagerborg.example: 2 school days after 2026-10-09",
        "- 2026-10-13T08:00 Tue  letter-overdue to kari@fagerborg.example: 3 school days",
    ]


def test_nothing_is_looked_at_after_the_last_day() -> None:
    assert lines(a_case(until=date(2026, 10, 12))) == []
    assert len(lines(a_case(until=None))) > 2


def test_other_rules_are_left_out_where_some_are_named() -> None:
    assert lines(a_case(rules=("another",))) == []
    assert len(lines(a_case(rules=("late",)))) == 2

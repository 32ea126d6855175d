"""Where an exchange is: gaps, letters beyond the plan, the next date."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from tests.builders import (
    KYIV,
    LYON,
    OSLO,
    SCHEDULE,
    a_letter,
    an_exchange,
    arrived,
)

from twinpost.core.inspecting.sequence import next_date, sequence
from twinpost.core.model.finding import Finding

BOTH = (OSLO, LYON)


def test_the_first_letter_leaves_no_gap() -> None:
    standing = sequence(a_letter(1), an_exchange(), ())
    assert (standing.unseen, standing.findings) == ((), ())


def test_letter_three_without_letter_two_is_a_gap() -> None:
    log = (arrived(a_letter(1)), arrived(a_letter(3), delivery=3))
    standing = sequence(a_letter(3), an_exchange(), log)
    assert standing.unseen == (2,)
    assert standing.findings == (Finding("gap", "2", "Not seen yet: letter 2."),)


def test_a_letter_of_the_other_direction_or_another_product_fills_no_gap() -> None:
    log = (arrived(a_letter(1, LYON, OSLO)), replace(arrived(a_letter(1)), product="video"))
    assert sequence(a_letter(2), an_exchange(), log).unseen == (1,)


def test_several_letters_in_one_mail_leave_no_gap_between_them() -> None:
    assert sequence(a_letter(numbers=(1, 2, 3)), an_exchange(), ()).unseen == ()


def test_what_one_of_two_classes_has_not_received_is_a_gap() -> None:
    standing = sequence(a_letter(2, to_classes=(LYON, KYIV)), an_exchange(), (arrived(a_letter(1)),))
    assert standing.unseen == (1,)


def test_a_letter_beyond_the_plan_is_told() -> None:
    log = tuple(arrived(a_letter(n)) for n in range(1, 5))
    (finding,) = sequence(a_letter(5), an_exchange(), log).findings
    assert (finding.code, finding.text) == ("beyond-plan", "Letter 5 is more than the 4 that were planned.")
    assert sequence(a_letter(5), an_exchange(letters=None), log).findings == ()


def test_the_plan_counts_letters_only() -> None:
    log = tuple(replace(arrived(a_letter(n)), product="video") for n in range(1, 5))
    assert sequence(a_letter(5, product="video"), an_exchange(), log).findings == ()


def test_the_next_date_is_the_first_agreed_one_today_included() -> None:
    assert next_date(an_exchange(), BOTH, date(2026, 10, 9)) == SCHEDULE[0]
    assert next_date(an_exchange(), BOTH, date(2026, 10, 10)) == SCHEDULE[1]
    assert next_date(an_exchange(), BOTH, date(2027, 1, 23)) is None


def test_a_letter_that_is_here_already_is_passed_over() -> None:
    assert next_date(an_exchange(), BOTH, date(2026, 10, 1), (arrived(),)) == SCHEDULE[1]


def test_a_date_between_other_classes_is_not_theirs() -> None:
    assert next_date(an_exchange(), (OSLO, KYIV), date(2026, 10, 1)) is None

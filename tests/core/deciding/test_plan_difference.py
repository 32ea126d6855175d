"""Two plans side by side."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from tests.planning import APPLIED, a_history, a_rule, a_step, a_year, lines, shipped_rule

from twinpost.core.deciding.plan import plan
from twinpost.core.deciding.plan_difference import plan_difference
from twinpost.core.model.plan import Planned
from twinpost.core.model.rule import Event, Rule


def planned(*rules: Rule) -> Sequence[Planned]:
    return [one for one in plan(a_year(), a_history(), rules, APPLIED) if one.about.due]


def told(old: Sequence[Planned], new: Sequence[Planned]) -> list[str]:
    """The first changes, as "moved Tue 13 Oct … (was …)"."""
    found = []
    for one in plan_difference(old, new)[:3]:
        (text,), was = lines([one.planned]), lines([one.was] if one.was else [])
        found.append(" ".join([one.change, text, *(f"(was {line})" for line in was)]))
    return found


TWO, THREE = (a_rule(Event.LETTER_DUE, a_step(days)) for days in (2, 3))


def test_the_same_rules_change_nothing() -> None:
    assert plan_difference(planned(TWO), planned(TWO)) == ()


def test_what_goes_at_another_time_is_moved_and_told_by_its_new_time() -> None:
    (first, *_) = told(planned(TWO), planned(THREE))
    assert (
        first == "moved Wed 14 Oct 08:00 Kari: letter-overdue 1 (was Tue 13 Oct 08:00 Kari: letter-overdue 1)"
    )


def test_what_only_one_of_them_has_is_added_or_removed() -> None:
    (soon,) = shipped_rule("letter-due-soon")
    assert {one.change for one in plan_difference(planned(TWO), planned(TWO, soon))} == {"added"}
    assert {one.change for one in plan_difference(planned(TWO, soon), planned(TWO))} == {"removed"}


def test_the_same_step_as_a_line_of_the_digest_is_another_one_and_the_old_is_told_first() -> None:
    line = replace(TWO, steps=(a_step(2, digest=True),))
    assert told(planned(TWO), planned(line))[:2] == [
        "removed Tue 13 Oct 08:00 Kari: letter-overdue 1",
        "added Tue 13 Oct 08:00 Kari: letter-overdue 1…",
    ]

"""The shipped rules and their texts know each other."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

import pytest

from twinpost.core.deciding.plan import plan
from twinpost.core.deciding.trial import trial
from twinpost.core.model.rule import Group, Rule
from twinpost.core.model.rule_case import RuleCase
from twinpost.core.rules.fuse import too_many
from twinpost.edges.rule_cases import case_files, load_cases
from twinpost.edges.rule_file import load_rules
from twinpost.edges.shipped import shipped
from twinpost.edges.templates import Templates

TEXTS = Templates(shipped("templates"))
NO_RULE = {"calendar-unknown", "date-closed", "later-noted", "other"}
"""Texts that are sent without a rule."""


@cache
def rules() -> tuple[Rule, ...]:
    return load_rules(shipped("rules"))


def named(*, digest: bool) -> set[str]:
    return {step.notice for rule in rules() for step in rule.steps if step.digest is digest}


def test_every_text_is_sent_by_a_rule_or_planned_by_itself() -> None:
    assert named(digest=False) == TEXTS.follow_ups() - NO_RULE


def test_every_line_of_the_digest_belongs_to_a_mail_or_to_a_rule() -> None:
    assert named(digest=True) == TEXTS.digest_lines() - TEXTS.follow_ups()


def test_every_shipped_rule_has_its_line_in_the_guide() -> None:
    guide = (Path(__file__).parents[2] / "docs" / "rules.md").read_text("utf-8")
    listed = re.findall(r"^\| `([a-z-]+)` \|", guide.split("## What is shipped")[1], re.MULTILINE)
    assert sorted(listed) == sorted(rule.id for rule in rules())


def test_nobody_gets_more_than_three_mails_about_one_thing() -> None:
    assert max(len(rule.steps) for rule in rules()) == 3


def test_the_first_reminder_of_a_late_letter_is_hers_alone() -> None:
    (overdue,) = [rule for rule in rules() if rule.id == "letter-overdue"]
    both = (Group.SENDERS, Group.RECEIVERS)
    assert [step.to for step in overdue.steps] == [(Group.SENDERS,), both, both]


CASES = [
    case
    for file in case_files(shipped("rules"))
    for case in load_cases(file, [rule.id for rule in load_rules(shipped("rules"))])
]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_the_shipped_rules_lead_to_what_their_tests_say(case: RuleCase) -> None:
    assert [str(line) for line in trial(case, rules()) if line.sign != " "] == []


def test_every_text_of_the_shipped_rules_is_sent_in_a_test() -> None:
    sent = {mail.notice for case in CASES for mail in case.mails}
    assert sent == named(digest=False) | named(digest=True)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_no_shipped_rule_blows_the_fuse(case: RuleCase) -> None:
    assert too_many(plan(case.exchange, case.history, rules(), case.now)) == ()

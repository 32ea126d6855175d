"""The shipped rules and their texts know each other."""

from __future__ import annotations

from typing import Any

from ruamel.yaml import YAML

from twinpost.edges.shipped import shipped
from twinpost.edges.templates import Templates

TEXTS = Templates(shipped("templates"))
NO_RULE = {"calendar-unknown", "date-closed", "later-noted", "other"}
"""Texts that are sent without a rule."""


def rules() -> list[dict[str, Any]]:
    files = sorted(shipped("rules").glob("follow-ups/*.yaml"))
    return [rule for path in files for rule in YAML(typ="safe", pure=True).load(path)["rules"]]


def named(kind: str) -> set[str]:
    return {step[kind] for rule in rules() for step in rule["steps"] if kind in step}


def test_every_text_is_sent_by_a_rule_or_planned_by_itself() -> None:
    assert named("send") == TEXTS.follow_ups() - NO_RULE


def test_every_line_of_the_digest_belongs_to_a_mail_or_to_a_rule() -> None:
    assert named("digest") == TEXTS.digest_lines() - TEXTS.follow_ups()


def test_no_rule_has_the_id_of_another() -> None:
    ids = [rule["id"] for rule in rules()]
    assert len(ids) == len(set(ids)) > 10


def test_nobody_gets_more_than_three_mails_about_one_thing() -> None:
    assert max(len(rule["steps"]) for rule in rules()) == 3


def test_the_first_reminder_of_a_late_letter_is_hers_alone() -> None:
    (overdue,) = [rule for rule in rules() if rule["id"] == "letter-overdue"]
    assert [step["to"] for step in overdue["steps"]] == [
        ["sender.teachers"],
        ["sender.teachers", "receiver.teachers"],
        ["sender.teachers", "receiver.teachers"],
    ]

"""Who of the receiving teachers was in copy."""

from __future__ import annotations

import pytest
from tests.builders import KYIV, LYON, OLENA, OSLO, a_class, a_letter, a_person, a_reading, an_exchange

from twinpost.core.inspecting.copies import copies
from twinpost.core.model.finding import Finding
from twinpost.core.model.mailbox import one_mailbox
from twinpost.core.model.people import Copies

TO_OSLO = a_letter(1, LYON, OSLO)


def test_a_letter_with_the_receiving_teacher_in_to_lacks_nobody() -> None:
    in_copy = copies(a_letter(), a_reading(), an_exchange())
    assert (in_copy.missing, in_copy.findings) == ({}, ())


def test_a_receiving_teacher_who_was_not_in_copy_is_missing() -> None:
    in_copy = copies(a_letter(), a_reading(to=("letters@school.example",), cc=()), an_exchange())
    assert [person.name for person in in_copy.missing[LYON]] == ["Luc Martin"]
    assert in_copy.findings == (
        Finding(
            "copy-missing", "luc@ecole-lyon.example", "Luc Martin was not in copy.", names=("Luc Martin",)
        ),
    )


@pytest.mark.parametrize(("rule", "missing"), [(Copies.ONE, []), (Copies.ALL, ["Kari Nordmann"])])
def test_one_teacher_of_a_class_is_enough_unless_all_are_asked_for(rule: Copies, missing: list[str]) -> None:
    reading = a_reading(sender="luc@ecole-lyon.example", to=("ola.hansen@fagerborg.example",))
    in_copy = copies(TO_OSLO, reading, an_exchange(copies=rule))
    assert [person.name for people in in_copy.missing.values() for person in people] == missing


def test_when_nobody_of_a_class_was_there_all_its_teachers_are_missing() -> None:
    reading = a_reading(sender="luc@ecole-lyon.example", to=("letters@school.example",))
    in_copy = copies(TO_OSLO, reading, an_exchange())
    assert len(in_copy.missing[OSLO]) == len(in_copy.findings) == 2


def test_who_forwards_a_letter_to_us_has_it() -> None:
    reading = a_reading(sender="luc@ecole-lyon.example", to=("letters@school.example",))
    assert copies(a_letter(), reading, an_exchange()).missing == {}


def test_only_the_class_that_lacks_somebody_is_named() -> None:
    exchange = an_exchange(classes=(a_class("7B Oslo"), a_class("CM2 Lyon"), a_class("5A Kyiv")))
    in_copy = copies(a_letter(to_classes=(LYON, KYIV)), a_reading(), exchange)
    assert in_copy.missing == {KYIV: (OLENA,)}


@pytest.mark.parametrize(
    ("stored", "written"),
    [
        ("luc@ecole-lyon.example", "Luc@Ecole-Lyon.Example"),
        ("luc@ecole-lyon.example", "luc+oslo@ecole-lyon.example"),
        ("l.uc@gmail.com", "luc+school@googlemail.com"),
    ],
)
def test_other_spellings_of_her_mailbox_reach_her(stored: str, written: str) -> None:
    luc = a_person("Luc Martin", stored, id_=3)
    exchange = an_exchange(classes=(a_class("7B Oslo"), a_class("CM2 Lyon", teachers=(luc,))))
    assert copies(a_letter(), a_reading(to=(written,)), exchange).missing == {}


def test_dots_matter_outside_gmail() -> None:
    assert one_mailbox("l.uc@ecole-lyon.example") != one_mailbox("luc@ecole-lyon.example")

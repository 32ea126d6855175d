"""When the line to a pupil goes, and why it does not: as a table. The originals go in every case."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from tests.builders import (
    ANA,
    KARI,
    LUC,
    NOW,
    OLA,
    OSLO,
    SHARED,
    TOM,
    a_class,
    a_kept,
    a_known,
    a_person,
    a_reading,
    an_exchange,
)

from twinpost.core.deciding.case import Case
from twinpost.core.deciding.guard_lines import LISTED, NOT_HERS, ONCE_A_DAY, THROUGH, left_out_in
from twinpost.core.deciding.guard_list import list_due
from twinpost.core.deciding.pupils import decide_pupil_mail
from twinpost.core.model.effect import Tell
from twinpost.core.model.kind import Kind, Proof, Sorted
from twinpost.core.model.known import GuardMail
from twinpost.core.model.people import Exchange, Guard, Mode, directory_of

BEA = a_person("Bea Dahl", "bea@pupils.fagerborg.example", id_=12)
CYD = a_person("Cyd Aas", "cyd@pupils.fagerborg.example", id_=13)
CLASSES = (a_class("7B Oslo", pupils=(ANA, BEA, CYD)), a_class("CM2 Lyon"))
EXCHANGE = an_exchange(mode=Mode.DIRECT, classes=CLASSES)
BY_TEACHERS = replace(EXCHANGE, mode=Mode.THROUGH_TEACHERS)
PROVEN = Proof(True)
HOUR = timedelta(hours=1)
UNUSED: Any = None


def a_line(person: int, before: timedelta, *, went: bool = True, why: str = "", cause: int = 90) -> GuardMail:
    return GuardMail(
        "guard-line", f"guard-line/{cause}/{person}/{OSLO}", person, cause, went, why, NOW - before
    )


def tells(
    *guarded: GuardMail,
    exchange: Exchange = EXCHANGE,
    proof: Proof = PROVEN,
    now: datetime = NOW,
    size: int = 60_000,
    **reading: Any,
) -> list[Tell]:
    """What follows from a mail of Ana's to Tom with nobody else in copy but us."""
    directory = directory_of((exchange,))
    place = directory.who(ANA.address)[0]
    case = Case(
        replace(a_kept(), size=size),
        a_reading("My dog", sender=ANA.address, **{"to": (TOM.address,), "cc": (SHARED,), **reading}),
        replace(a_known(directory), guarded=guarded),
        Sorted(Kind.PUPIL_MAIL, (), place),
        proof,
        UNUSED,
        now,
    )
    return [effect for effect in decide_pupil_mail(case).effects if isinstance(effect, Tell)]


def the_line(found: list[Tell]) -> Tell:
    (line,) = [tell for tell in found if tell.to is ANA]
    return line


WHEN = {
    "for the first time": ((), {}, ""),
    "nobody vouches": ((), {"proof": Proof(None)}, ""),
    "contradicted": ((), {"proof": Proof(False)}, NOT_HERS),
    "disowned behind a list": ((), {"proof": Proof(None, disowned=True)}, NOT_HERS),
    "written by a list": ((), {"via": "klasse@lists.example"}, NOT_HERS),
    "an hour after her last": ((a_line(ANA.id, HOUR),), {}, ONCE_A_DAY),
    "on the day after her last": ((a_line(ANA.id, timedelta(hours=10)),), {}, ""),
    "after one that was only recorded": ((a_line(ANA.id, HOUR, went=False, why=NOT_HERS),), {}, ""),
    "the second of her class": ((a_line(BEA.id, HOUR / 4),), {}, ""),
    "the third of her class": ((a_line(BEA.id, HOUR / 4), a_line(CYD.id, HOUR / 4)), {}, LISTED),
    "the third, more than an hour later": ((a_line(BEA.id, 2 * HOUR), a_line(CYD.id, HOUR / 4)), {}, ""),
    "two forged ones before": (
        tuple(a_line(one.id, HOUR / 4, went=False, why=NOT_HERS) for one in (BEA, CYD)),
        {},
        "",
    ),
    "the third, one of the other class": (
        (a_line(BEA.id, HOUR / 4), a_line(TOM.id, HOUR / 4)),
        {},
        "",
    ),
    "where letters go through teachers": (
        (),
        {"exchange": BY_TEACHERS},
        THROUGH,
    ),
    "where both ways are open": ((), {"exchange": replace(EXCHANGE, mode=Mode.BOTH)}, ""),
    "read again, after it went": ((a_line(ANA.id, 30 * HOUR, cause=1),), {}, ""),
    "read again, after it did not": (
        (a_line(ANA.id, 30 * HOUR, cause=1, went=False, why=LISTED),),
        {},
        LISTED,
    ),
}


@pytest.mark.parametrize("when", WHEN)
def test_when_the_line_goes(when: str) -> None:
    guarded, changes, unsent = WHEN[when]
    assert the_line(tells(*guarded, **changes)).unsent == unsent


@pytest.mark.parametrize("when", WHEN)
def test_whatever_becomes_of_the_line_each_teacher_has_the_original_once(when: str) -> None:
    guarded, changes, _ = WHEN[when]
    having = [
        person.id
        for tell in tells(*guarded, **changes)
        if tell.attach and not tell.unsent
        for person in ((tell.to, *tell.copies) if tell.to is not ANA else tell.copies)
    ]
    assert sorted(having) == [KARI.id, OLA.id, LUC.id]


@pytest.mark.parametrize("when", WHEN)
def test_no_line_is_without_her_own_teachers_and_none_counts_in_the_loop_budget(when: str) -> None:
    guarded, changes, _ = WHEN[when]
    found = tells(*guarded, **changes)
    assert the_line(found).copies == (KARI, OLA)
    assert not any(tell.counts for tell in found)
    assert all(tell.to is ANA or not tell.copies for tell in found)


def test_a_mail_that_is_read_again_keeps_the_key_of_its_line() -> None:
    before = replace(a_line(ANA.id, 30 * HOUR, cause=1), key=f"guard-line/1/{ANA.id}/{OSLO}")
    assert the_line(tells(before)).key == before.key


def test_an_exchange_that_only_reminds_attaches_nothing() -> None:
    found = tells(exchange=replace(EXCHANGE, guard=Guard.REMIND_ONLY))
    assert [(tell.to.id, tell.attach) for tell in found] == [(ANA.id, ())]


def test_what_is_too_large_is_attached_nowhere_and_told_everywhere() -> None:
    found = tells(size=26_000_000)
    assert all(tell.attach == () for tell in found)
    assert {tell.to.id for tell in found} == {KARI.id, OLA.id, LUC.id, ANA.id}


def test_a_key_names_the_classes_that_were_left_out() -> None:
    assert left_out_in(the_line(tells()).key) == (1, 2)
    assert left_out_in(the_line(tells(cc=(SHARED, KARI.address))).key) == (2,)


@pytest.mark.parametrize(("minutes", "due"), [([0], 10), ([0, 5], 15), ([0, 9, 18, 27, 36, 45, 54], 60)])
def test_a_list_is_due_when_it_is_quiet_or_after_an_hour(minutes: list[int], due: int) -> None:
    moments = [NOW + timedelta(minutes=one) for one in minutes]
    assert list_due(moments) == NOW + timedelta(minutes=due)

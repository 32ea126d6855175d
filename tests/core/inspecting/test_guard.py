"""Which classes a pupil's mail names, whose teachers lack it, and who is a stranger: as tables."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.builders import (
    ADMIN,
    ANA,
    HEAD,
    KARI,
    LUC,
    OLA,
    OLENA,
    SHARED,
    TOM,
    a_class,
    a_directory,
    a_person,
    a_reading,
    an_exchange,
)

from twinpost.core.inspecting.guard import guard, pupils_in, strangers
from twinpost.core.model.mail import Address
from twinpost.core.model.people import Copies, Exchange

BEA = a_person("Bea Dahl", "bea@pupils.fagerborg.example", id_=12)
LEO = a_person("Léo Blanc", "leo@eleves.ecole-lyon.example", id_=22)
IVA = a_person("Іва Гай", "iva@uchni.kyiv-school.example", id_=31)
EXCHANGE = an_exchange(
    classes=(
        a_class("7B Oslo", pupils=(ANA, BEA)),
        a_class("CM2 Lyon", pupils=(TOM, LEO)),
        a_class("5A Kyiv", pupils=(IVA,)),
    ),
    pairs=((ANA.id, TOM.id),),
)
PEOPLE = {
    person.name.split()[0]: person.address
    for person in (KARI, OLA, LUC, OLENA, HEAD, ANA, BEA, TOM, LEO, IVA)
} | {"box": SHARED, "max": "max@other.example", "kari+": "kari+7b@fagerborg.example"}

TABLE = [
    # to and cc, copies: one → missing, copies: all → missing, classes named
    ("Tom Kari Luc box", "", "Ola", "7B Oslo, CM2 Lyon"),
    ("Tom Kari Ola Luc box", "", "", "7B Oslo, CM2 Lyon"),
    ("Tom box", "Kari Ola Luc", "Kari Ola Luc", "7B Oslo, CM2 Lyon"),
    ("Tom Ola box", "Luc", "Kari Luc", "7B Oslo, CM2 Lyon"),
    ("Tom Luc", "Kari Ola", "Kari Ola", "7B Oslo, CM2 Lyon"),
    ("Tom kari+ Luc", "", "Ola", "7B Oslo, CM2 Lyon"),
    ("Luc", "Kari Ola", "Kari Ola", "7B Oslo, CM2 Lyon"),
    ("Bea Kari", "", "Ola", "7B Oslo"),
    ("Bea box", "Kari Ola", "Kari Ola", "7B Oslo"),
    ("box", "Kari Ola", "Kari Ola", "7B Oslo"),
    ("", "Kari Ola", "Kari Ola", "7B Oslo"),
    ("Kari", "", "Ola", "7B Oslo"),
    ("Head", "Kari Ola", "Kari Ola", "7B Oslo"),
    ("max Kari", "", "Ola", "7B Oslo"),
    ("Tom Іва Kari Luc", "Olena", "Ola Olena", "7B Oslo, CM2 Lyon, 5A Kyiv"),
    ("Tom Іва Kari Luc Olena", "", "Ola", "7B Oslo, CM2 Lyon, 5A Kyiv"),
    ("Olena Kari", "", "Ola", "7B Oslo, 5A Kyiv"),
    ("Tom Tom Tom Kari Luc", "", "Ola", "7B Oslo, CM2 Lyon"),
]


def addressed(to: str) -> tuple[Address, ...]:
    return tuple(Address(PEOPLE[name]) for name in to.split())


def named(people: tuple[object, ...]) -> str:
    return " ".join(str(person.name).split()[0] for person in people)  # type: ignore[attr-defined]


@pytest.mark.parametrize(("to", "one", "every", "classes"), TABLE)
@pytest.mark.parametrize("copies", Copies)
def test_who_is_missing(to: str, one: str, every: str, classes: str, copies: Copies) -> None:
    exchange = replace(EXCHANGE, copies=copies)
    reading = replace(a_reading(sender=ANA.address), to=addressed(to), cc=())
    found = guard(reading, ANA, exchange, a_directory(exchange))
    assert named(found.left_out) == (one if copies is Copies.ONE else every)
    assert ", ".join(school_class.name for school_class in found.named) == classes
    assert found.own == (exchange.classes[0],)
    assert found.crosses is ("," in classes)


@pytest.mark.parametrize(("to", "one", "every", "classes"), TABLE)
def test_to_and_cc_are_one(to: str, one: str, every: str, classes: str) -> None:
    reading = replace(a_reading(sender=ANA.address), to=(), cc=addressed(to))
    assert named(guard(reading, ANA, EXCHANGE, a_directory(EXCHANGE)).left_out) == one


def findings(to: str, exchange: Exchange = EXCHANGE) -> list[str]:
    reading = replace(a_reading(sender=ANA.address), to=addressed(f"Kari Luc {to}"), cc=())
    return [finding.about for finding in guard(reading, ANA, exchange, a_directory(exchange)).findings]


@pytest.mark.parametrize(
    ("to", "not_hers"),
    [("Tom", []), ("Léo", [LEO.address]), ("Tom Léo", [LEO.address]), ("Bea", []), ("", [])],
)
def test_who_is_not_the_pair_is_noticed(to: str, not_hers: list[str]) -> None:
    assert findings(to) == not_hers


def test_without_pairs_nobody_is_the_wrong_one() -> None:
    assert findings("Léo", replace(EXCHANGE, pairs=())) == []
    assert findings("Léo", replace(EXCHANGE, pairs=((BEA.id, LEO.id),))) == []


@pytest.mark.parametrize(
    ("to", "unknown"),
    [
        (["max@other.example"], ["max@other.example"]),
        ([KARI.address, TOM.address, HEAD.address, SHARED, ADMIN], []),
        (["letters+oslo@school.example", "ana+home@pupils.fagerborg.example"], []),
        (["max@other.example", "max+2@other.example", "mia@other.example"], ["max@", "mia@"]),
        (["m.a.x@gmail.com", "max@googlemail.com"], ["m.a.x@gmail.com"]),
        ([""], []),
    ],
)
def test_who_is_a_stranger(to: list[str], unknown: list[str]) -> None:
    reading = replace(a_reading(), to=tuple(map(Address, to)), cc=())
    found = [one.address for one in strangers(reading, a_directory(EXCHANGE), SHARED, ADMIN)]
    assert len(found) == len(unknown)
    assert all(address.startswith(begins) for address, begins in zip(found, unknown, strict=True))


def test_gmails_idle_dots_make_no_other_teacher() -> None:
    luc = replace(LUC, addresses=("l.uc@gmail.com",))
    exchange = replace(
        EXCHANGE, classes=(EXCHANGE.classes[0], a_class("CM2 Lyon", teachers=(luc,), pupils=(TOM,)))
    )
    reading = replace(
        a_reading(sender=ANA.address),
        to=(Address(TOM.address), Address(KARI.address)),
        cc=(Address("luc+ana@googlemail.com"),),
    )
    found = guard(reading, ANA, exchange, a_directory(exchange))
    assert found.left_out == ()
    assert strangers(reading, a_directory(exchange), SHARED) == ()


def test_a_teachers_address_given_for_a_pupil_is_the_teachers() -> None:
    exchange = replace(
        EXCHANGE,
        classes=(a_class("7B Oslo", pupils=(replace(KARI, name="Ana Berg"),)), *EXCHANGE.classes[1:]),
    )
    reading = replace(a_reading(), to=(Address(KARI.address), Address(TOM.address)), cc=())
    assert [place.person for place in pupils_in(reading, a_directory(exchange))] == [TOM]


@given(st.lists(st.sampled_from(sorted(PEOPLE)), max_size=8), st.sampled_from(Copies))
def test_after_repair_each_class_named_has_a_teacher(names: list[str], copies: Copies) -> None:
    exchange = replace(EXCHANGE, copies=copies)
    reading = replace(a_reading(sender=ANA.address), to=addressed(" ".join(names)), cc=())
    found = guard(reading, ANA, exchange, a_directory(exchange))
    have = {person.id for person in (*found.present, *found.left_out)}
    assert not {person.id for person in found.present} & {person.id for person in found.left_out}
    for school_class in found.named:
        reached = have & {teacher.id for teacher in school_class.teachers}
        assert reached
        assert copies is Copies.ONE or len(reached) == len(school_class.teachers)

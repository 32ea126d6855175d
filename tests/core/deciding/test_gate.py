"""Who may be written to, as a table, and as a law."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from itertools import product
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.builders import (
    ADMIN,
    ANA,
    HEAD,
    KARI,
    LUC,
    NOW,
    OLA,
    SHARED,
    a_class,
    a_directory,
    a_person,
    an_exchange,
)

from twinpost.core.deciding.gate import Admit, Answers, Drop, Hold, Leave, Limits, Post, Withhold, admit
from twinpost.core.model.effect import Tell
from twinpost.core.model.notice import AdminNote, Done, GuardLine, Notice
from twinpost.core.model.people import Role

DIRECTORY = a_directory()
POST = Post(DIRECTORY, SHARED, ADMIN, live=True)
NONE = Answers()
THE_ADMIN = a_person("Admin", ADMIN, id_=0)
OUTSIDERS = (
    ANA,  # a pupil is never written to alone
    a_person("Stranger", "stranger@elsewhere.example", id_=99),
    a_person("Kari Nordmann", "kari@elsewhere.example", id_=KARI.id),
    a_person("Impostor", KARI.address, id_=98),
    a_person("Ourselves", SHARED, id_=KARI.id),
    a_person("Ourselves", "letters+x@school.example", id_=KARI.id),
    THE_ADMIN,
)


def a_tell(**changes: Any) -> Tell:
    tell = Tell("done/1/1", Done("filed"), KARI, 1, provoked_by=KARI.address)
    return replace(tell, **changes)


@pytest.mark.parametrize("to", [KARI, LUC, HEAD])
def test_teachers_and_leaders_of_the_exchange_are_told(to: Any) -> None:
    assert admit(a_tell(to=to), POST, NONE, NOW) == Admit(NOW)


@pytest.mark.parametrize("to", OUTSIDERS)
@pytest.mark.parametrize("live", [True, False])
def test_nobody_else_is(to: Any, live: bool) -> None:
    assert isinstance(admit(a_tell(to=to), replace(POST, live=live), NONE, NOW), Drop)


def test_a_teacher_of_another_exchange_is_not_told() -> None:
    assert isinstance(admit(a_tell(exchange_id=2), POST, NONE, NOW), Drop)


def test_notes_to_the_admin_reach_the_admin_and_nobody_else() -> None:
    note = AdminNote("given-up")
    assert admit(a_tell(notice=note, to=THE_ADMIN, exchange_id=0), POST, NONE, NOW) == Admit(NOW)
    assert isinstance(admit(a_tell(notice=note, to=KARI), POST, NONE, NOW), Drop)


def test_an_admin_who_is_the_shared_address_is_a_loop() -> None:
    post = replace(POST, admin=SHARED)
    tell = a_tell(notice=AdminNote("x"), to=a_person("Admin", SHARED, id_=0))
    assert isinstance(admit(tell, post, NONE, NOW), Drop)


@pytest.mark.parametrize("address", [SHARED, SHARED.upper(), "letters+oslo@school.example"])
def test_our_own_mail_provokes_nothing(address: str) -> None:
    assert isinstance(admit(a_tell(provoked_by=address), POST, NONE, NOW), Drop)


def test_the_gate_as_a_truth_table() -> None:
    full = Answers(last_hour=5, last_day=5)
    for live, used, counts, provoked in product(
        (True, False), (NONE, full), (True, False), (KARI.address, "")
    ):
        verdict = admit(a_tell(counts=counts, provoked_by=provoked), replace(POST, live=live), used, NOW)
        expected: type
        if not live:
            expected = Hold
        elif used is full and counts and provoked:
            expected = Withhold
        else:
            expected = Admit
        assert type(verdict) is expected, (live, used, counts, provoked)


@pytest.mark.parametrize(
    ("hour", "day", "fits"), [(0, 0, True), (4, 19, True), (5, 5, False), (0, 20, False), (4, 20, False)]
)
def test_the_budget_is_five_an_hour_and_twenty_a_day(hour: int, day: int, fits: bool) -> None:
    verdict = admit(a_tell(), POST, Answers(hour, day), NOW)
    assert isinstance(verdict, Admit if fits else Withhold)


def test_the_admin_may_set_other_limits() -> None:
    post = replace(POST, limits=Limits(per_hour=1, per_day=2))
    assert isinstance(admit(a_tell(), post, Answers(1, 1), NOW), Withhold)


def test_a_mail_for_school_hours_is_admitted_for_then() -> None:
    morning = NOW + timedelta(hours=14)
    assert admit(a_tell(not_before=morning), POST, NONE, NOW) == Admit(morning)
    assert admit(a_tell(not_before=NOW - timedelta(days=1)), POST, NONE, NOW) == Admit(NOW)


LINE = GuardLine("My dog", NOW, (), ("Luc Martin",), (KARI.address,))
COMPANY: dict[str, tuple[tuple[Any, ...], Notice, bool]] = {
    "alone": ((), LINE, False),
    "with her own teacher": ((KARI,), LINE, True),
    "with both of hers": ((KARI, OLA), LINE, True),
    "with her own teacher, but no line of the guard's": ((KARI,), Done("filed"), False),
    "with the partner's teacher": ((LUC,), LINE, False),
    "with both sides": ((KARI, LUC), LINE, False),
    "with her head": ((HEAD,), LINE, False),
    "with herself": ((ANA,), LINE, False),
    "with a stranger besides": ((KARI, OUTSIDERS[1]), LINE, False),
    "with somebody of her teacher's name": ((OUTSIDERS[2],), LINE, False),
    "with somebody at her teacher's address": ((OUTSIDERS[3],), LINE, False),
    "with nobody's address": ((replace(KARI, addresses=()),), LINE, False),
    "with the admin": ((THE_ADMIN,), LINE, False),
    "with us": ((OUTSIDERS[4],), LINE, False),
}


@pytest.mark.parametrize("company", COMPANY)
@pytest.mark.parametrize("live", [True, False])
def test_a_pupil_is_written_to_in_good_company_only(company: str, live: bool) -> None:
    copies, notice, fine = COMPANY[company]
    tell = a_tell(to=ANA, copies=copies, notice=notice, counts=False)
    verdict = admit(tell, replace(POST, live=live), NONE, NOW)
    assert type(verdict) is ((Admit if live else Hold) if fine else Drop)


def test_a_teacher_who_shares_the_pupils_mailbox_is_no_company() -> None:
    kari = replace(KARI, addresses=("ana+kari@pupils.fagerborg.example",))
    exchange = an_exchange(classes=(a_class("7B Oslo", teachers=(kari,)), a_class("CM2 Lyon")))
    post = replace(POST, directory=a_directory(exchange))
    assert isinstance(admit(a_tell(to=ANA, copies=(kari,), notice=LINE), post, NONE, NOW), Drop)


@pytest.mark.parametrize("to", [KARI, HEAD])
def test_everybody_else_is_written_to_without_copies(to: Any) -> None:
    assert isinstance(admit(a_tell(to=to, copies=(OLA,)), POST, NONE, NOW), Drop)


def test_what_is_only_recorded_goes_neither_now_nor_at_go_live() -> None:
    tell = a_tell(unsent="she has had a line today")
    for live in (True, False):
        assert admit(tell, replace(POST, live=live), NONE, NOW) == Leave("she has had a line today")


addresses = st.sampled_from([KARI.address, LUC.address, ANA.address, ADMIN, SHARED]) | st.text(max_size=30)
people = st.sampled_from([KARI, LUC, ANA, HEAD, THE_ADMIN]) | st.builds(
    lambda id_, address: a_person("Somebody", address, id_=id_), st.integers(-1, 30), addresses
)


@given(
    to=people,
    exchange=st.integers(-1, 3),
    provoked=addresses,
    counts=st.booleans(),
    note=st.booleans(),
    live=st.booleans(),
)
def test_no_mail_is_ever_admitted_to_an_address_outside_the_exchange(
    to: Any, exchange: int, provoked: str, counts: bool, note: bool, live: bool
) -> None:
    notice = AdminNote("x") if note else Done("filed")
    tell = Tell("k", notice, to, exchange, provoked_by=provoked, counts=counts)
    verdict = admit(tell, replace(POST, live=live), NONE, NOW)
    if isinstance(verdict, Admit):
        assert to is not ANA
        roles = {place.role for place in DIRECTORY.who(to.address) if place.exchange.id == exchange}
        assert live
        assert to.address == ADMIN if note else roles & {Role.TEACHER, Role.LEADER}

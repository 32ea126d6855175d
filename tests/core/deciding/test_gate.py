"""Who may be written to, as a table, and as a law."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from itertools import product
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.builders import ADMIN, ANA, HEAD, KARI, LUC, NOW, SHARED, a_directory, a_person

from twinpost.core.deciding.gate import Admit, Answers, Drop, Hold, Limits, Post, Withhold, admit
from twinpost.core.model.effect import Tell
from twinpost.core.model.notice import AdminNote, Done
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
        roles = {place.role for place in DIRECTORY.who(to.address) if place.exchange.id == exchange}
        assert live
        assert to.address == ADMIN if note else roles & {Role.TEACHER, Role.LEADER}

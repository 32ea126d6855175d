"""Refused sign-ins are remembered across restarts."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from tests.ledgers import new_ledger
from tests.outgoing import NOW

from twinpost.ledger.engine import transaction
from twinpost.ledger.signins import SignIns, forget, may_sign_in, refused
from twinpost.ledger.transaction import Desk

SERVER = "smtp.school.example:587"


@pytest.mark.slow
def test_a_refused_sign_in_is_tried_six_times_an_hour_at_most_and_the_tries_move_apart(
    tmp_path: Path,
) -> None:
    tries = []
    with new_ledger(tmp_path) as engine:
        for second in range(0, 24 * 3600, 30):
            now = NOW + timedelta(seconds=second)
            with transaction(engine) as connection:  # one transaction each: nothing lives in memory
                if may_sign_in(connection, SERVER, now) is None:
                    refused(connection, SERVER, now)
                    tries.append(now)
    assert len(tries) > 24
    for first, seventh in zip(tries, tries[6:], strict=False):
        assert seventh - first >= timedelta(hours=1)
    assert tries[2] - tries[1] > tries[1] - tries[0]


def test_a_refused_token_may_be_renewed_at_once_while_the_hour_has_room(tmp_path: Path) -> None:
    with new_ledger(tmp_path) as engine:
        desk = Desk(engine)
        record = SignIns(desk, SERVER, lambda: NOW)
        assert [record.refused_once() for _ in range(7)] == [True] * 5 + [False] * 2
        desk.close()


def test_whoever_has_just_signed_in_need_not_wait(tmp_path: Path) -> None:
    with new_ledger(tmp_path) as engine, transaction(engine) as connection:
        refused(connection, SERVER, NOW)
        forget(connection)
        assert may_sign_in(connection, SERVER, NOW) is None


def test_one_servers_refusals_do_not_keep_us_from_another(tmp_path: Path) -> None:
    with new_ledger(tmp_path) as engine, transaction(engine) as connection:
        refused(connection, SERVER, NOW)
        assert may_sign_in(connection, SERVER, NOW) == NOW + timedelta(minutes=1)
        assert may_sign_in(connection, "imap.school.example:993", NOW) is None

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest
import sqlalchemy as sa
from tests.filed import FILED, KARI, LUC, OLA, plain, with_oslo

from twinpost.app import administer
from twinpost.core.model.effect import AddAddress
from twinpost.errors import TwinpostError
from twinpost.ledger import amendments
from twinpost.ledger.engine import transaction
from twinpost.ledger.people import list_exchanges, revision

NOW = datetime(2026, 9, 1, 8, tzinfo=UTC)


def test_what_was_applied_changes_nothing_the_second_time(ledger: sa.Engine) -> None:
    with transaction(ledger) as connection:
        (first,) = administer.apply(connection, [FILED], NOW)
        before = revision(connection)
        (second,) = administer.apply(connection, [FILED], NOW)
        assert first.lines[0] == "exchange oslo-lyon is new"
        assert second.lines == ()
        assert revision(connection) == before


def test_looking_at_changes_changes_nothing(ledger: sa.Engine) -> None:
    with transaction(ledger) as connection:
        assert administer.changes(connection, [FILED])[0].lines
        assert list_exchanges(connection) == ()


def test_two_files_of_one_exchange_are_refused_whole(ledger: sa.Engine) -> None:
    other = plain("other", ("A", KARI), ("B", LUC))
    with (
        pytest.raises(TwinpostError, match="2 of these files are the exchange oslo-lyon: apply one of them"),
        transaction(ledger) as connection,
    ):
        administer.apply(connection, [other, FILED, with_oslo(school="Another")], NOW)
    with transaction(ledger) as connection:
        assert list_exchanges(connection) == ()


def test_who_is_called_otherwise_elsewhere_is_told(ledger: sa.Engine) -> None:
    with transaction(ledger) as connection:
        administer.apply(connection, [FILED], NOW)
        other = plain("other", ("A", replace(KARI, name="K. Nordmann")), ("B", OLA))
        (change,) = administer.changes(connection, [other])
    assert change.lines[-1] == (
        "kari@fagerborg.example, known elsewhere as Kari Nordmann, is called K. Nordmann from now on"
    )


def test_what_people_changed_by_mail_is_shown_and_kept(ledger: sa.Engine) -> None:
    with transaction(ledger) as connection:
        administer.apply(connection, [FILED], NOW)
        amendments.add_address(connection, AddAddress(1, "kari@home.example"), NOW)
        (change,) = administer.changes(connection, [FILED])
    assert (change.lines, change.kept) == ((), ("Kari Nordmann writes from kari@home.example, too",))

"""Applying exchange files: what would change, then all of it or nothing."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa

from twinpost.core.deciding.difference import difference
from twinpost.core.model.filed import ExchangeAsFiled
from twinpost.errors import TwinpostError
from twinpost.ledger import journal
from twinpost.ledger.amendments import kept_amendments
from twinpost.ledger.enrolling import other_names
from twinpost.ledger.filing import apply_exchange
from twinpost.ledger.stored import stored_exchange

LATELY = timedelta(days=30)
"""How far back mail is read again that nobody could make sense of."""


@dataclass(frozen=True, slots=True)
class Change:
    """What one file changes. `kept` are the amendments above it, which no file touches."""

    code: str
    lines: tuple[str, ...]
    kept: tuple[str, ...] = ()


def changes(connection: sa.Connection, filed: Sequence[ExchangeAsFiled]) -> tuple[Change, ...]:
    """What applying these exchanges would change, in the order of the files."""
    return tuple(_change(connection, one) for one in filed)


def _change(connection: sa.Connection, filed: ExchangeAsFiled) -> Change:
    stored = stored_exchange(connection, filed.code)
    known = {address for _, _, person in stored.people() for address in person.addresses} if stored else set()
    renamed = tuple(
        f"{address}, known elsewhere as {old}, is called {new} from now on"
        for address, old, new in other_names(connection, filed)
        if address not in known
    )
    return Change(filed.code, (*difference(stored, filed), *renamed), kept_amendments(connection, filed.code))


def apply(connection: sa.Connection, filed: Sequence[ExchangeAsFiled], now: datetime) -> tuple[Change, ...]:
    """Apply these exchanges within the caller's transaction; what changes nothing is not written.

    What strangers sent lately, and what was unclear, is then read again: they may be strangers no more.
    Raises TwinpostError when two files are about the same exchange.
    """
    for code, times in Counter(one.code for one in filed).items():
        if times > 1:
            raise TwinpostError(f"{times} of these files are the exchange {code}: apply one of them.")
    applied = []
    for one in filed:
        change = _change(connection, one)
        if change.lines:
            apply_exchange(connection, one, now)
        applied.append(change)
    if any(change.lines for change in applied):
        journal.try_again(connection, journal.not_understood(connection, now - LATELY))
    return tuple(applied)

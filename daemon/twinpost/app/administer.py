"""Applying exchange files: what would change, then all of it or nothing."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa

from twinpost.core.deciding.called import calls_differently
from twinpost.core.deciding.difference import difference
from twinpost.core.model.filed import ExchangeAsFiled
from twinpost.core.model.kind import Kind
from twinpost.core.model.mail import TakenUp
from twinpost.errors import TwinpostError
from twinpost.ledger import rereading
from twinpost.ledger.amendments import kept_amendments
from twinpost.ledger.enrolling import other_names
from twinpost.ledger.filing import apply_exchange
from twinpost.ledger.stored import stored_exchange

LATELY = timedelta(days=30)
"""How far back mail is read again that nobody could make sense of."""


@dataclass(frozen=True, slots=True)
class Change:
    """What one file changes. `kept` are the amendments above it, which no file touches.

    `rereads`: it changes who takes part or what a class is called, so that mail may be understood anew.
    """

    code: str
    lines: tuple[str, ...]
    kept: tuple[str, ...] = ()
    rereads: bool = False


def changes(connection: sa.Connection, filed: Sequence[ExchangeAsFiled]) -> tuple[Change, ...]:
    """What applying these exchanges would change, in the order of the files."""
    return tuple(_change(connection, one) for one in filed)


def to_read_again(
    connection: sa.Connection, planned: Sequence[Change], now: datetime
) -> dict[Kind, tuple[int, ...]]:
    """Mail of the last 30 days that these changes may explain: journal ids by what it was taken for."""
    if not any(change.rereads for change in planned):
        return {}
    found = rereading.not_understood(connection, now - LATELY)
    kinds = sorted(set(found.values()))
    return {kind: tuple(id_ for id_, own in found.items() if own is kind) for kind in kinds}


def _change(connection: sa.Connection, filed: ExchangeAsFiled) -> Change:
    stored = stored_exchange(connection, filed.code)
    known = {address for _, _, person in stored.people() for address in person.addresses} if stored else set()
    renamed = tuple(
        f"{address}, known elsewhere as {old}, is called {new} from now on"
        for address, old, new in other_names(connection, filed)
        if address not in known
    )
    lines = (*difference(stored, filed), *renamed)
    kept = kept_amendments(connection, filed.code)
    return Change(filed.code, lines, kept, bool(lines) and calls_differently(stored, filed))


def apply(
    connection: sa.Connection, filed: Sequence[ExchangeAsFiled], now: datetime, *, reread: bool = True
) -> tuple[Change, ...]:
    """Apply these exchanges within the caller's transaction; what changes nothing is not written.

    With `reread` the daemon then reads again what they may explain: strangers may be strangers no more.
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
    if reread:
        for ids in to_read_again(connection, applied, now).values():
            rereading.take_up(connection, ids, TakenUp.APPLY, now)
    return tuple(applied)

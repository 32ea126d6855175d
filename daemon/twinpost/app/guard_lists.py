"""Lines to pupils that gave way to a list become that list, when it is due."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from itertools import groupby

import sqlalchemy as sa

from twinpost.app.enact import Enactment, Told, is_live
from twinpost.app.house import House
from twinpost.core.deciding.guard_lines import left_out_in
from twinpost.core.deciding.guard_list import guard_list, list_due
from twinpost.core.model.people import Directory, Exchange
from twinpost.ledger import guarded
from twinpost.ledger.guarded import Unlisted

Group = tuple[int, list[Unlisted]]


def write_lists(connection: sa.Connection, house: House, directory: Directory, now: datetime) -> list[Told]:
    """Every list that is due; none before go-live. Returns the mails that follow."""
    told: list[Told] = []
    for exchange_id, lines in _groups(guarded.unlisted(connection)):
        if list_due([line.made_at for line in lines]) > now:
            continue
        exchange = directory.find(exchange_id)
        if exchange is not None and is_live(connection):
            told += _write(connection, house, directory, exchange, lines, now)
        guarded.listed(connection, lines)
    return told


def next_due(connection: sa.Connection) -> datetime | None:
    """When the next list is due."""
    groups = _groups(guarded.unlisted(connection))
    return min((list_due([line.made_at for line in lines]) for _, lines in groups), default=None)


def _groups(lines: Iterable[Unlisted]) -> list[Group]:
    def whose(line: Unlisted) -> int:
        return line.exchange_id

    return [(key, list(group)) for key, group in groupby(sorted(lines, key=whose), key=whose)]


def _write(
    connection: sa.Connection,
    house: House,
    directory: Directory,
    exchange: Exchange,
    lines: list[Unlisted],
    now: datetime,
) -> list[Told]:
    told: list[Told] = []
    for school_class in exchange.classes:
        ids = {pupil.id for pupil in school_class.pupils}
        own = [line for line in lines if line.person in ids]
        if own:
            decision = guard_list(
                school_class,
                exchange,
                [(line.person, line.made_at) for line in own],
                {class_id for line in own for class_id in left_out_in(line.key)},
                house.office.address,
                now,
                f"{own[0].id}-{own[-1].id}",
            )
            told += Enactment(connection, house, directory, now).enact(decision)
    return told

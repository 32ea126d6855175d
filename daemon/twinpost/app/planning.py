"""Follow-ups: derived from the facts whenever these change, kept in the agenda, sent when they are due."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.exc import OperationalError

from twinpost.app.enact import LIVE_SINCE, Enactment, Told
from twinpost.app.follow_ups import bundle, follow_up
from twinpost.app.house import House
from twinpost.core.deciding.admin_note import admin_note
from twinpost.core.deciding.bundles import Bundle, bundles
from twinpost.core.deciding.plan import plan
from twinpost.core.model.effect import Decision
from twinpost.core.model.known import Arrived
from twinpost.core.model.people import Directory, Exchange
from twinpost.core.model.plan import Planned
from twinpost.core.model.rule import Rule
from twinpost.core.rules.fingerprint import fingerprint
from twinpost.core.rules.fuse import too_many
from twinpost.ledger import agenda, deliveries, facts, plans, rules_in_force
from twinpost.ledger.history import history

log = logging.getLogger(__name__)

NO_PLANNED_BEFORE = "no_planned_before"
"""Until when nothing planned is sent: the clock has jumped."""

PLANNED_ON = "planned_on"
"""The day (UTC) of which plans were derived last."""

REST = timedelta(hours=1)
"""How long the follow-ups of an exchange rest that could not be dealt with."""

PLANS_AT_ONCE = 3
"""Plans that are derived in one transaction: receipts of new mail never wait long for them."""

PEOPLE_AT_ONCE = 10
"""To so many what is due goes in one transaction; on a Monday at eight that may be due to thousands."""


def take_rules(connection: sa.Connection, rules: Sequence[Rule], now: datetime) -> list[str]:
    """Compare the rules with those of the last start: new and changed ones come into force now.

    Returns their ids. Every plan is derived anew.
    """
    plans.all_changed(connection)
    return rules_in_force.compare(connection, {rule.id: fingerprint(rule) for rule in rules}, now)


# -- deriving ------------------------------------------------------------------------------------


def derive_stale(
    connection: sa.Connection, house: House, directory: Directory, now: datetime, most: int = PLANS_AT_ONCE
) -> int:
    """Derive plans whose facts have changed, `most` at once. Returns how many.

    The day is such a fact: what is not agreed is planned for half a year from now.
    """
    _look_at_the_day(connection, now)
    stale = plans.stale(connection, most)
    for exchange_id in stale:
        _tried(connection, house, directory, exchange_id, now)
    return len(stale)


def _look_at_the_day(connection: sa.Connection, now: datetime) -> None:
    today = now.astimezone(UTC).date().isoformat()
    if facts.fact(connection, PLANNED_ON) != today:
        facts.note(connection, PLANNED_ON, today)
        plans.all_changed(connection)


def derive(
    connection: sa.Connection, house: House, directory: Directory, exchange_id: int, now: datetime
) -> tuple[Planned, ...]:
    """What is to come in an exchange: the agenda says so from now on. Nothing, once it has left."""
    live = facts.fact(connection, LIVE_SINCE)
    known = history(connection, exchange_id, now, datetime.fromisoformat(live) if live else None)
    exchange = _exchange(directory, exchange_id)
    planned = plan(exchange, known, house.rules, now) if exchange else ()
    if exchange:
        planned = _within_the_fuse(connection, house, directory, exchange, planned, now)
    agenda.write(connection, exchange_id, planned)
    plans.derived(connection, exchange_id)
    return planned


def _within_the_fuse(
    connection: sa.Connection,
    house: House,
    directory: Directory,
    exchange: Exchange,
    planned: tuple[Planned, ...],
    now: datetime,
) -> tuple[Planned, ...]:
    """Without the rules that would write too often: their admin is told once for each exchange."""
    held = too_many(planned)
    rules = {rule.id: rule for rule in house.rules}
    for one in held:
        key = f"rule-held/{exchange.id}/{one.rule}/{fingerprint(rules[one.rule])[:16]}"
        lines = (f"rule {one.rule}", f"exchange {exchange.code}", one.text)
        note = admin_note(house.office.admin, key, "rule-held", lines)
        Enactment(connection, house, directory, now).enact(Decision((note,)))
    names = {one.rule for one in held}
    return tuple(one for one in planned if one.rule not in names)


def _tried(
    connection: sa.Connection, house: House, directory: Directory, exchange_id: int, now: datetime
) -> tuple[Planned, ...]:
    """The plan; where it cannot be derived there is none, and the exchange rests for an hour."""
    try:
        with connection.begin_nested():
            return derive(connection, house, directory, exchange_id, now)
    except OperationalError:  # the ledger itself
        raise
    except Exception as error:
        debug = log.isEnabledFor(logging.DEBUG)
        log.error("no plan for exchange %s: %s", exchange_id, type(error).__name__, exc_info=debug)
        plans.derived(connection, exchange_id)
        agenda.postpone(connection, exchange_id, now + REST)
        return ()


def _exchange(directory: Directory, exchange_id: int) -> Exchange | None:
    try:
        return directory.exchange(exchange_id)
    except KeyError:
        return None


# -- sending -------------------------------------------------------------------------------------


def next_due(connection: sa.Connection) -> datetime | None:
    """When a follow-up is due next; None before go-live, as nothing is sent or kept for later then."""
    known = facts.known(connection, (LIVE_SINCE, NO_PLANNED_BEFORE))
    due = agenda.next_due(connection) if LIVE_SINCE in known else None
    if due is None or NO_PLANNED_BEFORE not in known:
        return due
    return max(due, datetime.fromisoformat(known[NO_PLANNED_BEFORE]))


def held_until(connection: sa.Connection, now: datetime) -> datetime | None:
    """Until when nothing planned is sent since the clock has jumped; None where it has not."""
    known = facts.fact(connection, NO_PLANNED_BEFORE)
    until = datetime.fromisoformat(known) if known else now
    return until if until > now else None


def send_due(connection: sa.Connection, house: House, directory: Directory, now: datetime) -> list[Told]:
    """What is due at `now` goes: one mail for each person, the rest of her week into the digest.

    PEOPLE_AT_ONCE in one turn. The plan is derived once more before: whatever has changed counts. A mail
    and the note that it went are one transaction, and its key is used once. What is still to come is bundled,
    too, as in the rehearsal: a mail that can wait leaves the room in her week to a session of the day after
    tomorrow.
    """
    moment = next_due(connection)
    if moment is None or moment > now:
        return []
    who = agenda.due(connection, now, PEOPLE_AT_ONCE)
    exchanges = sorted(set().union(*who.values()))
    planned: list[Planned] = []
    for exchange_id in exchanges:
        found = _tried(connection, house, directory, exchange_id, now)
        hers = (one for one in found if one.to.id in who)
        planned += (replace(one, at=max(one.at, now).astimezone(one.at.tzinfo)) for one in hers)
    arrived = deliveries.arrived(connection, exchanges)
    told: list[Told] = []
    for items in bundles(planned, agenda.uncaused(connection, now, who)):
        if items[0].at <= now:
            told += _go(connection, house, directory, items, arrived, now)
    return told


def _go(
    connection: sa.Connection,
    house: House,
    directory: Directory,
    items: Bundle,
    arrived: Sequence[Arrived],
    now: datetime,
) -> list[Told]:
    keys = [one.key for one in items]
    admin = house.office.admin
    if items[0].digest:
        for one in items:
            facts_ = follow_up(one, directory.exchange(one.exchange_id), arrived, admin)
            agenda.put_line(connection, one, facts_, now)
        agenda.gone(connection, keys, now)
        return []
    tell = bundle(items, directory, arrived, admin)
    agenda.gone(connection, keys, now, tell.key)
    return Enactment(connection, house, directory, now).enact(Decision((tell,)))

"""The rehearsal: every mail to come, from the plan, the texts and the composing that the daemon uses."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa

from twinpost.app.enact import LIVE_SINCE, in_words, outgoing
from twinpost.app.follow_ups import bundle
from twinpost.app.house import House
from twinpost.core.deciding.bundles import Bundle, bundles
from twinpost.core.deciding.facts import Facts
from twinpost.core.deciding.plan import plan
from twinpost.core.deciding.reason import because, why_nothing
from twinpost.core.model.known import Arrived
from twinpost.core.model.outgoing import OutgoingMail
from twinpost.core.model.people import Directory, Exchange
from twinpost.core.model.plan import About, Planned
from twinpost.core.model.rule import Rule
from twinpost.core.rules.fingerprint import fingerprint
from twinpost.core.rules.fuse import TooMany, too_many
from twinpost.core.writing.identity import message_id
from twinpost.ledger import agenda, deliveries, facts, rules_in_force
from twinpost.ledger.history import history

NOBODYS = "rehearsal"
"""In place of the ledger's secret: no file of a rehearsal tells a Message-ID that will be."""


@dataclass(frozen=True, slots=True)
class Rehearsal:
    """What will be sent in one exchange if nothing else happens; `why_none` where that is nothing."""

    exchange: Exchange
    mails: tuple[Bundle, ...]
    held: tuple[TooMany, ...]  # rules that would write too often
    live: bool
    why_none: str
    house: House
    directory: Directory
    arrived: tuple[Arrived, ...]

    def written(self) -> Iterator[tuple[Bundle, OutgoingMail]]:
        """Each mail as it will be sent, lines of the digest left out."""
        office = self.house.office
        admin = office.admin or office.address  # a file alone knows no admin
        for items in self.mails:
            if not items[0].digest:
                tell = bundle(items, self.directory, self.arrived, admin)
                mark = message_id(tell.key, NOBODYS, self.house.domain)
                yield items, outgoing(self.house, tell, in_words(self.house, tell), mark, items[0].at)


def rehearse(
    connection: sa.Connection,
    house: House,
    directory: Directory,
    exchange: Exchange,
    rules: Sequence[Rule],
    now: datetime,
) -> Rehearsal:
    """Everything to come in the exchange from `now` on; nothing is written.

    An office that is not live is rehearsed as if it were from now on, and so is a rule that the daemon has
    not seen, or not as it is now.
    """
    live_since = facts.fact(connection, LIVE_SINCE)
    start = datetime.fromisoformat(live_since) if live_since else now
    kept = history(connection, exchange.id, now, start)
    seen = rules_in_force.unchanged(connection, {rule.id: fingerprint(rule) for rule in rules})
    kept = replace(kept, in_force={rule.id: seen.get(rule.id, now) for rule in rules})
    planned = plan(exchange, kept, rules, now)
    held = too_many(planned)
    out = {one.rule for one in held}
    to_come = [one for one in planned if one.rule not in out]
    return Rehearsal(
        exchange=exchange,
        mails=bundles(to_come, agenda.uncaused(connection, now, {one.to.id for one in to_come})),
        held=held,
        live=live_since is not None,
        why_none="" if planned else why_nothing(Facts(exchange, kept, now), rules),
        house=house,
        directory=directory,
        arrived=deliveries.arrived(connection, [exchange.id]),
    )


def as_json(planned: Planned, exchange: Exchange) -> dict[str, Any]:
    """One planned mail or line, as interfaces promise it; an estimate and a line of the digest say so."""
    marks = {"digest": planned.digest, "estimate": planned.after_step}
    return {
        "at": planned.at.isoformat(timespec="seconds"),
        "utc": planned.at.astimezone(UTC).isoformat(timespec="seconds"),
        "rule": planned.rule,
        "step": planned.step,
        "notice": planned.notice,
        "to": planned.to.address,
        "about": _about(planned.about, exchange),
        "because": because(planned, exchange),
        **{name: True for name, holds in marks.items() if holds},
    }


def _about(about: About, exchange: Exchange) -> dict[str, Any]:
    """What it is about; only what applies."""
    found: dict[str, Any] = {}
    letter = about.delivery.letter if about.delivery else None
    if about.due:
        line = about.due
        found = _sides(line.number, line.product, line.from_class, (line.to_class,), exchange)
    elif letter:
        sides = (about.sender, *about.receivers)
        to = tuple(class_id for class_id in letter.to_classes if class_id in sides)
        found = _sides(min(letter.numbers), letter.product, letter.from_class, to, exchange)
    if about.session:
        found["session"] = about.session.title
    if about.meeting_at:
        found["starts"] = about.meeting_at.isoformat()
    if about.closure:
        off = about.closure
        found["class"] = exchange.class_by_id(off.school_class).name
        found["closed"] = {"name": off.name, "first": off.first, "last": off.last}
    elif about.sender and not about.due and not letter:
        found["class"] = exchange.class_by_id(about.sender).name
    return found


def _sides(
    number: int, product: str, from_class: int, to: Sequence[int], exchange: Exchange
) -> dict[str, Any]:
    names = [exchange.class_by_id(class_id).name for class_id in to]
    from_ = exchange.class_by_id(from_class).name
    return {"letter": number, "product": product, "from": from_, "to": names}

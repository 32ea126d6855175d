"""How the office stands: what `twinpost status` tells, as plain data."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from twinpost.app import bouncing, housekeeping, junk, live, planning
from twinpost.app.enact import LIVE_SINCE
from twinpost.ledger import agenda, deliveries, facts, outbox, questions, tenure, views, withheld
from twinpost.ledger.journal import MOST_TRIES

READ_AT = "mail_read_at"
TROUBLE = "mail_trouble"

MOST_FOLLOW_UPS = 20
"""Follow-ups that are shown, the next ones first."""


def mailbox_read(connection: sa.Connection, now: datetime) -> None:
    """Everything in the mailbox has just been looked at."""
    facts.note(connection, READ_AT, now.isoformat())


def mailbox_trouble(connection: sa.Connection, text: str, now: datetime) -> None:
    """Why the mailbox cannot be read; "" when it can."""
    facts.note(connection, TROUBLE, f"{now.isoformat()} {text}" if text else "")


def standing(connection: sa.Connection, now: datetime, since: datetime | None = None) -> dict[str, Any]:
    """Everything that an admin looks for at 17:30. `since`: from when on mail is to be answered."""
    counts = outbox.counts(connection)
    due = [
        moment
        for moment in (
            deliveries.next_due(connection),
            questions.next_due(connection),
            planning.next_due(connection),
        )
        if moment
    ]
    return {
        "now": now,
        "daemon": _daemon(tenure.holder(connection)),
        "live_since": facts.fact(connection, LIVE_SINCE),
        "mailbox_read_at": facts.fact(connection, READ_AT),
        "mailbox_trouble": facts.fact(connection, TROUBLE) or None,
        "outgoing_trouble": facts.fact(connection, "smtp_trouble") or None,
        "last_message_at": views.last_kept(connection),
        "messages": views.states(connection),
        "kinds": views.kinds(connection),
        "set_aside": [{"id": line.id, "reason": line.reason} for line in views.aside(connection)],
        "not_handed_over": [
            {"mailbox": mailbox, "uid": uid, "since": since}
            for mailbox, uid, since in withheld.lost(connection, MOST_TRIES)
        ],
        "held": [{**asdict(mail), "goes": mail.goes} for mail in live.held(connection, since)],
        "outbox": {state.value: count for state, count in sorted(counts.items())},
        "junk": junk.standing(connection),
        **bouncing.standing(connection, now),
        "open_questions": [
            {"id": number, "kind": kind, "asked_at": asked_at, "times": times}
            for number, kind, asked_at, times in views.open_questions(connection)
        ],
        "next_due": min(due, default=None),
        "follow_ups": [asdict(line) for line in agenda.to_come(connection, MOST_FOLLOW_UPS)],
        "digest_lines": agenda.lines_of_digests(connection),
        "originals": housekeeping.standing(connection),
        "planned_held_until": planning.held_until(connection, now),
    }


def _daemon(holder: tenure.Holder | None) -> dict[str, Any] | None:
    """Who works with the ledger; None for nobody."""
    if holder is None or holder.silent is None:
        return None
    return {
        "number": holder.number,
        "host": holder.host,
        "pid": holder.pid,
        "since": holder.since,
        "silent_seconds": holder.silent.total_seconds(),
    }

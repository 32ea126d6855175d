"""Addresses that bounce: how they stand, and how silence lets them recover."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from twinpost.app.enact import Enactment
from twinpost.app.house import House
from twinpost.core.deciding.bounces import recovered_by_silence
from twinpost.core.model.bounce import Standing
from twinpost.core.model.effect import Decision, Recover
from twinpost.core.model.people import Directory
from twinpost.ledger import bounces

SHOWN_FOR = timedelta(days=30)
"""How long an address that has recovered is still shown."""


def let_recover(connection: sa.Connection, house: House, directory: Directory, now: datetime) -> None:
    """Every mail of ours is a probe: what did not come back for long enough has arrived."""
    recovered = tuple(
        Recover(known.address, "silence", now)
        for known, sent_at in bounces.probed(connection)
        if recovered_by_silence(known, sent_at, now)
    )
    if recovered:
        Enactment(connection, house, directory, now).enact(Decision(recovered))


def standing(connection: sa.Connection, now: datetime) -> dict[str, Any]:
    """What `twinpost status` tells of them."""
    return {
        "bouncing": [_shown(one) for one in bounces.bouncing(connection)],
        "recovered": [
            {"address": one.address, "at": one.recovered_at, "by": one.recovered_by}
            for one in bounces.recovered(connection, now - SHOWN_FOR)
        ],
    }


def _shown(known: Standing) -> dict[str, Any]:
    return {
        "address": known.address,
        "since": known.since,
        "last_at": known.last_at,
        "reason": known.cause.value,
        "status": known.status,
        "words": known.words,
    }

"""Welcoming the teachers of an exchange: each once, whoever is new later gets hers then."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa

from twinpost.app.enact import Enactment, Told
from twinpost.app.house import House
from twinpost.core.deciding.welcome import NAME, welcomes
from twinpost.core.model.effect import Decision
from twinpost.core.model.people import Directory, Exchange
from twinpost.ledger import deliveries, outbox


def met(connection: sa.Connection, exchange: Exchange) -> dict[int, outbox.State]:
    """Who has had a welcome to this exchange (person ids), and where that mail is."""
    return outbox.told(connection, NAME, exchange.id)


def welcome(
    connection: sa.Connection, house: House, directory: Directory, exchange: Exchange, now: datetime
) -> list[Told]:
    """Write to every teacher of the exchange who has had no welcome. Returns these mails."""
    arrived = deliveries.arrived(connection, [exchange.id])
    tells = welcomes(exchange, met(connection, exchange), arrived, house.office.admin, now)
    return Enactment(connection, house, directory, now).enact(Decision(tells))

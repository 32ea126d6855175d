"""Mails of ours on their way, for tests: sane defaults, one readable call."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa

from twinpost.core.model.outgoing import OutgoingMail
from twinpost.ledger import outbox
from twinpost.ledger.parcels import Entry
from twinpost.ledger.tables import outbox as table

SHARED = "letters@school.example"
NOW = datetime(2026, 10, 8, 7, 15, tzinfo=UTC)


def a_mail(key: str, recipient: str = "kari@fagerborg.example", **changes: Any) -> OutgoingMail:
    """A receipt in words; its Message-ID and subject follow from `key`."""
    values: dict[str, Any] = {
        "message_id": f"<tp.{key.replace('/', '.').replace(' ', '.')}@school.example>",
        "date": NOW,
        "from_": ("Letters between schools", SHARED),
        "to": (("Kari Nordmann", recipient),),
        "subject": key,
        "text": "Letter 1 from 7B Oslo has arrived.\n",
        "html": "<p>Letter 1 from 7B Oslo has arrived.</p>",
    }
    return OutgoingMail(**{**values, **changes})


def an_entry(key: str, recipient: str = "kari@fagerborg.example", **changes: Any) -> Entry:
    """A mail for the outbox, due at once."""
    mail = changes.pop("mail", None) or a_mail(key, recipient)
    return Entry(
        key, changes.pop("notice", "receipt"), recipient, mail, changes.pop("made_at", NOW), **changes
    )


def put(engine: sa.Engine, *keys: str, **changes: Any) -> list[int]:
    """Enter mails; returns their ids."""
    with engine.begin() as connection:
        ids = [outbox.put(connection, an_entry(key, **changes)) for key in keys]
    return [id_ for id_ in ids if id_ is not None]


def states(engine: sa.Engine) -> dict[str, str]:
    """The state of every mail by its key."""
    with engine.begin() as connection:
        return {line.key: line.state.value for line in outbox.lines(connection)}


def the_row(engine: sa.Engine, key: str) -> Any:
    """The whole row."""
    with engine.begin() as connection:
        return connection.execute(sa.select(table).where(table.c.key == key)).one()

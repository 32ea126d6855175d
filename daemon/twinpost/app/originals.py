"""Reading an earlier message once more, which may be kept no longer."""

from __future__ import annotations

import sqlalchemy as sa

from twinpost.app.house import House
from twinpost.core.model.mail import Address, Kept, Reading
from twinpost.ledger import journal

GONE = "Its original is kept no more: only what the journal says of it is left."


def read_again(connection: sa.Connection, house: House, kept: Kept) -> Reading:
    """What a kept message says; once its original has left, what the journal says of it.

    Raises FileNotFoundError where it should be there: the folder of originals may be away.
    """
    try:
        return house.reader.read(kept.sha256)
    except FileNotFoundError:
        line = journal.head(connection, kept.id)
        if line.state != journal.PURGED:
            raise
        sender = (Address(line.sender),) if line.sender else ()
        return Reading(
            line.subject,
            sender,
            date=kept.arrived_at,
            message_id=line.message_id,
            fingerprint=line.fingerprint,
        )

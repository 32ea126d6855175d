"""A line to a pupil that no server takes: her teachers get the original by themselves.

The line goes to all or to none, so that she is never alone with it. Where it carried the original to her own
teachers, a mailbox of hers that is gone, or one of theirs, must not keep it from the others.
"""

from __future__ import annotations

import sqlalchemy as sa

from twinpost.app.house import House
from twinpost.core.deciding.case import where_for
from twinpost.core.model.effect import Attach, Decision, Tell
from twinpost.core.model.notice import GuardLine, GuardOriginal
from twinpost.core.model.people import Directory, Exchange, Person, SchoolClass
from twinpost.core.sorting.trust import prove
from twinpost.ledger import journal
from twinpost.ledger.parcels import Parcel


def instead(connection: sa.Connection, house: House, directory: Directory, parcel: Parcel) -> Decision:
    """The originals in place of a line that was given up; nothing for any other mail."""
    exchange = directory.find(parcel.exchange_id)
    own = _class_of(parcel.person_id or 0, exchange) if exchange else None
    if parcel.notice != GuardLine.name or not parcel.attach or not parcel.cause or not (exchange and own):
        return Decision()
    kept = journal.message(connection, parcel.cause)
    reading = house.reader.read(kept.sha256)
    proof = prove(reading, house.trust.provider, house.trust.authserv_id, kept.arrived_at)
    pupil = next(one for one in own.pupils if one.id == parcel.person_id)

    def original(teacher: Person) -> Tell:
        return Tell(
            key=f"guard-original/{kept.id}/{teacher.id}",
            notice=GuardOriginal(
                pupil=pupil.name,
                school_class=own.name,
                subject=reading.subject,
                arrived_at=kept.arrived_at,
                where=where_for(teacher, exchange),
                own=True,
                proven=proof.proven,
            ),
            to=teacher,
            exchange_id=exchange.id,
            attach=(Attach(kept.id),),
            provoked_by=parcel.provoked_by,
            counts=False,
        )

    in_copy = [teacher for teacher in own.teachers if teacher.address in parcel.copies]
    return Decision(tuple(map(original, in_copy)), ("The line to the pupil could not be delivered.",))


def _class_of(pupil: int, exchange: Exchange) -> SchoolClass | None:
    return next((one for one in exchange.classes if any(pupil == other.id for other in one.pupils)), None)

"""What the loop budget withheld goes later, joined into one mail for each person."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from itertools import chain, groupby

import sqlalchemy as sa

from twinpost.app.enact import Enactment
from twinpost.app.house import House
from twinpost.core.deciding.gate import within_budget
from twinpost.core.model.effect import Decision, Priority, Tell
from twinpost.core.model.notice import Joined
from twinpost.core.model.people import Directory, Person
from twinpost.ledger import outbox
from twinpost.ledger.parcels import Parcel


def join_withheld(connection: sa.Connection, house: House, directory: Directory, now: datetime) -> int:
    """Join withheld mails where the budget has room again. Returns how many were joined.

    A joined mail counts in the budget itself: a machine that answers everything at once gets no more
    mails by it. What a person who has left was to get is cancelled.
    """
    count = 0
    for (exchange, person, provoked_by), group in _groups(outbox.withheld(connection)):
        to = _person(directory, exchange, person)
        if to is None:
            for parcel in group:
                outbox.cancel(connection, parcel.id, "no longer of this exchange")
            continue
        used = outbox.recent_answers(connection, to.address, provoked_by, now)
        if within_budget(used, house.limits):
            tell = _joined(group, to)
            outbox.joined(connection, [parcel.id for parcel in group], f"goes inside {tell.key}")
            Enactment(connection, house, directory, now).enact(Decision((tell,)))
            count += len(group)
    return count


def _groups(withheld: list[Parcel]) -> list[tuple[tuple[int, int, str], list[Parcel]]]:
    def whose(parcel: Parcel) -> tuple[int, int, str]:
        return parcel.exchange_id or 0, parcel.person_id or 0, parcel.provoked_by

    ordered = sorted(withheld, key=lambda parcel: (whose(parcel), parcel.id))
    return [(key, list(group)) for key, group in groupby(ordered, key=whose)]


def _joined(parcels: list[Parcel], to: Person) -> Tell:
    """What counts in the budget carries no files, so texts are all there is to join.

    An answer to the joined mail is an answer to the one question in it; with several it is not clear.
    """
    first, last = parcels[0], parcels[-1]
    return Tell(
        key=f"joined/{first.id}-{last.id}/{to.id}",
        notice=Joined(tuple((parcel.mail.subject, parcel.mail.text) for parcel in parcels)),
        to=to,
        exchange_id=first.exchange_id or 0,
        priority=Priority.ANSWER,
        parent=last.mail.in_reply_to,
        references=last.mail.references[:-1],
        provoked_by=first.provoked_by,
        question=_only(parcel.question_id for parcel in parcels),
        delivery=_only(parcel.delivery_id for parcel in parcels),
    )


def _only(ids: Iterable[int | None]) -> int:
    found = {id_ for id_ in ids if id_}
    return found.pop() if len(found) == 1 else 0


def _person(directory: Directory, exchange_id: int, person_id: int) -> Person | None:
    """Somebody who takes part and can be written to."""
    exchange = directory.find(exchange_id)
    if exchange is None:
        return None
    groups = chain.from_iterable((one.teachers, one.leaders, one.pupils) for one in exchange.classes)
    everybody = (person for group in groups for person in group)
    return next((person for person in everybody if person.id == person_id and person.addresses), None)

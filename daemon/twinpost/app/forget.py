"""Somebody is forgotten: the teachers concerned are told, the ledger is cleared, originals leave."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime

import sqlalchemy as sa

from twinpost.app.enact import Enactment, Told
from twinpost.app.house import House
from twinpost.app.housekeeping import remove
from twinpost.app.traces import Search, Trace, Why
from twinpost.core.deciding.case import where_for
from twinpost.core.model.effect import Decision, Priority, Tell
from twinpost.core.model.notice import Forgotten, ForgottenLetter
from twinpost.core.model.people import Directory, Exchange, Person, SchoolClass
from twinpost.ledger import forgetting, people
from twinpost.ledger.engine import transaction
from twinpost.ledger.forgetting import Concerned


def forget(engine: sa.Engine, house: House, search: Search, now: Callable[[], datetime]) -> list[Told]:
    """Forget whom `search` has found: one transaction, then the files, then the traces in the database.

    What a crash in between leaves is removed by the next housekeeping. Returns the mails to teachers.
    """
    with transaction(engine) as connection:
        search.the_rest(connection)
        told = _tell(connection, house, search, now())
        concerned = [_concerned(trace) for trace in search.in_order()]
        forgetting.forget(connection, search.whom, concerned, search.naming, search.mentions)
    remove(house.vault, {one.sha256 for one in concerned})
    forgetting.wipe(engine)
    return told


def _concerned(trace: Trace) -> Concerned:
    line = trace.line
    return Concerned(line.id, line.sha256, trace.why is Why.WROTE, line.delivery)


def _tell(connection: sa.Connection, house: House, search: Search, now: datetime) -> list[Told]:
    """The teachers of the classes whose letters lose their originals, but not whoever is forgotten."""
    directory = people.load_directory(connection, house.language)
    enactment = Enactment(connection, house, directory, now)
    return enactment.enact(Decision(tuple(tells(directory, house, search, now))))


def tells(directory: Directory, house: House, search: Search, now: datetime) -> Iterator[Tell]:
    """One mail for each teacher of an exchange in which mails with several people's letters go."""
    for exchange in directory.exchanges:
        letters = tuple(
            ForgottenLetter(trace.line.letter, trace.line.arrived_at, len(trace.line.files))
            for trace in search.in_order()
            if trace.shared and trace.line.kept and trace.line.exchange_id == exchange.id
        )
        if letters:
            yield from _to_teachers(exchange, house, search, letters, now)


def _to_teachers(
    exchange: Exchange, house: House, search: Search, letters: tuple[ForgottenLetter, ...], now: datetime
) -> Iterator[Tell]:
    for school_class in exchange.classes:
        for teacher in _staying(school_class, search):
            yield Tell(
                key=f"forgotten/{exchange.id}/{now.isoformat()}/{teacher.id}",
                notice=Forgotten(
                    exchange.title,
                    where_for(teacher, exchange),
                    letters,
                    house.office.admin,
                    mail=bool(search.whom.messages),
                ),
                to=teacher,
                exchange_id=exchange.id,
                priority=Priority.ANSWER,
                counts=False,
            )


def _staying(school_class: SchoolClass, search: Search) -> Iterator[Person]:
    return (person for person in school_class.teachers if person.id not in search.whom.people)

"""The people of an exchange file in the ledger: who is who, her places, her addresses."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import sqlalchemy as sa

from twinpost.core.model.filed import ExchangeAsFiled, PersonAsFiled
from twinpost.core.model.folding import fold
from twinpost.core.model.people import Role
from twinpost.ledger.rows import in_pieces, put_row
from twinpost.ledger.tables import (
    addresses,
    classes,
    memberships,
    metadata,
    pairs,
    people,
    questions,
)

Place = tuple[str, Role, str]
"""Class, role and name: nobody shares it within a file."""


def put_people(
    connection: sa.Connection, exchange_id: int, class_ids: Mapping[str, int], filed: ExchangeAsFiled
) -> dict[Place, int]:
    """The ledger's ids of everybody in the file."""
    places = {(one.name, role, person.name): person for one, role, person in filed.people()}
    ids = _identify(connection, class_ids, places)
    names = {ids[place]: _name_row(person) for place, person in places.items()}
    if names:
        update = sa.update(people).where(people.c.id == sa.bindparam("id_"))
        connection.execute(update, [{"id_": id_, **row} for id_, row in names.items()])
    _put_memberships(connection, exchange_id, class_ids, places, ids)
    for person_ids in in_pieces(sorted(names)):
        _put_addresses(connection, person_ids, set(class_ids.values()))
    return ids


def _name_row(person: PersonAsFiled) -> dict[str, str]:
    return {
        "name": person.name,
        "language": person.language,
        "gender": person.gender,
        "level": person.level,
        "interests": person.interests,
    }


def _identify(
    connection: sa.Connection, class_ids: Mapping[str, int], places: Mapping[Place, PersonAsFiled]
) -> dict[Place, int]:
    """Who each of them is: by address, else by name within class and role, else somebody new."""
    groups = _groups(places.values())
    owners = _owners(connection, groups)
    ids = {
        place: owners[person.addresses[0]]
        for place, person in places.items()
        if person.addresses and person.addresses[0] in owners
    }
    namesakes = _namesakes(connection, class_ids)
    taken = set(ids.values())
    for place, person in places.items():
        if place in ids:
            continue
        group = groups[person.addresses[0]] if person.addresses else {}
        id_ = next((owners[address] for address in group if address in owners), None)
        if id_ is None:
            namesake = namesakes.get((place[0], place[1], fold(place[2])))
            id_ = namesake if namesake not in taken else None
        ids[place] = id_ or put_row(connection, people, None, _name_row(person))
        taken.add(ids[place])
        owners.update(dict.fromkeys(group, ids[place]))
    return ids


def _groups(persons: Iterable[PersonAsFiled]) -> dict[str, dict[str, None]]:
    """For each address all addresses of the same person, as the whole file tells; in order."""
    groups: dict[str, dict[str, None]] = {}
    for person in persons:
        group = dict.fromkeys(person.addresses)
        for address in person.addresses:
            group |= groups.get(address, {})
        groups.update(dict.fromkeys(group, group))
    return groups


def _owners(connection: sa.Connection, groups: Mapping[str, dict[str, None]]) -> dict[str, int]:
    """Whom the ledger knows by each address. Several owners of one person's addresses become one."""
    owners: dict[str, int] = {}
    for piece in in_pieces(sorted(groups)):
        query = sa.select(addresses.c.address, addresses.c.person_id)
        owners.update(
            (row.address, row.person_id)
            for row in connection.execute(query.where(addresses.c.address.in_(piece)))
        )
    for group in groups.values():
        known = list(dict.fromkeys(owners[address] for address in group if address in owners))
        for other in known[1:]:
            merge_people(connection, known[0], other)
        if known:
            owners.update(dict.fromkeys(group, known[0]))
    return owners


def other_names(connection: sa.Connection, filed: ExchangeAsFiled) -> tuple[tuple[str, str, str], ...]:
    """Addresses that the ledger knows under another name: (address, stored name, name in the file)."""
    written = {address: person.name for _, _, person in filed.people() for address in person.addresses}
    found = []
    for piece in in_pieces(sorted(written)):
        query = sa.select(addresses.c.address, people.c.name).join_from(addresses, people)
        for address, name in connection.execute(query.where(addresses.c.address.in_(piece))):
            if fold(name) != fold(written[address]):
                found.append((address, name, written[address]))
    return tuple(found)


def _namesakes(connection: sa.Connection, class_ids: Mapping[str, int]) -> dict[Place, int]:
    """Who had a place in these classes, by folded name; those who have it now before those who left."""
    names = {id_: name for name, id_ in class_ids.items()}
    columns = (memberships.c.class_id, memberships.c.role, people.c.name, people.c.id)
    rows = connection.execute(
        sa.select(*columns)
        .join_from(memberships, people)
        .where(memberships.c.class_id.in_(names))
        .order_by(memberships.c.active, memberships.c.id)
    )
    return {(names[row.class_id], Role(row.role), fold(row.name)): row.id for row in rows}


def _put_memberships(
    connection: sa.Connection,
    exchange_id: int,
    class_ids: Mapping[str, int],
    places: Mapping[Place, PersonAsFiled],
    ids: Mapping[Place, int],
) -> None:
    own = sa.select(classes.c.id).where(classes.c.exchange_id == exchange_id)
    connection.execute(sa.update(memberships).where(memberships.c.class_id.in_(own)).values(active=False))
    query = sa.select(memberships.c.class_id, memberships.c.person_id, memberships.c.role, memberships.c.id)
    stored = {
        (class_id, person_id, role): id_
        for class_id, person_id, role, id_ in connection.execute(query.where(memberships.c.class_id.in_(own)))
    }
    rows = {
        (class_ids[place[0]], ids[place], place[1].value): {
            "position": position,
            "addresses": list(person.addresses),
        }
        for position, (place, person) in enumerate(places.items())
    }
    old = [{"id_": stored[key], **row, "active": True} for key, row in rows.items() if key in stored]
    new = [
        {"class_id": class_id, "person_id": person_id, "role": role, **row, "active": True}
        for (class_id, person_id, role), row in rows.items()
        if (class_id, person_id, role) not in stored
    ]
    if old:
        connection.execute(sa.update(memberships).where(memberships.c.id == sa.bindparam("id_")), old)
    if new:
        connection.execute(sa.insert(memberships), new)


def _put_addresses(connection: sa.Connection, person_ids: list[int], class_ids: set[int]) -> None:
    """Give everybody the addresses that her files name, this one's first, then those added by mail.

    An address that no file names any more is dropped; one added by mail never is.
    """
    query = sa.select(memberships.c.person_id, memberships.c.class_id, memberships.c.addresses)
    named = connection.execute(
        query.where(memberships.c.active, memberships.c.person_id.in_(person_ids))
    ).all()
    wanted: dict[int, dict[str, None]] = {person_id: {} for person_id in person_ids}
    for row in sorted(named, key=lambda row: row.class_id not in class_ids):
        wanted[row.person_id] |= dict.fromkeys(row.addresses)
    stored = connection.execute(
        sa.select(addresses).where(addresses.c.person_id.in_(person_ids)).order_by(addresses.c.position)
    ).all()
    for row in stored:
        if row.source == "mail":
            wanted[row.person_id].setdefault(row.address)
        elif row.address not in wanted[row.person_id]:
            connection.execute(sa.delete(addresses).where(addresses.c.address == row.address))
    before = {row.address: row.position for row in stored}
    for person_id, group in wanted.items():
        for position, address in enumerate(group):
            if address not in before:
                row_ = {"address": address, "person_id": person_id, "position": position, "source": "file"}
                connection.execute(sa.insert(addresses).values(**row_))
            elif before[address] != position:
                own = addresses.c.address == address
                connection.execute(sa.update(addresses).where(own).values(position=position))


def merge_people(connection: sa.Connection, keep: int, gone: int) -> None:
    """Two people turn out to be one: everything of `gone` becomes that of `keep`.

    The row of `gone` stays without its name, since ids never change their meaning.
    """
    held = sa.select(memberships.c.class_id, memberships.c.role).where(memberships.c.person_id == keep)
    both = sa.tuple_(memberships.c.class_id, memberships.c.role).in_(held)
    connection.execute(sa.delete(memberships).where(memberships.c.person_id == gone, both))
    # Pairs are written anew by every file: those of a pupil who was two are left to the next one.
    connection.execute(sa.delete(pairs).where(sa.or_(pairs.c.one == gone, pairs.c.other == gone)))
    for table in metadata.sorted_tables:
        for key in table.foreign_keys:
            if key.column is people.c.id:
                moved = sa.update(table).where(key.parent == gone).values({key.parent.name: keep})
                connection.execute(moved)
    for row in connection.execute(sa.select(questions.c.id, questions.c.asked)).all():
        if gone in row.asked:
            asked = list(dict.fromkeys(keep if id_ == gone else id_ for id_ in row.asked))
            connection.execute(sa.update(questions).where(questions.c.id == row.id).values(asked=asked))
    blank = dict.fromkeys(("name", "language", "gender", "level", "interests"), "")
    connection.execute(sa.update(people).where(people.c.id == gone).values(**blank))
